"""What is told of keys and webhooks over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from services.contracts import Milestone

from agent_service.outside.keys import Hook, Key


class Webhook(BaseModel):
    """A webhook."""

    id: UUID
    url: str
    milestones: list[Milestone]
    made_by: str
    made_at: datetime


class Webhooks(BaseModel):
    """All webhooks of a municipality."""

    webhooks: list[Webhook]


class MadeWebhook(Webhook):
    """A new webhook, with what signs its letters: shown once."""

    secret: str


class Refused(BaseModel):
    """Why something was not done."""

    code: str


def key_document(key: Key) -> dict[str, object]:
    """Return what is told of a key."""
    return {
        "id": str(key.id),
        "name": key.name,
        "scopes": list(key.scopes),
        "reader": key.reader,
        "made_by": key.made_by,
        "made_at": key.made_at.isoformat(),
        "expires_at": key.expires_at.isoformat(),
        "used_on": key.used_on.isoformat() if key.used_on else None,
    }


def hook_document(hook: Hook) -> dict[str, object]:
    """Return what is told of a webhook."""
    told = Webhook(
        id=hook.id,
        url=hook.url,
        milestones=list(hook.milestones),
        made_by=hook.made_by,
        made_at=hook.made_at,
    )
    return told.model_dump(mode="json")
