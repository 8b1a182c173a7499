"""What every client under test has: a history it writes, and faults that a mutant gives it."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from replay.link import RETRYABLE, Action, Frame, Link, Sequence

from chaos.history import History, Op, digest


@dataclass(frozen=True, slots=True)
class Faulty:
    """What is wrong with the clients, for the mutants that are a client's fault."""

    renders_all: bool = False
    """M5: what comes is shown, whatever its seq."""
    never_resends: bool = False
    """M6."""
    never_attaches: bool = False
    """M10: after a reconnect it goes on without having resumed."""
    ignores_watermark: bool = False
    """M9, the client's half."""


class Told(Sequence):
    """A sequence that tells what may be shown."""

    def __init__(self, show: Callable[[Frame], None]) -> None:
        """Call `show` with each event, in order."""
        super().__init__()
        self.show = show

    def take(self, event: Frame) -> list[Frame]:
        """See `Sequence.take`."""
        ready = super().take(event)
        for one in ready:
            self.show(one)
        return ready


class Heedless(Told):
    """M5: shows everything."""

    def take(self, event: Frame) -> list[Frame]:
        """Show it, whatever its seq."""
        self.last = max(self.last, event["seq"])
        self.show(event)
        return [event]


class Recording(Link):
    """The half of a client that writes its history."""

    history: History
    faulty: Faulty
    who: str = ""

    def record_to(self, history: History, faulty: Faulty) -> None:
        """Write here from now on; call before `start`."""
        self.history = history
        self.faulty = faulty
        self.ticked: dict[str, asyncio.Event] = {}
        self._told: set[str] = set()

    def sequence(self, conversation: str) -> Sequence:
        """Return a sequence whose events are written down as shown."""

        def show(event: Frame) -> None:
            self.history.add(
                self.who,
                Op.RENDERED,
                conversation=conversation,
                id=event["id"],
                stream=event["stream"],
                seq=event["seq"],
                digest=digest(event["body"].get("text")),
            )

        return Heedless(show) if self.faulty.renders_all else Told(show)

    def conversation_of(self, frame: Frame) -> str:
        """Return which conversation an action of this client is about."""
        return str(frame.get("conversation", ""))

    async def _transmit(self, action: Action) -> None:
        frame = action.frame
        if frame["id"] not in self._told:
            self._told.add(frame["id"])
            self.ticked[frame["id"]] = asyncio.Event()
            self.history.add(
                self.who,
                Op.SENT,
                conversation=self.conversation_of(frame),
                id=frame["id"],
                digest=digest(frame.get("text")),
                epoch=frame.get("epoch", -1),
                seen=frame.get("seen", 0),
                code=frame["type"],
            )
        elif self.faulty.never_resends:
            action.due = float("inf")
            return
        await super()._transmit(action)

    async def _dispatch(self, frame: Frame) -> None:
        action = self._outbox.get(frame.get("id", ""))
        if action is not None and frame["type"] == "accepted":
            self._write(Op.ACCEPTED, action.frame)
            self.ticked[frame["id"]].set()
        elif action is not None and frame["type"] == "refused" and frame["code"] in RETRYABLE:
            self._write(Op.BUSY, action.frame, code=frame["code"])
        await super()._dispatch(frame)

    def answer(self, action_id: str, frame: Frame) -> None:
        """See `Link.answer`."""
        action = self._outbox.get(action_id)
        if action is not None:
            match frame.get("type"):
                case "refused":
                    self._write(Op.REFUSED, action.frame, code=frame["code"])
                case "done":
                    self._write(Op.DONE, action.frame)
                case _:
                    self._write(Op.COMMITTED, action.frame, seq=frame["seq"])
            self.ticked[action_id].set()
        super().answer(action_id, frame)

    def _write(self, op: Op, frame: Frame, **fields: Any) -> None:
        about = self.conversation_of(frame)
        self.history.add(self.who, op, conversation=about, id=frame["id"], **fields)

    @property
    def idle(self) -> bool:
        """Whether nothing waits for an answer."""
        return not self._outbox

    def pause_reading(self) -> bool:
        """Stop reading from the socket, as a frozen tab does. Tell whether there is one."""
        socket = self._socket
        if socket is None:
            return False
        socket.transport.pause_reading()
        return True

    def resume_reading(self) -> None:
        """Read on."""
        if self._socket is not None:
            with contextlib.suppress(RuntimeError):
                self._socket.transport.resume_reading()
