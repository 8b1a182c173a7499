"""A simulated conversation: what the ledger would know of it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.contracts import PendingOffer, Summary, WrapUp

from router.simulate.desks import moment
from router.simulate.draws import Arrival


@dataclass(slots=True)
class Conversation:
    """From arrival to the end of the wrap-up. Its summary is built only when somebody looks."""

    id: UUID
    arrival: Arrival
    department: str
    state: Literal["waiting", "offered", "active", "closed"] = "waiting"
    version: int = 1
    epoch: int = 0
    agent: str | None = None
    """Whom it is offered to, who owns it, or who wraps it up."""
    deadline_us: int | None = None
    """When the offer or the wrap-up ends."""
    offer: UUID | None = None
    offers: int = 0
    """How many were made."""
    missed: tuple[str, ...] = ()
    answered: bool = False
    """Whether anybody has had it yet."""
    _summary: Summary | None = None

    @property
    def place(self) -> tuple[int, int, UUID]:
        """What the line is sorted by."""
        return self.arrival.topic.priority, self.arrival.at_us, self.id

    def offered(self, agent: str, offer: UUID, deadline_us: int) -> None:
        """Hold it for an agent."""
        self.agent, self.offer, self.deadline_us = agent, offer, deadline_us
        self.offers += 1
        self._to("offered")

    def expired(self) -> None:
        """Put it back in line: the agent missed it."""
        if self.agent and self.agent not in self.missed:
            self.missed = (*self.missed, self.agent)
        self.agent = self.offer = self.deadline_us = None
        self._to("waiting")

    def accepted(self) -> None:
        """Give it to the agent it is offered to."""
        self.offer = self.deadline_us = None
        self.missed = ()
        self.answered = True
        self.epoch += 1
        self._to("active")

    def handed_on(self) -> None:
        """Put it back in line, at its place: who had it does not know what it is about."""
        self.agent = None
        self._to("waiting")

    def closed(self, until_us: int | None) -> None:
        """End it; with a time, the slot is held until then."""
        self.offer, self.deadline_us = None, until_us
        self._to("closed")

    def _to(self, state: Literal["waiting", "offered", "active", "closed"]) -> None:
        self.state = state
        self.version += 1
        self._summary = None

    def summary(self) -> Summary:
        """Return it as the router reads it."""
        if self._summary is None:
            self._summary = self._build()
        return self._summary

    def _build(self) -> Summary:
        topic = self.arrival.topic
        opened_at = moment(self.arrival.at_us)
        ends_at = None if self.deadline_us is None else moment(self.deadline_us)
        offer = wrapup = None
        if self.state == "offered" and self.offer and self.agent and ends_at:
            offer = PendingOffer(id=self.offer, agent=self.agent, deadline=ends_at)
        if self.state == "closed" and self.agent and ends_at:
            wrapup = WrapUp(agent=self.agent, until=ends_at)
        return Summary(
            conversation=self.id,
            version=self.version,
            state=self.state,
            topic=topic.id,
            department=self.department,
            language="nb",
            priority=topic.priority,
            owner=self.agent if self.state == "active" else None,
            epoch=self.epoch,
            opened_at=opened_at,
            entered_at=opened_at,
            last_seq={"dialogue": 1},
            offer=offer,
            wrapup=wrapup,
            missed=self.missed,
        )
