"""The shell, on the bus in memory, with a ledger that answers what it is told to."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from router.presence import Presence
from router.rounds import Rounds
from router.settings import Settings
from services.bus import Push
from services.clock import utc_now
from services.contracts import (
    DepartmentWaits,
    DirectoryChanged,
    DirectoryRead,
    Envelope,
    LineChanged,
    LineRead,
    PendingOffer,
    PlanStep,
    ReadDirectory,
    ReadLine,
    ReadWaits,
    Refused,
    RoutingPlan,
    WaitsRead,
)
from services.errors import Transient
from services.ids import new_id
from services.inbox import Inbox
from services.testing import MemoryBroker, MemoryBus

from services import topology

WAIT_S = 5


class FakeLeases:
    """One table of leases; `away` makes it unreachable."""

    def __init__(self):
        self.fields = {}
        self.away = False

    async def live(self, tenant):
        if self.away:
            raise Transient("redis")
        return dict(self.fields)


class FakeEpoch:
    value = "1"

    async def current(self):
        return self.value


class Ledger:
    """Answers queries with what a test sets, and keeps the commands it got."""

    def __init__(self, broker):
        self.bus = MemoryBus(broker, source="ledger", instance="l1")
        queues = [*topology.COMMANDS, *topology.QUERIES]
        self.inbox = Inbox(self.bus, self.handle, queues=queues)
        self.bus.consume(self.inbox.subscription)
        self.directories = ()
        self.conversations = ()
        self.loads = ()
        self.refuse_with = None
        self.commands = asyncio.Queue()
        self.asked = asyncio.Condition()
        self.reads = 0
        self.waits = ()
        self.waits_read = 0

    async def handle(self, batch):
        return [await self.answer(envelope) for envelope in batch]

    async def answer(self, envelope):
        match envelope.body:
            case ReadDirectory():
                said = DirectoryRead(directories=self.directories)
            case ReadLine():
                async with self.asked:
                    self.reads += 1
                    self.asked.notify_all()
                said = LineRead(
                    tenant=envelope.tenant,
                    now=utc_now(),
                    conversations=self.conversations,
                    loads=self.loads,
                )
            case ReadWaits():
                self.waits_read += 1
                said = WaitsRead(tenant=envelope.tenant, waits=self.waits)
            case command:
                await self.commands.put(envelope)
                if self.refuse_with is None:
                    return []
                said = Refused(
                    about=envelope.id, conversation=command.conversation, code=self.refuse_with
                )
        follow = envelope.follow(said, name="answer", source="ledger", now=utc_now())
        return [Push("router", envelope.reply_to, follow)]

    async def command(self):
        async with asyncio.timeout(WAIT_S):
            return await self.commands.get()

    async def rounds(self, n):
        """Wait until the line has been read `n` more times."""
        until = self.reads + n
        async with asyncio.timeout(WAIT_S), self.asked:
            await self.asked.wait_for(lambda: self.reads >= until)

    async def hint(self, tenant="testvik"):
        await self.bus.send(envelope(LineChanged(), tenant))


def envelope(body, tenant="testvik"):
    return Envelope(
        id=new_id(),
        source="ledger",
        tenant=tenant,
        time=utc_now(),
        sender="system:ledger",
        body=body,
    )


class Town:
    """One ledger, some routers, leases, all on one broker in memory."""

    def __init__(self, make):
        self.make = make
        self.broker = MemoryBroker()
        self.ledger = Ledger(self.broker)
        self.agents, self.citizens, self.epoch = FakeLeases(), FakeLeases(), FakeEpoch()

    def staff(self, *agents, load=0):
        for agent in agents:
            lease = self.make.lease(agent.id)
            self.agents.fields[f"{agent.id}:s"] = lease.model_dump_json()
        self.ledger.directories = (self.make.directory(*agents),)
        self.ledger.loads = self.make.line(
            loads={agent.id: (load, agent.capacity) for agent in agents}
        ).loads

    def wait(self, *conversations):
        """Put conversations in the line, just now."""
        self.ledger.conversations = tuple(
            c.evolve(opened_at=utc_now(), entered_at=utc_now()) for c in conversations
        )

    @asynccontextmanager
    async def router(self, *, instance="r1", tick_s=0.05, settle_s=0.0):
        settings = Settings(
            amqp_url="amqp://nowhere", tick_s=tick_s, idle_tick_s=tick_s, settle_s=settle_s
        )
        presence = Presence(self.agents, self.citizens, self.epoch, settle_s=settle_s)
        bus = MemoryBus(self.broker, source="router", instance=instance)
        rounds = Rounds(bus, presence=presence, clock=utc_now, settings=settings)
        inbox = Inbox(bus, rounds.on_hints, queues=topology.ROUTER_INBOX)
        bus.consume(inbox.subscription)
        bus.on_push(rounds.on_push)
        bus.on_reconnect(rounds.on_reconnect)
        await bus.subscribe(topology.directory_topic())
        for start in (inbox.start, bus.start, rounds.start):
            await start()
        rounds.presence = presence
        yield rounds
        await rounds.stop()
        await inbox.drain(1)
        await bus.stop()


@pytest.fixture
async def town(make):
    town = Town(make)
    await town.ledger.inbox.start()
    await town.ledger.bus.start()
    yield town
    await town.ledger.inbox.drain(1)
    await town.ledger.bus.stop()


async def test_a_hint_wakes_the_tenant_and_the_offer_tells_where_to_answer(town, make):
    town.staff(make.agent("a"))
    async with town.router(tick_s=60) as rounds:
        await town.ledger.rounds(1)
        town.wait(make.conversation(1))
        await town.ledger.hint()
        command = await town.ledger.command()
        assert (command.body.type, command.body.agent) == ("offer.make.v1", "a")
        assert (command.sender, command.reply_to) == ("router:0", "r1")
        why = rounds.explain("testvik", make.id(1))
        assert (why.outcome, why.agent) == ("offered", "a")
        assert rounds.explain("testvik", make.id(2)) is None
        assert rounds.explain("elsewhere", make.id(1)) is None
        assert rounds.missing() is None


async def test_a_refused_offer_goes_to_somebody_else_and_not_in_a_hot_loop(town, make):
    town.staff(make.agent("a"), make.agent("b"))
    town.ledger.refuse_with = "capacity"
    town.wait(make.conversation(1))
    async with town.router():
        assert (await town.ledger.command()).body.agent == "a"
        assert (await town.ledger.command()).body.agent == "b"
        await town.ledger.rounds(5)
        assert town.ledger.commands.empty()


async def test_an_offer_on_its_way_is_not_repeated(town, make):
    town.staff(make.agent("a"))
    town.wait(make.conversation(1))
    async with town.router():
        await town.ledger.command()
        await town.ledger.rounds(5)
        assert town.ledger.commands.empty()


async def test_two_replicas_that_agree_say_it_under_one_id(town, make):
    town.staff(make.agent("a"))
    town.wait(make.conversation(1))
    async with town.router(), town.router(instance="r2"):
        first, second = await town.ledger.command(), await town.ledger.command()
        assert first.id == second.id
        assert {first.reply_to, second.reply_to} == {"r1", "r2"}


async def test_without_redis_offers_are_held_and_what_ran_out_still_ends(town, make):
    town.staff(make.agent("a"))
    town.agents.away = True
    expired = make.conversation(2, state="offered", offer=make.offer("a"))
    owned = make.conversation(3, state="active", owner="gone")
    town.wait(make.conversation(1), expired, owned)
    async with town.router() as rounds:
        assert (await town.ledger.command()).body.type == "offer.expire.v1"
        await town.ledger.rounds(3)
        assert town.ledger.commands.empty()
        assert rounds.presence.missing() == "redis"
        town.agents.away = False
        assert (await town.ledger.command()).body.type == "offer.make.v1"
        assert rounds.presence.missing() is None


async def test_absences_are_believed_only_when_presence_is_settled(town, make):
    town.staff(make.agent("a"))
    long_ago = make.conversation(1, state="active", owner="a")
    town.ledger.conversations = (long_ago,)
    async with town.router(settle_s=0.3):
        await town.ledger.rounds(3)
        assert town.ledger.commands.empty()
        said = await town.ledger.command()
        assert (said.body.type, said.body.reachable) == ("citizen.reachable.v1", False)


async def test_a_wipe_of_redis_starts_the_settling_over(town):
    presence = Presence(town.agents, town.citizens, town.epoch, settle_s=0)
    assert (await presence.read("t")).settled
    presence._settle_s = 60
    assert (await presence.read("t")).settled is False
    presence._since -= 61
    assert (await presence.read("t")).settled
    town.epoch.value = "2"
    assert (await presence.read("t")).settled is False


async def test_the_device_that_changed_last_speaks_and_nonsense_is_passed_over(town, make):
    town.agents.fields = {
        "a:1": make.lease("a", idle_s=9, presence="away").model_dump_json(),
        "a:2": make.lease("a", idle_s=1, presence="available").model_dump_json(),
        "b:1": "nonsense",
    }
    town.citizens.fields = {f"{make.id(1)}:x": "", f"{make.id(1)}:y": "", "nonsense": ""}
    seen = await Presence(town.agents, town.citizens, town.epoch, settle_s=0).read("t")
    assert {agent: lease.presence for agent, lease in seen.agents.items()} == {"a": "available"}
    assert seen.citizens == {make.id(1)}


async def test_places_are_pushed_when_they_change(town, make):
    def said():
        pushed = [p for p in town.broker.pushed if p.target == "gateway"]
        return [(p.topic, p.envelope.body.position) for p in pushed]

    town.staff()
    town.wait(make.conversation(1), make.conversation(2))
    async with town.router():
        await town.ledger.rounds(4)

        assert sorted(said()) == [(f"{make.id(1)}.dialogue", 1), (f"{make.id(2)}.dialogue", 2)]

        town.ledger.conversations = town.ledger.conversations[1:]
        await town.ledger.rounds(3)

        assert said()[2:] == [(f"{make.id(2)}.dialogue", 1)]


async def test_a_new_set_up_is_taken_from_the_push(town, make):
    town.staff()
    town.wait(make.conversation(1))
    async with town.router(tick_s=60):
        await town.ledger.rounds(1)
        a = make.agent("a")
        town.staff(a)
        newer = make.directory(a).evolve(version=2)
        change = envelope(DirectoryChanged(directory=newer))
        await town.ledger.bus.push(Push("router", topology.directory_topic(), change))
        assert (await town.ledger.command()).body.agent == "a"


async def test_a_hint_of_an_unknown_tenant_makes_it_known(town, make):
    async with town.router(tick_s=60):
        town.staff(make.agent("a"))
        town.wait(make.conversation(1))
        await town.ledger.hint()
        assert (await town.ledger.command()).body.agent == "a"


async def test_a_lost_broker_is_come_back_from(town, make):
    async with town.router() as rounds:
        town.staff(make.agent("a"))
        await town.ledger.hint()
        await town.ledger.rounds(1)
        town.broker.stop()
        town.wait(make.conversation(1))
        town.broker.start()
        assert (await town.ledger.command()).body.agent == "a"
        assert rounds.missing() is None


async def test_how_long_it_may_take_is_told_once_enough_is_known(town, make):
    def ranges():
        bodies = [p.envelope.body for p in town.broker.pushed if p.target == "gateway"]
        return {(body.wait_from_s, body.wait_to_s) for body in bodies}

    town.staff()
    waits = (DepartmentWaits(department="torget", waited_s=(100.0,) * 10),)
    town.ledger.waits = waits
    town.wait(make.conversation(1))
    async with town.router():
        await town.ledger.rounds(6)
        assert ranges() == {(None, None), (90.0, 120.0)}
        assert town.ledger.waits_read == 1


async def test_nobody_asks_for_waits_while_nobody_waits(town):
    town.staff()
    async with town.router():
        await town.ledger.rounds(4)
        assert town.ledger.waits_read == 0


async def test_a_silent_owner_and_then_the_leaders_are_nudged_once_each(town, make):
    town.staff(make.agent("a"))
    one = make.conversation(1, state="active", owner="a", epoch=1)
    since = utc_now() - timedelta(seconds=130)
    town.ledger.conversations = (one.evolve(opened_at=utc_now(), unanswered_since=since),)
    async with town.router():
        await town.ledger.rounds(5)
        nudges = [p for p in town.broker.pushed if p.target == "agent"]
        assert [(p.topic, p.envelope.body.stage) for p in nudges] == [
            ("agent.testvik.a", "nudge"),
            ("line.testvik", "leader"),
        ]


async def test_a_department_is_alerted_once_and_by_all_replicas_under_one_id(town, make):
    town.staff()
    one = make.conversation(1, department="bygg")
    long_ago = utc_now() - timedelta(seconds=60)
    town.ledger.conversations = (one.evolve(opened_at=utc_now(), entered_at=long_ago),)
    async with town.router(), town.router(instance="r2"):
        await town.ledger.rounds(10)
        alerts = [e for e in town.broker.sent if e.body.type == "department.alerted.v1"]
        assert [(e.body.about, e.body.stage) for e in alerts] == [("waiting", "department")] * 2
        assert alerts[0].id == alerts[1].id


async def test_why_it_waits_and_why_it_was_offered_is_kept(town, make):
    town.staff(make.agent("a", capacity=1), load=1)
    town.wait(make.conversation(1))
    async with town.router() as rounds:
        await town.ledger.rounds(2)
        assert rounds.explain("testvik", make.id(1)).reason == "nobody_free"
        town.ledger.loads = ()
        town.staff(make.agent("a", capacity=1))
        made = await town.ledger.command()
        [one] = town.ledger.conversations
        offer = PendingOffer(id=made.id, agent="a", deadline=utc_now() + timedelta(seconds=30))
        town.ledger.conversations = (one.evolve(state="offered", offer=offer, version=2),)
        town.ledger.loads = make.line(loads={"a": (1, 1)}).loads
        await town.ledger.rounds(3)
        why = rounds.explain("testvik", make.id(1))
        assert why == made.body.why
        assert why.candidates[0].load == 0


async def test_what_is_wrong_with_a_set_up_is_counted_until_it_is_mended(town, make):
    def findings(kind):
        return REGISTRY.get_sample_value("prek_plan_findings", {"tenant": "testvik", "kind": kind})

    town.staff()
    plan = RoutingPlan(id="p", topics=("gone",), steps=(PlanStep(),))
    town.ledger.directories = (make.directory().evolve(plans=(plan,)),)
    async with town.router() as rounds:
        await town.ledger.rounds(2)
        assert findings("topic_unknown") == 1
        newer = make.directory(make.agent("a")).evolve(version=2)
        rounds.on_push("", envelope(DirectoryChanged(directory=newer)))
        assert findings("topic_unknown") == 0
