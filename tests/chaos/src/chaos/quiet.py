"""Coming to rest after a round, and what is measured once everything is still."""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Collection, Mapping

import aio_pika.exceptions
import asyncpg
from native.ports import REPLICATED

from chaos import archive
from chaos.checker import Facts
from chaos.load import Load
from chaos.memory import Memory
from chaos.town import REPLICAS, Town
from services import topology

END_S = 60.0
"""Conversations may take so long to come to their end once everything is healed."""
STILL_S = 40.0
"""After that, screens and queues may take so long to catch up; the watermarks come every 10 s."""
LOOK_S = 0.5
LOOKS = 60

INSTANCES = ("gateway", "agent-service", "router")
"""Services whose processes own a queue for pushes."""


async def open_files(town: Town) -> dict[str, int]:
    """Return, per service, the most files a replica has open."""
    return {service: await town.open_files(service) for service in REPLICATED}


async def settle(town: Town, load: Load, say: Callable[[str], None]) -> int:
    """Let everything come to rest; return how many conversations did not end."""
    await town.wait_ready()
    say("letting conversations come to their end")
    unfinished = await load.end(END_S)
    say("waiting for queues and screens")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STILL_S):
            while not await _still(town, load):  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(LOOK_S)
    return unfinished


async def _still(town: Town, load: Load) -> bool:
    """Tell whether nothing is under way. What cannot be asked is not still."""
    people = [*load.agents, *(c for c in load.citizens.values() if not c.left)]
    if not all(client.idle for client in people):
        return False
    try:
        if await town.broker.ready():
            return False
    except (aio_pika.exceptions.AMQPError, OSError):
        return False
    return await _screens_whole(town, load)


async def _screens_whole(town: Town, load: Load) -> bool:
    follows = [agent.follows() for agent in load.agents]
    follows.append({c.conversation: c.last for c in load.citizens.values() if not c.left})
    ids = {conversation for screen in follows for conversation in screen}
    connection = await asyncpg.connect(town.database_url)
    try:
        heads = await archive.last_seqs(connection, ids)
    finally:
        await connection.close()
    return all(
        last >= heads.get(conversation, 0)
        for screen in follows
        for conversation, last in screen.items()
    )


async def measure(
    town: Town, poison: Collection[bytes], before: Mapping[str, int], memory: Memory
) -> Facts:
    """Measure what is left over."""
    queues = await _depths(town)
    known = {hashlib.sha256(body).digest() for body in poison}
    _planted, strange = await town.broker.dead_letters(
        lambda body: hashlib.sha256(body).digest() in known
    )
    after = await open_files(town)
    return Facts(
        queues={
            name: depth
            for name, depth in queues.items()
            if name in topology.queues() and name != topology.DEAD_LETTERS
        },
        strange_dead_letters=strange,
        instance_queues=sum(name.startswith("at.") for name in queues),
        instances=REPLICAS * len(INSTANCES),
        descriptors={service: (before[service], after[service]) for service in after},
        growth=memory.growth(),
    )


async def _depths(town: Town) -> dict[str, tuple[int, int]]:
    """Return every queue's depth, the least of some looks.

    The system is never wholly silent: routers and watermarks ask on. What is stuck stays.
    """
    least: dict[str, tuple[int, int]] = {}
    for _ in range(LOOKS):
        found = await town.broker.queues()
        least = {name: min(depth, least.get(name, depth), key=sum) for name, depth in found.items()}
        work = [depth for name, depth in least.items() if name != topology.DEAD_LETTERS]
        if not any(map(sum, work)):
            break
        await asyncio.sleep(LOOK_S)
    return least
