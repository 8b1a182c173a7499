"""Numbers: figures by day, and the other channels' months."""

from transcript_service.migrations.scripts import run

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add them."""
    run("0012_numbers")
