"""Files over HTTP, on a real database and a real folder: taken in, shown, given out, swept."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from services.contracts import Close, FileRules, PostFile
from services.tokens import Signer
from transcript_service.files import table as table_module
from transcript_service.files.intake import AT_ONCE, Intake, Offered
from transcript_service.files.refused import RefusedFile
from transcript_service.files.routes import Files, add_file_routes
from transcript_service.files.scanner import scanner_at
from transcript_service.files.store import FolderStore
from transcript_service.files.sweep import Sweep, erase_files
from transcript_service.files.table import FileTable

pytestmark = pytest.mark.integration

CITIZEN, KARI = "citizen:c1", "agent:kari"
KEY = "0123456789abcdef0123456789abcdef"


class Door:
    """A door's way to the files of one municipality."""

    def __init__(self, url, replica, root, spool, scanner):
        self.replica, self.make, self.root, self.spool = replica, replica.make, root, spool
        self.signer = Signer(KEY)
        self.store = FolderStore(root)
        self.table = FileTable(replica.database)
        self.client = httpx.AsyncClient(base_url=url)
        self.intake = Intake(self.table, self.store, scanner, spool=spool)
        self.files = Files(self.intake, self.table, self.store)
        self.sweep = Sweep(self.table, self.store, lambda: datetime.now(UTC))

    def url(self, conversation, file):
        return f"/internal/v1/conversations/{conversation}/files/{file}"

    def headers(self, conversation, scope, **claims):
        named = {"tenant": self.make.tenant, "conversation": str(conversation), "scope": scope}
        token = self.signer.sign(
            claims.pop("audience", "transcript"), {**named, **claims}, ttl_s=claims.pop("ttl_s", 60)
        )
        return {"Authorization": f"Bearer {token}"}

    async def put(
        self, conversation, file, content, *, name="søknad.pdf", sender=CITIZEN, **claims
    ):
        named = {
            "Prek-File-Name": httpx.URL(path=f"/{name}").raw_path.decode()[1:],
            "Prek-File-Masked": str(claims.pop("masked", 0)),
        }
        headers = self.headers(
            conversation, claims.pop("scope", "file.put"), sender=sender, **claims
        )
        return await self.client.put(
            self.url(conversation, file), content=content, headers={**named, **headers}
        )

    async def get(self, conversation, file, **claims):
        headers = self.headers(conversation, claims.pop("scope", "file.get"), **claims)
        return await self.client.get(self.url(conversation, file), headers=headers)

    async def show(self, conversation, file, sender=CITIZEN, **fields):
        return await self.replica.say(
            sender, PostFile(conversation=conversation, file=file, **fields)
        )

    def bytes(self):
        """Return the files that lie in the store, and in the spool."""
        return [p for folder in (self.root, self.spool) for p in folder.rglob("*") if p.is_file()]

    def age(self):
        """Let everything in the store have been written two days ago."""
        for path in self.bytes():
            os.utime(path, (time.time() - 2 * 86_400,) * 2)


@pytest.fixture
async def served():
    """Serve an application on a port of its own."""
    running = []

    async def serve(app):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        server.install_signal_handlers = lambda: None
        running.append((server, asyncio.ensure_future(server.serve([listener])), listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for server, serving, listener in running:
        server.should_exit = True
        await serving
        listener.close()


@pytest.fixture
async def doors(replicas, served, tmp_path):
    """Make a door; each replica has its own, and they share the folder."""
    made = []

    async def door(n=0, *, clamd="", root=None, keep=True):
        app = FastAPI()
        spool = tmp_path / f"spool-{len(made)}"
        spool.mkdir()
        url = await served(app)
        door = Door(url, replicas[n], root or tmp_path / "files", spool, scanner_at(clamd))
        add_file_routes(app, door.files if keep else None, replicas[n].reads, door.signer)
        made.append(door)
        return door

    yield door
    for door in made:
        await door.client.aclose()


@pytest.fixture
async def door(doors):
    return await doors()


@pytest.fixture
async def retention(admin):
    await admin.execute("SET ROLE transcript_retention")
    yield admin
    await admin.execute("RESET ROLE")


def code(answer):
    return answer.status_code, answer.json()["code"]


# In, shown, out


async def test_a_file_is_taken_in_shown_and_given_out(door, samples):
    c, file = await door.replica.open(), uuid4()
    answer = await door.put(c, file, samples.pdf(), name="søknad om garasje.pdf", masked=2)
    stored = answer.json()
    early = await door.get(c, file)
    told = await door.show(c, file)
    out = await door.get(c, file)

    assert answer.status_code == 200
    assert stored == {
        "file": str(file),
        "name": "søknad om garasje.pdf",
        "media_type": "application/pdf",
        "size": len(samples.pdf()),
        "sha256": stored["sha256"],
        "scan": "unscanned",
        "width": None,
        "height": None,
        "masked": 2,
    }
    assert code(early) == (404, "not_found")
    assert told.events[0].body.model_dump(exclude={"kind", "file"}) == {
        name: value for name, value in stored.items() if name != "file"
    }
    assert out.content == samples.pdf()
    assert {name: out.headers[name] for name in HEADERS} == HEADERS
    assert out.headers["content-length"] == str(len(samples.pdf()))


HEADERS = {
    "content-type": "application/pdf",
    "content-disposition": "attachment; filename*=UTF-8''s%C3%B8knad%20om%20garasje.pdf",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "no-store",
}


async def test_a_photo_is_given_out_without_its_place(door, samples):
    c, file = await door.replica.open(), uuid4()
    stored = (await door.put(c, file, samples.photo(6), name="IMG_1.HEIC")).json()
    await door.show(c, file)
    out = await door.get(c, file)

    assert (stored["name"], stored["width"], stored["height"]) == ("IMG_1.HEIC.jpg", 30, 40)
    assert stored["size"] == len(out.content)
    assert b"Exif" not in out.content
    assert b"Kari" not in out.content


async def test_an_agent_s_file_is_shown_under_their_epoch(door, samples):
    c, file = await door.replica.open(), uuid4()
    await door.replica.join(c)
    await door.put(c, file, samples.pdf(), sender=KARI)

    assert (await door.show(c, file)).code == "file_unknown"
    assert (await door.show(c, file, KARI, epoch=0)).code == "stale_epoch"
    told = await door.show(c, file, KARI, epoch=1)
    assert told.events[0].author.id == "kari"
    assert told.summary.unanswered_since is None


async def test_the_chain_holds_over_files(door, samples, faults):
    c, file = await door.replica.open(), uuid4()
    await door.put(c, file, samples.pdf())
    await door.show(c, file)

    assert await faults(c) == []


# The same again


async def test_the_same_id_again_is_answered_the_same_before_and_after_it_is_shown(door, samples):
    c, file = await door.replica.open(), uuid4()
    first = await door.put(c, file, samples.pdf())
    again = await door.put(c, file, samples.picture())
    await door.show(c, file)
    late = await door.put(c, file, samples.pdf())

    assert first.status_code == 200
    assert again.json() == late.json() == first.json()
    assert len(door.bytes()) == 1


async def test_the_same_id_at_two_replicas_at_once_is_one_file(doors, samples):
    doors = [await doors(0), await doors(1)]
    c, file = await doors[0].replica.open(), uuid4()
    answers = await asyncio.gather(*(doors[n % 2].put(c, file, samples.pdf()) for n in range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len([p for p in doors[0].root.rglob("*") if p.is_file()]) == 1


async def test_an_id_that_another_sender_used_is_told_so(door, samples):
    c, file = await door.replica.open(), uuid4()
    await door.replica.join(c)
    await door.put(c, file, samples.pdf())

    assert code(await door.put(c, file, samples.pdf(), sender=KARI)) == (409, "id_reused")


async def test_two_senders_of_one_id_at_once_are_not_told_of_each_other_s_file(door, samples):
    """The second looked before the first was done: the row itself says whose it is."""
    c, file = await door.replica.open(), uuid4()
    await door.replica.join(c)
    before = await door.table.look(door.make.tenant, c, file)
    await door.put(c, file, samples.pdf())

    async def look(*_):
        return before

    door.table.look = look

    assert code(await door.put(c, file, samples.pdf(), sender=KARI)) == (409, "id_reused")
    assert len(door.bytes()) == 1


async def test_two_replicas_show_a_file_once(replicas, door, samples):
    c, file = await door.replica.open(), uuid4()
    await door.put(c, file, samples.pdf())
    told = await asyncio.gather(
        *(replica.say(CITIZEN, PostFile(conversation=c, file=file)) for replica in replicas)
    )

    assert sorted(t.code or "" for t in told) == ["", "file_unknown"]


# What is not taken


async def test_what_may_not_be_sent_leaves_nothing_behind(door, samples):
    c = await door.replica.open()
    answers = {
        "page": await door.put(c, uuid4(), b"<html><script>", name="katt.jpg"),
        "nothing": await door.put(c, uuid4(), b""),
        "half": await door.put(c, uuid4(), samples.picture("PNG", (99, 99))[:200]),
        "much": await door.put(c, uuid4(), bytes(10 * 1024 * 1024 + 1)),
    }

    assert {name: code(answer) for name, answer in answers.items()} == {
        "page": (415, "file_type_not_allowed"),
        "nothing": (422, "file_empty"),
        "half": (422, "file_broken"),
        "much": (413, "file_too_large"),
    }
    assert door.bytes() == []


async def test_what_a_municipality_does_not_want_is_not_taken(door, samples, tenant):
    c = await door.replica.open()

    async def rules(version, **rules):
        directory = tenant.directory(version=version, files=FileRules(**rules))
        await door.replica.carry_out(tenant.publish(directory))

    await rules(2, types=("image/png",))
    assert code(await door.put(c, uuid4(), samples.pdf())) == (415, "file_type_not_allowed")
    await rules(3, max_bytes=20)
    assert code(await door.put(c, uuid4(), samples.pdf())) == (413, "file_too_large")
    await rules(4, allowed=False)
    assert code(await door.put(c, uuid4(), samples.pdf())) == (403, "files_off")


async def test_a_conversation_has_so_many_files_and_no_more(doors, samples, monkeypatch):
    monkeypatch.setattr(table_module, "MAX_FILES", 3)
    doors = [await doors(0), await doors(1)]
    c = await doors[0].replica.open()
    answers = await asyncio.gather(*(doors[n % 2].put(c, uuid4(), samples.pdf()) for n in range(8)))
    codes = sorted(answer.status_code for answer in answers)

    assert codes == [200] * 3 + [409] * 5
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"files_too_many"}
    assert len([p for p in doors[0].root.rglob("*") if p.is_file()]) == 3


async def test_a_conversation_has_so_many_bytes_and_no_more(door, samples, monkeypatch):
    monkeypatch.setattr(table_module, "MAX_BYTES", 2 * len(samples.pdf()))
    c = await door.replica.open()
    answers = [await door.put(c, uuid4(), samples.pdf()) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 409]


async def test_a_closed_conversation_takes_no_file(door, samples):
    c = await door.replica.open()
    await door.replica.join(c)
    await door.replica.say(KARI, Close(conversation=c, epoch=1))

    assert code(await door.put(c, uuid4(), samples.pdf())) == (409, "closed")


async def test_without_a_folder_no_file_is_taken(doors, samples):
    door = await doors(keep=False)
    c = await door.replica.open()

    assert code(await door.put(c, uuid4(), samples.pdf())) == (403, "files_off")
    assert code(await door.get(c, uuid4())) == (404, "not_found")


async def test_an_infected_file_is_not_kept_and_an_unscanned_one_neither(doors, samples, clamd):
    door = await doors(clamd=clamd.address)
    c = await door.replica.open()
    clean = await door.put(c, uuid4(), samples.pdf())
    infected = await door.put(c, uuid4(), samples.pdf(clamd.EICAR))
    clamd.answer = b"stream: Can't allocate memory ERROR"
    unscanned = await door.put(c, uuid4(), samples.pdf())

    assert clean.json()["scan"] == "clean"
    assert code(infected) == (422, "file_infected")
    assert code(unscanned) == (503, "busy")
    assert unscanned.headers["retry-after"] == "2"
    assert len(door.bytes()) == 1


async def test_a_sender_who_hangs_up_leaves_nothing_behind(door, samples):
    c, file = await door.replica.open(), uuid4()
    begun, ended, take = asyncio.Event(), asyncio.Event(), door.intake.take

    async def take_and_tell(*given):
        try:
            return await take(*given)
        finally:
            ended.set()

    door.intake.take = take_and_tell

    async def half():
        yield samples.pdf()
        begun.set()
        await asyncio.Event().wait()

    putting = asyncio.ensure_future(door.put(c, file, half()))
    await begun.wait()
    putting.cancel()
    await asyncio.gather(putting, return_exceptions=True)
    await asyncio.wait_for(ended.wait(), 10)

    assert door.bytes() == []
    assert (await door.put(c, file, samples.pdf())).status_code == 200


async def test_only_so_many_are_in_hand_at_once(door, samples):
    c = await door.replica.open()
    go_on, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def slow():
        begun.release()
        await go_on.wait()
        yield samples.pdf()

    def take(content):
        offered = Offered(door.make.tenant, c, uuid4(), CITIZEN, "a.pdf", 0)
        return door.intake.take(offered, FileRules(), content)

    taking = [asyncio.ensure_future(take(slow())) for _ in range(AT_ONCE)]
    for _ in taking:
        await begun.acquire()
    busy = await door.put(c, uuid4(), samples.pdf())
    go_on.set()
    await asyncio.gather(*taking)

    assert code(busy) == (503, "busy")
    assert (await door.put(c, uuid4(), samples.pdf())).status_code == 200


# Rights


async def test_a_token_opens_what_it_names_and_nothing_else(door, samples):
    c, other, file = await door.replica.open(1), await door.replica.open(2), uuid4()
    await door.put(c, file, samples.pdf())
    await door.show(c, file)
    headers = door.headers(c, "file.get")
    elsewhere = await door.client.get(door.url(other, file), headers=headers)

    assert code(elsewhere) == (404, "not_found")
    assert code(await door.get(c, file, scope="file.put")) == (404, "not_found")
    assert code(await door.get(c, file, scope="dialogue")) == (404, "not_found")
    assert code(await door.get(c, file, tenant="annenvik")) == (404, "not_found")
    assert code(await door.get(c, file, audience="copy")) == (401, "token_invalid")
    assert code(await door.get(c, file, ttl_s=-1)) == (401, "token_invalid")
    assert code(await door.get(other, file)) == (404, "not_found")
    assert (await door.client.get(door.url(c, file))).status_code == 401


async def test_nobody_puts_a_file_into_what_is_not_theirs(door, samples):
    c = await door.replica.open()
    pdf = samples.pdf()

    assert code(await door.put(c, uuid4(), pdf, sender="citizen:c2")) == (404, "not_found")
    assert code(await door.put(c, uuid4(), pdf, scope="file.get")) == (404, "not_found")
    assert code(await door.put(c, uuid4(), pdf, tenant="annenvik")) == (404, "not_found")
    assert code(await door.put(c, uuid4(), pdf, audience="citizen")) == (401, "token_invalid")
    assert code(await door.put(uuid4(), uuid4(), pdf)) == (404, "not_found")
    assert door.bytes() == []


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM ledger.file",
        "UPDATE ledger.file SET posted_at = now()",
        "UPDATE ledger.file SET name = 'x'",
        "TRUNCATE ledger.file",
        "SELECT ledger.show_file()",
        "SELECT ledger.forget_file()",
    ],
)
async def test_the_service_changes_and_deletes_no_row_by_itself(app_url, replica, sql):
    app = await asyncpg.connect(app_url)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await app.execute(sql)
    await app.close()

    assert refused.value.sqlstate in ("42501", "0A000")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger.file SET name = 'x'",
        "INSERT INTO ledger.file SELECT * FROM ledger.file",
        "SELECT * FROM ledger.sweep_files(1)",
        "SELECT ledger.keep_file('{}', 1, 1)",
    ],
)
async def test_retention_deletes_rows_of_files_and_does_nothing_else(retention, sql):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await retention.execute(sql)


# What is nobody's


async def old(admin, *files):
    sql = "UPDATE ledger.file SET stored_at = stored_at - interval '25 hours' WHERE id = ANY ($1)"
    await admin.execute(sql, files)


async def test_a_file_that_nobody_showed_for_a_day_is_swept(door, samples, admin):
    c = await door.replica.open()
    shown, forgotten, young = uuid4(), uuid4(), uuid4()
    for file in (shown, forgotten, young):
        await door.put(c, file, samples.pdf())
    await door.show(c, shown)
    await old(admin, shown, forgotten)

    assert await door.sweep.once() == 1
    assert (await door.show(c, forgotten)).code == "file_unknown"
    assert (await door.show(c, young)).code is None
    assert (await door.get(c, shown)).content == samples.pdf()
    assert len(door.bytes()) == 2


async def test_swept_by_two_replicas_at_once_every_file_is_swept_once(doors, samples, admin):
    doors = [await doors(0), await doors(1)]
    c = await doors[0].replica.open()
    files = [uuid4() for _ in range(12)]
    for file in files:
        await doors[0].put(c, file, samples.pdf())
    await old(admin, *files)
    swept = await asyncio.gather(*(door.sweep.once() for door in doors))

    assert sum(swept) == 12
    assert doors[0].bytes() == []


async def test_a_file_that_is_being_shown_at_this_moment_is_not_swept(
    door, samples, admin_url, admin
):
    """The event is written and not yet committed: its row is locked, and left alone."""
    c, file = await door.replica.open(), uuid4()
    await door.put(c, file, samples.pdf())
    await old(admin, file)
    other = await asyncpg.connect(admin_url)
    showing = other.transaction()
    await showing.start()
    await other.execute("UPDATE ledger.file SET posted_at = now() WHERE id = $1", file)
    swept = await door.sweep.once()
    await showing.commit()
    await other.close()

    assert swept == 0
    assert (await door.get(c, file)).status_code == 200


async def test_a_file_that_was_swept_after_it_was_decided_to_show_it_is_not_shown(
    door, samples, admin
):
    c, file = await door.replica.open(), uuid4()
    await door.put(c, file, samples.pdf())
    await old(admin, file)
    store, load = door.replica.store, door.replica.store.load

    async def load_then_sweep(envelopes):
        books = await load(envelopes)
        await door.sweep.once()
        return books

    store.load = load_then_sweep
    told = await door.show(c, file)

    assert told.code == "file_unknown"
    assert told.events == []


async def test_bytes_without_a_row_are_swept_once_they_are_old(door, samples):
    c = await door.replica.open()
    kept, stray = uuid4(), uuid4()
    await door.put(c, kept, samples.pdf())
    await door.show(c, kept)
    place = (await door.table.shown(door.make.tenant, c, kept)).place
    source = door.spool / "stray"
    source.write_bytes(b"Hei")
    await door.store.put(replace(place, file=stray, copy=uuid4()), source)
    await door.store.put(replace(place, copy=uuid4()), source)  # of a file that has a row
    source.unlink()

    assert await door.sweep.once() == 0
    door.age()
    assert await door.sweep.once() == 2
    assert (await door.get(c, kept)).content == samples.pdf()


async def test_the_files_of_another_database_are_let_be(door, samples):
    """A folder must not be emptied because a new database was connected to it."""
    c, file = await door.replica.open(), uuid4()
    await door.put(c, file, samples.pdf())
    source = door.spool / "foreign"
    source.write_bytes(b"Hei")
    await door.show(c, file)
    known = (await door.table.shown(door.make.tenant, c, file)).place
    await door.store.put(replace(known, conversation=uuid4(), copy=uuid4()), source)
    source.unlink()
    door.age()

    assert await door.sweep.once() == 0
    assert len(door.bytes()) == 2


# When it dies

DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from uuid import UUID
from services.contracts import FileRules
from transcript_service.files.intake import Intake, Offered
from transcript_service.files.scanner import NoScanner
from transcript_service.files.store import FolderStore
from transcript_service.files.sweep import Sweep
from transcript_service.files.table import FileTable
from transcript_service.postgres import ledger_database

async def main(url, root, where, tenant, conversation, file, content):
    table, store = FileTable(ledger_database(url, size=2)), FolderStore(Path(root))

    async def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "before the row":
        table.keep = die
    elif where == "before the bytes":
        store.put = die
    elif where == "before the name":
        os.rename = Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    elif where == "after the row is gone":
        store.delete = die
        await Sweep(table, store, None).once()

    async def pieces():
        yield Path(content).read_bytes()

    offered = Offered(tenant, UUID(conversation), UUID(file), "citizen:c1", "a.pdf", 0)
    await Intake(table, store, NoScanner()).take(offered, FileRules(), pieces())

asyncio.run(main(*sys.argv[1:]))
"""


def die(door, app_url, where, conversation, file, content):
    """Run a process that kills itself at a place."""
    source = door.spool.parent / "content"
    source.write_bytes(content)
    done = subprocess.run(
        [
            *(sys.executable, "-c", textwrap.dedent(DIES), app_url, str(door.root), where),
            *(door.make.tenant, str(conversation), str(file), str(source)),
        ],
        check=False,
        capture_output=True,
        env={**os.environ, "TMPDIR": str(door.spool)},
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


@pytest.mark.parametrize(
    ("where", "left"), [("before the bytes", 0), ("before the name", 1), ("before the row", 1)]
)
async def test_killed_while_a_file_is_taken_in_nothing_is_wrong(
    door, samples, app_url, where, left
):
    """There is no row, so nothing can be shown; the sender asks again; the rest is swept."""
    c, file = await door.replica.open(), uuid4()
    await asyncio.to_thread(die, door, app_url, where, c, file, samples.pdf())
    in_store = [p for p in door.root.rglob("*") if p.is_file()]

    assert len(in_store) == left
    assert (await door.show(c, file)).code == "file_unknown"
    assert (await door.put(c, file, samples.pdf())).status_code == 200
    assert (await door.show(c, file)).code is None
    door.age()
    await door.sweep.once()
    assert len([p for p in door.root.rglob("*") if p.is_file()]) == 1
    assert (await door.get(c, file)).content == samples.pdf()


async def test_killed_while_a_file_is_swept_its_bytes_are_swept_later(
    door, samples, app_url, admin
):
    c, file = await door.replica.open(), uuid4()
    await door.put(c, file, samples.pdf())
    await old(admin, file)
    await asyncio.to_thread(die, door, app_url, "after the row is gone", c, file, samples.pdf())
    left = len([p for p in door.root.rglob("*") if p.is_file()])
    door.age()

    assert left == 1
    assert await door.sweep.once() == 1
    assert [p for p in door.root.rglob("*") if p.is_file()] == []


# Erasing


async def test_erasing_what_showed_a_file_erases_the_file(door, samples, retention):
    c, file, other = await door.replica.open(), uuid4(), uuid4()
    for one in (file, other):
        await door.put(c, one, samples.pdf())
        await door.show(c, one)
    await retention.execute(
        "DELETE FROM ledger.event_body WHERE tenant = $1 AND conversation = $2 AND seq = 2",
        door.make.tenant,
        c,
    )
    door.age()

    assert code(await door.get(c, file)) == (404, "not_found")
    assert await door.sweep.once() == 1
    assert (await door.get(c, other)).status_code == 200
    assert code(await door.put(c, file, samples.pdf())) == (409, "id_reused")
    assert len(door.bytes()) == 1


async def test_all_files_of_a_conversation_are_erased_at_once(door, samples, retention):
    c, other = await door.replica.open(1), await door.replica.open(2)
    for conversation in (c, c, other):
        await door.put(conversation, uuid4(), samples.pdf())
    erased = await erase_files(retention, door.store, door.make.tenant, c)

    assert erased == 2
    assert len(door.bytes()) == 1


async def test_a_refused_row_is_refused_by_the_table_itself(door):
    """The last line: whatever was looked at before, a conversation nobody knows gets no row."""
    place = table_module.Place(door.make.tenant, UUID(int=5), uuid4(), uuid4())
    stored = table_module.StoredFile(
        file=str(place.file),
        name="a.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        scan="clean",
    )
    with pytest.raises(RefusedFile) as refused:
        await door.table.keep(place, CITIZEN, stored)

    assert refused.value.code == "not_found"
