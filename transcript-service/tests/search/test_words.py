"""Text as words: no text breaks it, and numbers are found in whatever groups they are written."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from transcript_service.search.spelling import ROOTS, WORDS, one_form
from transcript_service.search.words import LONGEST, folded, numbers, tokens


@given(st.text(max_size=300))
@example("T̗h̵e̶ Söknad ﷺ ½ ²")
def test_every_word_stands_where_it_says(text):
    found = tokens(text)

    for token in found:
        assert token.word == folded(text[token.start : token.end])
        assert 0 < len(token.word) <= LONGEST
        assert "\0" not in token.word
    assert [token.start for token in found] == sorted(token.start for token in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text(max_size=40))
@example("𝝖")
def test_a_folded_word_stays_as_it_is(word):
    assert folded(folded(word)) == folded(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Åse", "åse"),
        ("Å", "A\u030a"),
        ("Amélie", "amelie"),
        ("SÖKNAD", "søknad"),
        ("Ｆｕｌｌ", "full"),
    ],
)
def test_spellings_of_the_same_letters_are_one_word(one, other):
    assert folded(one) == folded(other)


def test_our_own_letters_are_no_accents():
    assert len({folded(word) for word in ("bar", "bår", "bær", "bør")}) == 4


def digits(text):
    return {number.digits for number in numbers(text, tokens(text))}


@pytest.mark.parametrize(
    "text",
    ["99 88 77 66", "998 87 766", "9988 7766", "+47 99 88 77 66", "99.88.77.66", "+4799887766",
     "0047 998 87 766", "Ring 99 88 77 66, eller kom innom"],
)  # fmt: skip
def test_a_telephone_number_is_one_number(text):
    assert "99887766" in digits(text)


def test_two_numbers_in_a_row_are_both_found():
    assert {"99887766", "22334455"} <= digits("99 88 77 66 22 33 44 55")


def test_few_digits_are_no_number():
    assert digits("Jeg har 2 3 barn") == set()


@pytest.mark.parametrize(
    ("nynorsk", "bokmaal"),
    [("skulane", "skolane"), ("barneskule", "barneskole"), ("kvifor", "hvorfor"), ("vatn", "vann"),
     ("drikkevatnet", "drikkevannet"), ("eigedomsskatt", "eiendomsskatt"), ("ikkje", "ikke"),
     ("sjukeheimen", "sykehjemen"), ("tilskot", "tilskudd"), ("veka", "uka")],
)  # fmt: skip
def test_both_written_forms_are_one(nynorsk, bokmaal):
    assert one_form(nynorsk) == one_form(bokmaal)


@pytest.mark.parametrize("table", [WORDS, ROOTS])
def test_the_tables_are_in_order_and_end_somewhere(table):
    assert list(table) == sorted(table)
    for word, form in table.items():
        assert word == folded(word)
        assert form == folded(form)
        assert one_form(word) == one_form(form)
