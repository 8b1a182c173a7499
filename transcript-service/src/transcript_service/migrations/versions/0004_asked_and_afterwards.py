"""The nudge, and what a citizen says once it is over."""

from transcript_service.migrations.scripts import run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, and have the function write them; `conversation_document` reads them."""
    run("0004_tables", "0004_functions")
