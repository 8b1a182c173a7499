"""Other systems: what is closed, in the order of its end."""

from transcript_service.migrations.scripts import run

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the index."""
    run("0013_outside")
