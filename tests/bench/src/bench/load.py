"""The load generator: open, where words come whether or not the former have arrived, and closed.

In an open run message k is due at k / rate, dealt round the conversations, each side in its turn.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import Final
from uuid import uuid4

from bench.clients import GIVE_UP_S, Arrivals
from bench.figures import Talk
from bench.town import Say

TEXT: Final = (
    "Hei! Kan jeg levere hageavfall på gjenvinningsstasjonen på lørdag, og hva koster det?"
)
DRAIN_S: Final = 10.0
"""What has not arrived so long after the last was sent is lost."""
BACKLOG_S: Final = 1.0
"""An open run is given up when so much is held back that it is this far behind."""


class _Side:
    """One side of one conversation. As the protocol asks, one message at a time is under way."""

    def __init__(self, say: Say, talking: "_Talking") -> None:
        self._say = say
        self._talking = talking
        self._since: float | None = None
        self.due: deque[float] = deque()
        """When what is held back was due, on the clock of `time.perf_counter`."""

    @property
    def free(self) -> bool:
        return self._since is None

    async def say(self, since: float) -> None:
        """Send a message whose latency counts from `since`."""
        self._since = since
        message = str(uuid4())
        self._talking.arrivals.expect(message, self._arrived)
        self._talking.talk.sent += 1
        await self._say(message, TEXT)

    def _arrived(self, now: float) -> None:
        if self._since is not None:
            self._talking.talk.latencies_s.append(now - self._since)
            self._since = None
            self._talking.last = now
            self._talking.progress.set()
            if self.due:
                self._talking.freed.append(self)


class _Talking:
    """What the sides of one open run share."""

    def __init__(self, arrivals: Arrivals) -> None:
        self.arrivals = arrivals
        self.talk = Talk()
        self.freed: deque[_Side] = deque()
        """Sides that may go on with what was held back."""
        self.held = 0
        self.last = 0.0
        """When a message last arrived."""
        self.progress = asyncio.Event()

    async def offer(self, side: _Side, due: float) -> None:
        """Let a side speak, or hold its words back while its former ones are under way."""
        if side.free and not side.due:
            # Late by the generator's own clock is not the system's fault; waiting below is.
            now = time.perf_counter()
            self.talk.lateness_s.append(now - due)
            await side.say(now)
        else:
            side.due.append(due)
            self.held += 1

    async def release(self) -> None:
        """Say what was held back and may be said now."""
        while self.freed:
            side = self.freed.popleft()
            self.held -= 1
            await side.say(side.due.popleft())

    def give_up(self, sides: Sequence[_Side]) -> None:
        """Leave unsaid what is held back."""
        self.talk.held_back, self.held = self.held, 0
        self.freed.clear()
        for side in sides:
            side.due.clear()

    async def drain(self) -> None:
        """Say the rest and wait until all has arrived, or nothing more will."""
        until = time.perf_counter() + DRAIN_S
        while self.held or self.talk.lost:
            await self.release()
            self.progress.clear()
            try:
                async with asyncio.timeout(until - time.perf_counter()):
                    await self.progress.wait()
            except TimeoutError:
                break
        self.talk.held_back += self.held


async def offered(
    dialogues: Sequence[tuple[Say, Say]], arrivals: Arrivals, per_s: float, seconds: float
) -> Talk:
    """Offer so many messages a second and return what became of them.

    Args:
        dialogues: the two sides of each conversation.
        arrivals: of all of them.
        per_s: messages a second, over all conversations together.
        seconds: how long.
    """
    talking = _Talking(arrivals)
    doubled, refused = arrivals.doubled, arrivals.refused
    sides = [
        _Side(dialogue[turn], talking) for turn in (0, 1) for dialogue in dialogues
    ]  # every conversation's citizen, then every owner
    began = time.perf_counter()
    for k in range(round(per_s * seconds)):
        due = began + k / per_s
        # Also when we are late: what has arrived must be read.
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await talking.release()
        await talking.offer(sides[k % len(sides)], due)
        if talking.held > BACKLOG_S * per_s:
            talking.give_up(sides)
            break
    else:
        await asyncio.sleep(max(0.0, began + seconds - time.perf_counter()))
    talk = talking.talk
    ended = time.perf_counter()
    await talking.drain()
    talk.seconds = max(ended, talking.last) - began
    talk.doubled, talk.refused = arrivals.doubled - doubled, arrivals.refused - refused
    arrivals.forget()
    return talk


async def closed(dialogues: Sequence[tuple[Say, Say]], arrivals: Arrivals, seconds: float) -> Talk:
    """Let each side answer the other at once, for so many seconds.

    Raises:
        TimeoutError: a message did not arrive.
    """
    talk = Talk()
    doubled, refused = arrivals.doubled, arrivals.refused
    loop = asyncio.get_running_loop()
    began = time.perf_counter()

    async def converse(dialogue: tuple[Say, Say]) -> None:
        turn = 0
        while time.perf_counter() < began + seconds:
            message, shown = str(uuid4()), loop.create_future()
            arrivals.expect(message, shown.set_result)
            talk.sent += 1
            said = time.perf_counter()
            await dialogue[turn](message, TEXT)
            talk.latencies_s.append(await asyncio.wait_for(shown, GIVE_UP_S) - said)
            turn = 1 - turn

    await asyncio.gather(*(converse(dialogue) for dialogue in dialogues))
    talk.seconds = time.perf_counter() - began
    talk.doubled, talk.refused = arrivals.doubled - doubled, arrivals.refused - refused
    return talk
