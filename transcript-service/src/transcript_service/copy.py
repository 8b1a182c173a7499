"""The written copy: the dialogue as text, HTML or JSON, with the same words as the screens."""

import json
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.contracts import (
    AlarmCleared,
    Alarmed,
    Author,
    Blocked,
    Consulted,
    ConsultEnded,
    ContactGiven,
    Event,
    EventBody,
    HandedOver,
    Joined,
    MadeWritten,
    Messaged,
    Noted,
    Offered,
    OfferEnded,
    Requeued,
    TakenOver,
    TenantDirectory,
    TopicSet,
)

from transcript_service.core.erased import was_erased
from transcript_service.reads import Transcript

OSLO = ZoneInfo("Europe/Oslo")
_INDENT = "    "
_TEXTS = Path(__file__).parent / "texts"


@cache
def texts(language: str) -> dict[str, str]:
    """Return a language's catalogue, bokmål when there is none."""
    path = _TEXTS / f"{language}.json"
    found: dict[str, str] = json.loads(
        (path if path.exists() else _TEXTS / "nb.json").read_text("utf-8")
    )
    return found


def as_json(transcript: Transcript, directory: TenantDirectory | None) -> str:
    """Return every event exactly as committed."""
    summary = transcript.conversation.summary
    return json.dumps(
        {
            "format": "prek.transcript.v1",
            "conversation": str(summary.conversation),
            "municipality": directory.name if directory else "",
            "topic": summary.topic,
            "language": summary.language,
            "opened_at": summary.opened_at.isoformat(),
            "closed_at": summary.closed_at.isoformat() if summary.closed_at else None,
            "events": [_exactly(event) for event in transcript.events],
        },
        ensure_ascii=False,
        indent=1,
    )


def _exactly(event: Event) -> dict[str, Any]:
    document = event.model_dump(mode="json")
    return {**document, "body": {"kind": "erased"}} if was_erased(event) else document


def as_text(transcript: Transcript, directory: TenantDirectory | None, language: str) -> str:
    """Return plain text, one paragraph an event."""
    lines = [_title(directory, language), "=" * len(_title(directory, language)), ""]
    for event in transcript.events:
        who, words = _shown(event, transcript, directory, language)
        # Indented to the last line: nobody's words can pass for the head of another's.
        said = [_INDENT + line for line in words.splitlines()]
        lines += [f"{_when(event.time)}  {who}".rstrip(), *said, ""]
    return "\n".join(lines)


def as_html(transcript: Transcript, directory: TenantDirectory | None, language: str) -> str:
    """Return a page for print. Every word is escaped and isolated from its surroundings."""
    items = []
    for event in transcript.events:
        who, words = _shown(event, transcript, directory, language)
        time = f'<time datetime="{event.time.isoformat()}">{_when(event.time)}</time>'
        said = f"<p><bdi>{escape(words)}</bdi></p>"
        items.append(f"<li><p class=who>{time} <bdi>{escape(who)}</bdi></p>{said}</li>")
    title = escape(_title(directory, language))
    style = (
        "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
        "ol{list-style:none;padding:0}.who{font-weight:600;margin:1.25rem 0 0}"
        "p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}"
    )
    return (
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{style}</style><h1>{title}</h1><ol>{''.join(items)}</ol></html>"
    )


def _title(directory: TenantDirectory | None, language: str) -> str:
    return texts(language)["title"].format(name=directory.name if directory else "")


def _when(time: datetime) -> str:
    return time.astimezone(OSLO).strftime("%d.%m.%Y %H:%M")


def _department(directory: TenantDirectory | None, department: str, language: str) -> str:
    found = directory.department(department) if directory else None
    return found.name.get(language, found.name["nb"]) if found else department


def _topic(directory: TenantDirectory | None, topic: str, language: str) -> str:
    found = directory.topic(topic) if directory else None
    return found.name.get(language, found.name["nb"]) if found else topic


def _shown(
    event: Event, transcript: Transcript, directory: TenantDirectory | None, language: str
) -> tuple[str, str]:
    """Return who said it, empty for what nobody said, and the words to show."""
    words = texts(language)
    body = event.body
    if isinstance(body, Requeued) and _was_written(event, transcript):
        return "", words["requeued_written"]
    if not isinstance(body, Messaged | Noted):
        return "", _told(body, directory, language)
    who = _speaker(event.author, directory, language)
    if was_erased(event):
        return who, words["erased"]
    if isinstance(body, Noted):
        who = f"{who} ({words['note']})"
    return who, body.text if not body.masked else f"{body.text}\n[{words['masked']}]"


def _was_written(event: Event, transcript: Transcript) -> bool:
    """Return whether it had become a written question by then: it never went back in line."""
    return any(
        isinstance(other.body, MadeWritten) and other.seq < event.seq for other in transcript.events
    )


def _speaker(author: Author, directory: TenantDirectory | None, language: str) -> str:
    match author.kind:
        case "citizen":
            return texts(language)["citizen"]
        case "agent":
            return f"{author.name}, {_department(directory, author.department, language)}"
        case "system":
            return ""


def _told(body: EventBody, directory: TenantDirectory | None, language: str) -> str:
    department = _department(directory, getattr(body, "department", ""), language)
    known = {"who": _who(body, directory, language), "department": department}
    return texts(language)[body.kind].format(**known, **_details(body, directory, language)).strip()


def _who(body: EventBody, directory: TenantDirectory | None, language: str) -> str:
    if isinstance(body, Joined | HandedOver | TakenOver):
        home = _department(directory, body.owner.department, language)
        return f"{body.owner.name} ({home})"
    if isinstance(body, Offered | OfferEnded | Consulted | ConsultEnded):
        profile = directory.agent(body.agent) if directory else None
        return profile.name if profile else body.agent
    return ""


def _details(body: EventBody, directory: TenantDirectory | None, language: str) -> dict[str, str]:
    words = texts(language)
    match body:
        case MadeWritten():
            way = words[f"way_{body.answer_by}"]
            return {"due": _when(body.due_at), "receipt": body.receipt, "way": way}
        case ContactGiven():
            return {"way": words[f"way_{body.answer_by}"], "contact": body.contact or ""}
        case TopicSet():
            return {"topic": _topic(directory, body.topic, language)}
        case Alarmed() | AlarmCleared():
            return {"alarm": words[f"alarm_{body.alarm}"]}
        case Blocked():
            return {"until": _when(body.until), "reason": body.reason}
        case _:
            return {}
