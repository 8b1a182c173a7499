"""From text on the socket to a frame of the contract, or the refusal it deserves."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from services.contracts import Refusal, TextError, check_text
from services.contracts.wire_citizen import (
    CEnd,
    CHeartbeat,
    CHello,
    CitizenFrame,
    COpen,
    CSend,
    CSync,
    CTyping,
)

Frame = CHello | COpen | CSend | CSync | CTyping | CEnd | CHeartbeat

_FRAME: TypeAdapter[Frame] = TypeAdapter(CitizenFrame)
_TYPES = frozenset(
    model.model_fields["type"].default
    for model in (CHello, COpen, CSend, CSync, CTyping, CEnd, CHeartbeat)
)


@dataclass(frozen=True, slots=True)
class BadFrame:
    """A frame that cannot be obeyed. `id` is the sender's own, when it could be read."""

    code: Refusal
    id: UUID | None = None


def read_frame(data: str) -> Frame | BadFrame:
    """Parse one frame. Fields that a newer client added are ignored."""
    try:
        # Not pydantic's own parser: it refuses lone surrogates before the right code can be given.
        raw = json.loads(data)
    except (ValueError, RecursionError):
        return BadFrame(Refusal.FRAME_INVALID)
    if not isinstance(raw, dict):
        return BadFrame(Refusal.FRAME_INVALID)
    action = _id(raw.get("id"))
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        return BadFrame(Refusal.FRAME_UNKNOWN, action)
    if kind == "send" and isinstance(text := raw.get("text"), str):
        try:
            check_text(text)
        except TextError as error:
            return BadFrame(Refusal(str(error)), action)
    try:
        return _FRAME.validate_python(raw, extra="ignore")
    except ValidationError:
        return BadFrame(Refusal.FRAME_INVALID, action)


def _id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
