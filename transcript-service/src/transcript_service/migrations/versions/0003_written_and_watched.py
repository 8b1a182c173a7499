"""Written questions, first replies, consults, alarms, blocks, follow-ups, waits."""

from transcript_service.migrations.scripts import run

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and the table, and have the functions read and write them."""
    run("0003_tables", "0003_functions", "0003_rights")
