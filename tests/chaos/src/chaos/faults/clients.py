"""The people: readers that stop reading, and everybody coming back at once."""

import asyncio
from collections.abc import Mapping
from typing import Final

from chaos.faults.stage import Fault, Stage, until
from chaos.history import Op

SLOW: Final = 4
SLOW_S: Final = (4.0, 10.0)
AT_ONCE_S: Final = 0.5
"""What a slow reader is shown so soon after it reads again had been kept for it."""


async def slow_readers(stage: Stage) -> int:
    """Let some clients stop reading. It bit when they were shown what had piled up."""
    people = stage.load.connected()
    chosen = stage.dice.sample(people, min(SLOW, len(people)))
    slow = [client for client in chosen if client.pause_reading()]
    await asyncio.sleep(stage.dice.uniform(*SLOW_S))
    since = len(stage.records)
    for client in slow:
        client.resume_reading()
    await asyncio.sleep(AT_ONCE_S)
    who = {client.who for client in slow}
    return sum(r.op is Op.RENDERED and r.who in who for r in stage.records[since:])


async def storm(stage: Stage) -> int:
    """Tear every socket at once, and wait until everybody is back."""
    people = stage.load.connected()
    for client in people:
        await client.drop()
    await until(lambda: sum(client.ready.is_set() for client in people) < len(people), 5)
    await until(lambda: all(client.ready.is_set() for client in stage.load.agents), 60)
    return len(people)


FAULTS: Final[Mapping[str, Fault]] = {
    "slow-readers": slow_readers,
    "reconnect-storm": storm,
}
