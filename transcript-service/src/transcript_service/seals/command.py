"""The tools beside the ledger: `verify`, `seal`, `removals`, `replay-removals`."""
# ruff: noqa: T201 - a command's answers

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
from pydantic import Field
from services.settings import KitSettings

from transcript_service.files.store import FolderStore
from transcript_service.postgres import keeper_database
from transcript_service.seals.folder import Folder, read_keys
from transcript_service.seals.key import Keys, SealKey
from transcript_service.seals.removals import Removals
from transcript_service.seals.replaying import Replay
from transcript_service.seals.sealing import Seals, TooEarly
from transcript_service.verify import Against, find_faults


class ToolSettings(KitSettings):
    """What the tools need; each says what it lacks."""

    amqp_url: str = ""
    database_url: str
    """Any role that may read; to seal and to replay, the keeper's."""
    files_dir: Path | None = None
    seals_dir: Path | None = None
    seal_key: str = Field(default="", repr=False)

    @property
    def files(self) -> FolderStore | None:
        """Return the store of files, if it is named."""
        return FolderStore(self.files_dir) if self.files_dir else None


def verify(arguments: Sequence[str]) -> int:
    """Compare the ledger with itself, its seals and its files. Return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="transcript_service verify")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--conversation", type=UUID, help="look at one conversation")
    which.add_argument("--all", action="store_true", help="look at everything (the default)")
    parser.add_argument("--seals", type=Path, help="the folder of seals, else PREK_SEALS_DIR")
    parser.add_argument("--keys", type=Path, help="the folder of the public keys that are believed")
    asked = parser.parse_args(arguments)
    settings = ToolSettings()
    folder = asked.seals or settings.seals_dir
    keys = _keys(asked.keys, folder, settings)
    against = Against(keys or None, Folder(folder) if folder else None, settings.files)
    faults = asyncio.run(_faults(settings.database_url, asked.conversation, against))
    if folder is None:
        print("not compared with seals: name their folder by --seals")
    if not keys:
        print("signatures are not checked: no key is known")
    if settings.files_dir is None:
        print("not compared with the bytes of files: PREK_FILES_DIR is not set")
    print(f"{faults} faults" if faults else "every hash and every load is right")
    return 1 if faults else 0


def seal(arguments: Sequence[str]) -> int:
    """Seal the days that are over, or what is there at this moment."""
    parser = argparse.ArgumentParser(prog="transcript_service seal")
    parser.add_argument("--until-now", action="store_true", help="seal this moment, too")
    parser.add_argument("--print-key", action="store_true", help="only print the public key")
    asked = parser.parse_args(arguments)
    settings = ToolSettings()
    key = SealKey.read(settings.seal_key)
    print(f"public key {key.public.id}: {key.public}")
    if asked.print_key:
        return 0
    if settings.seals_dir is None:
        parser.error("PREK_SEALS_DIR is not set")
    return asyncio.run(_seal(settings, key, Folder(settings.seals_dir), now=asked.until_now))


def removals(arguments: Sequence[str]) -> int:
    """Print what was erased since a day: a line each, as in the list."""
    parser = argparse.ArgumentParser(prog="transcript_service removals")
    parser.add_argument("--since", type=date.fromisoformat, help="the day of the backup")
    asked = parser.parse_args(arguments)
    settings = ToolSettings()
    if settings.seals_dir is None:
        parser.error("PREK_SEALS_DIR is not set")
    for removal in Removals(settings.seals_dir).since(asked.since):
        print(removal.line())
    return 0


def replay_removals(arguments: Sequence[str]) -> int:
    """Erase again what was erased since a day. Return 1 if something could not be."""
    parser = argparse.ArgumentParser(prog="transcript_service replay-removals")
    parser.add_argument("--since", type=date.fromisoformat, help="the day of the backup; else all")
    parser.add_argument("--keys", type=Path, help="the folder of the public keys that are believed")
    asked = parser.parse_args(arguments)
    settings = ToolSettings()
    key = SealKey.read(settings.seal_key)
    if settings.seals_dir is None:
        parser.error("PREK_SEALS_DIR is not set")
    keys = _keys(asked.keys, settings.seals_dir, settings)
    return asyncio.run(_replay(settings, settings.seals_dir, key, keys, asked.since))


VERBS: Final[Mapping[str, Callable[[Sequence[str]], int]]] = {
    "verify": verify,
    "seal": seal,
    "removals": removals,
    "replay-removals": replay_removals,
}


def _keys(named: Path | None, seals: Path | None, settings: ToolSettings) -> Keys:
    """Return the keys that are believed: those of the folder that is named, if one is."""
    if named is not None:
        return read_keys(named)
    keys = dict(Folder(seals).keys()) if seals else {}
    if settings.seal_key:
        ours = SealKey.read(settings.seal_key).public
        keys[ours.id] = ours
    return keys


async def _faults(url: str, conversation: UUID | None, against: Against) -> int:
    count = 0
    async for fault in find_faults(url, conversation, against):
        print(fault, flush=True)
        count += 1
    return count


async def _seal(settings: ToolSettings, key: SealKey, folder: Folder, *, now: bool) -> int:
    database = keeper_database(settings.database_url, size=1)
    seals = Seals(database, key, folder)
    try:
        made = await seals.days()
        if now:
            made.append(await seals.until_now())
    except TooEarly:
        print("yesterday cannot be sealed yet: try again in two minutes")
        return 1
    finally:
        await database.stop()
    for one in made:
        print(f"{one.period.name}: {len(one.lines)} lines, root {one.stated}")
    return 0


async def _replay(
    settings: ToolSettings, seals: Path, key: SealKey, keys: Keys, since: date | None
) -> int:
    connection = await asyncpg.connect(settings.database_url)
    done, wrong = 0, 0
    try:
        replay = Replay(connection, key, keys, settings.files)
        async for one in replay.all(Removals(seals).since(since)):
            print(f"{one.where}: {one.what}", flush=True)
            done, wrong = done + (not one.wrong), wrong + one.wrong
    finally:
        await connection.close()
    print(f"{done} erased again, {wrong} could not be")
    return 1 if wrong else 0
