"""RabbitMQ: killed, stopped as an application, short of memory, without a route; bad deliveries."""

import asyncio
import json
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from native.infrastructure import Name

from chaos.deliveries import REDELIVER
from chaos.faults.stage import GAP_S, Fault, Stage, refuses
from chaos.history import Op
from services import topology

BACK_S: Final = 90.0
ALARM_S: Final = (6.0, 12.0)
STOPPED_S: Final = (2.0, 6.0)
UNROUTED_S: Final = 3.0
REDELIVER_S: Final = 10.0
LARGE: Final = 1_048_576


async def wait_back(stage: Stage, name: Name) -> None:
    """Wait until a part answers again, and every service with it."""
    infrastructure = stage.town.infrastructure
    async with asyncio.timeout(BACK_S):
        while not await asyncio.to_thread(infrastructure.is_ready, name):  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.2)
    await stage.town.wait_ready()


async def kill(stage: Stage) -> int:
    """Kill the broker; it is started again at once."""
    infrastructure = stage.town.infrastructure
    await asyncio.to_thread(infrastructure.kill, "broker")
    gone = await refuses(infrastructure.ports["broker"])
    await wait_back(stage, "broker")
    return int(gone)


async def restart_app(stage: Stage) -> int:
    """Stop RabbitMQ inside its running node, then start it."""
    broker = stage.town.broker
    await broker.control("stop_app")
    try:
        gone = await refuses(stage.town.infrastructure.ports["broker"])
        await asyncio.sleep(stage.dice.uniform(*STOPPED_S))
    finally:
        await broker.control("start_app")
    await wait_back(stage, "broker")
    return int(gone)


async def memory_alarm(stage: Stage) -> int:
    """Let the broker be short of memory. It bit when a publisher was not read, or felt it."""
    broker, since = stage.town.broker, len(stage.records)
    await broker.control("set_vm_memory_high_watermark", "absolute", "1MB")
    try:
        await asyncio.sleep(stage.dice.uniform(*ALARM_S))
        felt = stage.many(Op.BUSY, since) > 0 or stage.gap_s(since) >= GAP_S
        # What had piled up before may go on being committed all the while.
        bit = felt or await broker.blocks_publishers()
    finally:
        await broker.control("set_vm_memory_high_watermark", "0.4")
    await stage.town.wait_ready()
    return int(bit)


async def unroutable(stage: Stage) -> int:
    """Take a command queue's binding away for a while: what is published there comes back."""
    shard = stage.dice.randrange(topology.COMMAND_SHARDS)
    async with stage.town.broker.channel() as channel:
        queue = await channel.get_queue(topology.COMMANDS[shard], ensure=False)
        await queue.unbind("cmd", str(shard))
        try:
            bit = await stage.town.broker.returns("cmd", str(shard))
            await asyncio.sleep(UNROUTED_S)
        finally:
            await queue.bind("cmd", str(shard))
    await stage.town.wait_ready()
    return int(bit)


async def redeliver(stage: Stage) -> int:
    """Let deliveries come twice and out of order, and let pushes be lost."""
    board = stage.town.board
    before = sum(map(board.noted, ("twice", "shuffled", "lost")))
    board.on(REDELIVER)
    try:
        await asyncio.sleep(REDELIVER_S)
    finally:
        board.off(REDELIVER)
    return sum(map(board.noted, ("twice", "shuffled", "lost"))) - before


async def poison(stage: Stage) -> int:
    """Publish what no service would: it must end as dead letters, and the queue go on."""
    broker, before = stage.town.broker, await stage.town.broker.count_dead_letters()
    bodies = [
        b"{ this is no message",
        str(uuid4()).encode() + b"x" * LARGE,
        json.dumps({"id": str(uuid4()), "body": {"type": "conversation.close.v1"}}).encode(),
        b"\xff\xfe" + uuid4().bytes,
    ]
    stage.poison.update(bodies)
    for n, body in enumerate(bodies):
        await broker.publish("cmd", str(n % topology.COMMAND_SHARDS), body)
    await broker.publish("evt", "line.changed.v1", bodies[0])
    planted = len(bodies) + 1
    parked = 0
    for _ in range(50):
        parked = await broker.count_dead_letters() - before
        if parked >= planted:
            break
        await asyncio.sleep(0.2)
    return parked


FAULTS: Final[Mapping[str, Fault]] = {
    "kill-broker": kill,
    "restart-broker-app": restart_app,
    "memory-alarm": memory_alarm,
    "unroutable": unroutable,
    "redeliver": redeliver,
    "poison": poison,
}
