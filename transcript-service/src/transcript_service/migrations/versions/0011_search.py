"""Search: the words of a conversation as they are looked for."""

from transcript_service.migrations.scripts import run

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add them."""
    run("0011_search")
