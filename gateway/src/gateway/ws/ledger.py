"""What the door says to the ledger, and asks of it."""

from datetime import UTC
from uuid import UUID

from services.bus import Bus
from services.clock import Clock
from services.contracts import (
    Answer,
    Body,
    Envelope,
    Query,
    RangeRead,
    ReadDirectory,
    ReadRange,
    ReadReceipt,
    ReceiptRead,
    Refused,
    TenantDirectory,
)
from services.contracts.queries import DirectoryRead
from services.errors import Transient
from services.ids import new_id

from gateway.metrics import RANGES_READ

ANSWER_S = 4.0
"""Patience with one question. An answer that comes later is still used."""
_EVERY_TENANT = "all"
_DOOR = "system:gateway"


class Ledger:
    """Wraps what is said in envelopes. Every call may raise `Transient`."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        """Speak over this bus."""
        self._bus = bus
        self._clock = clock

    def envelope(self, tenant: str, sender: str, body: Body, id_: UUID | None = None) -> Envelope:
        """Wrap a body; answers and refusals come to this instance."""
        return Envelope(
            id=id_ or new_id(),
            source="gateway",
            tenant=tenant,
            time=self._clock().astimezone(UTC),
            sender=sender,
            reply_to=self._bus.instance,
            body=body,
        )

    async def command(self, tenant: str, sender: str, body: Body, id_: UUID) -> None:
        """Send a command under its sender's own id and wait for the broker's confirm."""
        await self._bus.send(self.envelope(tenant, sender, body, id_))

    async def range(
        self, tenant: str, sender: str, conversation: UUID, after: int
    ) -> RangeRead | Refused:
        """Return the dialogue after a seq, as this citizen may read it."""
        query = ReadRange(conversation=conversation, stream="dialogue", after=after)
        try:
            answer = await self._ask(tenant, sender, query)
        except Transient:
            RANGES_READ.labels("no_answer").inc()
            raise
        RANGES_READ.labels("refused" if isinstance(answer, Refused) else "read").inc()
        if not isinstance(answer, RangeRead | Refused):
            raise Transient("another answer")
        return answer

    async def receipt(self, tenant: str, receipt: str) -> ReceiptRead | None:
        """Return which conversation a receipt is of, or None. Its secret was checked before."""
        answer = await self._ask(tenant, _DOOR, ReadReceipt(receipt=receipt))
        return answer if isinstance(answer, ReceiptRead) else None

    async def directories(self, tenant: str | None = None) -> tuple[TenantDirectory, ...]:
        """Return one tenant's set-up, or everyone's."""
        query = ReadDirectory(tenants=(tenant,) if tenant else ())
        answer = await self._ask(tenant or _EVERY_TENANT, _DOOR, query)
        return answer.directories if isinstance(answer, DirectoryRead) else ()

    async def _ask(self, tenant: str, sender: str, body: Query) -> Answer:
        return await self._bus.ask(self.envelope(tenant, sender, body), timeout_s=ANSWER_S)
