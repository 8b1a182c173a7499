"""Other people in what is given out: masked by rule and by list; the asker's own words are left."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import Author, Event, Messaged, Noted, Rated
from transcript_service.core.erased import erased_body
from transcript_service.retention.access.others import Rules, without_others

SIGNS = {"email": "[e-post]", "phone": "[telefon]", "number": "[nummer]", "word": "[navn]"}
OLA = Rules(own=(), words=("Ola Nordmann", "Storgata 1"), signs=SIGNS)


def event(body, kind="agent"):
    return Event(
        conversation=uuid4(),
        stream="dialogue",
        seq=1,
        id=uuid4(),
        sender=f"{kind}:x",
        author=Author(kind=kind, name="Kari"),
        epoch=0,
        time=datetime(2026, 11, 27, tzinfo=UTC),
        body=body,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ring Ola Nordmann i dag", "Ring [navn] i dag"),
        ("ring ola  nordmann", "ring [navn]"),
        ("Olas mor, Nordmanns hus, Ola Nordmanns bil", "[navn] mor, [navn] hus, [navn] bil"),
        ("Olaug og en ola", "Olaug og en ola"),
        ("Han bor i Storgata 1.", "Han bor i [navn]."),
        ("Han bor i Storgata 12.", "Han bor i [navn] 12."),
        ("Skriv til ola.n+x@skole.testvik.no!", "Skriv til [e-post]!"),
        ("Ring 41 23 45 67 eller 41234567", "Ring [telefon] eller [telefon]"),
        (
            "Ring +47 412 34 567, 0047 41234567, +46 70 123 45 67",
            "Ring [telefon], [telefon], [telefon]",
        ),
        (
            "Sak 26/12345678, 1234 kroner, 110, 02 00 00",
            "Sak 26/12345678, 1234 kroner, 110, 02 00 00",
        ),
        ("Fnr 13097248022", "Fnr [nummer]"),
        ("Kl. 10 i dag", "Kl. 10 i dag"),
    ],
)
def test_what_is_masked_and_what_stands(text, expected):
    (masked,), _, _ = without_others([event(Messaged(text=text))], OLA)

    assert masked.body.text == expected


def test_the_askers_own_name_address_and_number_stand():
    rules = Rules(
        own=("Kari Nordmann", "+47 41 23 45 67", "Kari@testvik.no"),
        words=("Ola Nordmann",),
        signs=SIGNS,
    )
    text = "Kari Nordmann, 41234567, kari@testvik.no. Ola Nordmann, 41234568, ola@testvik.no"

    masked, counted = rules.masked(text)
    assert masked == "Kari Nordmann, 41234567, kari@testvik.no. [navn], [telefon], [e-post]"
    assert dict(counted) == {"word": 1, "phone": 1, "email": 1}


def test_what_the_citizen_wrote_is_left_and_what_others_wrote_is_to_be_read_by_a_person():
    mine, rated = (
        Messaged(text="Ola Nordmann, 41234567"),
        Rated(rating="yes", comment="Ola Nordmann"),
    )
    events = [
        event(mine, "citizen"),
        event(rated, "citizen"),
        event(Messaged(text="Hei")),
        event(Noted(text="Ola Nordmann er faren")),
    ]
    masked, counted, to_read = without_others(events, OLA)

    assert [one.body for one in masked[:2]] == [mine, rated]
    assert masked[3].body.text == "[navn] er faren"
    assert (counted.total(), to_read) == (1, 2)


def test_what_was_erased_is_still_known_as_such():
    erased = event(erased_body("dialogue"))
    (same,), _, to_read = without_others([erased], Rules(words=("slettet",), signs=SIGNS))

    assert same.body is erased.body
    assert to_read == 0


def test_a_sign_may_be_longer_than_what_it_stands_for():
    """Of a text as long as any: the limit is for what people write."""
    (masked,), counted, _ = without_others(
        [event(Messaged(text="Ola " * 2_000))], Rules(words=("Ola",), signs={"word": "[sladdet]"})
    )
    assert counted["word"] == 2_000
    assert "Ola" not in masked.body.text


names = st.sampled_from(["Ola", "Åse Ness", "Per-Arne", "D'Arcy", "Mc.Dal", "Ø", "straße", "İpek"])
around = st.text(alphabet="ab .,;-\n(’'", max_size=8)


@given(names, around, around)
def test_a_listed_name_that_stands_by_itself_never_comes_through(name, before, after):
    text = f"{before} {name} {after}"
    masked, _ = Rules(words=(name,), signs=SIGNS).masked(text)

    assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", masked)


@given(
    st.text(max_size=200),
    st.lists(st.text(max_size=20), max_size=4),
    st.lists(st.text(max_size=20)),
)
def test_any_text_and_any_list_is_taken_and_masked_once(text, words, own):
    rules = Rules(tuple(own), tuple(words), dict.fromkeys(SIGNS, "¤"))
    masked, counted = rules.masked(text)

    if not counted:
        assert masked == text
    assert masked.count("¤") == counted.total() + text.count("¤") or any("¤" in w for w in words)


@given(st.integers(20_000_000, 99_999_999), st.sampled_from(["", "+47 ", "0047", "+47"]))
def test_every_telephone_with_eight_digits_is_masked_however_it_is_grouped(number, country):
    digits = str(number)
    for grouped in (
        digits,
        f"{digits[:2]} {digits[2:4]} {digits[4:6]} {digits[6:]}",
        f"{digits[:3]} {digits[3:5]} {digits[5:]}",
    ):
        masked, counted = Rules(signs=SIGNS).masked(f"Ring {country}{grouped}.")
        assert masked == "Ring [telefon]."
        assert counted.total() == 1
