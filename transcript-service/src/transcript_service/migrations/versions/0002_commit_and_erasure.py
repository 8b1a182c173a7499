"""Units are committed in one statement a table; an erased body leaves a mark."""

from transcript_service.migrations.scripts import run

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Replace how batches are committed and add the marks."""
    run("0002_commit", "0002_erasure")
