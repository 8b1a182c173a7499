"""What services know of the bus: send (confirmed), push (may be lost), ask, subscribe, inboxes.

`services.rabbit` is the bus on a broker, `services.testing` the one in memory; one suite of tests
proves that both keep what is said here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError

from services import topology
from services.contracts import Answer, Envelope
from services.errors import ContractViolation, NotVouched


@dataclass(frozen=True, slots=True)
class Push:
    """A transient message to the instances that subscribe to a topic. Not confirmed."""

    target: str
    """`gateway`, `agent` or `router`."""
    topic: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Send:
    """A command, query or domain event: published with a confirm before its cause is settled."""

    envelope: Envelope


Outgoing = Push | Send
OnPush = Callable[[str, Envelope], None]
"""Receives (topic, envelope) of each push. Must not block: it runs on the receiving path."""


class Delivery(Protocol):
    """A message from an inbox, not yet settled."""

    @property
    def body(self) -> bytes:
        """The bytes."""

    @property
    def vouched(self) -> str:
        """The broker user that published it."""

    @property
    def queue(self) -> str:
        """The queue it came from."""

    @property
    def stale(self) -> bool:
        """Whether its connection is gone: it comes again, so it need not be handled."""

    async def ack(self) -> None:
        """Settle it. Lost silently when the connection is gone: it comes again."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Queues an inbox reads, and where its deliveries go."""

    queues: Sequence[str]
    prefetch: int
    """Most unsettled messages per queue."""
    deliver: Callable[[Delivery], None]


class Bus(Protocol):
    """What a handler may do with the bus, whichever it is."""

    instance: str

    async def send(self, envelope: Envelope) -> None:
        """Publish a command, query or domain event and wait for the confirm.

        Raises:
            Transient: not confirmed in time; send it again under the same id.
            Permanent: no queue is there for it.
        """

    async def push(self, push: Push) -> None:
        """Publish a transient message; a failure is silent, for it is healed by reading."""

    async def ask(self, query: Envelope, *, timeout_s: float = 5) -> Answer:
        """Send a query and return its answer (which may be `Refused`).

        Raises:
            Transient: no answer in time.
        """

    async def subscribe(self, topic: str) -> None:
        """Get pushes of a topic from now on, over reconnects too."""

    async def unsubscribe(self, topic: str) -> None:
        """Stop getting pushes of a topic."""

    async def bury(self, delivery: Delivery, reason: str) -> None:
        """Publish a delivery as a dead letter and wait for the confirm. The caller settles it.

        Raises:
            Transient: not confirmed in time.
        """


def decode(body: bytes, vouched: str) -> Envelope:
    """Parse a message and check that its broker user may say it.

    Raises:
        ContractViolation: it is no message of ours.
        NotVouched: said by one who may not.
    """
    try:
        envelope = Envelope.read(body)
    except ValidationError as error:
        # Its text would quote the input, and so may its place, where a key is chosen by the
        # sender: only the kind of the first error is kept.
        raise ContractViolation(error.errors(include_input=False)[0]["type"]) from None
    if envelope.source != vouched or vouched not in topology.SAYS[envelope.body.type]:
        raise NotVouched(envelope.body.type)
    return envelope
