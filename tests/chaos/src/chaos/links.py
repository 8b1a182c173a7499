"""Every link of the system that can be broken alone: one listener per (who, what it talks to)."""

import random
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from native.infrastructure import Infrastructure
from native.wiring import Parts

from chaos.proxy import CALM, Link

PAIRS: Final = (
    ("gateway", "broker"),
    ("gateway", "redis"),
    ("router", "broker"),
    ("router", "redis"),
    ("agent-service", "broker"),
    ("agent-service", "database"),
    ("agent-service", "redis"),
    ("transcript-service", "broker"),
    ("transcript-service", "database"),
    ("citizens", "chat"),
    ("agents", "console"),
)
"""Who, and which part: a port of that name is behind the link."""


class Links:
    """All links. An async context manager: inside, they listen."""

    def __init__(self, infrastructure: Infrastructure, dice: random.Random) -> None:
        """Prepare a link for every pair."""
        self._direct = infrastructure.addresses
        self._links = {
            pair: Link(":".join(pair), ("127.0.0.1", infrastructure.ports[pair[1]]), dice)
            for pair in PAIRS
        }
        self._ports: dict[tuple[str, str], int] = {}

    async def __aenter__(self) -> Self:
        """Listen."""
        for pair, link in self._links.items():
            self._ports[pair] = await link.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close everything."""
        for link in self._links.values():
            await link.close()

    def __getitem__(self, pair: tuple[str, str]) -> Link:
        """Return the link of a pair."""
        return self._links[pair]

    @property
    def all(self) -> Mapping[tuple[str, str], Link]:
        """Return every link by its pair."""
        return self._links

    def port(self, who: str, part: str) -> int:
        """Return where a link listens."""
        return self._ports[who, part]

    def parts(self, service: str) -> Parts:
        """Return where a service finds its parts: at its own links."""
        return Parts(
            broker=self._address(service, "broker") or self._direct.broker,
            database=self._address(service, "database") or self._direct.database,
            redis=self._address(service, "redis") or self._direct.redis,
        )

    def _address(self, service: str, part: str) -> str | None:
        port = self._ports.get((service, part))
        return f"127.0.0.1:{port}" if port else None

    async def heal(self) -> None:
        """Let everything pass again."""
        for link in self._links.values():
            await link.turn(CALM)
