"""Remembers that tables and demonstration are up to date, so that a second start takes seconds."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from native.furniture import MIGRATED, MODULE
from native.layout import REPOSITORY, Layout

KINDS = {".py", ".sql", ".json", ".mako"}
"""Files by which migrating or seeding may change."""


def _sources() -> Iterator[Path]:
    for service in MIGRATED:
        folder = REPOSITORY / service / "src" / MODULE[service]
        found = (path for path in folder.rglob("*") if path.suffix in KINDS)
        yield from sorted(path for path in found if "static" not in path.parts)


def fingerprint(cluster: str) -> str:
    """Return a hash of the programs that prepare the database, and of the database's identity."""
    digest = hashlib.sha256(cluster.encode())
    for path in _sources():
        digest.update(str(path.relative_to(REPOSITORY)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Prepared:
    """Whether this database was prepared by these programs."""

    def __init__(self, layout: Layout, cluster: str) -> None:
        """Compute what would have to be remembered.

        Args:
            layout: Where it is remembered.
            cluster: What tells this database from one made anew.
        """
        self._file = layout.folder / "prepared"
        self._wanted = fingerprint(cluster)

    def __bool__(self) -> bool:
        """Tell whether nothing is to be done."""
        return self._file.exists() and self._file.read_text(encoding="utf-8") == self._wanted

    def remember(self) -> None:
        """Note that all is done."""
        self._file.write_text(self._wanted, encoding="utf-8")
