"""Passwords and keys, generated at the first start and kept in files only we may read."""

import json
import secrets
from pathlib import Path

from native.layout import Layout, write_atomically

PRIVATE = 0o600

ADMIN = "admin"
"""The broker's user for people: to look at dead letters, and for tests. No service has it."""

BROKER_USERS = ("ledger", "gateway", "router", "agent", ADMIN)
DATABASE_USERS = ("postgres", "prek_owner", "transcript_app", "transcript_keeper", "agent_app")
NAMES = (
    *(f"broker-{user}" for user in BROKER_USERS),
    *(f"database-{user}" for user in DATABASE_USERS),
    "redis",
    "signing-key",
    "seal-key",
)


class Passwords:
    """What the parts and services prove themselves with."""

    def __init__(self, layout: Layout) -> None:
        """Read the passwords, and generate those which are not there yet.

        Args:
            layout: Its folders must exist.
        """
        self.file = layout.secrets / "passwords.json"
        known: dict[str, str] = {}
        if self.file.exists():
            known = json.loads(self.file.read_text(encoding="utf-8"))
        self._all = {name: known.get(name) or secrets.token_urlsafe(32) for name in NAMES}
        if self._all != known:
            self._write(self.file, self._all)
        self.broker_file = layout.secrets / "broker.json"
        self._write(self.broker_file, {user: self.broker(user) for user in BROKER_USERS})

    @staticmethod
    def _write(path: Path, content: dict[str, str]) -> None:
        write_atomically(path, json.dumps(content, indent=2) + "\n", mode=PRIVATE)

    def broker(self, user: str) -> str:
        """Return a broker user's password."""
        return self._all[f"broker-{user}"]

    def database(self, role: str) -> str:
        """Return a database role's password."""
        return self._all[f"database-{role}"]

    @property
    def redis(self) -> str:
        """Return the password of Redis' default user."""
        return self._all["redis"]

    @property
    def signing_key(self) -> str:
        """Return the key the services sign their tokens to each other with."""
        return self._all["signing-key"]

    @property
    def seal_key(self) -> str:
        """Return the private key of the ledger's seals: 32 bytes, base64 without padding."""
        return self._all["seal-key"]
