"""A private RabbitMQ: own node name, own epmd, own ports, folder and passwords."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from native.distribution import CONTROL, EPMD, SERVER, Distribution
from native.errors import StartError
from native.layout import Layout, write_atomically
from native.part import Part, Recipe
from native.passwords import PRIVATE, Passwords
from native.ports import Ports
from native.wiring import HEARTBEAT_S

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
METHOD_FRAME = b"\x01"

Definitions = Callable[[Path], str]
"""Given the file with the users' passwords, return the RabbitMQ definitions (JSON)."""


def topology_definitions(passwords: Path) -> str:
    """Ask the kit's topology table for vhost, users, permissions, queues and bindings."""
    done = subprocess.run(
        [sys.executable, "-m", "services.topology", "definitions"],
        env={**os.environ, "PREK_BROKER_PASSWORDS": str(passwords)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StartError(f"the broker's definitions cannot be computed:\n{done.stderr}")
    return done.stdout


class RabbitMQ:
    """The private broker. `broker` is the server's part, `epmd` its name server's."""

    def __init__(
        self,
        layout: Layout,
        ports: Ports,
        passwords: Passwords,
        definitions: Definitions,
        distribution: Distribution,
    ) -> None:
        """Prepare the recipes; nothing is written or started yet."""
        self._distribution = distribution
        self._folder = layout.folder / "rabbitmq"
        self._ports = ports
        self._passwords = passwords
        self._definitions = definitions
        self.epmd = Part(
            Recipe(
                name="epmd",
                argv=self._command(EPMD, "-address", "127.0.0.1", "-port", str(ports["epmd"])),
                log=layout.logs / "epmd.log",
            )
        )
        self.broker = Part(
            Recipe(
                name="broker",
                argv=self._command(SERVER),
                log=layout.logs / "rabbitmq.log",
                env=self._environment(),
                stop_s=20,
            )
        )

    def _command(self, program: Path, *arguments: str) -> list[str]:
        return self._distribution.command(self._folder, program, *arguments)

    def control(self, *arguments: str) -> list[str]:
        """Return how `rabbitmqctl` is run, in the environment of the broker's recipe."""
        return self._command(CONTROL, *arguments)

    def _environment(self) -> dict[str, str]:
        folder = self._distribution.seen(self._folder)
        return {
            "HOME": str(folder),  # the Erlang cookie lies here
            "RABBITMQ_NODENAME": "prek@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._ports["broker"]),
            "RABBITMQ_DIST_PORT": str(self._ports["broker-distribution"]),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_MNESIA_BASE": str(folder / self._distribution.data),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "config"),
            # A name server of our own: the machine's shared one is never touched or left behind.
            "ERL_EPMD_PORT": str(self._ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # The script then becomes the server, so that its pid is the server's.
            "RUNNING_UNDER_SYSTEMD": "1",
        }

    def prepare(self) -> None:
        """Write configuration and definitions.

        Raises:
            StartError: RabbitMQ is not installed, or there are no definitions.
        """
        if not self._distribution.there:
            raise StartError(f"RabbitMQ is not installed: run `{self._distribution.remedy}`")
        self._folder.mkdir(exist_ok=True)
        self._folder.chmod(0o700)
        definitions = self._folder / "definitions.json"
        write_atomically(definitions, self._definitions(self._passwords.broker_file), mode=PRIVATE)
        write_atomically(self._folder / "enabled_plugins", "[].\n")
        seen = self._distribution.seen(self._folder)
        write_atomically(
            self._folder / "rabbitmq.conf",
            "\n".join(
                [
                    f"listeners.tcp.1 = 127.0.0.1:{self._ports['broker']}",
                    f"load_definitions = {seen / definitions.name}",
                    f"heartbeat = {HEARTBEAT_S}",
                    "log.console = true",
                    "log.console.level = info",
                    "log.file = false",
                    # A demonstration machine may be nearly full: stop at 200 MB, not at 50 MB.
                    "disk_free_limit.absolute = 200MB",
                    "",
                ]
            ),
        )

    def start(self) -> None:
        """Start the server, and the name server first if it does not run."""
        if not self.epmd.alive:
            self.epmd.start()
        self.broker.start()

    def is_ready(self) -> bool:
        """Tell whether the broker speaks AMQP."""
        address = ("127.0.0.1", self._ports["broker"])
        try:
            with socket.create_connection(address, timeout=1) as connection:
                connection.sendall(PROTOCOL_HEADER)
                return connection.recv(1) == METHOD_FRAME
        except OSError:
            return False
