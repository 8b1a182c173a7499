"""The first page of a package: what is in it, what is masked, and how long each is kept."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final

from transcript_service.callers import Caller
from transcript_service.copies.words import day, size
from transcript_service.copies.words import moment as clock
from transcript_service.retention.access.choosing import Request
from transcript_service.retention.access.contents import Given
from transcript_service.retention.access.others import KINDS, Kind
from transcript_service.retention.access.words import texts

_STYLES: Final = Path(__file__).parents[2] / "copies" / "styles"


def names_of(given: Given) -> list[tuple[str, str, int]]:
    """Return the names of a conversation's documents, without ending, with kind and index.

    The first dialogue is `samtale`; one behind a wall, `samtale-2`; the desk's, `notater`.
    """
    counted = Counter[str]()
    names = []
    for index, (stream, _) in enumerate(given.streams):
        kind = "notes" if stream.startswith("desk") else "dialogue"
        counted[kind] += 1
        name = "notater" if kind == "notes" else "samtale"
        names.append((f"{name}-{counted[kind]}" if counted[kind] > 1 else name, kind, index))
    return names


def folder_of(given: Given) -> str:
    """Return the folder of a conversation in the package."""
    return f"{given.conversation.summary.opened_at:%Y-%m-%d}-{given.reference}"


def page(caller: Caller, request: Request, all_given: Sequence[Given], at: datetime) -> str:
    """Return the page. Every word is escaped, and isolated from its surroundings."""
    said = texts(request.language)
    style = "".join((_STYLES / f"{name}.css").read_text("utf-8") for name in ("page", "screen"))
    made = said["made"].format(at=clock(at), by=caller.profile.name)
    intro = said["intro"].format(name=caller.directory.name)
    return (
        f'<!doctype html><html lang="{escape(request.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">'
        f"<title>{escape(said['title'])}</title><style>{style}</style></head><body>"
        f"<header><h1>{escape(said['title'])}</h1><p>{escape(intro)}</p><p>{escape(made)}</p>"
        f"<p>{escape(said['case'])}: <bdi>{escape(request.reason)}</bdi></p></header><main>"
        f"<section><h2>{escape(said['conversations'])}</h2>"
        f"{''.join(_one(caller, request, given) for given in all_given)}</section>"
        f"<section><h2>{escape(said['masked_title'])}</h2>"
        f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in _masked(request, all_given))}</ul>"
        f"</section></main></body></html>"
    )


def _one(caller: Caller, request: Request, given: Given) -> str:
    said, summary = texts(request.language), given.conversation.summary
    topic = caller.directory.topic(summary.topic)
    facts = {
        "began": clock(summary.opened_at),
        "ended": clock(summary.closed_at) if summary.closed_at else "",
        "topic": (topic.name.get(request.language) or topic.name["nb"]) if topic else "",
        "kept": " ".join(kept_in_words(given, request.language)),
    }
    rows = "".join(
        f"<div><dt>{escape(said[name])}</dt><dd><bdi>{escape(fact)}</bdi></dd></div>"
        for name, fact in facts.items()
        if fact
    )
    title = said["about"].format(reference=given.reference)
    links = "".join(f"<li>{line}</li>" for line in _links(request, given))
    return (
        f"<article><h3>{escape(title)}</h3><dl>{rows}</dl>"
        f"<h4>{escape(said['in_package'])}</h4><ul>{links}</ul></article>"
    )


def _links(request: Request, given: Given) -> Iterator[str]:
    said, folder = texts(request.language), folder_of(given)
    for name, kind, _ in names_of(given):
        yield f'<a href="{folder}/{name}.pdf">{escape(said[kind])} (PDF)</a>'
        yield f'<a href="{folder}/{name}.json">{escape(said["exact"])}</a>'
    for sent in given.files:
        name = f"<bdi>{escape(sent.shown.file.name)}</bdi>"
        if sent.included:
            much = escape(size(sent.shown.file.size, request.language))
            # A name may be anything; as an address it is the package's own, with its ending.
            yield f"{name} ({much}): <bdi>{escape(f'{folder}/filer/{sent.name}')}</bdi>"
        else:
            yield said["file_out"].format(name=name)


def _masked(request: Request, all_given: Sequence[Given]) -> Iterator[str]:
    said = texts(request.language)
    counted = sum((given.masked for given in all_given), Counter[Kind]())
    if counted.total():
        yield said["masked_rule"].format(sign=said["sign_phone"])
        kinds = (said[f"kind_{kind}"].format(n=counted[kind]) for kind in KINDS if counted[kind])
        yield said["masked_counts"].format(counts=", ".join(kinds))
    else:
        yield said["masked_none"]
    yield said["masked_own"]
    yield said["masked_numbers"]
    if any(sent.included for given in all_given for sent in given.files):
        yield said["masked_files"]
    if not request.notes:
        yield said["notes_out"]


def kept_in_words(given: Given, language: str) -> Iterator[str]:
    """Yield how long a conversation is kept, why, and by which law."""
    said, kept = texts(language), given.kept
    if kept.why == "not_due" and kept.due_at is not None:
        yield said["kept_until"].format(at=day(kept.due_at, language))
    else:
        yield said[f"kept_{kept.why}"]
    if kept.legal_basis:
        yield said["basis"].format(basis=kept.legal_basis)
