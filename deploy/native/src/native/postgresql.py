"""A private PostgreSQL: own cluster, port and passwords; three roles and one database."""

import dataclasses
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from native import wiring
from native.errors import StartError
from native.layout import Layout
from native.part import Part, Recipe
from native.passwords import Passwords
from native.ports import Ports
from native.wiring import DATABASE

ACCOUNT = "postgres"
"""PostgreSQL refuses to run as root; this account comes with the package."""

SUPERUSER = "postgres"

INSTALLATIONS = Path("/usr/lib/postgresql")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a deep clone would exceed the 107 bytes of a socket's path
    "max_connections": "200",
    "shared_buffers": "256MB",
    "password_encryption": "scram-sha-256",
    "log_min_error_statement": "panic",  # a failed statement may carry a citizen's words
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",  # DETAIL lines quote the values of a row
}


def newest_installation(folder: Path = INSTALLATIONS) -> Path | None:
    """Return the newest PostgreSQL's folder of programs, or None if there is none."""
    found = [path.parent for path in folder.glob("*/bin/postgres")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


class PostgreSQL:
    """The private database server."""

    def __init__(self, layout: Layout, ports: Ports, passwords: Passwords) -> None:
        """Prepare the recipe; nothing is written or started yet.

        Raises:
            StartError: PostgreSQL is not installed.
        """
        programs = newest_installation()
        if programs is None:
            raise StartError("PostgreSQL is not installed: run `make setup`")
        self._programs = programs
        self._link = layout.folder / "postgres"
        self._port = ports["database"]
        self._passwords = passwords
        self._account = ACCOUNT if os.geteuid() == 0 else None
        self.server = Part(
            Recipe(
                name="database",
                argv=self._argv(),
                log=layout.logs / "postgresql.log",
                user=self._account,
                # Fast shutdown: SIGTERM would wait for clients that never leave.
                stop_signal=signal.SIGINT,
                cwd=Path("/"),
            )
        )

    def _argv(self) -> list[str]:
        argv = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self._port)]
        for name, value in SETTINGS.items():
            argv += ["-c", f"{name}={value}"]
        return argv

    @property
    def _data(self) -> Path:
        return self._link.resolve() / "data"

    def prepare(self) -> None:
        """Create the cluster if there is none."""
        if not self._link.exists():
            self._create_folder()
        if self._account is not None and not self._reaches(self._data.parent):
            self._move_out()
        if not (self._data / "PG_VERSION").exists():
            self._create_cluster()
        self.server.recipe = dataclasses.replace(self.server.recipe, argv=self._argv())

    def _create_folder(self) -> None:
        self._link.unlink(missing_ok=True)
        self._link.mkdir()
        if self._account is not None:
            shutil.chown(self._link, self._account, self._account)

    def _reaches(self, folder: Path) -> bool:
        """Tell whether the database's account may enter a folder (it cannot enter /root)."""
        return self._as_account(["test", "-w", str(folder)]).returncode == 0

    def _move_out(self) -> None:
        """Put the data where the account can reach it, and leave a link behind."""
        elsewhere = Path(tempfile.mkdtemp(prefix="prek-postgres-", dir="/var/tmp"))
        shutil.chown(elsewhere, ACCOUNT, ACCOUNT)
        self._link.rmdir()
        self._link.symlink_to(elsewhere)
        if not self._reaches(elsewhere):
            raise StartError(f"the account {self._account} cannot write to {elsewhere}")

    def _create_cluster(self) -> None:
        """Run initdb. The superuser's password goes through a file, not the command line."""
        folder = self._data.parent
        password = folder / f"password-{secrets.token_hex(4)}"
        password.touch(mode=0o600)
        password.write_text(self._passwords.database(SUPERUSER) + "\n", encoding="utf-8")
        if self._account is not None:
            shutil.chown(password, self._account)
        try:
            done = self._as_account(
                [
                    str(self._programs / "initdb"),
                    f"--pgdata={folder / 'data'}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--data-checksums",
                ]
            )
        finally:
            password.unlink()
        if done.returncode:
            raise StartError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _as_account(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        prefix = []
        if self._account is not None:
            prefix = ["setpriv", f"--reuid={self._account}", f"--regid={self._account}"]
            prefix += ["--init-groups", "--"]
        return subprocess.run(
            [*prefix, *argv], capture_output=True, text=True, check=False, cwd="/"
        )

    def start(self) -> None:
        """Start the server."""
        self.server.start()

    def is_ready(self) -> bool:
        """Tell whether the server answers a query."""
        return self._psql("SELECT 1", DATABASE).returncode == 0 or (
            self._psql("SELECT 1", "postgres").returncode == 0
        )

    def furnish(self) -> None:
        """Create roles and database, or set the roles' passwords if they are there.

        Call it once the server is ready.

        Raises:
            StartError: The server refused.
        """
        self._must(wiring.roles_sql(self._passwords))
        found = self._psql(f"SELECT FROM pg_database WHERE datname = '{DATABASE}'", "postgres")
        if "(1 row)" not in found.stdout:
            self._must(f"CREATE DATABASE {DATABASE};")
        self._must(wiring.grants_sql())

    def _must(self, sql: str) -> None:
        done = self._psql(sql, "postgres")
        if done.returncode:
            raise StartError(f"the database server refused:\n{done.stderr}")

    def _psql(self, sql: str, database: str) -> subprocess.CompletedProcess[str]:
        """Run SQL as the superuser. It goes through stdin: it may hold a password."""
        return subprocess.run(
            [
                str(self._programs / "psql"),
                "--no-psqlrc",
                "--set=ON_ERROR_STOP=1",
                "--host=127.0.0.1",
                f"--port={self._port}",
                f"--username={SUPERUSER}",
                f"--dbname={database}",
            ],
            input=sql,
            env={
                **os.environ,
                "PGPASSWORD": self._passwords.database(SUPERUSER),
                "PGCONNECT_TIMEOUT": "2",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def identity(self) -> str:
        """Return what tells this cluster from one that is created anew."""
        made = (self._data / "PG_VERSION").stat()
        return f"{made.st_ino}-{made.st_mtime_ns}"

    def remove(self) -> None:
        """Delete the data. The server must be stopped."""
        shutil.rmtree(self._link.resolve(), ignore_errors=True)
        if self._link.is_symlink():
            self._link.unlink()
