"""Seals and marks: what was erased, masked or taken out, signed; and the keeper's rights."""

from transcript_service.migrations.scripts import run

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add them."""
    run("0008_roles", "0008_seals", "0008_functions", "0008_commit", "0008_rights")
