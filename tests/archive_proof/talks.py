"""Closed conversations of all kinds, made by the commands that people's screens make."""

import random
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final
from uuid import UUID, uuid4

from PIL import Image
from services.clock import utc_now
from services.contracts import (
    AcceptOffer,
    AgentProfile,
    ArchiveRules,
    AskForget,
    AskWritten,
    Body,
    Classify,
    Close,
    Department,
    EndWrapUp,
    Envelope,
    Leave,
    MakeOffer,
    Nudge,
    OpenConversation,
    PostFile,
    PostMessage,
    PostNote,
    PublishDirectory,
    Rate,
    RequestHandover,
    StoredFile,
    TenantDirectory,
    Topic,
)
from services.database import Database
from services.errors import Transient
from transcript_service.archive.package import sha256
from transcript_service.audit.table import Audit
from transcript_service.callers import Caller
from transcript_service.files.store import FolderStore, Place
from transcript_service.files.table import FileTable
from transcript_service.handlers import Commands
from transcript_service.seals.masking import Maskings, Wanted
from transcript_service.store import Store

SECRET: Final = "Hemmelige Hansen"
"""Stands in words that are masked afterwards."""
TEXTS: Final = {
    "nb": (
        "Hei! Kan jeg bygge garasje uten å søke?",
        "Ja, opp til 50 m² – se veilederen.",
        "Takk!",
    ),
    "nn": (
        "Hei! Kor mykje kostar SFO?",
        "Det står på nettsida vår, og eg sender deg lenkja.",
        "Takk",
    ),
    "en": ("Hello, when is the waste collected?", "Every second Tuesday.", "Thanks a lot"),
}
ODD: Final = (
    "<script>alert(1)</script> &amp; ]]> <!-- --> </n5mdk:kode>",
    "bjelle \x07 side \x0c rør \x0b slutt \x85 linje\u2028og\u2029ny\rlinje\r\nigjen\tkolonne",
    "\u202eskilsnav\u202c \u200b\u200d\ufeff \ufffe \uffff",
    "\ue000\U000f0000 \ufdd0 \U0001ffff \ud7a4 \u0378",
    "你好 ሰላም வணக்கம் สวัสดี مرحبا שלום áŋŧžšđč 👨‍👩‍👧 👍🏽",
    "z\u0351\u036b\u0343a\u0363\u036cl\u0363\u0358g\u036bo " * 20,
    "ubruttelig" * 200,
    "'; DROP TABLE ledger.event; -- {who} %s \\ <?xml version='1.0'?> &#0; &x;",
)
NAMES: Final = (
    "Søknad.txt",
    "a\u202egpj.exe.txt",
    "bjelle\x7f.txt",
    "你好.txt",
    "  .txt",
    "<b>&.txt",
)
KINDS: Final = (
    "plain", "odd", "handover", "confidential", "written_email", "written_phone", "written_receipt",
    "files", "masked", "masked_file", "left_by_citizen", "forget", "no_topic", "shielded",
)  # fmt: skip
SOURCES: Final = {"citizen": "gateway", "agent": "agent", "router": "router", "system": "agent"}


@dataclass
class Made:
    """A conversation that is over, and what a package of it must say."""

    conversation: UUID
    kind: str
    language: str
    archive: str
    shielded: bool
    said: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def directory_of(tenant: str, *, nynorsk: bool, shared_folders: bool) -> TenantDirectory:
    """Return the set-up of a municipality."""
    return TenantDirectory(
        tenant=tenant,
        version=1,
        name="Prøvevik kommune",
        kommunenummer="9999",
        title={"nb": "Prek med oss"},
        languages=("nn", "nb", "en") if nynorsk else ("nb", "nn", "en"),
        first_line="torget",
        departments=(
            Department(id="torget", name={"nb": "Servicetorget", "en": "Service centre"}),
            Department(id="bygg", name={"nb": "Plan og byggesak", "nn": "Plan og byggjesak"}),
            Department(id="barn", name={"nb": "Barnevern"}, confidential=True),
        ),
        topics=(
            Topic(id="garasje", department="bygg", name={"nb": "Garasje & <bod>"}),
            Topic(id="sfo", department="torget", name={"nb": "Skole og SFO", "nn": "Skule og SFO"}),
            Topic(id="gjeld", department="torget", name={"nb": "Gjeldsrådgivning"}),
            Topic(id="omsorg", department="barn", name={"nb": "Omsorg"}, direct=True),
        ),
        agents=(
            AgentProfile(id="kari", name="Kari Nygård", departments=("torget",), capacity=10),
            AgentProfile(id="per", name="Per Ødegård", departments=("bygg",), capacity=10),
            AgentProfile(id="nora", name="Nora Berg", departments=("barn",), capacity=10),
            AgentProfile(id="arve", name="Arve", roles=("archivist",)),
        ),
        archive=ArchiveRules(
            way="folder",
            folder="topic_year" if shared_folders else "conversation",
            journal_status="M" if shared_folders else "J",
            classes={"garasje": "233", "sfo": "B31"},
            classification_system="KK",
            shielded_topics=("gjeld",),
            creator="" if nynorsk else "Prøvevik kommune, Servicetorget",
        ),
    )


class Town:
    """One municipality on a real ledger: says commands, and remembers what it said."""

    def __init__(
        self, database: Database, store: FolderStore, directory: TenantDirectory, odd: list[str]
    ) -> None:
        """Take the ledger, the store of files, the set-up, and odd texts to be said."""
        self.directory = directory
        self._commands = Commands(Store(database), utc_now)
        self._files, self._store = FileTable(database), store
        self._maskings = Maskings(database, Audit(database))
        self._odd = odd
        self._random = random.Random(directory.tenant)

    async def open(self) -> None:
        """Publish the set-up."""
        await self._say("system:directory", PublishDirectory(directory=self.directory))

    async def talk(self, n: int) -> Made:
        """Make one conversation that is over."""
        kind = KINDS[n % len(KINDS)]
        made = Made(
            conversation=uuid4(),
            kind=kind,
            language=("nb", "nn", "en")[n % 3],
            archive=("archive", "journal")[n // len(KINDS) % 2],
            shielded=kind in ("confidential", "shielded"),
        )
        citizen = f"citizen:c{made.conversation.hex[:12]}"
        topic = {"no_topic": None, "confidential": "omsorg", "shielded": "gjeld"}.get(kind, "sfo")
        if kind == "handover":
            topic = "garasje"
        about = {"conversation": made.conversation}
        await self._say(citizen, OpenConversation(**about, topic=topic, language=made.language))
        await self._talk(made, citizen, about)
        return made

    async def _talk(self, made: Made, citizen: str, about: dict[str, Any]) -> None:
        first, answer, last = TEXTS[made.language]
        await self._message(made, citizen, first)
        if made.kind.startswith("written"):
            way = made.kind.removeprefix("written_")
            contact = {"email": "kari@example.no", "phone": "+47 69 10 80 00"}.get(way)
            await self._say(citizen, AskWritten(**about, answer_by=way, contact=contact))
        owner = "nora" if made.kind == "confidential" else "kari"
        await self._join(made.conversation, owner, epoch=0)
        await self._message(made, f"agent:{owner}", answer, epoch=1)
        await self._say(f"agent:{owner}", PostNote(**about, text="Internt: sjekk saken"))
        await self._more(made, citizen, about)
        owner, epoch = ("per", 2) if made.kind == "handover" else (owner, 1)
        await self._message(made, citizen, last)
        if made.kind == "left_by_citizen":
            await self._say(citizen, Leave(**about))
        else:
            await self._say(f"agent:{owner}", Nudge(**about, epoch=epoch))
            await self._say(f"agent:{owner}", Close(**about, epoch=epoch))
        choice = Classify(**about, outcome="answered", archive=made.archive)
        await self._say(f"agent:{owner}", choice)
        await self._say(f"agent:{owner}", EndWrapUp(**about))
        comment = self._random.choice(self._odd) if made.kind == "odd" else "Bra"
        await self._say(citizen, Rate(**about, rating="yes", comment=comment))
        if made.kind == "forget":
            await self._say(citizen, AskForget(**about))
        if made.kind.startswith("masked"):
            await self._mask(made, owner)

    async def _more(self, made: Made, citizen: str, about: dict[str, Any]) -> None:
        """Say what only this kind has."""
        match made.kind:
            case "odd":
                for text in self._random.sample(self._odd, min(6, len(self._odd))):
                    await self._message(made, citizen, text)
            case "handover":
                asking = RequestHandover(**about, department="bygg", agent="per", epoch=1)
                handover = await self._say("agent:kari", asking)
                await self._join(made.conversation, "per", epoch=1, handover=handover)
            case "files" | "masked_file":
                for n, name in enumerate(self._random.sample(NAMES, 3)):
                    await self._file(made.conversation, citizen, name, f"Vedlegg {n} ✓".encode())
                await self._file(made.conversation, citizen, "bilde.png", _picture())
            case "masked":
                await self._say(citizen, PostMessage(**about, text=f"Naboen er {SECRET}, sa jeg."))
                made.gone.append(SECRET)

    async def _mask(self, made: Made, owner: str) -> None:
        profile = self.directory.agent(owner)
        assert profile is not None
        caller = Caller(self.directory.tenant, owner, self.directory, profile, None)
        for seq in range(1, 40):
            text = SECRET if made.kind == "masked" else None
            wanted = Wanted(uuid4(), made.conversation, "dialogue", seq, "third_party", text, None)
            kind = await self._kind(made.conversation, seq)
            if kind == ("message" if text else "attached"):
                try:
                    await self._maskings.mask(caller, wanted)
                except Exception as error:
                    if getattr(error, "code", "") != "not_found":
                        raise
                    continue
                return

    async def _kind(self, conversation: UUID, seq: int) -> str | None:
        async with self._maskings._database.connection() as connection:
            kind: str | None = await connection.fetchval(
                "SELECT kind FROM ledger.event WHERE tenant = $1 AND conversation = $2"
                " AND stream = 'dialogue' AND seq = $3",
                self.directory.tenant,
                conversation,
                seq,
            )
        return kind

    async def _message(self, made: Made, sender: str, text: str, epoch: int = 0) -> None:
        about = {"conversation": made.conversation, "text": text}
        message = PostMessage(**about, epoch=epoch) if epoch else PostMessage(**about)
        await self._say(sender, message)
        made.said.append(text)

    async def _join(
        self, conversation: UUID, agent: str, *, epoch: int, handover: UUID | None = None
    ) -> None:
        offering = MakeOffer(conversation=conversation, agent=agent, epoch=epoch, handover=handover)
        offer = await self._say("router:0", offering)
        await self._say(f"agent:{agent}", AcceptOffer(conversation=conversation, offer=offer))

    async def _file(self, conversation: UUID, sender: str, name: str, content: bytes) -> None:
        place = Place(self.directory.tenant, conversation, uuid4(), uuid4())
        stored = StoredFile(
            file=str(place.file),
            name=name,
            media_type="image/png" if name.endswith("png") else "text/plain",
            size=len(content),
            sha256=sha256(content),
            scan="clean",
        )
        source = self._store._root.parent / "source"
        source.write_bytes(content)
        await self._store.put(place, source)
        await self._files.keep(place, sender, stored)
        await self._say(sender, PostFile(conversation=conversation, file=place.file, seen=0))

    async def _say(self, sender: str, body: Body) -> UUID:
        """Have a command carried out. Return its id.

        Raises:
            RuntimeError: it was refused.
        """
        envelope = Envelope(
            id=uuid4(),
            source=SOURCES[sender.partition(":")[0]],
            tenant=self.directory.tenant,
            time=utc_now(),
            sender=sender,
            reply_to="proof",
            body=body,
        )
        while True:
            (result,) = await self._commands([envelope])
            if not isinstance(result, Transient):
                break
        if isinstance(result, Exception):
            raise result
        for message in result:
            told = message.envelope.body
            if told.type == "refused.v1":
                raise RuntimeError(f"{body.type} by {sender}: {told.code}")
        return envelope.id


def _picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(target, "PNG")
    return target.getvalue()
