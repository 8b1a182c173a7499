"""What alerts say: who, what, until when and where. Never a word of the enquiry."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import agent_service
import pytest
from agent_service.alerts import Alert
from agent_service.core import letters, matters
from agent_service.core.matters import Matter
from agent_service.writing import LANGUAGES, Writer, texts
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import AnswerReady, CopyReady, DepartmentAlerted
from services.tokens import Signer

TALK = UUID("01890000-0000-7000-8000-000000000002")
ALERT = UUID("01890000-0000-7000-8000-000000000009")
KEY = "0123456789abcdef0123456789abcdef"
ABOUTS = ("handover", "written", "waiting", "danger", "unclassified")


@pytest.fixture
def writer(directory, now):
    known = SimpleNamespace(of=lambda tenant: directory if tenant == "sarpsborg" else None)
    signer = Signer(KEY, clock=lambda: now)
    return Writer(known, signer, console="http://desk.example/", chat="http://chat.example")


def alert(now, about, **fields):
    given_ = {"department": "byggesak", "said_at": now, "conversation": TALK}
    matter = Matter(about=about, **(given_ | fields))
    return Alert(ALERT, "sarpsborg", "email", "a@kommune.example", "s" * 16, matter)


@pytest.mark.parametrize("about", ABOUTS)
def test_a_department_is_told_what_for_since_when_until_when_and_where(writer, now, about):
    letter = writer.letter(alert(now, about, due_at=now + timedelta(hours=2)))

    assert letter.subject.startswith("Byggesak: ")
    assert "24.11.2026 kl. 10.00" in letter.body  # Oslo's clock
    assert "24.11.2026 kl. 12.00" in letter.body
    assert f"http://desk.example/#conversation={TALK}" in letter.body
    assert "{" not in letter.subject + letter.body


def test_leaders_see_that_it_is_for_them(writer, now):
    letter = writer.letter(alert(now, "danger", stage="leader"))

    assert letter.subject == "Til leder, Byggesak: varsel om fare i en samtale"


def test_without_a_deadline_none_is_invented(writer, now):
    assert "Svarfrist" not in writer.letter(alert(now, "waiting")).body


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("nb", "Du har fått svar fra Sarpsborg (demo)"),
        ("nn", "Du har fått svar frå Sarpsborg (demo)"),
        ("en", "You have an answer from Sarpsborg (demo)"),
        ("se", "Du har fått svar fra Sarpsborg (demo)"),
    ],
)
def test_a_citizen_is_told_in_their_language_with_a_link_only_they_have(
    writer, now, language, subject
):
    letter = writer.letter(alert(now, "answer", language=language, receipt="SA-7K3M-Q9TX"))
    (token,) = re.findall(r"http://chat\.example/svar\?lang=\w+#(\S+)", letter.body)
    claims = Signer(KEY, clock=lambda: now + timedelta(days=29)).verify("copy", token)

    assert letter.subject == subject
    assert "SA-7K3M-Q9TX" in letter.body
    assert (claims["tenant"], claims["conversation"]) == ("sarpsborg", str(TALK))
    assert str(TALK) not in letter.body  # not where a server on the way would see it


def test_a_webhook_gets_the_same_as_values(writer, now):
    told = json.loads(writer.document(alert(now, "handover", due_at=now)))

    assert told == {
        "id": str(ALERT),
        "tenant": "sarpsborg",
        "department": "byggesak",
        "about": "handover",
        "stage": "department",
        "said_at": now.isoformat(),
        "due_at": now.isoformat(),
        "link": f"http://desk.example/#conversation={TALK}",
        "text": "Byggesak: en samtale venter på dere",
    }


def test_every_language_has_every_text_and_the_same_places_to_fill():
    def places(text):
        return set(re.findall(r"{\w+}", text))

    files = Path(agent_service.__file__).parent / "texts"
    assert {file.stem for file in files.glob("*.json")} == set(LANGUAGES)
    for language in LANGUAGES:
        assert texts(language).keys() == texts("nb").keys()
        for name, text in texts(language).items():
            assert places(text) == places(texts("nb")[name]), name
            assert text.strip() == text


def test_nothing_of_the_citizen_but_the_receipt_is_kept_of_an_answer(now):
    body = AnswerReady(
        conversation=TALK,
        receipt="SA-1",
        answer_by="email",
        contact="innbygger@post.example",
        citizen="citizen:c1",
        department="byggesak",
    )
    matter = matters.answered(body, now)

    assert (matter.about, matter.department) == ("answer", "byggesak")
    assert "post.example" not in matter.model_dump_json()


@pytest.mark.parametrize("language", [*LANGUAGES, "se"])
def test_a_link_to_the_copy_tells_nothing_of_what_was_said(writer, now, language):
    body = CopyReady(
        conversation=TALK,
        contact="innbygger@post.example",
        citizen="citizen:c1",
        language=language,
    )
    matter = matters.copied(body, now)
    letter = writer.letter(Alert(ALERT, "sarpsborg", "email", body.contact, "", matter))
    link = re.search(r"http://chat.example/svar\?lang=(\w+)#(\S+)", letter.body)

    assert "post.example" not in matter.model_dump_json()
    assert "24.11.2026" in letter.body
    assert "{" not in letter.subject + letter.body
    assert link is not None
    claims = Signer(KEY, clock=lambda: now + timedelta(days=29)).verify("copy", link[2])
    assert claims["conversation"] == str(TALK)


def test_an_alert_keeps_what_the_router_said(now):
    body = DepartmentAlerted(
        conversation=TALK, department="byggesak", about="written", stage="leader", due_at=now
    )
    matter = matters.alerted(body, now)

    assert (matter.about, matter.stage, matter.due_at) == ("written", "leader", now)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "01.07.2026 kl. 14.00"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "01.01.2027 kl. 00.30"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25.10.2026 kl. 02.30"),
    ],
)
def test_times_are_on_the_clock_of_oslo(moment, shown):
    assert letters.clock(moment) == shown


@given(st.integers(min_value=1, max_value=100_000))
def test_attempts_come_at_growing_distances_from_five_seconds_to_an_hour(attempts):
    now_s, later_s = matters.delay_s(attempts), matters.delay_s(attempts + 1)

    assert 5 <= now_s <= later_s <= 3600
    assert matters.delay_s(1) == 5
    assert later_s == min(2 * now_s, 3600)
