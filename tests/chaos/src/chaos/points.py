"""Patch: a process kills itself at a named step, once, when that step is armed on the board.

The steps are those of the failure analysis (docs/reliability): what if it dies right here?
"""

import functools
import importlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from services.contracts import Envelope, EventCommitted

from chaos.board import Board
from services import topology

STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "gateway.frame": ("gateway", "a citizen's action arrived, nothing published"),
    "gateway.confirmed": ("gateway", "published and confirmed, not accepted yet"),
    "gateway.accepted": ("gateway", "the first tick was written"),
    "gateway.push": ("gateway", "a push arrived, not on the socket yet"),
    "desk.frame": ("agent-service", "an agent's action arrived, nothing published"),
    "desk.confirmed": ("agent-service", "published and confirmed, not accepted yet"),
    "desk.accepted": ("agent-service", "the first tick was written"),
    "desk.push": ("agent-service", "a push arrived, not on the socket yet"),
    "ledger.received": ("transcript-service", "commands were taken, nothing decided"),
    "ledger.decided": ("transcript-service", "loaded and decided, nothing committed"),
    "ledger.transaction": ("transcript-service", "inside the transaction, before its commit"),
    "ledger.committed": ("transcript-service", "committed, nothing published"),
    "ledger.pushed": ("transcript-service", "pushed, the domain event not published"),
    "ledger.published": ("transcript-service", "domain event published, not acknowledged"),
    "ledger.acknowledged": ("transcript-service", "acknowledged"),
    "router.hint": ("router", "a hint was taken, not acknowledged"),
    "router.decided": ("router", "decided, the offer not sent"),
    "router.sent": ("router", "the offer is confirmed"),
}
"""Step to the service it lies in, and what has happened by then."""

When = Callable[..., bool]


def _always(*_: object) -> bool:
    return True


def apply(module: str, board: Board) -> None:
    """Put the steps of one service into its classes."""

    bus = importlib.import_module(f"{module}.app").RabbitBus
    _PLACES[module](bus, Die(board))


class Die:
    """Kills this process at a step, when that is armed and no other process was quicker."""

    def __init__(self, board: Board) -> None:
        """Look at these switches."""
        self._board = board

    def armed(self, step: str) -> bool:
        """Tell whether somebody is to die at a step."""
        return self._board.is_on(f"kill-{step}")

    def __call__(self, step: str) -> None:
        """Die, if one is to."""
        if self._board.take(f"kill-{step}"):
            self._board.note(step)
            os.kill(os.getpid(), signal.SIGKILL)


def _around(
    owner: Any, name: str, die: Die, before: str = "", after: str = "", when: When = _always
) -> None:
    """Put a step before and after a coroutine method."""
    original = getattr(owner, name)

    @functools.wraps(original)
    async def wrapped(self: Any, *args: Any, **options: Any) -> Any:
        if before and when(*args):
            die(before)
        result = await original(self, *args, **options)
        if after and when(*args):
            die(after)
        return result

    setattr(owner, name, wrapped)


def _is_command(envelope: Envelope) -> bool:
    return topology.route(envelope).exchange == "cmd"


def _is_hint(envelope: Envelope) -> bool:
    return topology.route(envelope).exchange == "evt"


def _listening(bus: Any, step: str, die: Die) -> None:
    """Die when an event was pushed to this process, before anybody here is told."""
    original = bus.on_push

    def on_push(self: Any, listener: Callable[[str, Envelope], None]) -> None:
        def heard(topic: str, envelope: Envelope) -> None:
            if isinstance(envelope.body, EventCommitted):
                die(step)
            listener(topic, envelope)

        original(self, heard)

    bus.on_push = on_push


def _ticking(step: str, die: Die) -> None:
    """Die once the first tick has been handed to the socket."""
    outbox = importlib.import_module("services.outbox").SocketOutbox
    original = outbox.__init__

    def init(self: Any, send: Callable[[str], Awaitable[None]], *args: Any, **more: Any) -> None:
        async def sent(text: str) -> None:
            await send(text)
            if '"accepted"' in text[:40]:
                die(step)

        original(self, sent, *args, **more)

    outbox.__init__ = init


def _door(name: str) -> Callable[[Any, Die], None]:
    """Return what puts the steps of a service with sockets in its place."""

    def put(bus: Any, die: Die) -> None:
        _around(bus, "send", die, f"{name}.frame", f"{name}.confirmed", _is_command)
        _listening(bus, f"{name}.push", die)
        _ticking(f"{name}.accepted", die)

    return put


def _ledger(bus: Any, die: Die) -> None:
    commands = importlib.import_module("transcript_service.handlers").Commands
    _around(commands, "__call__", die, "ledger.received")
    _committing(die)
    _around(bus, "send", die, "ledger.pushed", "ledger.published", _is_hint)
    delivery = importlib.import_module("services.link")._Delivery
    _around(delivery, "ack", die, after="ledger.acknowledged")


def _committing(die: Die) -> None:
    """Put the steps round the statement that commits."""
    database = importlib.import_module("services.database").Database
    original = database.connection

    @asynccontextmanager
    async def connection(self: Any) -> AsyncIterator[Any]:
        async with original(self) as lent:
            yield _Watched(lent, die)

    database.connection = connection


class _Watched:
    """A lent connection that knows a commit when it sees one."""

    def __init__(self, lent: Any, die: Die) -> None:
        self._lent = lent
        self._die = die

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lent, name)

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        """Run a query; know when it commits."""
        if "commit_batch" not in query:
            return await self._lent.fetchval(query, *args, **options)
        return await self._commit(functools.partial(self._lent.fetchval, query, *args, **options))

    async def fetchmany(self, query: str, *args: Any, **options: Any) -> Any:
        """Run what commits words."""
        return await self._commit(functools.partial(self._lent.fetchmany, query, *args, **options))

    async def _commit(self, run: Callable[[], Awaitable[Any]]) -> Any:
        self._die("ledger.decided")
        if self._die.armed("ledger.transaction"):
            # Only then in a transaction of ours: it would hold its locks for a round trip more.
            async with self._lent.transaction():
                answer = await run()
                self._die("ledger.transaction")
        else:
            answer = await run()
        self._die("ledger.committed")
        return answer


def _router(bus: Any, die: Die) -> None:
    rounds = importlib.import_module("router.rounds").Rounds
    _around(rounds, "on_hints", die, after="router.hint")
    _around(bus, "send", die, "router.decided", "router.sent", _is_command)


_PLACES: Final[Mapping[str, Callable[[Any, Die], None]]] = {
    "gateway": _door("gateway"),
    "agent_service": _door("desk"),
    "transcript_service": _ledger,
    "router": _router,
}
