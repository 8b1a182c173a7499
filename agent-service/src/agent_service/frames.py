"""Reading an agent's frame: every fault has a code, and the id it is about where there is one."""

import json
from typing import Any, Final, get_args
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from services.contracts import Refusal, TextError, check_text
from services.contracts.wire_agent import AgentFrame
from services.contracts.wire_desk import DRefused

_FRAMES: TypeAdapter[AgentFrame] = TypeAdapter(AgentFrame)
_TYPES = frozenset(
    model.model_fields["type"].default for model in get_args(get_args(AgentFrame)[0])
)
_WORDS = {
    "send": "text",
    "note": "text",
    "handover": "note",
    "consult": "note",
    "block": "reason",
    "break_glass": "reason",
    "set_presence": "reason",
}
"""Frames that carry words, and the field they are in."""
_NUMBERS = ("after", "epoch", "seen", "seq")
_MAX_NUMBER: Final = 2**53 - 1
"""What JavaScript can count to; a database counts only a little further."""


class BadFrame(Exception):
    """A frame that is not carried out; `refused` tells its sender why."""

    def __init__(self, code: str, raw: dict[str, Any] | None = None) -> None:
        """Take a refusal code, and the frame as far as it could be read."""
        super().__init__(code)
        self.refused = DRefused(
            id=_uuid(raw, "id"), conversation=_uuid(raw, "conversation"), code=code
        )


def read(data: str | None) -> AgentFrame:
    """Parse a frame. None stands for a binary one. Fields of a newer client are ignored.

    Raises:
        BadFrame: with the code for its sender.
    """
    try:
        # Not pydantic's own parser: it refuses lone surrogates before the right code can be given.
        raw = json.loads(data or "")
    except (ValueError, RecursionError):
        raise BadFrame(Refusal.FRAME_INVALID) from None
    if not isinstance(raw, dict):
        raise BadFrame(Refusal.FRAME_INVALID)
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise BadFrame(Refusal.FRAME_UNKNOWN, raw)
    _check_words(kind, raw)
    try:
        frame = _FRAMES.validate_python(raw, extra="ignore")
    except ValidationError:
        raise BadFrame(Refusal.FRAME_INVALID, raw) from None
    if any(abs(getattr(frame, name, 0)) > _MAX_NUMBER for name in _NUMBERS):
        raise BadFrame(Refusal.FRAME_INVALID, raw)
    return frame


def _check_words(kind: str, raw: dict[str, Any]) -> None:
    words = raw.get(_WORDS.get(kind, ""))
    if isinstance(words, str):
        try:
            check_text(words)
        except TextError as error:
            raise BadFrame(str(error), raw) from None


def _uuid(raw: dict[str, Any] | None, field: str) -> UUID | None:
    value = (raw or {}).get(field)
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
