"""No national identity number passes, however it is written; other numbers do.

Every number here is computed. Those that are written down are synthetic, or of a year and an
individual number that no century gives together: none belongs to a person.
"""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from services.masking import MASK
from services.masking import mask as mask_all
from services.national_id import is_national_id

W1 = (3, 7, 6, 1, 8, 9, 4, 5, 2)
W2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def mask(text: str) -> tuple[str, int]:
    """Mask a text in which there is nothing else to be masked."""
    masked = mask_all(text)
    assert set(masked.kinds) <= {"national_id"}
    return masked.text, masked.count


def complete(nine: str, *, remainder: int = 0) -> str | None:
    """Return nine digits with their control digits, or None when there are none.

    Skatteetaten's rule: the first weighted sum leaves a remainder of 0, from 2032 also 1-3; the
    second leaves 0.
    """
    first = (remainder - sum(w * int(d) for w, d in zip(W1, nine, strict=True))) % 11
    if first == 10:
        return None
    ten = f"{nine}{first}"
    second = -sum(w * int(d) for w, d in zip(W2, ten, strict=True)) % 11
    return None if second == 10 else f"{ten}{second}"


def some(date: str, *, remainder: int = 0) -> str:
    """Return a number of a date (DDMMYY) that nobody has."""
    numbers = (complete(f"{date}{n}", remainder=remainder) for n in range(600, 750))
    return next(filter(None, numbers))


@st.composite
def national_ids(draw, remainders=(0, 1, 2, 3)):
    """Any fødselsnummer, D-number or synthetic number, of today's rule or that of 2032."""
    month = draw(st.integers(1, 12))
    day = draw(st.integers(1, DAYS[month - 1])) + draw(st.sampled_from((0, 40)))
    month += draw(st.sampled_from((0, 40, 65, 80)))
    year, individual = draw(st.integers(0, 99)), draw(st.integers(0, 999))
    nine = f"{day:02}{month:02}{year:02}{individual:03}"
    number = complete(nine, remainder=draw(st.sampled_from(remainders)))
    assume(number is not None)
    return number


SPACES = [
    chr(c) for c in range(0x10000) if unicodedata.category(chr(c)) == "Zs" or chr(c) in "\t\n\r"
]
DASHES = list("-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212_")
INVISIBLE = list(
    "\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202e\u2060\u2066\u2069\ufeff"
)
OTHER = list(".,:;/()[]|·")
BETWEEN = [*SPACES, *DASHES, *INVISIBLE, *OTHER]
ZEROS = [c for c in range(0x1FFFF) if chr(c).isdecimal() and unicodedata.decimal(chr(c)) == 0]
"""The first digit of every script that has its own."""


@given(national_ids())
def test_every_kind_of_number_is_masked(number):
    assert is_national_id(number)
    assert mask(number) == (MASK, 1)


@given(
    national_ids(),
    st.lists(st.text(st.sampled_from(BETWEEN), max_size=4), min_size=10, max_size=10),
)
def test_every_spacing_is_masked(number, gaps):
    spelled = number[0] + "".join(gap + digit for gap, digit in zip(gaps, number[1:], strict=True))

    assert mask(f"nr {spelled}!") == (f"nr {MASK}!", 1)


@pytest.mark.parametrize("between", BETWEEN, ids=lambda c: f"U+{ord(c):04X}")
def test_each_separator_is_known_between_date_and_number_and_between_all_digits(between):
    number = some("018145")

    assert mask(number[:6] + between + number[6:]) == (MASK, 1)
    assert mask(between.join(number)) == (MASK, 1)


@pytest.mark.parametrize("zero", ZEROS, ids=lambda c: f"U+{c:04X}")
def test_digits_of_every_script_are_digits(zero):
    number = some("018145")

    assert mask("".join(chr(zero + int(digit)) for digit in number)) == (MASK, 1)


@given(national_ids(), st.lists(st.sampled_from(ZEROS), min_size=11, max_size=11))
def test_digits_of_mixed_scripts_are_digits(number, zeros):
    mixed = "".join(chr(zero + int(d)) for zero, d in zip(zeros, number, strict=True))

    assert mask(f"({mixed})") == (f"({MASK})", 1)


@given(st.text(), national_ids(), st.text())
def test_a_number_is_found_in_any_text(before, number, after):
    # Digits and separators next to it could make it part of a longer number.
    assume(not any(c.isdecimal() for c in before[-5:] + after[:5]))
    masked, count = mask(before + number + after)

    assert count >= 1
    assert number not in masked


@given(st.text(), st.lists(national_ids(), max_size=3), st.text())
def test_a_masked_text_is_never_longer_and_is_masked_only_once(before, numbers, after):
    text = before + " og ".join(numbers) + after
    masked, _ = mask(text)

    assert len(masked) <= len(text)
    assert len(masked.encode(errors="replace")) <= len(text.encode(errors="replace"))
    assert mask(masked) == (masked, 0)


@given(st.text(st.sampled_from("0123456789 -.\u200b٣x*"), max_size=60))
def test_masking_twice_changes_nothing_among_digits_either(text):
    masked, count = mask(text)

    assert mask(masked) == (masked, 0)
    assert (masked == text) == (count == 0)


@given(st.text().filter(lambda text: sum(c.isdecimal() for c in text) < 11))
def test_a_text_with_fewer_digits_is_left_as_it_is(text):
    assert mask(text) == (text, 0)


SYNTHETIC = some("018190")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Fnr {} takk", "Fnr *********** takk"),
        ("{},{}", "***********,***********"),
        ("{} {}", "*********** ***********"),
        ("barn: {}\nmor: {}", "barn: ***********\nmor: ***********"),
        ("kl 12 {}", "kl 12 ***********"),
        ("tlf 99 12 34 56, {}", "tlf 99 12 34 56, ***********"),
        ("{}.", "***********."),
        ("søknad_{}.pdf", "søknad_***********.pdf"),
        ("<b>{}</b>", "<b>***********</b>"),
        ("æøå🫐{}🫐", "æøå🫐***********🫐"),
    ],
)
def test_only_the_number_is_taken_out_of_a_sentence(text, masked):
    count = text.count("{}")

    assert mask(text.replace("{}", SYNTHETIC)) == (masked, count)


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (some("010145"), "fødselsnummer"),
        (some("290244"), "leap day"),
        (some("410145"), "D-number"),
        (some("014145"), "synthetic, month +40"),
        (some("016645"), "synthetic, month +65"),
        (some("018145"), "synthetic, month +80"),
        (some("418145"), "synthetic D-number"),
        (some("018145", remainder=1), "from 2032"),
        (some("018145", remainder=2), "from 2032"),
        (some("018145", remainder=3), "from 2032"),
    ],
)
def test_each_kind_of_number_is_known(number, what):
    assert is_national_id(number), what


@pytest.mark.parametrize(
    "text",
    [
        "99123456",
        "+47 99 12 34 56",
        "0047 99123456",
        "Ring 69 10 80 00 eller 99 12 34 56",
        "org.nr 938 801 363",
        "saksnr 2026/12345-17",
        "26.11.2026 kl. 14.30-15.45",
        "kr 1 234 567 890,00",
        "gnr. 1047 bnr. 102 fnr. 0 snr. 12",
        "v/1.2.3.4.5.6.7.8.9.10",
        "12345678903",  # as an account number has it; 12/34 is no date
        "123456789012",  # a KID of twelve digits
        "00000000000",
        "11111111111",
        "99999999999",
        "12345678901",
        "00010112345",
        "32010112345",
        "01130112345",
        "30029912345",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert mask(text) == (text, 0)


@given(national_ids(), st.integers(1, 9))
def test_a_wrong_last_digit_is_no_national_id(number, off):
    wrong = number[:10] + str((int(number[10]) + off) % 10)

    assert mask(wrong) == (wrong, 0)


@given(national_ids(), st.text("0123456789", min_size=1, max_size=5), st.booleans())
def test_a_number_is_not_found_inside_a_longer_one_written_together(number, digits, before):
    longer = digits + number if before else number + digits

    assert "national_id" not in mask_all(longer).kinds


@given(st.text("0123456789", min_size=11, max_size=11))
def test_a_date_that_is_none_is_no_national_id(digits):
    day, month = int(digits[:2]), int(digits[2:4])
    plausible = (
        1 <= day % 40 <= 31
        and day < 72
        and any(1 <= month - offset <= 12 for offset in (0, 40, 65, 80))
    )

    assert plausible or not is_national_id(digits)
