"""What each service is started with: its module, its settings, its secrets."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from native.infrastructure import Infrastructure
from native.layout import REPOSITORY, write_atomically
from native.part import Recipe
from native.passwords import PRIVATE
from native.ports import KEEPER, KEPT, REPLICATED, Ports

MODULE = {name: name.replace("-", "_") for name in REPLICATED} | {KEEPER: "transcript_service"}
VERB = {KEEPER: ("keep",)}
"""What a module is told to do, where it has more than one life."""

MIGRATED = ("transcript-service", "agent-service")
"""Services with tables, in the order of migrating."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The addresses browsers and services use, one per listener of the proxy."""

    page: str
    chat: str
    console: str
    transcript: str
    routing: str

    @classmethod
    def of(cls, ports: Ports) -> "Origins":
        """Return the addresses that belong to the ports."""
        return cls(
            page=f"http://localhost:{ports['page']}",
            chat=f"http://localhost:{ports['chat']}",
            console=f"http://localhost:{ports['console']}",
            transcript=f"http://127.0.0.1:{ports['transcript']}",
            routing=f"http://127.0.0.1:{ports['routing']}",
        )


@dataclass(frozen=True, slots=True)
class Options:
    """What the person who starts the system may choose."""

    replicas: int = 2
    profile: str | None = None
    """Name of the rate limits' profile, `load` for load tests. None: the ordinary limits."""


class Furniture:
    """Computes recipes of services and of their one-shot commands."""

    def __init__(self, infrastructure: Infrastructure, options: Options) -> None:
        """Write every service's secrets to files only we may read."""
        self._infrastructure = infrastructure
        self._layout = infrastructure.layout
        self._ports = infrastructure.ports
        self._options = options
        self.origins = Origins.of(infrastructure.ports)
        for service in KEPT:
            self._write_secrets(service, infrastructure.settings(service))
        self._write_secrets("admin", infrastructure.admin_settings())
        for service in MIGRATED:
            more = infrastructure.migration_settings(service)
            self._write_secrets(f"{service}-migrate", more)

    def _write_secrets(self, name: str, settings: Mapping[str, str]) -> None:
        folder = self._layout.secrets / name
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        for setting, value in settings.items():
            write_atomically(folder / setting.lower(), value, mode=PRIVATE)

    def port(self, service: str, replica: int) -> int:
        """Return the port of a replica, counted from 1."""
        return self._ports[service] + replica

    def _environment(self, service: str) -> dict[str, str]:
        origins = self.origins
        environment = {
            "PREK_LOG_FORMAT": "json",
            "PREK_SECRETS_DIR": str(self._layout.secrets / service),
            "PREK_HTTP_HOST": "127.0.0.1",
            "PYTHONUNBUFFERED": "1",
        }
        if service == "gateway":
            environment["PREK_PUBLIC_ORIGIN"] = origins.chat
            environment["PREK_DOCS_DIR"] = str(REPOSITORY / "docs")
            environment["PREK_PAGE_ORIGINS"] = json.dumps([origins.page])
            environment["PREK_TRANSCRIPT_URL"] = origins.transcript
        if service == "agent-service":
            environment["PREK_PUBLIC_ORIGIN"] = origins.console
            environment["PREK_CHAT_ORIGIN"] = origins.chat
            environment["PREK_TRANSCRIPT_URL"] = origins.transcript
            environment["PREK_ROUTER_URL"] = origins.routing
        if service == "transcript-service":
            environment["PREK_FILES_DIR"] = str(self._layout.files)
        if service == KEEPER:
            environment["PREK_FILES_DIR"] = str(self._layout.files)
            environment["PREK_SEALS_DIR"] = str(self._layout.seals)
            environment["PREK_ARCHIVE_DIR"] = str(self._layout.archive)
        if service in ("gateway", "agent-service") and self._options.profile is not None:
            environment["PREK_RATE_PROFILE"] = self._options.profile
        return environment

    def replica(self, service: str, replica: int) -> Recipe:
        """Return how a replica is started.

        Args:
            service: The service's name.
            replica: Its number, from 1.
        """
        port = str(self.port(service, replica))
        return Recipe(
            name=f"{service}-{replica}",
            argv=[sys.executable, "-m", MODULE[service], *VERB.get(service, ())],
            log=self._layout.logs / f"{service}-{replica}.log",
            env={**self._environment(service), "PREK_HTTP_PORT": port},
            cwd=REPOSITORY,
        )

    def migration(self, service: str) -> Recipe:
        """Return how a service's tables are brought up to date."""
        secrets = str(self._layout.secrets / f"{service}-migrate")
        return Recipe(
            name=f"{service} migrate",
            argv=[sys.executable, "-m", MODULE[service], "migrate"],
            log=self._layout.logs / f"{service}-migrate.log",
            env={**self._environment(service), "PREK_SECRETS_DIR": secrets},
            cwd=REPOSITORY,
        )

    @property
    def users(self) -> Path:
        """Return the file with the demonstration's users and their passwords."""
        return self._layout.secrets / "users.json"

    def seeding(self) -> Recipe:
        """Return how the demonstration municipality is created."""
        service = "agent-service"
        return Recipe(
            name="seed",
            argv=[sys.executable, "-m", MODULE[service], "seed", "--users-out", str(self.users)],
            log=self._layout.logs / "seed.log",
            env=self._environment(service),
            cwd=REPOSITORY,
        )
