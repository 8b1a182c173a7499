"""Cards and accounts do not pass either; what only looks like them does.

National identity numbers have a suite of their own. No number here belongs to anybody: they are
the networks' published test numbers, the registers' published examples, or computed.
"""

import json
import random
import re
import string
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.bank_numbers import is_card
from services.masking import MASK, Masked, mask

TABLE = json.loads((Path(__file__).parent / "masked_numbers.json").read_text(encoding="utf-8"))
"""What both languages agree on: the suite of `@prek/wire` reads the same file."""


@pytest.mark.parametrize("example", TABLE, ids=lambda example: example["text"])
def test_the_table_holds(example):
    masked = mask(example["text"])

    assert (masked.text, list(masked.kinds)) == (example["masked"], example["kinds"])
    assert masked.count == example["masked"].count(MASK)


def luhn(digits: str) -> str:
    """Complete a card's number."""
    doubled = "".join(str(int(c) * (2 - i % 2)) for i, c in enumerate(reversed(digits)))
    return digits + str(-sum(map(int, doubled)) % 10)


def iban(country: str, rest: str) -> str:
    """Complete a country's account number (ISO 13616: the whole is 1 modulo 97)."""
    value = "".join(str(int(c, 36)) for c in f"{rest}{country}00")
    return f"{country}{98 - int(value) % 97:02}{rest}"


PREFIXES = {
    "4": (13, 16, 19),
    "51": (16,),
    "2221": (16,),
    "2720": (16,),
    "34": (15,),
    "36": (14,),
    "3528": (16,),
    "5019": (16,),
    "6011": (16,),
    "62": (16, 17, 18, 19),
    "2200": (16,),
    "6763": (16,),
}


@st.composite
def cards(draw):
    """Any card's number."""
    prefix = draw(st.sampled_from(sorted(PREFIXES)))
    missing = draw(st.sampled_from(PREFIXES[prefix])) - len(prefix) - 1
    return luhn(prefix + draw(st.text("0123456789", min_size=missing, max_size=missing)))


@st.composite
def accounts(draw):
    """Any Norwegian account number."""
    ten = str(draw(st.integers(5_00_00000, 9999_99_9999))).zfill(10)
    weighted = sum(w * int(c) for w, c in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), ten, strict=True))
    last = -weighted % 11
    return f"{ten}{last}" if last < 10 else "86011117947"


@st.composite
def ibans(draw):
    """Any account number of one of some countries, letters among its digits where they may be."""
    country, length = draw(st.sampled_from([("NO", 15), ("GB", 22), ("MT", 31), ("DE", 22)]))
    signs = string.digits if country in ("NO", "DE") else string.digits + string.ascii_uppercase
    return iban(country, draw(st.text(signs, min_size=length - 4, max_size=length - 4)))


@given(cards(), st.sampled_from(["", " ", "-", "\u00a0", ".", "\u200b", " - ", "\n"]))
def test_every_card_is_masked_as_it_is_embossed(number, gap):
    spelled = gap.join(number[i : i + 4] for i in range(0, len(number), 4))

    assert mask(f"kort {spelled}!") == Masked(f"kort {MASK}!", 1, ("card",))


@given(cards(), st.integers(1, 9))
def test_a_wrong_digit_is_no_card(number, off):
    wrong = number[:-1] + str((int(number[-1]) + off) % 10)

    assert not is_card(wrong)


@given(accounts())
def test_an_account_is_masked_by_its_spelling_or_by_a_word_beside_it(number):
    grouped = f"{number[:4]}.{number[4:6]}.{number[6:]}"

    assert mask(f"Betal {grouped}").text == f"Betal {MASK}"
    assert mask(f"Konto: {number}").text == f"Konto: {MASK}"
    assert mask(f"{number} (kontonr.)").text == f"{MASK} (kontonr.)"


@given(ibans(), st.sampled_from(["", " ", "-", "\u202f"]), st.booleans())
def test_an_international_account_number_is_masked(number, gap, small):
    spelled = gap.join(number[i : i + 4] for i in range(0, len(number), 4))

    masked = mask(f"({spelled.lower() if small else spelled})")

    assert masked == Masked(f"({MASK})", 1, ("account",))


NUMBERS = st.one_of(cards(), accounts(), ibans(), st.just("02013299997"))
PIECES = st.one_of(
    NUMBERS,
    NUMBERS.map(" ".join),
    NUMBERS.map(lambda number: f"{number[:4]} {number[4:6]} {number[6:]}"),
    st.sampled_from(
        ["konto", "kontor", "KID", "kid nr", "account", "IBAN", "kto", "NO", "NO93", "+", "r", "*"]
    ),
    st.sampled_from([" ", "  ", "-", ".", "\n", "\u200b", "\u00ad", " og ", ": "]),
    st.text("0123456789 -.kontNOr*", max_size=16),
    st.text(max_size=3),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
def test_a_masked_text_has_nothing_more_to_mask_and_is_no_longer(text):
    masked = mask(text)

    assert mask(masked.text) == Masked(masked.text, 0, ())
    assert len(masked.text) <= len(text)
    assert len(masked.text.encode(errors="replace")) <= len(text.encode(errors="replace"))
    assert (masked.count == 0) == (masked.kinds == ()) == (masked.text == text)


@given(TEXTS.map(lambda text: text.replace("*", "")))
def test_all_but_the_masked_places_stays_as_it_was(text):
    left = mask(text).text.split(MASK)
    with_gaps = f".{{{len(MASK)},}}".join(map(re.escape, left))

    assert re.fullmatch(with_gaps, text, re.DOTALL)


@given(st.text(st.characters(exclude_categories=["Nd"])))
def test_a_text_without_digits_is_left_as_it_is(text):
    assert mask(text) == Masked(text, 0, ())


# Longer than any text may be, and of what every rule must look at.
HOSTILE = {
    "digits": "4",
    "single digits": "4 ",
    "groups": "4111 ",
    "separators": "1----",
    "countries": "NO12",
    "spaced countries": "NO12 ",
    "words": "konto 12345678903 ",
    "kid": "kid 4111111111111111 ",
    "words alone": "konto",
    "ids": "02013299997 ",
}


def operations(text: str) -> int:
    """Count the calls that masking a text takes."""
    calls = 0

    def called(*_: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        mask(text)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_text_made_to_be_slow_takes_time_that_grows_as_its_length(unit):
    short, long = (operations(unit * (size // len(unit))) for size in (2048, 8192))

    assert long <= 4.2 * short + 100


@pytest.mark.parametrize(
    ("length", "at_most"),
    [(8, 0), (9, 0), (10, 0), (11, 0.013), (12, 0), (13, 0.014), (16, 0.031), (20, 0)],
)
def test_few_rows_of_digits_that_are_something_else_are_taken_for_a_number(length, at_most):
    dice = random.Random(length)
    rows = ["".join(dice.choices("0123456789", k=length)) for _ in range(5000)]

    assert sum(mask(f"Saken gjelder {row}.").count for row in rows) / len(rows) <= at_most
