"""The keeper's settings."""

from pathlib import Path

from pydantic import Field

from transcript_service.archive.ways import ArchiveAccess
from transcript_service.settings import Settings


class KeeperSettings(Settings):
    """Frozen. `database_url` names the role `transcript_keeper`: it may erase, and add marks."""

    seal_key: str = Field(repr=False)
    """Private key of the seals and marks: 32 bytes, URL-safe base64 without padding."""
    seals_dir: Path
    """Where the daily seals lie: outside the database, on another disk where that is to be had."""
    archive_dir: Path
    """Where packages for the archive are made, and dropped for who takes them from a folder."""
    archive_schemas_dir: Path | None = None
    """KS' schemas and code lists of Fiks Arkiv V1, which are no part of the product. None: packages
    are held against the product's own rules alone."""
    archive_access: dict[str, ArchiveAccess] = Field(default={}, repr=False)
    """By tenant, where its packages may be sent over HTTP, and by which token: as JSON,
    `{"testvik": {"origin": "https://arkiv.example.no", "token": "…"}}`."""
