"""Runs the SQL of a step. Statements are kept apart by a line `--;;`: asyncpg takes one each."""

from pathlib import Path

from alembic import op

_SQL = Path(__file__).parent / "sql"


def run(*names: str) -> None:
    """Execute every statement of some scripts, in order."""
    for name in names:
        script = (_SQL / f"{name}.sql").read_text("utf-8")
        for statement in script.split("\n--;;\n"):
            op.get_bind().exec_driver_sql(statement)
