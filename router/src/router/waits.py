"""How long citizens waited of late, read from the ledger now and then while somebody waits."""

from collections.abc import Mapping, Sequence

from services.bus import Bus
from services.contracts import Envelope, WaitsRead
from services.errors import ServiceError

from router.core.estimate import wait_range

READ_AGAIN_S = 30.0
"""Between two readings, in seconds."""
_ASK_TIMEOUT_S = 3.0


class Waits:
    """The samples of one tenant. None yet, or none at all: then nothing is promised."""

    def __init__(self, bus: Bus) -> None:
        """Know nothing."""
        self._bus = bus
        self._samples: Mapping[str, Sequence[float]] = {}
        self._asked_at: float | None = None

    def due(self, at: float) -> bool:
        """Return whether to read again, and take it for read. `at` is the monotonic clock."""
        if self._asked_at is not None and at - self._asked_at < READ_AGAIN_S:
            return False
        self._asked_at = at
        return True

    async def read(self, question: Envelope) -> None:
        """Ask the ledger. What it does not answer stays as it was: nothing rests on it."""
        try:
            answer = await self._bus.ask(question, timeout_s=_ASK_TIMEOUT_S)
        except ServiceError:
            return
        if isinstance(answer, WaitsRead):
            self._samples = {one.department: one.waited_s for one in answer.waits}

    def expected(self, department: str, position: int) -> tuple[float, float] | None:
        """Return the range in seconds that somebody at this place may expect, or None."""
        return wait_range(self._samples.get(department, ()), position)
