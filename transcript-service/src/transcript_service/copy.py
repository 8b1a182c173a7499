"""The written copy: the dialogue as text, HTML or JSON, with the same words as the screens."""

import json
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from services.contracts import Event, Messaged, TenantDirectory

from transcript_service.reads import Transcript

OSLO = ZoneInfo("Europe/Oslo")
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
            "events": [event.model_dump(mode="json") for event in transcript.events],
        },
        ensure_ascii=False,
        indent=1,
    )


def as_text(transcript: Transcript, directory: TenantDirectory | None, language: str) -> str:
    """Return plain text, one paragraph an event."""
    lines = [_title(directory, language), "=" * len(_title(directory, language)), ""]
    for event in transcript.events:
        who, words = _shown(event, directory, language)
        lines += [f"{_when(event.time)}  {who}".rstrip(), words, ""]
    return "\n".join(lines)


def as_html(transcript: Transcript, directory: TenantDirectory | None, language: str) -> str:
    """Return a page for print. Every word is escaped and isolated from its surroundings."""
    items = []
    for event in transcript.events:
        who, words = _shown(event, directory, language)
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


def _shown(event: Event, directory: TenantDirectory | None, language: str) -> tuple[str, str]:
    words = texts(language)
    body = event.body
    if isinstance(body, Messaged):
        text = body.text if not body.masked else f"{body.text}\n[{words['masked']}]"
        author = event.author
        if author.kind == "citizen":
            return words["citizen"], text
        return f"{author.name}, {_department(directory, author.department, language)}", text
    owner = getattr(body, "owner", None)
    who = f"{owner.name} ({_department(directory, owner.department, language)})" if owner else ""
    department = _department(directory, getattr(body, "department", ""), language)
    return "", words.get(body.kind, body.kind).format(who=who, department=department)
