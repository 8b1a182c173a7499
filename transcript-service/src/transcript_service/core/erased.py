"""What stands for a body that was erased: its event keeps its place, so that no seq is missing.

The contract has no kind for it, so readers are shown a message or a note of one word, by its
author and at its time. Told from words that somebody wrote by identity, not by comparison.
"""

from typing import Final

from services.contracts import DIALOGUE, Event, Messaged, Noted

_WORD: Final = "(slettet)"
_MESSAGE: Final = Messaged(text=_WORD)
_NOTE: Final = Noted(text=_WORD)


def erased_body(stream: str) -> Messaged | Noted:
    """Return what an erased body of a stream is read as."""
    return _MESSAGE if stream.startswith(DIALOGUE) else _NOTE


def was_erased(event: Event) -> bool:
    """Return whether an event's own body is gone."""
    return event.body is _MESSAGE or event.body is _NOTE
