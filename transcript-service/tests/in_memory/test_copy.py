"""The written copy: every event in three languages, and every word exactly, harmless and whole."""

import json
import re
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import (
    AnswerNudge,
    ArchiveClass,
    AskForget,
    AskWritten,
    Attached,
    Author,
    Block,
    BreakGlass,
    Classify,
    ClearAlarm,
    Close,
    Consult,
    Event,
    EventBody,
    MailCopy,
    Messaged,
    Move,
    Noted,
    Nudge,
    Outcome,
    PostMessage,
    PostNote,
    RaiseAlarm,
    Rate,
    Requeue,
    SetTopic,
)
from services.contracts.files import MEDIA_TYPES
from services.contracts.model import TextError, check_text
from transcript_service.copies.document import document_of
from transcript_service.copies.exact import as_json
from transcript_service.copies.page import as_html as page_of
from transcript_service.copies.plain import as_text as text_of
from transcript_service.copies.words import size, texts
from transcript_service.core.erased import erased_body
from transcript_service.reads import Transcript

CITIZEN, KARI = "citizen:c1", "agent:kari"
LANGUAGES = ("nb", "nn", "en")
KINDS = [model.model_fields["kind"].default for model in get_args(get_args(EventBody)[0])]

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</bdi></p><h1>Kommunen</h1>",
    "&lt;b&gt; &amp; '",
    "\u202eskilsnav\u202c",
    "{who} {0} %s ${x}",
    "linje 1\nlinje 2\r\nlinje 3",
    "æøå \U0001f468\u200d\U0001f469\u200d\U0001f467",
]


def as_text(transcript, directory, language):
    return text_of(document_of(transcript, directory, language))


def as_html(transcript, directory, language, medium="screen"):
    return page_of(document_of(transcript, directory, language), medium)


class Page(HTMLParser):
    """Reads a page back: its elements, and the words of each `bdi`."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words, self._open = set(), [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "bdi":
            self.words.append("")
            self._open = True

    def handle_endtag(self, tag):
        self._open = self._open and tag != "bdi"

    def handle_data(self, data):
        if self._open:
            self.words[-1] += data


@pytest.fixture
def with_body(world, make):
    """Return a transcript of one event."""

    def build(body, *, author=None, stream="dialogue"):
        c = make.id(1)
        if (make.tenant, c) not in world.shelf.conversations:
            world.open()
        event = Event(
            conversation=c,
            stream=stream,
            seq=1,
            id=make.id(2),
            sender=CITIZEN,
            author=author or Author(kind="citizen"),
            epoch=0,
            time=make.now,
            body=body,
        )
        return Transcript(world.of(c), (event,))

    return build


@pytest.fixture
def dialogue(world):
    """A transcript in which almost everything happens."""
    c = world.open()
    world.join(c, "kari")
    world.say(CITIZEN, PostMessage(conversation=c, text="Hei", masked=1))
    world.say(KARI, PostMessage(conversation=c, text="Hei du", epoch=1))
    world.hand_over(c, "bygg", note="Se vedlegg")
    world.join(c, "per")
    return Transcript(world.of(c), tuple(world.told(c)))


def test_the_catalogues_have_the_same_keys_and_placeholders():
    def holes(words):
        return set(re.findall(r"{\w+}", words))

    expected = {key: holes(words) for key, words in texts("nb").items()}

    for language in LANGUAGES:
        assert {key: holes(words) for key, words in texts(language).items()} == expected
        assert all(words.strip() for words in texts(language).values())


def test_every_kind_of_event_has_words_in_every_language():
    said = {"message"}  # its words are its own

    assert set(KINDS) - said <= set(texts("nb"))


def test_a_language_without_a_catalogue_is_answered_in_bokmaal():
    assert texts("se") == texts("nb")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_names_everybody_with_their_department_and_times_in_oslo(world, dialogue, language):
    text = as_text(dialogue, world.shelf.directory, language)
    words = texts(language)
    torget = "Service centre" if language == "en" else "Servicetorget"

    assert text.startswith(words["title"].format(name="Testvik kommune"))
    assert f"24.11.2026 13:00  {words['citizen']}\n    Hei\n    [{words['masked']}]" in text
    assert f"24.11.2026 13:00  Kari, {torget}\n    Hei du" in text
    assert words["handed_over"].format(who="Per (Byggesak)") in text
    assert "Se vedlegg" not in text


@pytest.mark.parametrize("words", HOSTILE)
def test_a_page_shows_hostile_words_as_words(world, with_body, words):
    page = Page(as_html(with_body(Messaged(text=words)), world.shelf.directory, "nb"))

    assert page.words[-1] == words
    assert page.tags <= {
        "html", "head", "body", "meta", "title", "style", "h1", "ol", "li", "p", "time", "bdi",
        "header", "main", "section", "footer", "h2", "dl", "div", "dt", "dd",
    }  # fmt: skip


def test_a_page_shows_hostile_names_as_names(world, make, with_body):
    name = "<b onclick=alert(1)>Kari</b>"
    author = Author(kind="agent", id="kari", name=name, department="<i>x</i>")
    directory = make.directory(name="<script>x</script>")
    page = Page(as_html(with_body(Messaged(text="Hei"), author=author), directory, "nb"))

    assert page.words[-2] == f"{name}, <i>x</i>"
    assert not {"b", "i", "script"} & page.tags


def is_text(text):
    try:
        check_text(text)
    except TextError:
        return False
    return True


@given(st.text(min_size=1, max_size=200).filter(is_text))
def test_json_holds_any_words_exactly(make, worlds, text):
    world = worlds(make)
    c = world.open()
    world.say(CITIZEN, PostMessage(conversation=c, text=text))
    transcript = Transcript(world.of(c), tuple(world.told(c)))
    document = json.loads(as_json(transcript, world.shelf.directory))

    assert document["events"][-1]["body"]["text"] == text
    assert document["format"] == "prek.transcript.v1"


@pytest.mark.parametrize("separator", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"])
def test_in_plain_text_nobodys_words_pass_for_the_head_of_another(world, with_body, separator):
    forged = f"Hei{separator}24.11.2026 13:00  Kari, Servicetorget{separator}Søknaden er innvilget"
    text = as_text(with_body(Messaged(text=forged)), world.shelf.directory, "nb")
    heads = [line for line in text.splitlines() if line and not line.startswith(" ")]

    assert heads[2:] == ["24.11.2026 13:00  Du"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_erased_keeps_its_place_and_says_so(world, with_body, language):
    transcript = with_body(erased_body("dialogue"))
    (event,) = json.loads(as_json(transcript, world.shelf.directory))["events"]

    assert event["body"] == {"kind": "erased"}
    assert event["seq"] == 1
    assert texts(language)["erased"] in as_text(transcript, world.shelf.directory, language)


def test_who_writes_the_word_for_erased_is_still_quoted(world, with_body):
    transcript = with_body(Messaged(text=erased_body("dialogue").text))

    assert json.loads(as_json(transcript, None))["events"][0]["body"]["kind"] == "message"
    assert "(slettet)" in as_text(transcript, None, "en")


def test_a_copy_of_the_desk_shows_notes_as_notes(world, with_body):
    author = Author(kind="agent", id="kari", name="Kari", department="torget")
    note = with_body(Noted(text="Ring tilbake"), author=author, stream="desk")
    text = as_text(note, world.shelf.directory, "nb")

    assert "Kari, Servicetorget (internt notat)\n    Ring tilbake" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_of_both_streams_can_be_shown_without_a_set_up(world, dialogue, language):
    c = dialogue.conversation.summary.conversation
    for stream in ("dialogue", "desk"):
        transcript = Transcript(world.of(c), tuple(world.told(c, stream)))

        for directory in (None, world.shelf.directory):
            assert "{" not in as_text(transcript, directory, language)
            assert as_html(transcript, directory, language).endswith("</html>")


@pytest.fixture
def written(world):
    """A conversation in which the rest happens, to one who asked for a written answer."""
    c = world.open()
    world.say(CITIZEN, AskWritten(conversation=c, answer_by="email", contact="nils@testvik.no"))
    world.say(KARI, SetTopic(conversation=c, topic="skatt"))
    world.join(c, "kari")
    world.say(KARI, Requeue(conversation=c, epoch=1, reason="returned_by_agent"))
    world.join(c, "kari")
    world.say(KARI, Consult(conversation=c, epoch=3, agent="per"))
    world.say(KARI, RaiseAlarm(conversation=c, alarm="threat"))
    world.say(KARI, ClearAlarm(conversation=c))
    world.say(KARI, Block(conversation=c, reason="{who} <b>hets</b>"))
    return c


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_says_when_a_written_answer_is_due_and_how_it_comes(world, written, language):
    transcript = Transcript(world.of(written), tuple(world.told(written)))
    text = as_text(transcript, world.shelf.directory, language)
    summary = world.of(written).summary

    assert summary.receipt in text
    assert "24.11.2026 21:00" in text
    assert texts(language)["way_email"] in text
    assert texts(language)["requeued_written"] in text
    assert texts(language)["requeued"] not in text
    assert "nils@" not in text
    assert "hets" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_of_the_desk_says_the_rest_in_words(world, written, language):
    transcript = Transcript(world.of(written), tuple(world.told(written, "desk")))
    words = texts(language)
    text = as_text(transcript, world.shelf.directory, language)
    page = as_html(transcript, world.shelf.directory, language)

    assert "nils@testvik.no" in text
    assert words["topic_set"].format(topic="Skatt", department=_torget(language)) in text
    assert words["consulted"].format(who="Per") in text
    assert words["alarmed"].format(alarm=words["alarm_threat"]) in text
    assert "{who} <b>hets</b>" in text
    assert "<b>" not in page


def _torget(language):
    return "Service centre" if language == "en" else "Servicetorget"


@pytest.fixture
def led(world):
    """A conversation that is moved, whispered about, classified and looked into from outside."""
    c = world.open()
    world.say("agent:lise", Move(conversation=c, department="barn", epoch=0))
    world.join(c, "nora")
    world.say("agent:nora", Classify(conversation=c, outcome="guided"))
    world.say("agent:nora", Classify(conversation=c, archive="journal"))
    world.say("agent:lise", BreakGlass(conversation=c, reason="{who} <b>fare</b>", masked=1))
    other = world.open(2)
    world.join(other, "kari")
    world.say("agent:lise", PostNote(conversation=other, text="Spør om adressen", whisper=True))
    return [*world.told(c, "desk"), *world.told(other, "desk")], world.of(c)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_of_the_desk_says_what_leaders_and_the_archive_did(world, led, language):
    events, conversation = led
    words, transcript = texts(language), Transcript(conversation, tuple(events))
    text = as_text(transcript, world.shelf.directory, language)
    page = as_html(transcript, world.shelf.directory, language)
    lise, nora = f"Lise ({_torget(language)})", "Nora (Barnevern)"
    first = {"outcome": words["outcome_guided"], "archive": words["archive_open"]}
    then = {"outcome": words["outcome_guided"], "archive": words["archive_journal"]}

    assert words["moved"].format(who=lise, former=_torget(language), department="Barnevern") in text
    for details in (first, then):
        assert words["classified"].format(who=nora, **details) in text
    looked = words["glass_broken"].format(
        who=lise, until="24.11.2026 14:00", reason="{who} <b>fare</b>"
    )
    assert f"{looked}\n    [{words['masked']}]" in text
    assert f"Lise, {_torget(language)} ({words['whisper']})\n    Spør om adressen" in text
    assert "<b>" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_and_class_has_words(language):
    outcomes, classes = get_args(Outcome), get_args(ArchiveClass)

    assert {f"outcome_{name}" for name in (*outcomes, "open")} <= set(texts(language))
    assert {f"archive_{name}" for name in (*classes, "open")} <= set(texts(language))


@pytest.fixture
def over(world):
    """A conversation with a nudge, and everything that may be said afterwards."""
    c = world.open()
    world.join(c, "kari")
    world.say(KARI, Nudge(conversation=c, epoch=1))
    world.say(CITIZEN, AnswerNudge(conversation=c))
    world.say(KARI, Close(conversation=c, epoch=1))
    world.say(CITIZEN, Rate(conversation=c, rating="partly", comment="<b>{who}</b>", masked=2))
    world.say(CITIZEN, MailCopy(conversation=c, contact="nils@testvik.no"))
    world.say(CITIZEN, AskForget(conversation=c))
    return Transcript(world.of(c), tuple(world.told(c)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_tells_of_the_nudge_and_of_what_was_said_afterwards(world, over, language):
    words = texts(language)
    text = as_text(over, world.shelf.directory, language)
    kari = f"Kari ({_torget(language)})"
    said = [line.strip() for line in text.splitlines() if line.startswith("    ")]

    assert said == [
        words["opened"],
        words["joined"].format(who=kari),
        words["nudged"].format(who=kari),
        words["nudge_answered"],
        words["closed"],
        words["rated"].format(rating=words["rating_partly"]),
        "<b>{who}</b>",
        f"[{words['masked_more'].format(n=2)}]",
        words["copy_mailed"],
        words["forget_asked"],
    ]
    assert "<b>" not in as_html(over, world.shelf.directory, language)


def attached(make, **fields):
    given = {"file": make.id(7), "name": "kart.pdf", "media_type": "application/pdf"}
    return Attached(**{**given, "size": 2_345_678, "sha256": "0" * 64, **fields})


def test_a_file_is_named_with_its_type_in_plain_words_and_its_size(world, make, with_body):
    directory = world.shelf.directory
    author = Author(kind="agent", id="kari", name="Kari", department="torget")
    shown = as_text(with_body(attached(make), author=author), directory, "nb")
    picture = attached(make, name="<i>hus.jpg", media_type="image/jpeg", size=340_000, masked=1)
    photo = with_body(picture)

    assert "Kari, Servicetorget\n    Fil: kart.pdf (PDF-dokument, 2,3 MB)" in shown
    text = as_text(photo, directory, "en")
    assert f"File: <i>hus.jpg (picture, 340 kB)\n    [{texts('en')['masked']}]" in text
    assert "<i>" not in as_html(photo, directory, "en")


@pytest.mark.parametrize("media_type", [*MEDIA_TYPES, "application/x-unheard-of"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_of_file_has_a_name_in_every_language(
    world, make, with_body, media_type, language
):
    text = as_text(with_body(attached(make, media_type=media_type)), None, language)
    other = texts(language)["file_other"]

    assert (other in text) == (media_type not in MEDIA_TYPES)


def test_sizes_are_written_as_people_say_them():
    counts = (0, 999, 1_000, 999_999, 1_000_000, 2_350_000)

    assert [size(n, "nb") for n in counts] == [
        "0 B", "999 B", "1 kB", "999 kB", "1,0 MB", "2,4 MB",
    ]  # fmt: skip
    assert size(2_350_000, "en") == "2.4 MB"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_it_is_of_which_conversation_and_when(world, make, over, language):
    summary = over.conversation.summary
    page = as_html(over, world.shelf.directory, language)
    words = texts(language)

    assert f'<html lang="{language}">' in page
    assert words["foot"].format(name="Testvik kommune") in page
    assert str(summary.conversation)[-8:].upper() in page
    assert (
        f"<h2>{words['day'].format(day=24, month=words['months'].split()[10], year=2026)}" in page
    )
    assert page.index("<footer>") < page.index("class=foot")
    printed = as_html(over, world.shelf.directory, language, "print")
    assert printed.index("class=foot") < printed.index("<h1>")


def test_the_time_of_a_document_is_that_of_the_last_thing_said(world, over):
    document = document_of(over, world.shelf.directory, "nb")

    assert document.made_at == world.shelf.now
    assert document.made_at == document_of(over, None, "en").made_at
