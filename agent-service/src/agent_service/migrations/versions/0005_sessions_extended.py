"""Sessions can be made to last longer: when they began limits by how much, where rules ask so."""

from alembic import op

revision = "0005"
down_revision = "0004"

_STATEMENT = "ALTER TABLE desk.session ADD began_at timestamptz NOT NULL DEFAULT now()"


def upgrade() -> None:
    """Add the beginning; sessions there are begin now, which is never too short for anybody."""
    op.execute(_STATEMENT)
