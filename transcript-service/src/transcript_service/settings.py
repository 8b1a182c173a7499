"""The transcript-service's settings."""

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
