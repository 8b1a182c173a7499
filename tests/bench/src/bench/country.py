"""`python -m bench.country`: one router for all municipalities in the busiest hour of a peak day.

Everything is real but the people: RabbitMQ, Redis, the ledger, and a router alone with every
tenant. Citizens and agents speak to the bus as the two doors do, at the pace of the simulator's
peak day. The last line is one JSON object; core time is the kernel's, so that what else the
machine does takes little part in it.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx
import psutil
from native.launch import raise_file_limit
from native.system import WholeSystem
from prometheus_client.parser import text_string_to_metric_families
from router.simulate.nation import read_nation
from router.simulate.scenario import Scenario, TopicShare
from services.clock import utc_now
from services.contracts import (
    AcceptOffer,
    Close,
    Command,
    Envelope,
    OpenConversation,
    PostMessage,
    Source,
    Summary,
    SummaryChanged,
    TenantDirectory,
)
from services.contracts.leases import AGENTS, CITIZENS, LEASE_S, RENEW_S, AgentLease
from services.ids import new_id
from services.leases import LeaseTable, connect_redis
from services.rabbit import RabbitBus
from services.tasks import Tasks
from services.topology import line_topic

ACCEPT_S, FIRST_REPLY_S = 4.0, 8.0
"""Mean times until an offer is taken, and from there to the first words."""
PATIENCE_S: Final = 120.0


@dataclass(slots=True)
class Town:
    """A municipality, its citizens who come, and its agents."""

    scenario: Scenario
    directory: TenantDirectory
    open: set[UUID] = field(default_factory=set)
    seen: set[tuple[UUID, str]] = field(default_factory=set)
    """What somebody is already about to do."""
    handle_s: dict[UUID, float] = field(default_factory=dict)

    @property
    def per_s(self) -> float:
        """How many come, in the busiest hour."""
        return self.scenario.highest_per_hour() / 3600

    def topic(self, chance: random.Random) -> TopicShare:
        """Draw what a citizen comes with."""
        topics = self.scenario.topics
        return chance.choices(topics, [topic.share for topic in topics])[0]


class Country:
    """Everybody in it."""

    def __init__(self, system: WholeSystem, seed: int) -> None:
        """Prepare the towns; nobody has come yet."""
        self._chance = random.Random(seed)
        self.towns = {
            f"town-{n:03}": Town(
                scenario,
                scenario.directory().evolve(tenant=f"town-{n:03}", kommunenummer=f"{n:04}"),
            )
            for n, scenario in enumerate(read_nation().towns(), start=1)
        }
        self._buses: dict[Source, RabbitBus] = {
            "gateway": _bus(system.secret("gateway", "amqp_url"), "gateway"),
            "agent": _bus(system.secret("agent-service", "amqp_url"), "agent"),
        }
        redis = connect_redis(system.secret("router", "redis_url"))
        self._redis = redis
        self._agents, self._citizens = LeaseTable(redis, AGENTS), LeaseTable(redis, CITIZENS)
        self._since = datetime.now(UTC)
        self._tasks = Tasks()
        self.opened = self.answered = self.closed = 0

    async def settle(self, database: str) -> None:
        """Put every set-up where an administrator would, and wait until the ledger has them."""
        connection = await asyncpg.connect(database)
        try:
            await connection.executemany(
                "INSERT INTO desk.directory (tenant, version, document) VALUES ($1, 1, $2)",
                [(name, town.directory.model_dump_json()) for name, town in self.towns.items()],
            )
            async with asyncio.timeout(PATIENCE_S):
                known = "SELECT count(*) FROM ledger.directory"
                while await connection.fetchval(known) <= len(self.towns):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
        finally:
            await connection.close()

    async def live(self) -> None:
        """Sit down at every desk, and let citizens come as in the middle of the busiest hour."""
        desks = self._buses["agent"]
        desks.on_push(self._hear)
        for bus in self._buses.values():
            await bus.start()
            await bus.wait_connected()
        for tenant in self.towns:
            await desks.subscribe(line_topic(tenant))
        await self._renew_all()
        self._tasks.keep("leases", self._renew)
        for tenant, town in self.towns.items():
            self._tasks.spawn(f"arrivals-{tenant}", self._arrive(tenant, town))

    async def leave(self) -> None:
        """Go home."""
        await self._tasks.cancel()
        for bus in self._buses.values():
            await bus.stop()
        await self._redis.aclose()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            await self._renew_all()

    async def _renew_all(self) -> None:
        for tenant, town in self.towns.items():
            leases = {
                f"{profile.id}:0": AgentLease(
                    agent=profile.id,
                    session="0",
                    instance="agent-country",
                    presence="available",
                    idle_since=self._since,
                    changed_at=self._since,
                    departments=profile.departments,
                ).model_dump_json()
                for profile in town.directory.agents
            }
            await self._agents.renew(tenant, leases, LEASE_S)
            here = {f"{conversation}:0": "" for conversation in town.open}
            await self._citizens.renew(tenant, here, LEASE_S)

    async def _arrive(self, tenant: str, town: Town) -> None:
        """Let those come who would be here by now, and then whoever comes."""
        mean_s = town.scenario.handle_minutes * 60
        there = town.per_s * mean_s
        for _ in range(int(there) + (self._chance.random() < there % 1)):
            await self._open(tenant, town)
        while town.per_s:
            await asyncio.sleep(self._chance.expovariate(town.per_s))
            await self._open(tenant, town)

    async def _open(self, tenant: str, town: Town) -> None:
        topic = town.topic(self._chance)
        conversation = new_id()
        minutes = topic.handle_minutes or town.scenario.handle_minutes
        town.handle_s[conversation] = self._chance.expovariate(1 / (minutes * 60))
        town.open.add(conversation)
        self.opened += 1
        body = OpenConversation(conversation=conversation, topic=topic.id)
        await self._say("gateway", tenant, f"citizen:{conversation.hex[:20]}", body)

    def _hear(self, _topic: str, envelope: Envelope) -> None:
        town = self.towns.get(envelope.tenant)
        if town is None or not isinstance(envelope.body, SummaryChanged):
            return
        self._see(envelope.tenant, town, envelope.body.summary)

    def _see(self, tenant: str, town: Town, summary: Summary) -> None:
        conversation, owner, epoch = summary.conversation, summary.owner, summary.epoch
        if summary.offer is not None:
            offer, agent = summary.offer.id, summary.offer.agent
            accept = AcceptOffer(conversation=conversation, offer=offer)
            self._later(tenant, town, agent, accept, ACCEPT_S, f"accept {offer}")
        if summary.state == "active" and owner and summary.unanswered_since:
            words = PostMessage(conversation=conversation, text="Hei!", epoch=epoch)
            self._later(tenant, town, owner, words, FIRST_REPLY_S, f"answer {epoch}")
        if summary.state == "active" and owner and not summary.unanswered_since:
            done = Close(conversation=conversation, epoch=epoch)
            handle_s = town.handle_s.get(conversation, 60.0)
            self._later(tenant, town, owner, done, handle_s, f"close {epoch}")
        if summary.state == "closed":
            town.open.discard(conversation)
            town.handle_s.pop(conversation, None)

    def _later(
        self, tenant: str, town: Town, agent: str, body: Command, mean_s: float, name: str
    ) -> None:
        """Do it once, after a time of about so many seconds."""
        about = (body.conversation, name)  # type: ignore[union-attr]
        if about in town.seen:
            return
        town.seen.add(about)
        self.answered += isinstance(body, PostMessage)
        self.closed += isinstance(body, Close)
        # The time of a whole dialogue was drawn already.
        wait_s = mean_s if isinstance(body, Close) else self._chance.uniform(0.5, 1.5) * mean_s

        async def act() -> None:
            await asyncio.sleep(wait_s)
            await self._say("agent", tenant, f"agent:{agent}", body)

        self._tasks.spawn(name, act())

    async def _say(self, source: Source, tenant: str, sender: str, body: Command) -> None:
        bus = self._buses[source]
        await bus.send(
            Envelope(
                id=new_id(), source=source, tenant=tenant, time=utc_now(), sender=sender, body=body
            )
        )


def _bus(url: str, source: Source) -> RabbitBus:
    return RabbitBus(url, source=source, instance=f"{source}-country")


async def _rounds(url: str) -> float:
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(url)).text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "prek_deciding_seconds_count"
    )


async def measure(system: WholeSystem, seed: int, warm_s: float, seconds: float) -> dict[str, Any]:
    """Let the country live, and return what the router took of one core."""
    country = Country(system, seed)
    router = system.process("router")
    process = psutil.Process(router["pid"])
    metrics = router["health"].rsplit("/", 1)[0] + "/metrics"
    await country.settle(system.secret("admin", "database_url"))
    silent = await _share(process, metrics, seconds / 4)
    await country.live()
    try:
        await asyncio.sleep(warm_s)
        opened = country.opened
        peak = await _share(process, metrics, seconds)
        return {
            "tenants": len(country.towns),
            "agents": sum(len(town.directory.agents) for town in country.towns.values()),
            "seconds": seconds,
            "conversations_open": sum(len(town.open) for town in country.towns.values()),
            "opened_per_minute": round((country.opened - opened) / seconds * 60, 1),
            "answered": country.answered,
            "silent": silent,
            "peak": peak,
            "memory_mb": round(process.memory_info().rss / 2**20),
        }
    finally:
        await country.leave()


async def _share(process: psutil.Process, metrics: str, seconds: float) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    before, rounds, began = process.cpu_times(), await _rounds(metrics), loop.time()
    await asyncio.sleep(seconds)
    after, took_s = process.cpu_times(), loop.time() - began
    used_s = after.user + after.system - before.user - before.system
    return {
        "share_of_core": round(used_s / took_s, 4),
        "rounds_per_s": round((await _rounds(metrics) - rounds) / took_s, 1),
    }


def main() -> int:
    """Measure once, in a system of its own."""
    parser = argparse.ArgumentParser(prog="bench.country", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--warm", type=float, default=90, help="seconds before measuring")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="a file for the figures")
    asked = parser.parse_args()
    raise_file_limit()
    with (
        tempfile.TemporaryDirectory(prefix="prek-country-") as folder,
        WholeSystem(Path(folder) / "run", replicas=1) as system,
    ):
        found = asyncio.run(measure(system, asked.seed, asked.warm, asked.seconds))
    if asked.write:
        asked.write.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
