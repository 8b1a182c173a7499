"""What the archive says about promises: its own rows, judged by pure functions."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
from native.system import WholeSystem

ROWS = (
    "SELECT e.tenant, e.conversation::text, e.stream, e.seq, e.kind, e.epoch, b.body"
    " FROM ledger.event AS e JOIN ledger.event_body AS b"
    " USING (tenant, conversation, stream, seq)"
    " WHERE e.kind <> ALL ('{message,note}') ORDER BY e.time, e.conversation, e.stream, e.seq"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One event that moves an offer or an ownership."""

    conversation: str
    kind: str
    epoch: int
    agent: str = ""


class Load:
    """Slots of every agent while a log is read: pending offers and owned conversations.

    Wrap-up is left out, as its end is no event: what is counted here is never too much.
    """

    def __init__(self) -> None:
        """Begin with nobody having anything."""
        self._offered: dict[str, str] = {}
        self._owned: dict[str, str] = {}
        self.epochs: dict[str, int] = {}

    def apply(self, step: Step) -> None:
        """Take the next event of the log."""
        match step.kind:
            case "offered":
                self._offered[step.conversation] = step.agent
            case "offer_ended":
                self._offered.pop(step.conversation, None)
            case "joined" | "handed_over" | "taken_over":
                self._offered.pop(step.conversation, None)
                self._owned[step.conversation] = step.agent
            case "requeued" | "closed" | "made_written":
                self._offered.pop(step.conversation, None)
                self._owned.pop(step.conversation, None)

    def of(self, agent: str) -> int:
        """Return an agent's slots taken."""
        return sum(
            agent == other for held in (self._offered, self._owned) for other in held.values()
        )


def most_at_once(steps: Iterable[Step]) -> dict[str, int]:
    """Return per agent the most slots taken at any moment of a log."""
    load, most = Load(), dict[str, int]()
    for step in steps:
        load.apply(step)
        if step.agent:
            most[step.agent] = max(most.get(step.agent, 0), load.of(step.agent))
    return most


def broken_epochs(steps: Iterable[Step]) -> list[Step]:
    """Return the changes of owner whose epoch is not one more than the last."""
    known: dict[str, int] = {}
    broken = []
    for step in steps:
        # Made a written one: an owner is let go as by a requeue, or there was none.
        passes = step.kind == "made_written" and step.epoch != known.get(step.conversation, 0)
        if passes or step.kind in ("joined", "handed_over", "taken_over", "requeued"):
            if step.epoch != known.get(step.conversation, 0) + 1:
                broken.append(step)
            known[step.conversation] = step.epoch
    return broken


def step(row: Mapping[str, Any]) -> Step:
    """Return a row of the ledger as a step."""
    body = json.loads(row["body"])
    owner = body.get("owner") or {}
    agent = body.get("agent") if row["kind"] in ("offered", "offer_ended") else owner.get("id")
    return Step(row["conversation"], row["kind"], row["epoch"], agent or "")


async def steps(connection: asyncpg.Connection) -> list[Step]:
    """Return every offer and change of owner in the order in which they were decided."""
    return [step(row) for row in await connection.fetch(ROWS)]


class Archive:
    """The ledger's tables as the administrator sees them. A context manager."""

    def __init__(self, system: WholeSystem) -> None:
        """Prepare; connect on entering."""
        self._url = system.secret("admin", "database_url")

    async def __aenter__(self) -> asyncpg.Connection:
        """Connect."""
        self._connection = await asyncpg.connect(self._url)
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await self._connection.close()
