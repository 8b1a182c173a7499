"""The rows of exports: `ledger.export`. Each function is one step of `life`, on a connection."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from services.database import Connection
from services.ids import new_id

from transcript_service.archive import life, statements
from transcript_service.archive.receipts import Receipt
from transcript_service.archive.record import ArchivedAs
from transcript_service.audit.table import Note, note_on

KEEPER: Final = "keeper"
SENT: Final = "archive_sent"
RECEIVED: Final = "archive_received"
MOST: Final = 500
"""Orders made in one statement."""


@dataclass(frozen=True, slots=True)
class Order:
    """One export that is to be made, sent or asked after."""

    tenant: str
    conversation: UUID
    version: int
    archive: ArchivedAs
    upto: Mapping[str, int]
    """Per stream: the last seq that is part of it."""
    state: life.State = "waiting"
    sha256: str | None = None
    answer_at: str | None = None
    attempts: int = 0

    @property
    def key(self) -> str:
        """What the archive knows a repeat by, and what the package is called."""
        return f"{self.conversation}-{self.version}"


async def open_orders(connection: Connection, tenant: str) -> None:
    """Order what is over and classified so, change what was classified anew, drop what need not."""
    changeable = life.before("classified")
    await connection.execute(statements.WITHDRAW, tenant, changeable)
    await connection.execute(statements.RECLASSIFY, tenant, changeable)
    await connection.execute(statements.ORDER_ALL, tenant, MOST)


async def due(connection: Connection, tenant: str, most: int) -> list[Order]:
    """Return what is to be done something about, what has waited longest first."""
    return [order_of(tenant, row) for row in await connection.fetch(statements.DUE, tenant, most)]


async def note_made(
    connection: Connection,
    order: Order,
    *,
    sha256: str,
    size: int,
    files: Sequence[Mapping[str, Any]],
) -> None:
    """Note that the package lies in the spool."""
    await connection.execute(
        statements.NOTE_MADE, *_at(order, "made"), sha256, size, json.dumps(files)
    )


async def note_sent(
    connection: Connection, order: Order, way: str, answer_at: str | None, ask_in: timedelta
) -> None:
    """Note that the archive has the package, and in the audit."""
    async with connection.transaction():
        sha256 = await connection.fetchval(
            statements.NOTE_SENT, *_at(order, "sent"), way, answer_at, ask_in
        )
        if sha256 is not None:
            about = {"version": order.version, "archive": order.archive, "sha256": sha256}
            await _note(connection, order, KEEPER, SENT, about)


async def note_received(connection: Connection, order: Order, way: str, receipt: Receipt) -> None:
    """Note what the archive answered, and in the audit."""
    numbers = (receipt.case_number, receipt.record_number)
    async with connection.transaction():
        noted = await connection.fetchval(
            statements.NOTE_RECEIVED, *_at(order, "received"), *numbers, way
        )
        if noted is not None:
            about = {
                "version": order.version,
                "case_number": receipt.case_number,
                "record_number": receipt.record_number,
            }
            await _note(connection, order, KEEPER, RECEIVED, about)


async def note_failed(connection: Connection, order: Order, error: str) -> None:
    """Note that somebody must look at it."""
    await connection.execute(statements.NOTE_FAILED, *_at(order, "refused"), error)


async def put_off(
    connection: Connection, order: Order, until: timedelta, error: str | None
) -> None:
    """Note that it is to be tried again so much later."""
    values = (order.tenant, order.conversation, order.version, [order.state])
    await connection.execute(statements.LATER, *values, until, error)


async def ask_again(connection: Connection, tenant: str, conversation: UUID) -> bool:
    """Have a failed one made anew, of the enquiry as it is now. Return whether there was one."""
    states, then = life.before("asked_again"), life.after("failed", "asked_again")
    return (
        await connection.fetchval(statements.AGAIN, tenant, conversation, states, then) is not None
    )


async def note_by_hand(
    connection: Connection, tenant: str, conversation: UUID, receipt: Receipt, by: str
) -> bool:
    """Note that somebody put it into the archive. Return whether it was still to be done."""
    await connection.execute(statements.ORDER_ONE, tenant, conversation)
    states, then = life.before("by_hand"), life.after("waiting", "by_hand")
    numbers = (receipt.case_number, receipt.record_number)
    noted = await connection.fetchval(
        statements.BY_HAND, tenant, conversation, states, then, *numbers, by
    )
    return noted is not None


async def settled(
    connection: Connection, tenant: str, keys: Sequence[tuple[UUID, int]]
) -> set[tuple[UUID, int]]:
    """Return those of which nothing is to lie about any more: received, or no longer wanted.

    What this database knows no conversation of is not among them: the folder may be another's.
    """
    conversations, versions = [key[0] for key in keys], [key[1] for key in keys]
    found = await connection.fetch(statements.OPEN, tenant, conversations, versions)
    return {(row["conversation"], row["version"]) for row in found}


def order_of(tenant: str, row: Any) -> Order:
    """Build an order from its row."""
    return Order(
        tenant=tenant,
        conversation=row["conversation"],
        version=row["version"],
        archive=cast("ArchivedAs", row["archive"]),
        upto=json.loads(row["upto"]),
        state=row["state"],
        sha256=row["sha256"],
        answer_at=row["answer_at"],
        attempts=row["attempts"],
    )


def backoff(attempts: int, *, first_s: float, longest_s: float) -> timedelta:
    """Return how long to wait after so many attempts."""
    # The exponent is bounded: a float has no room for more than a thousand doublings.
    return timedelta(seconds=min(first_s * 2.0 ** min(attempts, 20), longest_s))


def _at(order: Order, step: life.Step) -> tuple[str, UUID, int, list[str], str]:
    """Return which row a step changes, as the statements take it, and the state it leads to."""
    then = life.after(order.state, step)
    return order.tenant, order.conversation, order.version, [order.state], then


async def _note(
    connection: Connection, order: Order, who: str, action: str, about: Mapping[str, Any]
) -> None:
    note = Note(order.tenant, new_id(), who, action, order.conversation, about)
    await note_on(connection, note)


__all__ = [
    "Order",
    "ask_again",
    "backoff",
    "due",
    "note_by_hand",
    "note_failed",
    "note_made",
    "note_received",
    "note_sent",
    "open_orders",
    "order_of",
    "put_off",
    "settled",
]
