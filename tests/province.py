"""Two municipalities beside the demonstration's, with somebody in every role, and conversations in
every kind of place. For tests of who may do what."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
from agent_service.passwords import hash_password
from ledger_log import Archive
from native.system import WholeSystem
from replay.citizen import Citizen
from seat import Seat, seated
from services.contracts import AgentProfile, Department, TenantDirectory, Topic

HERE, THERE = "provby", "annenby"
PATIENCE_S = 60.0
NOBODY = str(uuid4())
"""A conversation that does not exist."""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody at a desk, as the table of rights sees them."""

    id: str
    role: str
    departments: tuple[str, ...] = ()
    tenant: str = HERE

    @property
    def key(self) -> str:
        """Name for a test's report."""
        return f"{self.id}@{self.tenant}"


STAFF: Sequence[Who] = (
    Who("eva", "agent", ("torget",)),
    Who("ulf", "agent", ("torget",)),
    Who("bo", "agent", ("bygg",)),
    Who("lars", "leader", ("torget",)),
    Who("liv", "leader", ("bygg",)),
    Who("sol", "supervisor"),
    Who("ark", "archivist"),
    Who("adm", "admin"),
    Who("bar", "agent", ("barnevern",)),
    Who("bal", "leader", ("barnevern",)),
    # The same ids in another municipality are other people.
    Who("eva", "agent", ("torget",), THERE),
    Who("sol", "supervisor", (), THERE),
    Who("ark", "archivist", (), THERE),
    Who("adm", "admin", (), THERE),
)


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, as the table of rights sees it."""

    name: str
    state: str
    department: str
    owner: str | None = None
    tenant: str = HERE
    id: str = field(default_factory=lambda: str(uuid4()), compare=False)

    @property
    def walled(self) -> bool:
        """Whether it is behind a wall."""
        return self.department == "barnevern"

    def held_by(self, who: Who) -> bool:
        """Return whether somebody has it, or had it last."""
        return (self.tenant, self.owner) == (who.tenant, who.id)


TALKS: Sequence[Talk] = (
    Talk("waiting", "waiting", "torget"),
    Talk("active", "active", "torget", "eva"),
    Talk("closed", "closed", "torget", "eva"),
    Talk("walled waiting", "waiting", "barnevern"),
    Talk("walled active", "active", "barnevern", "bar"),
    Talk("walled closed", "closed", "barnevern", "bar"),
    Talk("elsewhere", "active", "torget", "eva", THERE),
)


def directory(tenant: str) -> TenantDirectory:
    """Return the set-up of one of the two."""
    departments = (
        Department(id="torget", name={"nb": "Torget"}),
        Department(id="bygg", name={"nb": "Bygg"}),
        Department(id="barnevern", name={"nb": "Barnevern"}, confidential=True),
    )
    return TenantDirectory(
        tenant=tenant,
        version=1,
        name=tenant.title(),
        kommunenummer="0000",
        title={"nb": "Prek med oss"},
        first_line="torget",
        departments=departments,
        topics=(
            Topic(id="parkering", department="torget", name={"nb": "Parkering"}),
            Topic(id="omsorg", department="barnevern", name={"nb": "Omsorg"}, direct=True),
        ),
        agents=tuple(
            AgentProfile(
                id=who.id,
                name=who.id.title(),
                departments=who.departments,
                # An administrator is nothing besides: whose is the set-up, has no conversations.
                roles=(who.role,) if who.role in ("agent", "admin") else ("agent", who.role),
                capacity=10,
            )
            for who in STAFF
            if who.tenant == tenant
        ),
    )


class Province:
    """The two municipalities with everybody at their desks."""

    def __init__(self, seats: dict[Who, Seat], archive: asyncpg.Connection) -> None:
        """Take what `province` made."""
        self.seats = seats
        self.citizens: dict[Talk, Citizen] = {}
        self._archive = archive

    async def books(self) -> list[tuple[Any, ...]]:
        """Return everything the ledger and the desk hold of the two: to see that nothing changed.

        The audit is not in it: a refused try may be noted there.
        """
        rows = await self._archive.fetch(
            "SELECT tenant, id::text, version::text, state || ' ' || department"
            " FROM ledger.conversation WHERE tenant = ANY ($1)"
            " UNION ALL SELECT tenant, conversation::text, stream || seq, kind"
            " FROM ledger.event WHERE tenant = ANY ($1)"
            " UNION ALL SELECT tenant, id, load::text, '' FROM ledger.agent WHERE tenant = ANY ($1)"
            " UNION ALL SELECT tenant, '', version::text, '' FROM desk.directory"
            " WHERE tenant = ANY ($1) ORDER BY 1, 2, 3, 4",
            [HERE, THERE],
        )
        return [tuple(row) for row in rows]


@asynccontextmanager
async def province(system: WholeSystem) -> AsyncIterator[Province]:
    """Found the two, seat everybody, and let the conversations come to where they are to be."""
    passwords = {who: secrets.token_urlsafe(12) for who in STAFF}
    console = system.addresses["console"].rstrip("/")
    async with Archive(system) as archive, AsyncExitStack() as stack:
        await _found(archive, passwords)
        seats = {
            who: await stack.enter_async_context(seated(console, who.tenant, who.id, password))
            for who, password in passwords.items()
        }
        people = Province(seats, archive)
        for talk in TALKS:
            citizen = await _bring_about(system, people, talk)
            people.citizens[talk] = citizen
            stack.push_async_callback(citizen.stop)
        yield people


async def _found(archive: asyncpg.Connection, passwords: dict[Who, str]) -> None:
    for tenant in (HERE, THERE):
        document = directory(tenant)
        await archive.execute(
            "INSERT INTO desk.directory (tenant, version, document) VALUES ($1, $2, $3)",
            *(tenant, document.version, document.model_dump_json()),
        )
    for who, password in passwords.items():
        await archive.execute(
            "INSERT INTO desk.account VALUES ($1, $2, $3)",
            *(who.tenant, who.id, hash_password(password)),
        )
    async with asyncio.timeout(PATIENCE_S):
        told = "SELECT count(*) FROM ledger.directory WHERE tenant = ANY ($1)"
        while await archive.fetchval(told, [HERE, THERE]) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _bring_about(system: WholeSystem, people: Province, talk: Talk) -> Citizen:
    """Open it as a citizen, and take, answer and close it as its owner, as far as it is to come.

    The citizen stays: one who leaves is noticed, and this is to lie still.
    """
    socket = system.addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
    citizen = Citizen(socket, talk.tenant, Random(talk.name), duplicate=False)
    citizen.conversation = talk.id
    citizen.start()
    async with asyncio.timeout(PATIENCE_S):
        await citizen.ready.wait()
        await citizen.open("omsorg" if talk.walled else "parkering")
        await citizen.send(f"Hei, {talk.name}")
    if talk.owner is not None:
        owner = next(w for w in STAFF if (w.tenant, w.id) == (talk.tenant, talk.owner))
        seat = people.seats[owner]
        await _done(seat, {"type": "take_over", "conversation": talk.id, "epoch": 0})
        about = {"conversation": talk.id, "epoch": 1}
        # Or it would be taken from its owner after some minutes.
        await _done(seat, {"type": "send", "text": "Hei!", **about})
        if talk.state == "closed":
            await _done(seat, {"type": "close", **about})
            await _done(seat, {"type": "wrapup_done", "conversation": talk.id})
    return citizen


async def _done(seat: Seat, frame: dict[str, Any]) -> None:
    ended = await seat.do(frame)
    assert ended["type"] != "refused", (frame, ended)
