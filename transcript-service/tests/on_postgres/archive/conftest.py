"""A municipality whose keeper hands over, and an archive that answers or does not."""

import hashlib
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.contracts import (
    ArchiveRules,
    AskWritten,
    Classify,
    Close,
    EndWrapUp,
    OpenConversation,
    PostFile,
    PostMessage,
    StoredFile,
)
from services.tokens import Signer
from transcript_service.archive.duty import Archive
from transcript_service.archive.making import Maker
from transcript_service.archive.package import sha256, unpack
from transcript_service.archive.routes import add_archive_routes
from transcript_service.archive.spool import Spool
from transcript_service.archive.ways import ArchiveAccess, way_of
from transcript_service.callers import Callers
from transcript_service.files.store import FolderStore, Place
from transcript_service.files.table import FileTable
from transcript_service.postgres import keeper_database

CITIZEN, KARI = "citizen:c1", "agent:kari"
SIGNING = "0123456789abcdef0123456789abcdef"
ORIGIN = "https://arkiv.example"
RECEIPT = (
    b'<arkivmeldingKvittering xmlns="https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/'
    b'arkivmelding/opprett/kvittering/v1"><mappeKvittering><saksaar>2026</saksaar>'
    b"<sakssekvensnummer>123</sakssekvensnummer></mappeKvittering><registreringKvittering>"
    b"<journalaar>2026</journalaar><journalsekvensnummer>456</journalsekvensnummer>"
    b"</registreringKvittering></arkivmeldingKvittering>"
)


class QuickPress:
    """Sets nothing: what a page costs is measured elsewhere. The same document, the same bytes."""

    async def pdf(self, document):
        return b"%PDF-1.7 " + hashlib.sha256(repr(document).encode()).hexdigest().encode()


class TheirArchive:
    """An archive over HTTP that knows a repeat by its key, and does as it is told."""

    def __init__(self):
        self.kept = {}
        self.puts = []
        self.asked = []
        self.answers = []
        """Statuses of the next answers, before it does its work."""
        self.dies_after = 0
        """So many packages are kept without anybody hearing of it."""
        self.receipt = RECEIPT
        self.at_once = True

    async def __call__(self, request):
        key = request.url.path.split("/")[2]
        if request.method == "GET":
            self.asked.append(request)
            if self.answers:
                return httpx.Response(self.answers.pop(0))
            return httpx.Response(200, content=self.receipt) if self.receipt else _not_yet()
        self.puts.append(request)
        if self.answers:
            return httpx.Response(self.answers.pop(0))
        content = await request.aread()
        had = self.kept.setdefault(key, content)
        if self.dies_after:
            self.dies_after -= 1
            raise httpx.ReadError("died")
        if had is not content:
            return httpx.Response(409)
        if self.at_once and self.receipt:
            return httpx.Response(201, content=self.receipt)
        return httpx.Response(202)


def _not_yet():
    return httpx.Response(404)


class House:
    """See the module."""

    def __init__(self, replica, keeper, root):
        self.replica, self.make, self.keeper = replica, replica.make, keeper
        self.tenant = replica.make.tenant
        self.archive_dir = root / "archive"
        self.store = FolderStore(root / "files")
        self.files = FileTable(replica.database)
        self.source = root / "source"
        self.theirs = TheirArchive()
        self.access = ArchiveAccess(origin=ORIGIN, token="hemmelig")
        self.press = QuickPress()
        self.version = 1

    async def set_up(self, way="folder", **rules):
        self.version += 1
        url = f"{ORIGIN}/inn" if way == "http" else None
        archive = ArchiveRules(**{"way": way, "url": url, **rules})
        directory = self.make.directory(version=self.version, archive=archive)
        await self.replica.carry_out(self.make.publish(directory))

    async def closed(
        self, n=1, *, archive="archive", text="Hei", sent=(), written=False, done=True
    ):
        c, say = self.make.id(n), self.replica.say
        await say(CITIZEN, OpenConversation(conversation=c, topic="skatt"))
        await say(CITIZEN, PostMessage(conversation=c, text=text))
        for name, content in sent:
            await self.send(c, name, content)
        if written:
            asking = AskWritten(conversation=c, answer_by="email", contact="per@testvik.no")
            await say(CITIZEN, asking)
        await self.replica.join(c)
        await say(KARI, PostMessage(conversation=c, text="Svar", epoch=1))
        await say(KARI, Close(conversation=c, epoch=1))
        if archive:
            await self.classify(c, archive)
        if done:
            await say(KARI, EndWrapUp(conversation=c))
        return c

    async def classify(self, c, archive):
        told = await self.replica.say(
            KARI, Classify(conversation=c, outcome="answered", archive=archive)
        )
        assert told.code is None

    async def send(self, c, name, content):
        file = uuid4()
        self.source.write_bytes(content)
        await self.store.put(Place(self.tenant, c, file, copy := uuid4()), self.source)
        stored = StoredFile(
            file=str(file),
            name=name,
            media_type="text/plain",
            size=len(content),
            sha256=sha256(content),
            scan="clean",
        )
        await self.files.keep(Place(self.tenant, c, file, copy), CITIZEN, stored)
        await self.replica.say(CITIZEN, PostFile(conversation=c, file=file, seen=0))

    def spool(self):
        return Spool(self.archive_dir)

    def duty(self, *, spool=None, schemas=None):
        spool = spool or self.spool()
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.theirs))

        def ways(directory):
            access = self.access if directory.tenant == self.tenant else None
            return way_of(directory.archive, spool, http, access)

        maker = Maker(self.keeper, self.press, self.store, schemas)
        return OfOne(self.keeper, maker, spool, ways, self.tenant)

    async def rounds(self, n=3, **given):
        """Do so many rounds, whatever is to wait being due."""
        for _ in range(n):
            await self.hurry()
            await self.duty(**given).once()

    async def hurry(self):
        async with self.keeper.connection() as connection:
            await connection.execute(
                "UPDATE ledger.export SET next_at = clock_timestamp() WHERE tenant = $1",
                self.tenant,
            )

    async def rows(self):
        async with self.keeper.connection() as connection:
            return await connection.fetch(
                "SELECT * FROM ledger.export WHERE tenant = $1 ORDER BY asked_at, version",
                self.tenant,
            )

    async def row(self):
        (row,) = await self.rows()
        return row

    def dropped(self):
        """What the archive can take."""
        return sorted((self.archive_dir / self.tenant / "ut").glob("*.zip"))

    def lying(self):
        """Everything that lies in the folder."""
        found = self.archive_dir.rglob("*")
        return sorted(str(p.relative_to(self.archive_dir)) for p in found if p.is_file())

    def put_receipt(self, key, content=RECEIPT):
        folder = self.archive_dir / self.tenant / "kvittering"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{key}.xml").write_bytes(content)

    def taken(self):
        """Take what is dropped, as an archive does."""
        files = [(path, unpack(path.read_bytes())) for path in self.dropped()]
        for path, _ in files:
            path.unlink()
        return [content for _, content in files]


class OfOne(Archive):
    """The duty, for one municipality: others' tests are at it in the same database."""

    def __init__(self, database, maker, spool, ways, tenant):
        super().__init__(database, maker, spool, ways)
        self._of = tenant

    async def hand_over(self, directory):
        if directory.tenant == self._of:
            await super().hand_over(directory)


@pytest.fixture
async def house(replica, parts, tmp_path):
    keeper = keeper_database(parts.settings("keeper")["PREK_DATABASE_URL"], size=4)
    house = House(replica, keeper, tmp_path)
    await house.set_up()
    yield house
    await keeper.stop()


class Asking:
    """Asks over internal HTTP, as agent-service does for somebody."""

    def __init__(self, house):
        database, reads = house.replica.database, house.replica.reads
        self.signer = Signer(SIGNING)
        app = FastAPI()
        maker = Maker(database, house.press, house.store)
        add_archive_routes(app, database, maker, Callers(reads, self.signer))
        self._tenant = house.tenant
        self._web = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ledger")

    async def __call__(self, method, path="", who="arve", *, scope="archive", **request):
        claims = {"tenant": self._tenant, "agent": who, "scope": scope}
        token = self.signer.sign("transcript", claims, ttl_s=30)
        return await self._web.request(
            method,
            f"/internal/v1/archive/exports{path}",
            headers={"Authorization": f"Bearer {token}"},
            **request,
        )


@pytest.fixture
def ask(house):
    return Asking(house)
