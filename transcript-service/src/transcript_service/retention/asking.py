"""What the routes of retention have in common: who may ask, and reading what was sent."""

from typing import Annotated, TypeVar

from fastapi import Header, Request
from pydantic import Field, ValidationError
from services.contracts import Contract, Refusal
from services.contracts.model import Text

from transcript_service.callers import Caller, NotAnswered

Reason = Annotated[Text, Field(max_length=500)]
Authorization = Annotated[str, Header()]
M = TypeVar("M", bound=Contract)

SCOPE = "retention"
"""Of the token."""
MOST_BYTES = 131_072
"""Of what is sent."""


def check_archivist(caller: Caller) -> None:
    """Let archivists through.

    Raises:
        NotAnswered: it is somebody else.
    """
    if "archivist" not in caller.profile.roles:
        raise NotAnswered(Refusal.NOT_ALLOWED)


async def body_of(request: Request, kind: type[M]) -> M:
    """Return what was sent.

    Raises:
        NotAnswered: it is too much, or not what it should be.
    """
    body = await request.body()
    try:
        if len(body) > MOST_BYTES:
            raise NotAnswered(Refusal.FRAME_INVALID)
        return kind.model_validate_json(body)
    except ValidationError:
        raise NotAnswered(Refusal.FRAME_INVALID) from None
