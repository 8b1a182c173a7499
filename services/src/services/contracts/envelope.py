"""What every message on the bus is wrapped in; field names follow CloudEvents where they can."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field

from services.contracts.commands import Command
from services.contracts.model import Contract, Id
from services.contracts.pushes import Push
from services.contracts.queries import Query

Source = Literal["gateway", "router", "agent", "ledger"]
"""The broker user that published it; the broker itself vouches for it (`user_id`)."""

Sender = Annotated[str, Field(pattern=r"^(citizen|agent|router|system):[A-Za-z0-9_.\-]{1,80}$")]
"""Who acts: `citizen:<digest of the resume secret>`, `agent:<id>`, `router:0`, `system:<what>`."""

Body = Annotated[Command | Query | Push, Field(discriminator="type")]


class Envelope(Contract):
    """One message. For a command, `id` is the action's own client-made id."""

    id: UUID
    source: Source
    tenant: Id
    time: AwareDatetime
    sender: Sender
    correlation_id: UUID | None = None
    """The first cause of the chain this belongs to."""
    causation_id: UUID | None = None
    """The message that led straight to this one."""
    reply_to: str = ""
    """Instance that waits for the answer; empty when nobody does."""
    body: Body

    def follow(self, body: Body, *, name: str, source: Source, now: datetime) -> "Envelope":
        """Wrap what follows from this message under a derived id: said twice, it is the same."""
        return Envelope(
            id=derived_id(self.id, name),
            source=source,
            tenant=self.tenant,
            time=now,
            sender=self.sender,
            correlation_id=self.correlation_id or self.id,
            causation_id=self.id,
            body=body,
        )


def derived_id(cause: UUID, name: str) -> UUID:
    """Return the id of what follows from a cause: `uuid5(cause, name)`."""
    return uuid5(cause, name)
