"""The audit: who read, searched, exported, erased, blocked or broke the glass; and indexes."""

from transcript_service.migrations.scripts import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table, what writes to it by itself, and what figures are found by."""
    run("0007_tables", "0007_functions", "0007_rights")
