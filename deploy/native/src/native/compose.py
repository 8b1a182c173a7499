"""Runs a compose file natively: each service by its own command, environment and health check.

For machines without Docker, so that the file is proved and not only read. Host names become
loopback, published and listening ports become free ones, volumes become folders.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Self

import yaml

from native import proxy
from native.errors import StartError
from native.infrastructure import Infrastructure, Name
from native.layout import REPOSITORY
from native.part import POLL_S, Part, Recipe, deadline
from native.ports import Ports

PARTS: Mapping[str, Name] = {"broker": "broker", "database": "database", "redis": "redis"}
"""Services of the file that are run from the distribution's packages here."""

PORT_NAMES = {
    5672: ("broker", 0),
    5432: ("database", 0),
    6379: ("redis", 0),
    8001: ("gateway", 1),
    8002: ("agent-service", 1),
    8003: ("transcript-service", 1),
    8004: ("router", 1),
    8005: ("keeper", 1),
    8080: ("page", 0),
    8081: ("console", 0),
    8082: ("chat", 0),
    8083: ("transcript", 0),
    8084: ("routing", 0),
}
"""Which of our ports stands for a port of the file: a name in the block and a replica."""

HEALTHY_S = 60.0

Service = Mapping[str, Any]


def load(path: Path) -> dict[str, Any]:
    """Return a compose file with its anchors resolved."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def order(services: Mapping[str, Service]) -> list[str]:
    """Return the services' names, each after those it depends on."""
    graph = {name: set(service.get("depends_on", ())) for name, service in services.items()}
    return list(TopologicalSorter(graph).static_order())


def localize(text: str, hosts: Sequence[str], ports: Ports) -> str:
    """Return a text of the file with hosts and ports as they are on this machine.

    Args:
        text: A value of an environment, or a word of a command.
        hosts: Names of the services, which containers find by DNS.
        ports: The block to use.
    """
    names = "|".join(map(re.escape, sorted(hosts, key=len, reverse=True)))
    text = re.sub(rf"(?<![\w.-])(?:{names}|0\.0\.0\.0)(?=:\d)", "127.0.0.1", text)
    text = re.sub(r"^0\.0\.0\.0$", "127.0.0.1", text)

    def port(match: re.Match[str]) -> str:
        name, replica = PORT_NAMES[int(match[0])]
        return str(ports[name] + replica)

    known = "|".join(map(str, PORT_NAMES))
    return re.sub(rf"\b(?:{known})\b", port, text)


class NativeCompose:
    """One compose file, run on this machine. A context manager."""

    def __init__(self, path: Path, folder: Path) -> None:
        """Read the file; start nothing yet.

        Args:
            path: The compose file.
            folder: Holds volumes, logs and the infrastructure's data.
        """
        self._services: dict[str, Service] = {
            name: service
            for name, service in load(path)["services"].items()
            if "profiles" not in service  # a tool, not a part of the system
        }
        self._folder = folder
        self._infrastructure = Infrastructure(folder / "infrastructure", self._definitions)
        self._parts: list[Part] = []
        self.ports = self._infrastructure.ports

    def __enter__(self) -> Self:
        """Start every service, each when those it depends on are healthy."""
        try:
            self._share_passwords()
            for name in order(self._services):
                self._start(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything and delete the data."""
        for part in reversed(self._parts):
            part.stop()
        self._infrastructure.remove()

    def path(self, service: str, inside: str) -> Path:
        """Return where a path inside a container lies on this machine."""
        return self._folder / "roots" / service / inside.lstrip("/")

    def _share_passwords(self) -> None:
        """Let the file's own generator find the passwords the infrastructure runs with."""
        self._mount("keys")
        target = self.path("keys", "/keys/all/secrets")
        target.mkdir()
        shutil.copy(self._infrastructure.passwords.file, target)

    def _definitions(self, _passwords: Path) -> str:
        """Return what the file's own generator computed for the broker's volume."""
        self._mount("broker")
        return self.path("broker", "/run/keys/definitions.json").read_text(encoding="utf-8")

    def _mount(self, name: str) -> None:
        """Put a link to each named volume where the container would see it."""
        for volume in self._services[name].get("volumes", ()):
            source, target = volume.split(":")[:2]
            if source.startswith("."):
                continue
            shared = self._folder / "volumes" / source
            shared.mkdir(parents=True, exist_ok=True)
            link = self.path(name, target)
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():
                link.symlink_to(shared)

    def _start(self, name: str) -> None:
        service = self._services[name]
        self._mount(name)
        if name in PARTS:
            if not self._infrastructure.part(PARTS[name]).alive:
                self._infrastructure.start()
            return
        part = Part(self._recipe(name, service))
        part.start()
        self._parts.append(part)
        if service.get("restart") == "no":
            self._finish(part)
        else:
            self._wait_healthy(part, list(self._localized(name, service["healthcheck"]["test"])))

    def _recipe(self, name: str, service: Service) -> Recipe:
        values = service.get("environment", {})
        environment = dict(zip(values, self._localized(name, values.values()), strict=True))
        if name == "proxy":
            argv = [proxy.find_program(), "-db", "-q", "-f", str(proxy.CONFIGURATION)]
        else:
            argv = self._program(list(self._localized(name, service["command"])))
        return Recipe(
            name=name,
            argv=argv,
            log=self._folder / "logs" / f"{name}.log",
            env=environment,
            cwd=REPOSITORY,
        )

    def _localized(self, name: str, texts: Sequence[str] | Any) -> Iterator[str]:
        for text in texts:
            if text.startswith("/") and text != os.devnull:
                yield str(self.path(name, text))
            else:
                yield localize(text, list(self._services), self.ports)

    @staticmethod
    def _program(argv: list[str]) -> list[str]:
        return [sys.executable, *argv[1:]] if argv[0] == "python" else argv

    def _finish(self, part: Part) -> None:
        until = deadline(HEALTHY_S)
        while part.alive and time.monotonic() < until:
            time.sleep(POLL_S)
        if part.exit_code != 0:
            raise StartError(f"{part.name} did not succeed:\n{part.last_words(30)}")

    def _wait_healthy(self, part: Part, test: list[str]) -> None:
        """Run a service's own health check until it succeeds."""
        argv = self._program(test[1:])
        if shutil.which(argv[0]) is None:  # the proxy's image has wget, this machine perhaps not
            fetch = "import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=2)"
            argv = [sys.executable, "-c", fetch, argv[-1]]
        until = deadline(HEALTHY_S)
        while subprocess.run(argv, capture_output=True, check=False).returncode:
            if not part.alive or time.monotonic() > until:
                raise StartError(f"{part.name} is not healthy:\n{part.last_words(30)}")
            time.sleep(POLL_S)
