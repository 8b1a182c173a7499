"""Who is there and when: by the clock on the wall, told to every open widget when it changes."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from gateway.availability import Availabilities
from gateway.core.availability import answering, availability
from gateway.staffing import Staffing
from gateway.ws.visitor import Visitor
from services.contracts import (
    DatedHours,
    Department,
    DirectoryChanged,
    Emergency,
    Envelope,
    OpeningHours,
    PlanStep,
    RoutingPlan,
    Span,
    TenantDirectory,
)
from services.contracts.leases import AgentLease
from services.errors import Transient
from services.tasks import Tasks

DAY = (Span(opens="08:00", closes="15:30"),)
WEEK = OpeningHours(week=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY))
SHORT = OpeningHours(week={"tue": (Span(opens="10:00", closes="14:00"),)})
TUESDAY_9 = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # 09:00 in Oslo


def _directory(**changes) -> TenantDirectory:
    values = {
        "tenant": "sarpsborg",
        "version": 1,
        "name": "Sarpsborg (demo)",
        "kommunenummer": "3105",
        "title": {"nb": "Prek med oss"},
        "first_line": "servicetorget",
        "departments": (
            Department(id="servicetorget", name={"nb": "Servicetorget"}),
            Department(id="byggesak", name={"nb": "Byggesak"}, hours=SHORT),
        ),
        "hours": WEEK,
    }
    return TenantDirectory(**(values | changes))


def _at(now: datetime, directory: TenantDirectory | None = None, *, staffed: bool | None = True):
    return availability(directory or _directory(), staffed=staffed, now=now)


def test_open_hours_say_when_it_closes():
    told = _at(TUESDAY_9)
    assert told.open
    assert told.closes_at == datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
    assert told.opens_at is None


def test_closed_hours_say_when_it_opens():
    told = _at(datetime(2026, 11, 27, 16, 0, tzinfo=UTC))  # Friday evening
    assert not told.open
    assert told.closes_at is None
    assert told.opens_at == datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


def test_a_department_keeps_its_own_hours():
    assert _at(TUESDAY_9).departments == {"servicetorget": True, "byggesak": False}
    noon = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert _at(noon).departments == {"servicetorget": True, "byggesak": True}


def test_the_first_lines_own_hours_go_before_the_tenants():
    desk = Department(id="servicetorget", name={"nb": "Servicetorget"}, hours=SHORT)
    assert not _at(TUESDAY_9, _directory(departments=(desk,))).open


def test_a_dated_exception_says_why():
    closed = DatedHours(date=date(2026, 11, 24), reason={"nb": "Planleggingsdag"})
    told = _at(TUESDAY_9, _directory(hours=WEEK.evolve(dated=(closed,))))
    assert not told.open
    assert told.reason == {"nb": "Planleggingsdag"}
    assert told.opens_at == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def test_without_hours_it_is_open_whenever_somebody_is_there():
    told = _at(TUESDAY_9.replace(hour=2), _directory(hours=None), staffed=False)
    assert told.open
    assert told.staffed is False  # and the widget says that nobody is there


def test_who_answers_whoever_asks_is_the_first_line_and_its_helpers():
    steps = (PlanStep(), PlanStep(after_s=60, level="anyone", departments=("okonomi",)))
    plans = (
        RoutingPlan(id="bygg", topics=("garasje",), steps=(PlanStep(departments=("bygg",)),)),
        RoutingPlan(id="all", steps=steps),
    )
    emergency = Emergency(since=TUESDAY_9, by="kari", borrowed=("skole",))
    assert answering(_directory()) == {"servicetorget"}
    assert answering(_directory(plans=plans)) == {"servicetorget", "okonomi"}
    assert answering(_directory(emergency=emergency)) == {"servicetorget", "skole"}


def test_an_emergency_is_told_to_everyone():
    banner = {"nb": "Kokevarsel i hele kommunen"}
    told = _at(
        TUESDAY_9, _directory(emergency=Emergency(since=TUESDAY_9, by="kari", banner=banner))
    )
    assert told.banner == banner
    assert _at(TUESDAY_9).banner == {}


# Told live


@dataclass
class Desk:
    """What the shells stand on: leases, directories, a clock and sockets, all to be turned."""

    directory: TenantDirectory = field(default_factory=_directory)
    now: datetime = TUESDAY_9
    leases: dict[str, str] = field(default_factory=dict)
    away: bool = False
    asked: int = 0
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self, _tenant: str) -> dict[str, str]:
        self.asked += 1
        self.looked.set()
        await asyncio.sleep(0)
        if self.away:
            raise Transient("redis")
        return self.leases

    def known(self, _tenant: str) -> TenantDirectory:
        return self.directory

    def sign_in(self, presence: str = "available", minute: int = 0) -> None:
        lease = AgentLease(
            agent="kari",
            session="a",
            instance="agent-1",
            presence=presence,
            idle_since=TUESDAY_9,
            changed_at=TUESDAY_9.replace(minute=minute),
        )
        self.leases = {"kari:a": lease.model_dump_json()}


class Outbox:
    def __init__(self) -> None:
        self.told = []
        self.changed = asyncio.Event()

    def put(self, frame) -> None:
        self.told.append(frame)
        self.changed.set()

    async def next(self):
        async with asyncio.timeout(5):
            await self.changed.wait()
        self.changed.clear()
        return self.told[-1]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
async def live(desk):
    """The teller of news, looking without pause."""
    staffing = Staffing(desk, fresh_s=0)
    told = Availabilities(desk, staffing, lambda: desk.now, every_s=0.01)
    tasks = Tasks()
    tasks.keep("availability", told.run)
    yield told
    await tasks.cancel()


async def _visitor(desk: Desk, live: Availabilities, tenant: str = "sarpsborg") -> Visitor:
    visitor = Visitor(1, Outbox(), "")
    visitor.tenant = tenant
    live.join(visitor, await live.now(desk.directory))
    return visitor


async def test_a_widget_is_told_when_the_last_agent_leaves(desk, live):
    """Rocket.Chat #20899, Chatwoot #9091: an open window went on saying "online"."""
    desk.sign_in()
    visitor = await _visitor(desk, live)
    assert visitor.availability.staffed
    desk.sign_in("away", minute=1)
    told = await visitor.outbox.next()
    while told.staffed:
        told = await visitor.outbox.next()
    assert visitor.availability.open  # by its hours, and nobody is there: the widget says both


async def test_a_widget_is_told_when_it_closes(desk, live):
    """LiveHelperChat #1078: the window stayed on offer after closing time."""
    desk.sign_in()
    visitor = await _visitor(desk, live)
    desk.now = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
    assert not (await visitor.outbox.next()).open


async def test_a_widget_is_told_when_somebody_comes(desk, live):
    desk.sign_in("away")
    visitor = await _visitor(desk, live)
    desk.sign_in(minute=1)
    while not (await visitor.outbox.next()).staffed:
        pass
    assert visitor.availability.staffed is True


async def test_redis_away_is_not_known_and_not_nobody(desk, live):
    desk.sign_in()
    visitor = await _visitor(desk, live)
    desk.away = True
    assert (await visitor.outbox.next()).staffed is None
    desk.leases, desk.away = {}, False
    desk.sign_in()
    assert (await visitor.outbox.next()).staffed is True
    assert [told.staffed for told in visitor.outbox.told] == [None, True]


async def test_what_has_not_changed_is_not_told_again(desk, live):
    desk.sign_in()
    visitor = await _visitor(desk, live)
    for _ in range(5):
        desk.looked.clear()
        await desk.looked.wait()
    assert visitor.outbox.told == []


async def test_who_has_gone_is_told_nothing(desk, live):
    desk.sign_in()
    stays, goes = await _visitor(desk, live), await _visitor(desk, live)
    live.leave(goes)
    desk.directory = _directory(hours=None, version=2)
    await stays.outbox.next()
    assert goes.outbox.told == []


async def test_a_changed_set_up_is_told_at_once(desk):
    desk.sign_in()
    told = Availabilities(desk, Staffing(desk), lambda: desk.now, every_s=3_600)
    visitor = await _visitor(desk, told)
    tasks = Tasks()
    tasks.keep("availability", told.run)
    await asyncio.sleep(0)
    banner = {"nb": "Kokevarsel"}
    desk.directory = _directory(
        version=2, emergency=Emergency(since=TUESDAY_9, by="kari", banner=banner)
    )
    changed = Envelope(
        id="01890000-0000-7000-8000-000000000001",
        source="ledger",
        tenant="sarpsborg",
        time=TUESDAY_9,
        sender="system:ledger",
        body=DirectoryChanged(directory=desk.directory),
    )
    told.on_push("", changed)
    assert (await visitor.outbox.next()).banner == banner
    await tasks.cancel()


async def test_many_sockets_ask_redis_once(desk):
    desk.sign_in()
    staffing = Staffing(desk)
    answers = await asyncio.gather(*(staffing.staffed("sarpsborg") for _ in range(50)))
    assert answers == [True] * 50
    assert desk.asked == 1


async def test_redis_away_is_not_asked_for_every_tenant(desk):
    """A second of patience for each of 357 would make everyone wait."""
    desk.away = True
    staffing = Staffing(desk, fresh_s=60)
    assert [await staffing.staffed(f"kommune{n}") for n in range(50)] == [None] * 50
    assert desk.asked == 1


async def test_a_lease_that_is_no_lease_says_nothing(desk):
    desk.leases = {"kari:a": "{}", "ola:b": "no json"}
    assert await Staffing(desk).staffed("sarpsborg") is False
