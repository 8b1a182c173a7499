"""What is asked: every text is a question; what it says is put to the index and marked in texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.search.asked import MOST, Digits, Phrase, Prefix, Word, lexeme, read
from transcript_service.search.spelling import one_form
from transcript_service.search.words import tokens

COMMON = ("og", "i", "om")


def stems_of(asked, text=""):
    """Stems as a stemmer might say: without the last letters."""
    words = asked.words() | {token.word for token in tokens(text)}
    return {word: None if word in COMMON else stem(word) for word in words}


def stem(word):
    if any(letter.isdecimal() for letter in word):
        return "="
    form = one_form(word)
    return form.removesuffix("n").removesuffix("r").removesuffix("e")


@given(st.text(max_size=200))
def test_every_text_is_a_question(text):
    asked = read(text)
    stems = stems_of(asked)
    kept = asked.without_common(stems)

    assert len(asked.terms) <= MOST
    assert bool(kept.query(stems)) == bool(kept.terms)
    assert kept.query(stems).count("'") % 2 == 0
    assert bool(text.strip()) <= bool(asked.terms or asked.ignored)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Barnehage søknad", (Word("barnehage"), Word("søknad"))),
        ('"Kari Hansen" plass', (Phrase(("kari", "hansen")), Word("plass"))),
        ("«Kari Hansen» ", (Phrase(("kari", "hansen")),)),
        ('"uten slutt', (Phrase(("uten", "slutt")),)),
        ("barneh*", (Prefix("barneh"),)),
        ("-skole", (Word("skole", negative=True),)),
        ('-"stor skole" skole', (Phrase(("stor", "skole"), negative=True), Word("skole"))),
        ("2026/1234-5", (Phrase(("2026", "1234", "5")),)),
        ("SA-7K3M-Q0ZX", (Phrase(("sa", "7k3m", "q0zx")),)),
        ("kari@testvik.no", (Phrase(("kari", "testvik", "no")),)),
        ("99 88 77 66", (Digits(("99", "88", "77", "66")),)),
        ("ring 99 88 77 66 nå", (Word("ring"), Digits(("99", "88", "77", "66")), Word("nå"))),
        ("e-post?", (Word("e"), Word("post"))),
        ("-", ()),
        ("ab*", ()),
        ("👍", ()),
    ],
)
def test_it_is_read_as_it_is_meant(text, terms):
    asked = read(text)

    assert asked.terms == terms
    assert bool(asked.ignored) == (not terms)


def test_too_common_words_are_told_and_not_looked_for():
    asked = read('søknad om plass "og"')
    kept = asked.without_common(stems_of(asked))

    assert [term.text for term in kept.terms] == ["søknad", "plass"]
    assert kept.ignored == ("om", "og")


def test_a_common_word_in_a_phrase_leaves_its_room():
    asked = read('"om søknad om plass"')

    assert asked.query(stems_of(asked)) == "('=søknad' <2> '=plass')"


def test_more_terms_than_are_looked_for_are_told():
    asked = read(" ".join(f"ord{n}x" for n in range(MOST + 2)))

    assert len(asked.terms) == MOST
    assert asked.ignored == (f"ord{MOST}x", f"ord{MOST + 1}x")


def test_quotes_and_backslashes_end_no_word():
    assert lexeme("o'b\\c") == "'o''b\\\\c'"


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("skole", "Skolen er stengt", ["Skolen"]),
        ("skole", "Skulen er stengd", ["Skulen"]),
        ("skole", "Skog og skål", []),
        ('"kari hansen"', "Kari Hansen og Kari Jensen", ["Kari", "Hansen"]),
        ("barneh*", "Barnehageplass", ["Barnehageplass"]),
        ("99887766", "Ring 998 87 766 nå", ["998", "87", "766"]),
        ("998 87 766", "Ring 99887766 nå", ["99887766"]),
        ("-skolen plass", "Skolen har plass", ["plass"]),
        ("2026/1234", "Sak 2026/1234-5", ["2026", "1234"]),
    ],
)
def test_hits_are_marked_where_they_stand(question, text, marked):
    asked, found = read(question), tokens(text)
    hits = asked.hits(text, found, stems_of(asked, text))

    assert [text[found[n].start : found[n].end] for n in sorted(hits)] == marked
