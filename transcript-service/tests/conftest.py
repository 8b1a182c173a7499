"""A small municipality and commands to its ledger; a real PostgreSQL for those who ask for one."""

import asyncio
import os
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from native.infrastructure import Infrastructure
from PIL import ExifTags, Image, ImageCms
from services.contracts import (
    AcceptOffer,
    AgentProfile,
    AnswerNudge,
    AskForget,
    AskWritten,
    Block,
    Body,
    BreakGlass,
    Classify,
    ClearAlarm,
    Close,
    Consult,
    DeclineOffer,
    Department,
    EndConsult,
    EndWrapUp,
    Envelope,
    ExpireOffer,
    Leave,
    MailCopy,
    MakeOffer,
    MakeWritten,
    Move,
    Nudge,
    OpenConversation,
    PostFile,
    PostMessage,
    PostNote,
    PublishDirectory,
    RaiseAlarm,
    Rate,
    RequestHandover,
    Requeue,
    ReturnHandover,
    SetReachable,
    SetTopic,
    Summary,
    TakeOver,
    TenantDirectory,
    Timing,
    Topic,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCES = {"citizen": "gateway", "agent": "agent", "router": "router", "system": "agent"}

AGENTS = ("kari", "ola", "lise", "per", "siv", "nora")
"""Of the agents, `kari` and `ola` answer first, `lise` leads them, `per` and `siv` build, and
`nora` protects children, whose conversations are confidential."""
LOOKING = ("gro", "arve", "ada")
"""`gro` leads all of it, `arve` keeps the archive, and `ada` sees to the set-up."""
STAFF = (*AGENTS, *LOOKING)
TOPICS = ("garasje", "skatt", "omsorg")
CLASSES = (
    {"outcome": "answered"},
    {"archive": "journal"},
    {"outcome": "guided", "archive": "none"},
)


class Make:
    """Builds a directory, commands and their envelopes. Every command has an id of its own."""

    now = NOW

    def __init__(self, tenant: str = "testvik") -> None:
        self.tenant = tenant

    def id(self, n: int) -> UUID:
        return UUID(int=(1 << 100) + n)

    def after(self, seconds: float) -> datetime:
        return NOW + timedelta(seconds=seconds)

    def agent(self, name: str, *departments: str, **fields: Any) -> AgentProfile:
        return AgentProfile(id=name, name=name.title(), departments=departments, **fields)

    def directory(self, *, version: int = 1, capacity: int = 2, **fields: Any) -> TenantDirectory:
        given = {
            "tenant": self.tenant,
            "version": version,
            "name": "Testvik kommune",
            "kommunenummer": "9999",
            "title": {"nb": "Prek med oss"},
            "first_line": "torget",
            "departments": (
                Department(id="torget", name={"nb": "Servicetorget", "en": "Service centre"}),
                Department(id="bygg", name={"nb": "Byggesak"}),
                Department(id="barn", name={"nb": "Barnevern"}, confidential=True),
            ),
            "topics": (
                Topic(id="garasje", department="bygg", name={"nb": "Garasje"}, direct=True),
                Topic(id="skatt", department="bygg", name={"nb": "Skatt"}),
                Topic(id="omsorg", department="barn", name={"nb": "Omsorg"}, direct=True),
            ),
            "agents": (
                self.agent("kari", "torget", capacity=capacity),
                self.agent("ola", "torget", capacity=capacity),
                self.agent("lise", "torget", roles=("agent", "leader"), capacity=capacity),
                self.agent("per", "bygg", capacity=capacity),
                self.agent("siv", "bygg", "torget", capacity=capacity),
                self.agent("nora", "barn", capacity=capacity),
                self.agent("gro", roles=("supervisor",), capacity=capacity),
                self.agent("arve", roles=("archivist",), capacity=capacity),
                self.agent("ada", "torget", roles=("admin",), capacity=capacity),
            ),
            "timing": Timing(offer_s=30, handover_s=120, wrapup_s=60, citizen_gone_s=1800),
        }
        return TenantDirectory(**{**given, **fields})

    def envelope(self, sender: str, body: Body, **fields: Any) -> Envelope:
        kind = sender.partition(":")[0]
        given = {
            "id": uuid4(),
            "source": SOURCES[kind],
            "tenant": self.tenant,
            "time": NOW,
            "sender": sender,
            "body": body,
        }
        return Envelope(**{**given, **fields})

    def publish(self, directory: TenantDirectory, **fields: Any) -> Envelope:
        body = PublishDirectory(directory=directory)
        return self.envelope("system:directory", body, tenant=directory.tenant, **fields)


class Player:
    """Composes commands on what is known of some conversations: apt, stale, or a stranger's.

    `pick` chooses from a sequence: a seeded random generator's, or Hypothesis's.
    """

    def __init__(self, make: Make, pick: Callable[[Sequence[Any]], Any]) -> None:
        self._make = make
        self._pick = pick
        self.conversations = [make.id(n) for n in (1, 2, 3)]
        self.ids = [make.id(0)]
        """Ids of offers and hand-overs there may have been."""
        self.files = [make.id(900 + n) for n in range(8)]
        """Ids of files that `senders_of_files` may have put there, and one more."""

    def senders_of_files(self, conversation: UUID) -> list[str]:
        """Who put the files of a conversation there, one each."""
        citizen = f"citizen:c{conversation.int % 4}"
        return [citizen, citizen, citizen, "agent:kari", "agent:ola", "agent:lise", "agent:per"]

    def command(self, summaries: dict[UUID, Summary]) -> Envelope:
        conversation = self._pick(self.conversations)
        sender, body = self._compose(conversation, summaries.get(conversation))
        envelope = self._make.envelope(sender, body)
        if isinstance(body, MakeOffer | RequestHandover):
            self.ids.append(envelope.id)
        return envelope

    def _compose(self, conversation: UUID, summary: Summary | None) -> tuple[str, Body]:
        pick, about = self._pick, {"conversation": conversation}
        citizen = f"citizen:c{conversation.int % 4}"
        if summary is None:
            topic, follows = pick([None, None, "garasje", "omsorg"]), pick(self.conversations)
            return citizen, OpenConversation(**about, topic=topic, follows=follows)
        who = pick(["citizen", "agent", "agent", "agent", "router", "router", "stranger"])
        if who in ("citizen", "stranger"):
            sender = citizen if who == "citizen" else "citizen:c9"
            alarm = pick([None, None, None, "danger"])
            words = PostMessage(**about, text="Hei", seen=pick([0, 1, 99]), alarm=alarm)
            file = PostFile(**about, file=pick(self.files), seen=pick([0, 99]))
            way = pick([("receipt", None), ("email", "kari@testvik.no"), ("phone", "x")])
            asking = AskWritten(**about, answer_by=way[0], contact=way[1])
            others = [*[asking] * 2, OpenConversation(**about), Leave(**about)]
            if summary.state == "closed" or pick([*[False] * 19, True]):
                return sender, self._afterwards(about)
            if summary.nudged_at and pick([True, False]):
                return sender, AnswerNudge(**about)
            return sender, pick([*[words] * 13, *[file] * 3, AnswerNudge(**about), *others])
        epoch = max(0, summary.epoch - pick([0, 0, 0, 1]))
        old = pick(self.ids)
        offer = summary.offer.id if summary.offer else old
        handover = summary.handover.id if summary.handover else pick([None, None, None, old])
        if who == "router":
            return "router:0", self._router(about, epoch, offer, handover)
        involved = [summary.owner, summary.offer.agent if summary.offer else None]
        apt = [agent for agent in involved if agent] or ["kari", "ola"]
        agent = pick([*apt, *apt, *apt, pick(["lise", "lise", "gro"]), pick([*STAFF, "nobody"])])
        if agent in ("lise", "gro", "arve") and pick([True, True, False]):
            return f"agent:{agent}", self._leader(about, epoch)
        return f"agent:{agent}", self._agent(about, epoch, offer, handover)

    def _afterwards(self, about: Any) -> Body:
        rating = Rate(**about, rating=self._pick(["yes", "partly", "no"]))
        commented = rating.evolve(comment="Fint")
        mail = MailCopy(**about, contact=self._pick(["kari@testvik.no", "kari"]))
        return self._pick(
            [rating, commented, mail, AskForget(**about), PostMessage(**about, text="?")]
        )

    def _router(self, about: Any, epoch: int, offer: UUID, handover: UUID | None) -> Body:
        offering = {**about, "agent": self._pick(AGENTS), "epoch": epoch, "handover": handover}
        return self._pick(
            [
                *[lambda: MakeOffer(**offering)] * 6,
                lambda: ExpireOffer(**about, offer=offer),
                lambda: ReturnHandover(**about, handover=handover or offer, reason="timeout"),
                lambda: Requeue(**about, epoch=epoch, reason="owner_lost"),
                lambda: Requeue(**about, epoch=epoch, reason="no_reply"),
                lambda: Leave(**about, reason="citizen_gone"),
                lambda: MakeWritten(**about, reason="citizen_gone"),
                lambda: SetTopic(**about, topic=self._pick(TOPICS)),
                lambda: EndWrapUp(**about),
                lambda: SetReachable(**about, reachable=self._pick([True, False])),
            ]
        )()

    def _leader(self, about: Any, epoch: int) -> Body:
        move = Move(**about, department=self._pick(["bygg", "barn", "torget"]), epoch=epoch)
        whisper = PostNote(**about, text="Spør", whisper=True)
        return self._pick([move, move, move, whisper, BreakGlass(**about, reason="Fare")])

    def _agent(self, about: Any, epoch: int, offer: UUID, handover: UUID | None) -> Body:
        department, note = self._pick(["bygg", "barn", "torget"]), self._pick([None, "Se"])
        asking = {**about, "epoch": epoch, "department": department, "note": note}
        colleague = self._pick(AGENTS)
        consulting = {**about, "epoch": epoch, "agent": colleague, "note": note}
        alarm = self._pick(["danger", "threat", "abuse"])
        return self._pick(
            [
                *[lambda: AcceptOffer(**about, offer=offer)] * 4,
                lambda: TakeOver(**about, epoch=epoch),
                lambda: PostMessage(**about, text="Hei", epoch=epoch),
                *[lambda: PostFile(**about, file=self._pick(self.files), epoch=epoch)] * 2,
                *[lambda: Nudge(**about, epoch=epoch)] * 2,
                *[lambda: RequestHandover(**asking)] * 4,
                lambda: Requeue(**about, epoch=epoch, reason="returned_by_agent"),
                lambda: PostNote(**about, text="Husk"),
                lambda: Classify(**about, **self._pick(CLASSES)),
                lambda: self._leader(about, epoch),
                *[lambda: MakeWritten(**about, reason="answer_later", epoch=epoch)] * 2,
                lambda: SetTopic(**about, topic=self._pick(TOPICS)),
                *[lambda: Consult(**consulting)] * 2,
                lambda: EndConsult(**about, agent=colleague),
                lambda: RaiseAlarm(**about, alarm=alarm),
                lambda: ClearAlarm(**about),
                lambda: self._pick([Block(**about, reason="Hets"), EndWrapUp(**about)]),
                lambda: DeclineOffer(**about, offer=offer),
                lambda: ReturnHandover(**about, handover=handover or offer, reason="cancelled"),
                lambda: Close(**about, epoch=epoch),
                lambda: EndWrapUp(**about),
            ]
        )()


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


@pytest.fixture
def tenant() -> Make:
    """A municipality nobody has heard of before."""
    return Make(f"t{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def player() -> type[Player]:
    return Player


# The real database


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Infrastructure]:
    """A database server of our own, with roles and tables."""
    parts = Infrastructure(tmp_path_factory.mktemp("parts") / "run")
    parts.postgresql.prepare()
    parts.start_part("database")
    parts.postgresql.furnish()
    try:
        process = start_migrating(parts)
        words, _ = process.communicate(timeout=60)
        assert process.returncode == 0, words
        yield parts
    finally:
        parts.remove()


def start_migrating(parts: Infrastructure) -> "subprocess.Popen[str]":
    """Start `python -m transcript_service migrate`."""
    return subprocess.Popen(
        [sys.executable, "-m", "transcript_service", "migrate"],
        env={**os.environ, **parts.migration_settings("transcript-service")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="session")
def migrating() -> Callable[[Infrastructure], "subprocess.Popen[str]"]:
    return start_migrating


@pytest.fixture(scope="session")
def app_url(parts: Infrastructure) -> str:
    """The database as the service sees it."""
    return parts.settings("transcript-service")["PREK_DATABASE_URL"]


@pytest.fixture(scope="session")
def admin_url(parts: Infrastructure) -> str:
    """The database as its administrator sees it."""
    return parts.admin_settings()["PREK_DATABASE_URL"]


# Files that people send


class Samples:
    """Makes the content of files, well meant and otherwise."""

    def picture(
        self, form: str = "JPEG", size: tuple[int, int] = (40, 30), **options: Any
    ) -> bytes:
        """A picture whose left half is red."""
        image = Image.new("RGB", size, "navy")
        image.paste("red", (0, 0, size[0] // 2, size[1]))
        return self.saved(image, form, **options)

    def saved(self, image: Image.Image, form: str, **options: Any) -> bytes:
        target = BytesIO()
        image.save(target, form, **options)
        return target.getvalue()

    def photo(self, orientation: int = 1, size: tuple[int, int] = (40, 30)) -> bytes:
        """A telephone's photo, with the place and the owner in it."""
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        exif[ExifTags.Base.Artist] = "Kari Nordmann"
        exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (59.0, 17.0, 2.4), 3: "E", 4: (11.0, 6.0, 34.8)}
        about = {"exif": exif, "comment": b"Storgata 1", "icc_profile": SRGB}
        return self.picture("JPEG", size, **about)

    def archive(self, parts: dict[str, bytes | str], **options: Any) -> bytes:
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **options) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return target.getvalue()

    def openxml(self, kind: str = "docx", **more: bytes | str) -> bytes:
        part, name = {"docx": ("word/document.xml", "document"), "xlsx": ("xl/workbook.xml", "")}[
            kind
        ]
        of = "wordprocessingml.document" if name else "spreadsheetml.sheet"
        types = (
            f'<Types><Override PartName="/{part}" ContentType='
            f'"application/vnd.openxmlformats-officedocument.{of}.main+xml"/></Types>'
        )
        return self.archive({"[Content_Types].xml": types, part: "<w>Hei</w>", **more})

    def opendocument(self, **more: bytes | str) -> bytes:
        given = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<o>Hei</o>"}
        return self.archive({**given, **more})

    def pdf(self, within: bytes = b"") -> bytes:
        return b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" + within + b"\ntrailer <<>>\n%%EOF\n"


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture(scope="session")
def samples() -> Samples:
    return Samples()


class Clamd:
    """A small server that speaks `INSTREAM` as ClamAV's daemon does, and knows one virus."""

    # Harmless, and what every scanner calls a virus. In two parts, or this file would be one.
    EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

    def __init__(self) -> None:
        self.scanned: list[bytes] = []
        self.answer: bytes | None = None
        """Said instead of a verdict; empty: nothing is said at all."""
        self.address = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert await reader.readexactly(10) == b"zINSTREAM\0"
            content = b""
            while size := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(size)
            self.scanned.append(content)
            found = b"Eicar-Signature FOUND" if self.EICAR in content else b"OK"
            if self.answer is None:
                writer.write(b"stream: " + found + b"\0")
            elif self.answer:
                writer.write(self.answer + b"\0")
            else:
                await reader.read()  # until the other side has had enough
        finally:
            writer.close()


@pytest.fixture
async def clamd() -> AsyncIterator[Clamd]:
    clamd = Clamd()
    server = await asyncio.start_server(clamd, "127.0.0.1", 0)
    clamd.address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield clamd
    server.close()
    await server.wait_closed()
