"""Letters to citizens are handed over once: what may have been taken is noted before."""

from alembic import op

revision = "0004"
down_revision = "0003"

_STATES = "('due', 'held', 'sent', 'failed', 'untold', 'uncertain')"
_STATEMENTS = (
    f"""ALTER TABLE desk.alert DROP CONSTRAINT alert_state_check,
    ADD CONSTRAINT alert_state_check CHECK (state IN {_STATES})""",
    # No key to the alert: its row is locked by the transaction of whoever hands it over.
    """CREATE TABLE desk.alert_handed (
        alert uuid PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now()
    )""",
    "GRANT SELECT, INSERT, DELETE ON desk.alert_handed TO agent_app",
)


def upgrade() -> None:
    """Add the note."""
    for statement in _STATEMENTS:
        op.execute(statement)
