"""Changing the set-up of a tenant: looked at by the plan linter before it goes live.

And taking a change back, or trying one in a simulated town.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError
from services.contracts import Refusal, TenantDirectory
from services.errors import ServiceError

from agent_service.core import set_up
from agent_service.directories import Directories
from agent_service.routing import Routing
from agent_service.sessions import Denied, Seat
from agent_service.store import Changed, Store

log = structlog.get_logger()

Findings = Sequence[Mapping[str, Any]]


class Faulty(Denied):
    """The linter found errors: nothing was changed."""

    def __init__(self, findings: Findings) -> None:
        """Take all findings, warnings too."""
        super().__init__(set_up.FAULTY, 422)
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Saved:
    """The set-up in force, and the warnings it goes live with."""

    directory: TenantDirectory
    findings: Findings


class ChangedSince(Denied):
    """The change cannot be taken back: what it changed was changed once more."""

    def __init__(self, parts: Sequence[str]) -> None:
        """Take the names of the parts."""
        super().__init__(set_up.CHANGED_SINCE, 409)
        self.parts = parts


@dataclass(frozen=True, slots=True)
class History:
    """Lines of the books, the newest first."""

    changes: Sequence[Changed]
    more: bool


class SetUp:
    """Replaces set-ups, for administrators."""

    def __init__(self, store: Store, directories: Directories, routing: Routing) -> None:
        """Keep them in `store`, let `directories` publish them, and ask `routing` before."""
        self._store = store
        self._directories = directories
        self._routing = routing

    async def current(self, seat: Seat) -> TenantDirectory:
        """Return the set-up as the tables have it: another replica may just have changed it.

        Raises:
            Denied: not for this agent.
            Transient: the database or the broker is away.
        """
        _check_admin(seat)
        await self._directories.look()
        return self._directories.of(seat.session.tenant) or seat.directory

    async def replace(self, seat: Seat, document: bytes, *, trial: bool) -> Saved:
        """Replace the set-up that `document`'s version names. With `trial`, only look.

        Raises:
            Faulty: the linter found errors.
            Denied: not for this agent; no set-up; outdated; or the router is away, for nothing
                goes live that it has not looked at.
            Transient: the database is away.
        """
        _check_admin(seat)
        wanted = _read(document, seat.session.tenant)
        findings = await self._looked_at(seat, wanted)
        if trial:
            return Saved(wanted, findings)
        return Saved(await self._save(seat, wanted), findings)

    async def changes(self, seat: Seat, before: int | None, limit: int) -> History:
        """Return what was changed, below a version if one is given.

        Raises:
            Denied: not for this agent.
            Transient: the database is away.
        """
        _check_admin(seat)
        found = await self._store.changes(seat.session.tenant, before, limit + 1)
        return History(found[:limit], more=len(found) > limit)

    async def undo(self, seat: Seat, version: int, now: int) -> Saved:
        """Put back what the change to `version` replaced, while `now` is in force.

        Raises:
            ChangedSince: its parts were changed once more.
            Faulty: the linter finds errors in what was then.
            Denied: not for this agent; there is no such change, or it is not undone here; outdated;
                or the router is away.
            Transient: the database or the broker is away.
        """
        directory = await self.current(seat)
        found = await self._store.changes(seat.session.tenant, version + 1, 1)
        if not found or found[0].version != version:
            raise Denied(Refusal.NOT_FOUND, 404)
        change = found[0].what.get("set_up")
        if change is None:
            raise Denied(set_up.NOT_UNDOABLE, 422)
        if directory.version != now:
            raise Denied(set_up.OUTDATED, 409)
        try:
            wanted = set_up.undone(directory, change)
        except set_up.ChangedSinceError as error:
            raise ChangedSince(error.parts) from None
        if wanted is None:
            raise Denied(set_up.UNREADABLE, 422)
        findings = await self._looked_at(seat, wanted)
        return Saved(await self._save(seat, wanted, undo_of=version), findings)

    async def simulate(self, seat: Seat, document: bytes) -> bytes:
        """Return how a day would go by the set-up in force and by `document`, as JSON.

        Raises:
            Faulty: the linter found errors.
            Denied: not for this agent; no set-up; the router is away, or simulates another one.
            Transient: the database or the broker is away.
        """
        in_force = await self.current(seat)
        wanted = _read(document, seat.session.tenant)
        await self._looked_at(seat, wanted)
        return await self._routing.simulate(in_force, wanted)

    async def _looked_at(self, seat: Seat, wanted: TenantDirectory) -> Findings:
        findings: Findings = json.loads(await self._routing.lint(seat, wanted))["findings"]
        if set_up.errors(findings):
            raise Faulty(findings)
        return findings

    async def _save(
        self, seat: Seat, wanted: TenantDirectory, *, undo_of: int | None = None
    ) -> TenantDirectory:
        tenant, agent = seat.session.tenant, seat.profile.id
        what: dict[str, object] = {}

        def change(directory: TenantDirectory) -> TenantDirectory | None:
            after = set_up.replaced(directory, wanted)
            if after is None:
                return None
            if directory.version != wanted.version:
                raise Denied(set_up.OUTDATED, 409)
            if undo_of is not None:
                what["undo_of"] = undo_of
            what["set_up"] = set_up.changes(directory, after)
            return after

        saved = await self._store.change_directory(tenant, agent, what, change)
        if saved is None:
            raise Denied(Refusal.UNKNOWN_TENANT, 404)
        if what:
            log.info("set_up_changed", tenant=tenant, by=agent, version=saved.version)
        # It holds; a replica that is slow hears of it from its next look at the tables.
        with contextlib.suppress(ServiceError):
            await self._directories.look()
        return saved


def _check_admin(seat: Seat) -> None:
    if "admin" not in seat.profile.roles:
        raise Denied(Refusal.NOT_ALLOWED, 403)


def _read(document: bytes, tenant: str) -> TenantDirectory:
    try:
        # Strict: a misspelt field would be lost without a word.
        wanted = TenantDirectory.model_validate_json(document)
    except ValidationError:
        raise Denied(set_up.UNREADABLE, 422) from None
    if wanted.tenant != tenant:
        raise Denied(Refusal.NOT_FOUND, 404)
    return wanted
