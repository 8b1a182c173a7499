"""Makes them, hands them over by the keeper's own duty, and looks at every package."""

import asyncio
import hashlib
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from native.infrastructure import Infrastructure
from transcript_service.archive.duty import Archive
from transcript_service.archive.making import Maker
from transcript_service.archive.package import unpack
from transcript_service.archive.rules import faults_of
from transcript_service.archive.schemas import Schemas
from transcript_service.archive.spool import Spool
from transcript_service.archive.table import Order
from transcript_service.archive.ways import Folder
from transcript_service.copies.press import Press
from transcript_service.files.store import FolderStore
from transcript_service.postgres import keeper_database, ledger_database
from transcript_service.seals.key import SealKey
from transcript_service.seals.mask_duty import Masks

from archive_proof.checks import is_shielded, kind_of, pdf_faults, word_faults
from archive_proof.talks import ODD, Made, Town, directory_of

KINDS: Final = {"archive": "arkivnotat", "journal": "journalpost"}
RECEIPT: Final = (
    '<arkivmeldingKvittering xmlns="https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/'
    'arkivmelding/opprett/kvittering/v1"><registreringKvittering><registreringsID>{n}'
    "</registreringsID></registreringKvittering></arkivmeldingKvittering>"
)
SET_TWICE: Final = 20
"""Of so many packages all is made a second time."""


@dataclass
class Report:
    """What was found."""

    made: int = 0
    handed_over: int = 0
    received: int = 0
    set_twice: int = 0
    against_schemas: bool = False
    by_kind: Counter[str] = field(default_factory=Counter)
    by_object: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    talking_s: float = 0
    handing_s: float = 0

    def said(self) -> str:
        """Return it for a person, and for who keeps figures."""
        sizes = sorted(self.bytes)
        return json.dumps(
            {
                "conversations": self.made,
                "packages": self.handed_over,
                "received": self.received,
                "by_object": dict(self.by_object),
                "by_kind": dict(sorted(self.by_kind.items())),
                "against_schemas_and_code_lists": self.against_schemas,
                "made_twice_and_the_same": self.set_twice,
                "median_bytes": sizes[len(sizes) // 2] if sizes else 0,
                "seconds_talking": round(self.talking_s, 1),
                "seconds_making_and_sending": round(self.handing_s, 1),
                "seconds_each": round(self.handing_s / max(1, self.handed_over), 2),
                "faults": self.faults[:50],
            },
            ensure_ascii=False,
            indent=1,
        )


class Proof:
    """One run, on an infrastructure whose ledger is migrated and otherwise empty."""

    def __init__(
        self,
        parts: Infrastructure,
        folder: Path,
        schemas: Schemas | None = None,
        naughty: Sequence[str] = (),
    ) -> None:
        """Take the parts, a folder of its own, KS' schemas if there are any, and odd texts."""
        self._schemas = schemas
        self._odd = [*ODD, *naughty]
        self._archive_dir = folder / "archive"
        self._store = FolderStore(folder / "files")
        folder.mkdir(parents=True, exist_ok=True)
        settings = parts.settings("keeper")
        self._app = ledger_database(
            parts.settings("transcript-service")["PREK_DATABASE_URL"], size=4
        )
        self._keeper = keeper_database(settings["PREK_DATABASE_URL"], size=6)
        self._key = SealKey.read(settings["PREK_SEAL_KEY"])
        self._maker = Maker(self._keeper, Press(at_once=2, longest_s=120), self._store, schemas)
        self.report = Report(against_schemas=schemas is not None)

    async def run(self, n: int) -> Report:
        """Do all of it for `n` conversations."""
        started = time.monotonic()
        towns = [
            Town(
                self._app,
                self._store,
                directory_of(f"proof{k}", nynorsk=k == 1, shared_folders=k == 1),
                self._odd,
            )
            for k in range(2)
        ]
        made: dict[str, list[Made]] = {}
        for k, town in enumerate(towns):
            await town.open()
            made[town.directory.tenant] = [
                await town.talk(i) for i in range(n // 2 + (n % 2 if k == 0 else 0))
            ]
        await Masks(self._keeper, self._key, self._store).once()
        self.report.made = sum(map(len, made.values()))
        self.report.talking_s = time.monotonic() - started
        started = time.monotonic()
        await asyncio.gather(*(self._hand_over(town) for town in towns))
        self.report.handing_s = time.monotonic() - started
        for town in towns:
            await self._look(town, made[town.directory.tenant])
        for town in towns:
            await self._confirm(town)
        await self._app.stop()
        await self._keeper.stop()
        return self.report

    def _duty(self) -> Archive:
        spool = Spool(self._archive_dir)
        return Archive(self._keeper, self._maker, spool, lambda _directory: Folder(spool))

    async def _hand_over(self, town: Town) -> None:
        duty, tenant = self._duty(), town.directory.tenant
        while True:
            await duty.hand_over(town.directory)
            if not await self._count(tenant, ("waiting", "made")):
                return
            await self._hurry(tenant, ("waiting", "made"))

    async def _look(self, town: Town, made: Sequence[Made]) -> None:
        tenant = town.directory.tenant
        rows = {row["conversation"]: row for row in await self._rows(tenant)}
        again = set(range(0, len(made), max(1, len(made) * 2 // SET_TWICE)))
        for n, one in enumerate(made):
            row = rows.get(one.conversation)
            path = self._archive_dir / tenant / "ut" / f"{one.conversation}-1.zip"
            if row is None or not path.exists():
                why = row["error"] if row else "no order"
                self.report.faults.append(f"{one.kind}: not handed over: {why}")
                continue
            zipped = path.read_bytes()
            self._hold(one, zipped, row["sha256"])
            if n in again:
                await self._make_again(town, row, one, zipped)

    def _hold(self, one: Made, zipped: bytes, sha256: str) -> None:
        report, files = self.report, unpack(zipped)
        report.handed_over += 1
        report.by_kind[one.kind] += 1
        report.by_object[kind_of(files)] += 1
        report.bytes.append(len(zipped))
        faults = [str(fault) for fault in faults_of(files)]
        if self._schemas is not None:
            faults += [str(fault) for fault in self._schemas.faults_of(files)]
        faults += pdf_faults(files["samtale.pdf"], one.language)
        faults += word_faults(files, one.said, one.gone)
        if hashlib.sha256(zipped).hexdigest() != sha256:
            faults.append("not the package that was noted")
        if kind_of(files) != KINDS[one.archive]:
            faults.append("another object")
        if is_shielded(files) != one.shielded:
            faults.append("wrongly shielded")
        report.faults += [f"{one.kind}: {fault}" for fault in faults]

    async def _make_again(self, town: Town, row: Any, one: Made, zipped: bytes) -> None:
        order = Order(
            town.directory.tenant, one.conversation, 1, row["archive"], json.loads(row["upto"])
        )
        if (await self._maker.make(order, town.directory)).zipped == zipped:
            self.report.set_twice += 1
        else:
            self.report.faults.append(f"{one.kind}: not the same bytes again")

    async def _confirm(self, town: Town) -> None:
        """Be the archive: take what lies there, put receipts back, and see that nothing stays."""
        tenant = town.directory.tenant
        receipts = self._archive_dir / tenant / "kvittering"
        for n, path in enumerate(sorted((self._archive_dir / tenant / "ut").glob("*.zip"))):
            (receipts / f"{path.stem}.xml").write_text(RECEIPT.format(n=n), "utf-8")
            path.unlink()
        duty = self._duty()
        while await self._count(tenant, ("sent",)):
            await self._hurry(tenant, ("sent",))
            await duty.hand_over(town.directory)
        self.report.received += await self._count(tenant, ("received",))
        lying = [p for p in self._archive_dir.rglob("*") if p.is_file() and tenant in p.parts]
        if lying:
            self.report.faults.append(f"{len(lying)} files lie there after the receipt")

    async def _count(self, tenant: str, states: Sequence[str]) -> int:
        async with self._keeper.connection() as connection:
            n: int = await connection.fetchval(
                "SELECT count(*) FROM ledger.export WHERE tenant = $1 AND state = ANY ($2)",
                tenant,
                list(states),
            )
        return n

    async def _hurry(self, tenant: str, states: Sequence[str]) -> None:
        async with self._keeper.connection() as connection:
            await connection.execute(
                "UPDATE ledger.export SET next_at = clock_timestamp()"
                " WHERE tenant = $1 AND state = ANY ($2)",
                tenant,
                list(states),
            )

    async def _rows(self, tenant: str) -> list[Any]:
        async with self._keeper.connection() as connection:
            found: list[Any] = await connection.fetch(
                "SELECT x.*, x.upto::text AS upto FROM ledger.export AS x WHERE x.tenant = $1",
                tenant,
            )
        return found
