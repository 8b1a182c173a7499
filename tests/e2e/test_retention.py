"""Retention in a whole system: years pass, an archivist approves, the keeper is killed half-way.

A marker that nothing else holds is looked for in every place where a word may lie: tables, files,
spool, logs, queues, Redis. The years pass by moving the ends of conversations back in the ledger.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import asyncpg
import httpx
import pytest
from desk_web import signed_in
from indexed import until_indexed
from ledger_log import Archive
from looking import axe
from playwright.async_api import Browser, expect
from redis.asyncio import Redis
from replay.citizen import Citizen
from replay.link import Frame
from screens import SOON_MS
from seat import Seat, seated
from set_up import TENANT, SetUp
from town import Town

from services import topology

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

PATIENCE_S = 90.0
BASIS = "fvl. § 11"
NOT_OURS = ("postgres", "rabbitmq")
"""What the servers keep for themselves: old versions of rows until they are vacuumed, and logs of
what they wrote until these are full. The operator's page says so."""


class Writer(Citizen):
    """A citizen who also sends files."""

    token = ""

    async def on_frame(self, frame: Frame) -> None:
        """Keep what opens the door of the files."""
        self.token = frame.get("token") or self.token if frame["type"] == "welcome" else self.token
        await super().on_frame(frame)


async def done(seat: Seat, kind: str, **fields: Any) -> None:
    """Do something at the desk."""
    ended = await seat.do({"type": kind, **fields})
    assert ended["type"] != "refused", (kind, ended)


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what comes by itself."""
    async with asyncio.timeout(PATIENCE_S):
        while not await found():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.1)


async def talked(
    town: Town, seat: Seat, marker: str, *, archive: str = "none", forget: bool = False
) -> str:
    """Hold a conversation whose every free text has the marker in it, and end it."""
    socket = town.system.addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
    citizen = Writer(socket, TENANT, random.Random(marker), duplicate=False)
    citizen.start()
    try:
        await citizen.ready.wait()
        await citizen.open("")
        await citizen.send(f"Jeg heter {marker}")
        about = {"conversation": citizen.conversation}
        await _file(town, citizen, marker)
        await done(seat, "take_over", **about, epoch=0)
        # What an action says is told to those who follow.
        for stream in ("dialogue", "desk"):
            await seat.follow(citizen.conversation, stream)
        await done(seat, "send", **about, epoch=1, text=f"Hei, {marker}")
        await done(seat, "note", **about, text=f"Husk {marker}")
        await done(seat, "close", **about, epoch=1)
        await done(seat, "classify", **about, outcome="answered", archive=archive)
        await done(seat, "wrapup_done", **about)
        await seat.unfollow(citizen.conversation)
        await citizen.wait_closed()
        await citizen.act("rate", rating="yes", comment=f"Hilsen {marker}")
        await citizen.act("mail_copy", contact=f"{marker}@eksempel.no")
        await town.post.letters_to(f"{marker}@eksempel.no")
        if forget:
            await citizen.act("forget")
    finally:
        await citizen.stop()
    return citizen.conversation


async def _file(town: Town, citizen: Writer, marker: str) -> None:
    gateway = town.system.addresses["gateway"]
    file = str(uuid4())
    async with httpx.AsyncClient(base_url=gateway, trust_env=False) as web:
        answer = await web.put(
            f"/api/files/{citizen.conversation}/{file}",
            content=f"Innholdet er {marker}".encode(),
            headers={"Authorization": f"Bearer {citizen.token}", "Prek-File-Name": f"{marker}.txt"},
        )
    assert answer.status_code == 200, answer.text
    await citizen.act("send_file", file=file, seen=0)


# Where a word may lie


async def in_tables(archive: asyncpg.Connection, marker: str) -> set[str]:
    """Return the tables of every schema of ours in which it stands, in whichever column."""
    tables = await archive.fetch(
        "SELECT schemaname || '.' || quote_ident(tablename) AS name FROM pg_tables"
        " WHERE schemaname IN ('ledger', 'desk')"
    )
    counts = {
        row["name"]: await archive.fetchval(
            f"SELECT count(*) FROM {row['name']} AS t WHERE t::text ILIKE $1",  # noqa: S608
            f"%{marker}%",
        )
        for row in tables
    }
    return {name for name, count in counts.items() if count}


def in_files(folder: Path, marker: str) -> set[str]:
    """Return the files of the system in which it stands, the servers' own left out."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file()
        and path.relative_to(folder).parts[0] not in NOT_OURS
        and (marker.encode() in path.read_bytes() or marker in path.name)
    }


async def in_redis(town: Town, marker: str) -> set[str]:
    """Return the keys of Redis in which it stands."""
    found = set()
    async with Redis.from_url(town.system.secret("admin", "redis_url")) as redis:
        async for key in redis.scan_iter():
            if marker.encode() in key + (await redis.dump(key) or b""):
                found.add(key.decode())
    return found


async def waiting_in_queues(town: Town) -> dict[str, int]:
    """Return how many messages lie in the durable queues."""
    names = (*topology.COMMANDS, *topology.QUERIES, *topology.ALERTS, topology.DEAD_LETTERS)
    connection = await aio_pika.connect(town.system.secret("admin", "amqp_url"))
    async with connection:
        channel = await connection.channel()
        queues = [await channel.declare_queue(name, passive=True) for name in names]
        return {queue.name: queue.declaration_result.message_count or 0 for queue in queues}


@asynccontextmanager
async def retiring(town: Town) -> AsyncIterator[tuple[Seat, httpx.AsyncClient]]:
    """Give somebody at the desk, and an archivist, in a town that keeps nothing for long."""
    agent, archivist = town.user("servicetorget", 5), town.user("servicetorget", 6)

    def rules(set_up: SetUp) -> None:
        rule = {"topic": None, "archive": "none", "kept_days": 30, "legal_basis": BASIS}
        set_up["privacy"] = {**set_up.get("privacy", {}), "retention": [rule]}
        for profile in set_up["agents"]:
            if profile["id"] == archivist["name"]:
                profile["roles"] = ["archivist"]

    await town.change(rules)
    console = town.system.addresses["console"].rstrip("/")
    async with AsyncExitStack() as stack:
        seat = await stack.enter_async_context(
            seated(console, TENANT, agent["name"], agent["password"])
        )
        web = await stack.enter_async_context(signed_in(town.system, archivist))

        async def let_in() -> bool:
            return (await web.get("/api/archive/retention")).status_code == 200

        await until(let_in)
        yield seat, web


class Run:
    """A run of retention, as the archivist's browser sees it."""

    def __init__(self, web: httpx.AsyncClient, id_: str) -> None:
        """Take the session, and which run."""
        self._web = web
        self.path = f"/api/archive/retention/runs/{id_}"

    async def steps(self, result: str | None) -> set[str]:
        """Return the conversations of which this became."""
        page = (await self._web.get(self.path, params={"limit": 200})).json()
        return {step["conversation"] for step in page["steps"] if step["result"] == result}

    async def approve(self) -> None:
        """Let it be carried out."""
        (await self._web.post(f"{self.path}/approval")).raise_for_status()

    async def ended(self) -> bool:
        """Whether all of it is settled."""
        return bool((await self._web.get(self.path)).json()["run"]["state"] == "done")


async def grow_old(archive: asyncpg.Connection, talks: list[str]) -> None:
    """Let three years pass for some conversations."""
    await archive.execute(
        "UPDATE ledger.conversation SET opened_at = opened_at - interval '3 years',"
        " entered_at = entered_at - interval '3 years',"
        " closed_at = closed_at - interval '3 years' WHERE id::text = ANY ($1)",
        talks,
    )


async def killed_at_the_second(
    town: Town, web: httpx.AsyncClient, archive: asyncpg.Connection, run: Run, talks: list[str]
) -> None:
    """Approve a run, and kill the keeper when it has done the first conversation."""
    async with archive.transaction():
        # The keeper comes as far as this one, waits for it, and is killed there.
        await archive.execute(
            "SELECT 1 FROM ledger.conversation WHERE id = $1 FOR UPDATE", talks[1]
        )
        await run.approve()
        town.system.kill("keeper")

        async def there() -> bool:
            return await run.steps("erased") == {talks[0]}

        await until(there)
        town.system.kill("keeper")
        assert await run.steps("erased") == {talks[0]}
        for talk, status in zip(talks, (404, 200, 200), strict=True):
            copy = await web.get(f"/api/conversations/{talk}/transcript")
            assert copy.status_code == status


async def test_what_an_archivist_approved_is_gone_from_every_place_also_after_a_kill(
    town: Town,
) -> None:
    marker = f"merke{uuid4().hex[:12]}"
    words = [f"{marker}{n}" for n in range(3)]
    folder = town.system.layout.folder
    async with (
        Archive(town.system) as archive,
        Archive(town.system) as blocking,
        retiring(town) as (seat, web),
    ):
        talks = sorted([await talked(town, seat, word) for word in words])
        young = await talked(town, seat, f"{marker}ung")
        await grow_old(archive, talks)
        await until_indexed(town)
        before = await in_tables(archive, marker)
        assert {"ledger.event_body", "ledger.file", "ledger.search"} <= before
        assert any(name.startswith("files/") for name in in_files(folder, marker))

        run = Run(web, (await web.post("/api/archive/retention/runs")).json()["id"])
        assert await run.steps(None) == set(talks)
        assert await in_tables(archive, marker) == before
        await killed_at_the_second(town, web, blocking, run, talks)
        await until(run.ended)

        assert await run.steps("erased") == set(talks)
        for word in words:
            assert await in_tables(archive, word) == set()
            assert in_files(folder, word) == set()
            assert await in_redis(town, word) == set()
        assert set((await waiting_in_queues(town)).values()) == {0}
        assert (await web.get(f"/api/conversations/{young}/transcript")).status_code == 200
        assert {"ledger.event_body", "ledger.file"} <= await in_tables(archive, f"{marker}ung")
        figures = await archive.fetch(
            "SELECT citizen, agents, receipt, archive, outcome, rating, removed_at IS NOT NULL"
            " FROM ledger.conversation WHERE id::text = ANY ($1)",
            talks,
        )
        assert {tuple(map(str, row)) for row in figures} == {
            ("", "['']", "None", "none", "answered", "yes", "True")
        }


async def test_the_citizen_reads_by_the_link_what_became_of_the_wish_to_be_forgotten(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    marker = f"merke{uuid4().hex[:12]}"
    async with Archive(town.system) as archive, retiring(town) as (seat, _):
        talk = await talked(town, seat, marker, archive="journal", forget=True)
        (letter,) = await town.post.letters_to(f"{marker}@eksempel.no")
        link = re.search(r"\S+/svar\S*#\S+", letter.get_content())
        assert link is not None
        page = await browser.new_page(locale="nb-NO")
        await page.goto(link.group())
        kept = page.get_by_text("Du ba oss slette samtalen. Loven krever at den blir arkivert.")
        await expect(kept).to_be_visible(timeout=SOON_MS)
        await page.screenshot(path=screenshots / "forget-kept.png", full_page=True)
        assert await axe(page, page.main_frame) == []

        await seat.follow(talk, "desk")
        await done(seat, "classify", conversation=talk, archive="none")

        async def gone() -> bool:
            return await in_tables(archive, marker) == set()

        await until(gone)
        await page.reload()
        gone_now = page.get_by_text("Samtalen finnes ikke lenger. Den er slettet.")
        await expect(gone_now).to_be_visible(timeout=SOON_MS)
        await page.screenshot(path=screenshots / "forget-gone.png", full_page=True)
        assert await axe(page, page.main_frame) == []
        await page.close()
