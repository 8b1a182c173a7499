"""The tenants' set-up as the ledger last told it, without staff."""

from collections.abc import Iterable

import structlog
from services.contracts import DirectoryChanged, DirectoryRead, Envelope, TenantDirectory
from services.errors import Transient

from gateway.ws.ledger import Ledger

log = structlog.get_logger()


class Directories:
    """A copy by version: a lower one changes nothing."""

    def __init__(self, ledger: Ledger) -> None:
        """Start empty."""
        self._ledger = ledger
        self._known: dict[str, TenantDirectory] = {}

    def on_push(self, _topic: str, envelope: Envelope) -> None:
        """Take a change, or an answer that came late."""
        match envelope.body:
            case DirectoryChanged(directory=directory):
                self._learn([directory])
            case DirectoryRead(directories=directories):
                self._learn(directories)

    async def read_all(self) -> None:
        """Read every tenant's newest."""
        try:
            self._learn(await self._ledger.directories())
        except Transient:
            log.warning("directories_not_read")

    def known(self, tenant: str) -> TenantDirectory | None:
        """Return a tenant's set-up if it is here."""
        return self._known.get(tenant)

    async def find(self, tenant: str) -> TenantDirectory | None:
        """Return a tenant's set-up, asking the ledger when it is not here.

        Raises:
            Transient: the ledger could not be asked.
        """
        if tenant not in self._known:
            self._learn(await self._ledger.directories(tenant))
        return self._known.get(tenant)

    def _learn(self, directories: Iterable[TenantDirectory]) -> None:
        for directory in directories:
            known = self._known.get(directory.tenant)
            if known is None or directory.version >= known.version:
                self._known[directory.tenant] = directory.public()
