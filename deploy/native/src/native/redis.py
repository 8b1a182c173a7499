"""A private Redis. It holds only what may be lost, so nothing of it is kept on disk."""

import shutil
import socket

from native import wiring
from native.errors import StartError
from native.layout import Layout, write_atomically
from native.part import Part, Recipe
from native.passwords import PRIVATE, Passwords
from native.ports import Ports

SERVERS = ("redis-server", "valkey-server")


class Redis:
    """The private Redis (or Valkey, where the distribution has that instead)."""

    def __init__(self, layout: Layout, ports: Ports, passwords: Passwords) -> None:
        """Prepare the recipe; nothing is written or started yet.

        Raises:
            StartError: Neither Redis nor Valkey is installed.
        """
        program = next(filter(None, map(shutil.which, SERVERS)), None)
        if program is None:
            raise StartError("Redis is not installed: run `make setup`")
        self._folder = layout.folder / "redis"
        self._port = ports["redis"]
        self._passwords = passwords
        self.server = Part(
            Recipe(
                name="redis",
                argv=[program, str(self._folder / "redis.conf")],
                log=layout.logs / "redis.log",
            )
        )

    def prepare(self) -> None:
        """Write the configuration, which holds the password."""
        self._folder.mkdir(exist_ok=True)
        write_atomically(
            self._folder / "redis.conf",
            wiring.redis_conf(
                self._passwords,
                {"bind": "127.0.0.1", "port": str(self._port), "dir": str(self._folder)},
            ),
            mode=PRIVATE,
        )

    def start(self) -> None:
        """Start the server."""
        self.server.start()

    def is_ready(self) -> bool:
        """Tell whether the server lets us in and answers."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._passwords.redis}\r\n".encode())
                return connection.recv(3) == b"+OK"
        except OSError:
            return False
