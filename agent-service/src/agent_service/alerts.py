"""What is kept of alerts: to whom they go, and each until it is delivered or given up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol
from uuid import UUID

from pydantic import Field, model_validator
from services.contracts import Contract, Milestone
from services.contracts.model import Id

from agent_service.core.matters import EVERY, Kind, Matter, Stage

State = Literal["due", "held", "sent", "failed", "untold", "uncertain"]
"""`held`: an e-mail while there is no SMTP server; `untold`: there is nobody to tell; `uncertain`:
it was handed over, and whether it was taken nobody can tell."""


MIN_SECRET: Final = 16
"""Characters of a webhook's secret."""


class Outcome(StrEnum):
    """What became of an attempt."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"
    """Tried again it would fail again."""
    UNSURE = "unsure"
    """It was handed over and no answer came. Tried again, it might be told twice."""


class Target(Contract):
    """One address a department's or its leaders' alerts go to."""

    tenant: Id
    department: Id | Literal["*"] = EVERY
    stage: Stage
    kind: Kind
    address: str = Field(min_length=3, max_length=2048)
    secret: str = Field(default="", repr=False, max_length=256)
    """Signs what a webhook gets."""

    @model_validator(mode="after")
    def _signed(self) -> "Target":
        if self.kind == "webhook" and len(self.secret) < MIN_SECRET:
            raise ValueError("webhook_secret_too_short")
        return self


@dataclass(frozen=True, slots=True)
class Addressee:
    """A target as an alert names it."""

    kind: Kind
    address: str
    number: int | None = None
    """Of the row it was read from; one of the set-up, and a citizen, has none."""
    hook: UUID | None = None
    """The webhook of another system, where it is one."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert to one address, on its way."""

    id: UUID
    tenant: str
    kind: str
    address: str
    secret: str
    matter: Matter
    handed: bool = False
    """Whether somebody who tried it before died when it may have been taken already."""


Send = Callable[[Alert], Awaitable[Outcome]]
Handing = Callable[[], Awaitable[None]]
"""Told at the last moment before the other end can have taken it."""


class Alerts(Protocol):
    """The tables of alerts.

    Raises:
        Transient: by every method, while the database is away.
    """

    async def targets(self, tenant: str, department: str, stage: Stage) -> list[Addressee]:
        """Return whom to tell: the department's own, and those of every department.

        Both those of the set-up and those of the operator (`agent_service.targets`).
        """

    async def hooks(self, tenant: str, milestone: Milestone) -> list[Addressee]:
        """Return the webhooks of other systems that a milestone is told to."""

    async def replace_targets(self, targets: Sequence[Target]) -> None:
        """Give the tenants named these targets and no others."""

    async def add(
        self, alert: UUID, tenant: str, matter: Matter, addressee: Addressee | None, state: State
    ) -> bool:
        """Keep an alert; one that is known by its id stays as it is. Return whether it is new."""

    async def send_one(self, send: Send, kind: Kind) -> State | None:
        """Try the alert of a kind that has been due longest, and return what it became, or None.

        It is locked meanwhile, so that nobody else tries it. Of what is sent and then not noted,
        for the process or the database died in between, the next who tries is told (`handed`).
        """

    async def handing(self, alert: UUID) -> None:
        """Note for good that an alert is being handed over, until it is settled."""

    async def mail_is(self, able: bool) -> None:
        """Let e-mails that were held go, or hold those that are due, as there is a server or not.

        What was held for longer than an alert to a department is worth is given up.
        """

    async def tidy(self) -> None:
        """Forget what was settled a month ago."""

    async def counts(self) -> dict[State, int]:
        """Return how many alerts wait, by state."""
