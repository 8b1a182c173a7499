"""The archive: what was handed over, to whom, and what came back."""

from transcript_service.migrations.scripts import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add them."""
    run("0009_archive")
