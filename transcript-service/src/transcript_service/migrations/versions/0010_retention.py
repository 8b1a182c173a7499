"""Retention: holds, runs and what they did, wishes to be forgotten, packages for access."""

from transcript_service.migrations.scripts import run

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add them."""
    run("0010_retention")
