"""From text on the socket to a frame of the contract, or the refusal it deserves."""

import json
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from services.contracts import Refusal, TextError, check_text
from services.contracts.wire_citizen import CitizenFrame

_FRAME: TypeAdapter[CitizenFrame] = TypeAdapter(CitizenFrame)
_UNION, _DISCRIMINATOR = get_args(CitizenFrame)
_TYPES = frozenset(model.model_fields["type"].default for model in get_args(_UNION))


@dataclass(frozen=True, slots=True)
class BadFrame:
    """A frame that cannot be obeyed. `id` is the sender's own, when it could be read."""

    code: Refusal
    id: UUID | None = None


def read_frame(data: str) -> CitizenFrame | BadFrame:
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
    if (bad := _bad_text(kind, raw)) is not None:
        return BadFrame(bad, action)
    try:
        return _FRAME.validate_python(raw, extra="ignore")
    except ValidationError:
        return BadFrame(Refusal.FRAME_INVALID, action)


def _bad_text(kind: str, raw: dict[str, Any]) -> Refusal | None:
    """Return why a frame's words may not come in; words that are a mere hint are dropped."""
    match kind:
        case "send":
            return _why_not(raw.get("text"))
        case "rate":
            return _why_not(raw.get("comment"))
        case "ask_written" | "mail_copy":
            return Refusal.CONTACT_INVALID if _why_not(raw.get("contact")) else None
        case "open" if _why_not(raw.get("words")):
            # They come again in a `send`, which is refused under its own id.
            raw["words"] = None
    return None


def _why_not(text: Any) -> Refusal | None:
    if not isinstance(text, str):
        return None
    try:
        check_text(text)
    except TextError as error:
        return Refusal(str(error))
    return None


def _id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
