"""Passwords and settings for containers: `python -m native.keys` fills one volume per reader.

Runs once before everything else. A second run changes nothing, so that data stays readable.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from native import wiring
from native.furniture import MIGRATED
from native.layout import Layout, write_atomically
from native.passwords import ADMIN, Passwords
from native.ports import KEPT
from native.postgresql import SUPERUSER
from native.rabbitmq import topology_definitions
from native.wiring import Parts

READABLE = 0o444
"""Each volume is mounted only where its content is needed; the readers' accounts differ."""


def fill(folder: Path, parts: Parts) -> None:
    """Write what each container may know.

    Args:
        folder: Holds one folder per reader, and `all`, which nobody else mounts.
        parts: Where broker, database and Redis answer.
    """
    layout = Layout(folder / "all")
    layout.create()
    passwords = Passwords(layout)
    for service in KEPT:
        _write(folder / service, wiring.settings(service, parts, passwords))
    for service in MIGRATED:
        more = wiring.migration_settings(service, parts, passwords)
        _write(folder / f"{service}-migrate", more)
    _write(folder / "admin", {"PREK_AMQP_URL": wiring.broker_url(ADMIN, parts, passwords)})
    _write(folder / "broker", {"definitions.json": topology_definitions(passwords.broker_file)})
    sql = wiring.roles_sql(passwords) + wiring.grants_sql()
    superuser = passwords.database(SUPERUSER)
    _write(folder / "database", {"roles.sql": sql, "superuser": superuser})
    conf = {"bind": "* -::*", "protected-mode": "yes"}
    _write(folder / "redis", {"redis.conf": wiring.redis_conf(passwords, conf)})


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_atomically(folder / name.lower(), content, mode=READABLE)


def main() -> int:
    """Fill the folders named in the environment."""
    parts = Parts(
        broker=os.environ["PREK_BROKER_ADDRESS"],
        database=os.environ["PREK_DATABASE_ADDRESS"],
        redis=os.environ["PREK_REDIS_ADDRESS"],
    )
    fill(Path(os.environ["PREK_KEYS_DIR"]), parts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
