"""The emergency switch (*beredskap*): a new version of the set-up, which everything follows."""

import contextlib

import structlog
from services.clock import Clock
from services.contracts import Emergency, Refusal, TenantDirectory
from services.errors import ServiceError

from agent_service.core import emergency
from agent_service.directories import Directories
from agent_service.sessions import Denied, Seat
from agent_service.store import Store

log = structlog.get_logger()


class Switch:
    """Switches on and off, for those who lead the first line and for administrators.

    Twice is as good as once.
    """

    def __init__(self, store: Store, directories: Directories, clock: Clock) -> None:
        """Change the set-up in `store`, and let `directories` publish it."""
        self._store = store
        self._directories = directories
        self._clock = clock

    async def on(
        self, seat: Seat, banner: dict[str, str], topic: str | None, borrowed: list[str]
    ) -> TenantDirectory:
        """Switch on, or change what is switched on.

        Raises:
            Denied: not for this agent, or a topic or department is unknown.
            Transient: the database is away.
        """
        wanted = emergency.emergency(
            banner=banner, topic=topic, borrowed=borrowed, by=seat.profile.id, now=self._clock()
        )
        return await self._switch(seat, wanted)

    async def off(self, seat: Seat) -> TenantDirectory:
        """Switch off.

        Raises:
            Denied: not for this agent.
            Transient: the database is away.
        """
        return await self._switch(seat, None)

    async def _switch(self, seat: Seat, wanted: Emergency | None) -> TenantDirectory:
        # It borrows other departments' people and speaks to every citizen: whoever leads only a
        # department of their own does not do that.
        leads = seat.profile.leads_in(seat.directory.first_line)
        if not (leads or "admin" in seat.profile.roles):
            raise Denied(Refusal.NOT_ALLOWED, 403)

        def change(directory: TenantDirectory) -> TenantDirectory | None:
            if wanted is not None and (code := emergency.fault(directory, wanted)) is not None:
                raise Denied(code, 422)
            return emergency.switched(directory, wanted)

        what = {"emergency": wanted.model_dump(mode="json") if wanted else None}
        tenant, agent = seat.session.tenant, seat.profile.id
        directory = await self._store.change_directory(tenant, agent, what, change)
        if directory is None:
            raise Denied(Refusal.UNKNOWN_TENANT, 404)
        log.info("emergency_switched", tenant=tenant, by=agent, on=wanted is not None)
        # It is switched; who is away now hears of it from the next look.
        with contextlib.suppress(ServiceError):
            await self._directories.look()
        return directory
