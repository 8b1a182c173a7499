"""The words of alerts. They say who is wanted, for what and until when, and where to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from agent_service.core.matters import Matter

_OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain text."""

    subject: str
    body: str


def department_letter(
    matter: Matter, texts: Mapping[str, str], *, department: str, link: str
) -> Letter:
    """Return what a department, or its leaders, are told."""
    words = texts[f"alert.{matter.about}"].format(department=department)
    lines = [words, texts["alert.since"].format(time=clock(matter.said_at))]
    if matter.due_at is not None:
        lines.append(texts["alert.due"].format(time=clock(matter.due_at)))
    if matter.receipt:
        lines.append(texts["alert.receipt"].format(receipt=matter.receipt))
    lines += ["", texts["alert.open"], link, "", texts["alert.why"]]
    subject = texts[f"alert.subject.{matter.stage}"].format(
        department=department, what=texts[f"alert.what.{matter.about}"]
    )
    return Letter(subject, "\n".join(lines) + "\n")


def answer_letter(
    matter: Matter, texts: Mapping[str, str], *, municipality: str, link: str
) -> Letter:
    """Return what a citizen is told when a written question is answered."""
    subject = texts["answer.subject"].format(municipality=municipality)
    lines = [
        texts["answer.hello"],
        "",
        texts["answer.ready"].format(municipality=municipality),
        texts["answer.open"],
        link,
        "",
        texts["answer.days"],
        texts["answer.receipt"].format(receipt=matter.receipt),
        "",
        texts["answer.no_reply"],
    ]
    return Letter(subject, "\n".join(lines) + "\n")


def copy_letter(
    matter: Matter, texts: Mapping[str, str], *, municipality: str, link: str
) -> Letter:
    """Return what a citizen is told who asked for a link to the copy."""
    lines = [
        texts["answer.hello"],
        "",
        texts["copy.asked"].format(municipality=municipality, day=day(matter.said_at)),
        texts["copy.open"],
        link,
        "",
        texts["copy.days"],
        texts["copy.not_you"],
        "",
        texts["answer.no_reply"],
    ]
    subject = texts["copy.subject"].format(municipality=municipality)
    return Letter(subject, "\n".join(lines) + "\n")


def document(
    matter: Matter, letter: Letter, *, alert: str, tenant: str, link: str
) -> dict[str, str | None]:
    """Return what a webhook is given, as JSON-ready values."""
    return {
        "id": alert,
        "tenant": tenant,
        "department": matter.department,
        "about": matter.about,
        "stage": matter.stage,
        "said_at": matter.said_at.isoformat(),
        "due_at": matter.due_at.isoformat() if matter.due_at else None,
        "link": link,
        "text": letter.subject,
    }


def milestone(matter: Matter, *, event: str, tenant: str) -> dict[str, object]:
    """Return what another system is told of a milestone, as JSON-ready values."""
    return {
        "id": event,
        "type": f"conversation.{matter.milestone}",
        "tenant": tenant,
        "at": matter.said_at.isoformat(),
        "conversation": str(matter.conversation),
        "department": matter.department,
        "topic": matter.topic,
        "language": matter.language,
        "written": matter.by_letter,
        "archive": matter.archive,
    }


def day(moment: datetime) -> str:
    """Return a moment's day as Norwegians write it, on the calendar of Europe/Oslo."""
    return f"{moment.astimezone(_OSLO):%d.%m.%Y}"


def clock(moment: datetime) -> str:
    """Return a moment as Norwegians write it, on the clock of Europe/Oslo."""
    return f"{moment.astimezone(_OSLO):%d.%m.%Y kl. %H.%M}"
