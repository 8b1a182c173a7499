"""Broker, database and Redis of one folder, started together and touched one by one.

The launcher keeps them running; tests start their own and break them on purpose.
"""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from native import ports as port_choice
from native import wiring
from native.distribution import Distribution, chosen
from native.errors import StartError
from native.layout import Layout
from native.part import POLL_S, Part, deadline
from native.passwords import ADMIN, Passwords
from native.postgresql import SUPERUSER, PostgreSQL
from native.rabbitmq import Definitions, RabbitMQ, topology_definitions
from native.redis import Redis
from native.wiring import Parts

Name = Literal["broker", "database", "redis"]
NAMES: tuple[Name, ...] = ("broker", "database", "redis")

READY_S = 90.0
"""Seconds a part may take: RabbitMQ needs 10-14 s on two busy cores."""

SETTLING_S = 5.0
"""Seconds in which a database that ends at once is started again."""


class Infrastructure:
    """The parts the services stand on, on loopback ports of their own.

    `start` and the methods that start a part must be called from a thread that lives as
    long as the parts shall (see `Part.start`).
    """

    def __init__(
        self,
        folder: Path,
        definitions: Definitions = topology_definitions,
        distribution: Distribution | None = None,
    ) -> None:
        """Choose ports and passwords; start nothing.

        Args:
            folder: Where everything is kept, `.run` of the clone or a test's own.
            definitions: Returns the broker's definitions.
            distribution: Whose RabbitMQ is run. None: the one `PREK_BROKER` asks for.

        Raises:
            StartError: A part is not installed.
        """
        self.layout = Layout(folder.resolve())
        self.layout.create()
        self.ports, self.ports_moved = port_choice.settle(self.layout)
        self.passwords = Passwords(self.layout)
        self.rabbitmq = RabbitMQ(
            self.layout, self.ports, self.passwords, definitions, distribution or chosen()
        )
        self.postgresql = PostgreSQL(self.layout, self.ports, self.passwords)
        self.redis = Redis(self.layout, self.ports, self.passwords)

    def start(self, say: Callable[[str], None] = lambda _: None) -> Self:
        """Start all parts side by side and return when each answers.

        Args:
            say: Told what happens, one line at a time.

        Raises:
            StartError: A part did not answer in time. Everything is stopped again.
        """
        with self.stopped_on_error():
            self.spawn_all(say)
            self.wait_ready(("broker",))
        return self

    def spawn_all(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Start all parts and return when database and Redis answer.

        The broker takes seconds longer: whoever wants to use it waits for it.
        """
        self.rabbitmq.prepare()
        self.rabbitmq.start()  # first: it takes longest
        self.redis.prepare()
        self.redis.start()
        self.postgresql.prepare()
        self.postgresql.start()
        self.wait_ready(("database", "redis"))
        self.postgresql.furnish()
        say("database and Redis answer")

    @contextlib.contextmanager
    def stopped_on_error(self) -> Iterator[None]:
        """Stop all parts when the block raises anything, a Ctrl-C included."""
        try:
            yield
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all parts, the ones that take long side by side."""
        for part in self.parts():
            part.thaw()
        for name in NAMES:
            self.part(name).ask_to_stop()
        for name in NAMES:
            self.part(name).stop()
        self.rabbitmq.epmd.stop()
        port_choice.release(self.layout.folder)

    def remove(self) -> None:
        """Stop everything and delete the folder with all data."""
        self.stop()
        self.postgresql.remove()
        shutil.rmtree(self.layout.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        """Start all parts."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop all parts. The data stays; `remove` deletes it."""
        self.stop()

    def parts(self) -> tuple[Part, ...]:
        """Return every process, in the order of starting."""
        return (self.rabbitmq.epmd, *map(self.part, NAMES))

    def part(self, name: Name) -> Part:
        """Return one part's process."""
        return {
            "broker": self.rabbitmq.broker,
            "database": self.postgresql.server,
            "redis": self.redis.server,
        }[name]

    def is_ready(self, name: Name) -> bool:
        """Tell whether a part answers."""
        return {
            "broker": self.rabbitmq.is_ready,
            "database": self.postgresql.is_ready,
            "redis": self.redis.is_ready,
        }[name]()

    def kill(self, name: Name) -> None:
        """Kill a part at once (SIGKILL, children too)."""
        self.part(name).kill()

    def stop_part(self, name: Name) -> None:
        """Stop a part in good order."""
        self.part(name).stop()

    def freeze(self, name: Name) -> None:
        """Let a part hang: its connections stay open, nothing answers."""
        self.part(name).freeze()

    def thaw(self, name: Name) -> None:
        """Let a frozen part go on."""
        self.part(name).thaw()

    def spawn(self, name: Name) -> None:
        """Start a part that does not run, and return at once."""
        {
            "broker": self.rabbitmq.start,
            "database": self.postgresql.start,
            "redis": self.redis.start,
        }[name]()

    def start_part(self, name: Name) -> None:
        """Start a part that does not run, and return when it answers.

        Raises:
            StartError: It did not answer in time.
        """
        self.spawn(name)
        self.wait_ready((name,))

    def wait_ready(self, names: Iterable[Name] = NAMES, seconds: float = READY_S) -> None:
        """Return when the parts answer.

        Args:
            names: Which parts.
            seconds: How long each may take.

        Raises:
            StartError: One did not answer in time. The message ends with its last words.
        """
        for name in names:
            part, until = self.part(name), deadline(seconds)
            settled = deadline(SETTLING_S)
            while not self.is_ready(name):
                if not part.alive and name == "database" and time.monotonic() < settled:
                    # After a kill the former life's shared memory is released a little later.
                    part.start()
                elif not part.alive or time.monotonic() > until:
                    raise StartError(f"{name} did not start:\n{part.last_words()}")
                time.sleep(POLL_S * 2)

    def settings(self, service: str) -> Mapping[str, str]:
        """Return the secret settings of a service: where its parts are, and its passwords.

        Args:
            service: `gateway`, `router`, `agent-service` or `transcript-service`.
        """
        return wiring.settings(service, self.addresses, self.passwords)

    def migration_settings(self, service: str) -> Mapping[str, str]:
        """Return a service's settings and the address of the tables' owner."""
        return wiring.migration_settings(service, self.addresses, self.passwords)

    def admin_settings(self) -> Mapping[str, str]:
        """Return the addresses with all rights: of broker, database and Redis."""
        return {
            "PREK_AMQP_URL": wiring.broker_url(ADMIN, self.addresses, self.passwords),
            "PREK_DATABASE_URL": wiring.database_url(SUPERUSER, self.addresses, self.passwords),
            "PREK_REDIS_URL": self.settings("router")["PREK_REDIS_URL"],
        }

    @property
    def addresses(self) -> Parts:
        """Return where the parts answer."""
        return Parts(
            broker=f"127.0.0.1:{self.ports['broker']}",
            database=f"127.0.0.1:{self.ports['database']}",
            redis=f"127.0.0.1:{self.ports['redis']}",
        )
