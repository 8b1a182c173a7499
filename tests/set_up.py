"""A municipality's set-up as an administrator changes it: a new version, which all follow."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chat import PATIENCE_S
from ledger_log import Archive
from native.system import WholeSystem

TENANT = "sarpsborg"

SetUp = dict[str, Any]
"""The document of a directory, as JSON has it."""


async def change(system: WholeSystem, edit: Callable[[SetUp], None]) -> int:
    """Let `edit` change the document in place; return its version, which is new if it did."""
    async with Archive(system) as archive, archive.transaction():
        text = await archive.fetchval(
            "SELECT document::text FROM desk.directory WHERE tenant = $1 FOR UPDATE", TENANT
        )
        before, after = json.loads(text), json.loads(text)
        edit(after)
        version: int = before["version"]
        after["version"] = version
        if after == before:
            return version
        after["version"] = version + 1
        await archive.execute(
            "UPDATE desk.directory SET version = $2, document = $3, changed_at = now()"
            " WHERE tenant = $1",
            TENANT,
            version + 1,
            json.dumps(after),
        )
        return version + 1


def without_hours(document: SetUp) -> None:
    """Open it day and night: tests are run at any hour."""
    document["hours"] = None
    for department in document["departments"]:
        department["hours"] = None


def open_day_and_night(system: WholeSystem) -> None:
    """Take the hours out of a running system, and return when everybody has been told."""
    # In a thread: the fixture that starts a system has no loop, and must not leave one behind.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, _open(system)).result()


async def _open(system: WholeSystem) -> None:
    version = await change(system, without_hours)
    async with Archive(system) as archive, asyncio.timeout(PATIENCE_S):
        # The ledger tells the doors in the same moment as it keeps it.
        told = "SELECT version FROM ledger.directory WHERE tenant = $1"
        while await archive.fetchval(told, TENANT) != version:  # noqa: ASYNC110 - a process
            await asyncio.sleep(0.1)
