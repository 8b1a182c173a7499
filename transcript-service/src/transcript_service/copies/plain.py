"""The copy as plain text."""

from transcript_service.copies.document import Document
from transcript_service.copies.words import moment

_INDENT = "    "


def as_text(document: Document) -> str:
    """Return plain text, one paragraph an event."""
    lines = [document.title, "=" * len(document.title), ""]
    for said in document.said:
        words = f"{said.words}\n[{said.remark}]" if said.remark else said.words
        # Indented to the last line: nobody's words can pass for the head of another's.
        indented = [_INDENT + line for line in words.splitlines()]
        lines += [f"{moment(said.time)}  {said.who}".rstrip(), *indented, ""]
    return "\n".join(lines)
