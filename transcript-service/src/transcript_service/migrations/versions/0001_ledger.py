"""The ledger: conversations, events, bodies, offers, hand-overs, agents, and their functions."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Create everything. Statements are kept apart by a line `--;;`, as asyncpg takes one each."""
    for name in ("0001_roles", "0001_tables", "0001_functions", "0001_rights"):
        script = (_SQL / f"{name}.sql").read_text("utf-8")
        for statement in script.split("\n--;;\n"):
            op.get_bind().exec_driver_sql(statement)
