"""The copy as a page: to be read on a screen, printed, or set in type by `press`."""

from datetime import UTC
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

from transcript_service.copies.document import Document, Said
from transcript_service.copies.words import clock, day, moment, texts

_STYLES: Final = Path(__file__).parent / "styles"


def as_html(document: Document, medium: Literal["screen", "print"] = "screen") -> str:
    """Return a whole page. Every word is escaped and isolated from its surroundings."""
    title, words = escape(document.title), texts(document.language)
    style = "".join((_STYLES / f"{name}.css").read_text("utf-8") for name in ("page", medium))
    days = groupby(document.said, key=lambda said: day(said.time, document.language))
    foot = f"<p class=foot>{escape(words['foot'].format(name=document.municipality))}</p>"
    strange = f"<p class=strange>{escape(words['strange'])}</p>"
    # In print it stands below every page, from where it is met on. The substitutes that `strange`
    # explains are print's alone.
    head, end = (foot, strange) if medium == "print" else ("", foot)
    return (
        f'<!doctype html><html lang="{escape(document.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f'<meta name="author" content="{escape(document.municipality)}">'
        f'<meta name="dcterms.created" content="{document.made_at.astimezone(UTC):%Y-%m-%dT%XZ}">'
        f"<style>{style}</style>"
        # Of the catalogue, not of anybody's: it is part of the style sheet.
        f"<style>@page{{@bottom-right{{content:{_page_of(words['page'])}}}}}</style></head><body>"
        f"{head}<header><h1>{title}</h1><dl>{_facts(document)}</dl></header>"
        f"<main>{''.join(_day(name, list(said)) for name, said in days)}</main>"
        f"<footer>{end}</footer></body></html>"
    )


def _facts(document: Document) -> str:
    words = texts(document.language)
    facts = {
        "fact_topic": document.topic,
        "fact_began": moment(document.opened_at),
        "fact_ended": moment(document.closed_at) if document.closed_at else "",
        "fact_reference": document.reference,
    }
    return "".join(
        f"<div><dt>{escape(words[name])}</dt><dd><bdi>{escape(fact)}</bdi></dd></div>"
        for name, fact in facts.items()
        if fact
    )


def _day(name: str, said: list[Said]) -> str:
    return f"<section><h2>{escape(name)}</h2><ol>{''.join(map(_item, said))}</ol></section>"


def _item(said: Said) -> str:
    time = f'<time datetime="{said.time.isoformat()}">{clock(said.time)} </time>'
    remark = f"<p class=remark>{escape(said.remark)}</p>" if said.remark else ""
    words = f"<bdi>{escape(said.words)}</bdi>"
    if not said.who:
        return f"<li class=told><p>{time}{words}</p>{remark}</li>"
    who = f"<p class=who>{time}<bdi>{escape(said.who)}</bdi></p>"
    return f"<li>{who}<p class=words>{words}</p>{remark}</li>"


def _page_of(words: str) -> str:
    """Return `Side {page} av {pages}` as a style sheet's content."""
    for name in ("page", "pages"):
        words = words.replace(f"{{{name}}}", f'" counter({name}) "')
    return f'"{words}"'
