"""The transcript-service's settings."""

from pathlib import Path

from services.settings import KitSettings


class Settings(KitSettings):
    """Frozen."""

    database_url: str
    """Role `transcript_app`: may add to what happened, never change or delete it."""
    pool_size: int = 8
    max_batch: int = 64
    """Most commands decided and committed at once."""
    workers: int = 2
    """Batches in hand at the same time: one is decided while another is at the database."""
    files_dir: Path | None = None
    """Where files lie: a folder that all replicas share. None: no file is taken."""
    clamd: str = ""
    """ClamAV's daemon, `tcp://host:3310` or `unix:///path`. Empty: files are kept unscanned.
    Where one is named and does not answer, no file is taken."""
