"""What became of a conversation, what the archive makes of it, and who broke the glass."""

from transcript_service.migrations.scripts import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns, and have the function write them; `conversation_document` reads them."""
    run("0006_tables", "0006_functions")
