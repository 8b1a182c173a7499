import json

import pytest
from gateway.core.frames import BadFrame, read_frame
from services.contracts.wire_citizen import CHello, COpen, CSend

ID = "01890000-0000-7000-8000-000000000001"


def _send(text: object) -> str:
    return json.dumps({"type": "send", "id": ID, "text": text})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "frame_invalid"),
        ("no json", "frame_invalid"),
        ("[" * 100_000, "frame_invalid"),
        ("[]", "frame_invalid"),
        ('{"type": "nothing"}', "frame_unknown"),
        ('{"type": ["send"]}', "frame_unknown"),
        (_send(5), "frame_invalid"),
        (_send("  \n"), "text_blank"),
        (_send("a\x00b"), "text_has_nul"),
        (_send("\ud800"), "text_has_lone_surrogate"),
        (_send("å" * 4_097), "text_too_long"),
        ('{"type": "hello", "tenant": "\\ud800", "secret": "x"}', "frame_invalid"),
    ],
)
def test_a_bad_frame_gets_its_own_code(data, code):
    frame = read_frame(data)
    assert isinstance(frame, BadFrame)
    assert frame.code == code


def test_a_refused_text_is_refused_under_its_own_id():
    frame = read_frame(_send(""))
    assert isinstance(frame, BadFrame)
    assert str(frame.id) == ID


@pytest.mark.parametrize(
    "text", ["å" * 4_096, "\ud83d\ude00", "\u202e<script>", "\\u0000", "\ufeff."]
)
def test_every_other_text_is_kept_exactly(text):
    frame = read_frame(_send(text))
    assert isinstance(frame, CSend)
    assert frame.text == text.encode("utf-16", "surrogatepass").decode("utf-16")


def test_fields_of_a_newer_client_are_ignored():
    hello = {"type": "hello", "tenant": "sarpsborg", "secret": "s" * 43, "new": 1}
    assert isinstance(read_frame(json.dumps(hello)), CHello)


@pytest.mark.parametrize("words", ["", "a\x00b", "\ud800", "x" * 8_193])
def test_bad_words_are_dropped_and_what_they_came_with_is_kept(words):
    opening = {"type": "open", "id": ID, "conversation": ID, "words": words}
    frame = read_frame(json.dumps(opening))
    assert isinstance(frame, COpen)
    assert frame.words is None


@pytest.mark.parametrize("contact", ["", "a\x00b", "\ud800", "x" * 8_193])
def test_a_contact_that_is_no_text_is_refused_as_a_contact(contact):
    asked = {"type": "ask_written", "id": ID, "answer_by": "email", "contact": contact}
    frame = read_frame(json.dumps(asked))
    assert isinstance(frame, BadFrame)
    assert (frame.code, str(frame.id)) == ("contact_invalid", ID)
