"""The ledger: conversations, events, bodies, offers, hand-overs, agents, and their functions."""

from transcript_service.migrations.scripts import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    run("0001_roles", "0001_tables", "0001_functions", "0001_rights")
