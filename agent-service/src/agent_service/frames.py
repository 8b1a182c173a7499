"""Reading an agent's frame: every fault has a code, and the id it is about where there is one."""

import json
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from services.contracts import Refusal, TextError, check_text
from services.contracts.wire_agent import AgentFrame, DRefused

_FRAMES: TypeAdapter[AgentFrame] = TypeAdapter(AgentFrame)
_WORDS = {"send": "text", "note": "text", "handover": "note"}
"""Frames that carry words, and the field they are in."""


class BadFrame(Exception):
    """A frame that is not carried out; `refused` tells its sender why."""

    def __init__(self, code: str, raw: dict[str, Any] | None = None) -> None:
        """Take a refusal code, and the frame as far as it could be read."""
        super().__init__(code)
        self.refused = DRefused(
            id=_uuid(raw, "id"), conversation=_uuid(raw, "conversation"), code=code
        )


def read(data: str) -> AgentFrame:
    """Parse a frame.

    Raises:
        BadFrame: with the code for its sender.
    """
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raise BadFrame(Refusal.FRAME_INVALID) from None
    if not isinstance(raw, dict):
        raise BadFrame(Refusal.FRAME_INVALID)
    words = raw.get(_WORDS.get(str(raw.get("type")), ""))
    if isinstance(words, str):
        try:
            check_text(words)
        except TextError as error:
            raise BadFrame(str(error), raw) from None
    try:
        return _FRAMES.validate_python(raw, extra="ignore")
    except ValidationError:
        raise BadFrame(Refusal.FRAME_INVALID, raw) from None


def _uuid(raw: dict[str, Any] | None, field: str) -> UUID | None:
    try:
        return UUID((raw or {})[field])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
