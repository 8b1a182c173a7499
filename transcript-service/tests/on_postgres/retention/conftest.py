"""A municipality with a keeper and a folder of files, and conversations that are over."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.contracts import (
    AskForget,
    Classify,
    Close,
    EndWrapUp,
    PostFile,
    PostMessage,
    PostNote,
    Privacy,
    Rate,
    Retention,
    StoredFile,
)
from services.tokens import Signer
from transcript_service.api import add_routes
from transcript_service.archive.spool import Spool, Spooled
from transcript_service.audit.table import Audit
from transcript_service.callers import Callers
from transcript_service.copies.press import Press
from transcript_service.files.store import FolderStore, Place
from transcript_service.files.table import FileTable
from transcript_service.postgres import keeper_database
from transcript_service.retention import runs
from transcript_service.retention.access.contents import Contents
from transcript_service.retention.access.package import Packer
from transcript_service.retention.access.routes import Desk, add_access_routes
from transcript_service.retention.cases import directory_of, now
from transcript_service.retention.duty import retention_duty
from transcript_service.retention.hold_routes import add_hold_routes
from transcript_service.retention.outside import SentFiles
from transcript_service.retention.routes import add_retention_routes
from transcript_service.retention.wishes import Answers
from transcript_service.seals.key import SealKey

CITIZEN, KARI = "citizen:c1", "agent:kari"
YEARS = timedelta(days=10 * 366)
BASIS = "fvl. § 11"
PRIVACY = Privacy(retention=(Retention(archive="none", kept_days=30, legal_basis=BASIS),))


class House:
    """A municipality with a keeper and a folder of files, and what is said there."""

    def __init__(self, replica, keeper, root, key):
        self.replica, self.make, self.keeper = replica, replica.make, keeper
        self.tenant = replica.make.tenant
        self.root, self.spool, self.key = root, root.parent / "archive", key
        self.store, self.table = FolderStore(root), FileTable(replica.database)
        self.n = 0

    async def set_up(self, **fields):
        self.n += 1
        await self.replica.carry_out(
            self.make.publish(
                self.make.directory(version=self.n + 1, **{"privacy": PRIVACY, **fields})
            )
        )

    async def closed(self, n=1, *, archive="none", marker="hemmelig", forget=False):
        """A conversation with words, a note, a file and a rating, that is over."""
        c, say = await self.replica.open(n, topic="skatt"), self.replica.say
        await say(CITIZEN, PostMessage(conversation=c, text=f"Hei, {marker}"))
        await self.file(c, marker)
        await self.replica.join(c)
        await say(KARI, PostNote(conversation=c, text=f"Husk {marker}"))
        await say(KARI, Close(conversation=c, epoch=1))
        if archive:
            await say(KARI, Classify(conversation=c, outcome="answered", archive=archive))
        await say(KARI, EndWrapUp(conversation=c))
        await say(CITIZEN, Rate(conversation=c, rating="yes", comment=f"Takk, {marker}"))
        if forget:
            await say(CITIZEN, AskForget(conversation=c))
        return c

    async def file(self, conversation, marker):
        file = uuid4()
        place = Place(self.tenant, conversation, file, uuid4())
        source = self.root.parent / "source"
        source.write_text(marker)
        await self.store.put(place, source)
        stored = StoredFile(
            file=str(file),
            name=f"{marker}.txt",
            media_type="text/plain",
            size=len(marker),
            sha256="0" * 64,
            scan="clean",
            masked=0,
        )
        await self.table.keep(place, CITIZEN, stored)
        await self.replica.say(CITIZEN, PostFile(conversation=conversation, file=file, seen=0))

    def duty(self, ahead=timedelta(0)):
        outside = (Spooled(Spool(self.spool)), SentFiles(self.store))
        return retention_duty(self.keeper, self.key, outside, ahead=ahead)

    async def look(self, ahead=YEARS):
        """Look what is over its time so much later. Return the run's id."""
        async with self.replica.database.connection() as connection:
            directory = await directory_of(connection, self.tenant)
            as_of = await now(connection) + ahead
            look = runs.Look(uuid4(), "asked", "arve", as_of)
            await runs.look_for(connection, directory, look)
        return look.id

    async def approve(self, run):
        async with self.replica.database.connection() as connection:
            await runs.approve(connection, self.tenant, run, "arve")

    async def run(self, run):
        async with self.replica.database.connection() as connection:
            return await runs.run_of(connection, self.tenant, run, [])

    async def steps(self, run):
        async with self.replica.database.connection() as connection:
            return await runs.steps(connection, self.tenant, run, [], None, 100)

    async def runs(self):
        async with self.replica.database.connection() as connection:
            return await runs.newest(connection, self.tenant, [], None, 50)

    def files(self):
        """What lies in the two folders."""
        folders = (self.root, self.spool)
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]

    async def noon(self):
        """Return how far ahead noon of tomorrow is: at night there might be no run."""
        async with self.replica.database.connection() as connection:
            at = await now(connection)
        return at.replace(hour=12, minute=0) + timedelta(days=1) - at

    async def holding(self, admin, marker):
        """Return the tables in which a word stands, in whichever column."""
        tables = await admin.fetch(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('ledger', 'desk')"
        )
        found = set()
        for schema, table in tables:
            statement = f'SELECT count(*) FROM {schema}."{table}" AS t WHERE t::text LIKE $1'  # noqa: S608
            if await admin.fetchval(statement, f"%{marker}%"):
                found.add(table)
        return found

    async def there(self, conversation):
        """Whether anybody can still read it."""
        read = await self.replica.reads.range(
            self.tenant, conversation, "dialogue", 0, reader="agent:kari"
        )
        return read is not None


@pytest.fixture
async def house(replica, parts, tmp_path):
    keeper = keeper_database(parts.settings("keeper")["PREK_DATABASE_URL"], size=4)
    key = SealKey.read(parts.settings("keeper")["PREK_SEAL_KEY"])
    house = House(replica, keeper, tmp_path / "files", key)
    await house.set_up()
    yield house
    await keeper.stop()


SIGNING = "0123456789abcdef0123456789abcdef"


class Asking:
    """Asks over internal HTTP, as one of our services does for an agent."""

    def __init__(self, house):
        database, reads = house.replica.database, house.replica.reads
        self.signer = Signer(SIGNING)
        app, callers = FastAPI(), Callers(reads, self.signer)
        add_retention_routes(app, database, callers)
        add_hold_routes(app, database, callers)
        packer = Packer(Press(at_once=1), house.store)
        desk = Desk(database, self.signer, Contents(reads, house.table), packer)
        add_access_routes(app, desk, callers)
        audit, answers = Audit(database), Answers(database)
        add_routes(app, reads, self.signer, Press(at_once=1), audit, answers=answers)
        self._tenant = house.tenant
        self._web = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ledger")

    async def __call__(self, method, path, who="arve", *, scope="retention", **request):
        claims = {"tenant": self._tenant, "agent": who, "scope": scope}
        token = self.signer.sign("transcript", claims, ttl_s=30)
        headers = {"Authorization": f"Bearer {token}"}
        path = f"/internal/v1/retention{path}"
        return await self._web.request(method, path, headers=headers, **request)

    async def copy(self, conversation):
        """Ask for a copy, as the gateway does for a citizen."""
        claims = {"tenant": self._tenant, "conversation": str(conversation), "scope": "dialogue"}
        token = self.signer.sign("transcript", claims, ttl_s=30)
        return await self._web.get(
            f"/internal/v1/conversations/{conversation}/transcript",
            headers={"Authorization": f"Bearer {token}"},
        )

    def link(self, conversation, tenant=None, ttl_s=60):
        """The link to a copy, as a citizen has it."""
        claims = {"tenant": tenant or self._tenant, "conversation": str(conversation)}
        return f"https://prek.example/svar?lang=nb#{self.signer.sign('copy', claims, ttl_s=ttl_s)}"


@pytest.fixture
def ask(house):
    return Asking(house)
