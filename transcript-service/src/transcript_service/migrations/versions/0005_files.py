"""Files in the store: a row each, and which event shows it."""

from transcript_service.migrations.scripts import run

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table and its functions."""
    run("0005_tables", "0005_functions", "0005_rights")
