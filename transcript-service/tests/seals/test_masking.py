"""Words are replaced by a visible mark, everywhere they stand, and nothing else is changed."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from services.contracts import Messaged, Noted
from services.contracts.model import MAX_TEXT_BYTES
from transcript_service.copies.words import texts
from transcript_service.core.chain import canonical
from transcript_service.core.masking import REASONS, Edit, NothingToMask, apply, edit_of
from transcript_service.seals.masking import mark_in

MARK = "[fjernet: sensitiv opplysning]"
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1)


def message(text, **more):
    return canonical({"kind": "message", "masked": 0, "text": text, **more})


@given(TEXT, TEXT, TEXT)
def test_no_masked_word_is_left_and_what_stands_around_it_stays(before, secret, after):
    assume(secret.strip() and secret not in MARK and not set(secret) & set(before + after + MARK))
    body = message(before + secret + after)
    edit = edit_of(body, MARK, text=secret)
    masked = apply(body, edit)

    assert json.loads(masked) == {"kind": "message", "masked": 0, "text": before + MARK + after}
    kept = edit.document()
    numbers = [number for place in kept.pop("places") for number in place]
    assert kept == {"part": "text", "mark": MARK}
    assert all(type(number) is int for number in numbers)
    assert apply(body, Edit.read(json.loads(json.dumps(edit.document())))) == masked


@given(TEXT, st.data())
def test_a_place_is_counted_in_characters(text, data):
    begin = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(begin + 1, len(text)))
    body = message(text)
    masked = apply(body, edit_of(body, MARK, place=(begin, end)))

    assert json.loads(masked)["text"] == text[:begin] + MARK + text[end:]


@given(st.integers(-2, 9), st.integers(-2, 9))
def test_a_place_outside_the_words_is_none(begin, end):
    body = message("Hei 😀!")
    if 0 <= begin < end <= 6:
        assert apply(body, edit_of(body, MARK, place=(begin, end))) != body
    else:
        with pytest.raises(NothingToMask):
            edit_of(body, MARK, place=(begin, end))


def test_every_place_where_the_words_stand_is_masked():
    body = message("Per og Per Persen")
    edit = edit_of(body, "[x]", text="Per")

    assert edit.places == ((0, 3), (7, 10), (11, 14))
    assert json.loads(apply(body, edit))["text"] == "[x] og [x] [x]sen"


@pytest.mark.parametrize("text", ["Kari", "", "  ", "hei"])
def test_words_that_are_not_there_are_not_masked(text):
    with pytest.raises(NothingToMask):
        edit_of(message("Hei  du"), MARK, text=text)


def test_marks_that_would_not_fit_become_one():
    body = message("a " * (MAX_TEXT_BYTES // 2))
    masked = json.loads(apply(body, edit_of(body, MARK, text="a")))

    assert masked["text"] == MARK
    assert Messaged.model_validate(masked)


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        (
            {"kind": "note", "text": "x", "whisper": True},
            {"kind": "note", "text": MARK, "whisper": True},
        ),
        (
            {"kind": "rated", "rating": "no", "comment": "x"},
            {"kind": "rated", "rating": "no", "comment": MARK},
        ),
        ({"kind": "attached", "name": "Kari.pdf"}, {"kind": "message", "masked": 0, "text": MARK}),
    ],
)
def test_notes_comments_and_files_are_masked_as_a_whole(body, masked):
    before = canonical(body)

    assert json.loads(apply(before, edit_of(before, MARK))) == masked
    assert Noted(text=MARK)


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "joined", "owner": {"kind": "agent", "name": "Kari"}},
        {"kind": "contact_given", "answer_by": "phone", "contact": "69108000"},
        {"kind": "rated", "rating": "yes", "comment": None},
    ],
)
def test_what_is_nobodys_words_is_not_masked(body):
    with pytest.raises(NothingToMask):
        edit_of(canonical(body), MARK)


def test_a_part_of_a_file_cannot_be_masked():
    body = canonical({"kind": "attached", "name": "Kari.pdf"})
    for given_ in ({"text": "Kari"}, {"place": (0, 1)}):
        with pytest.raises(NothingToMask):
            edit_of(body, MARK, **given_)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_reason_has_its_own_words_in_every_language(language):
    marks = {mark_in(language, reason) for reason in REASONS}

    assert len(marks) == len(REASONS)
    assert all(texts(language)["removed"][:5] in mark for mark in marks)
