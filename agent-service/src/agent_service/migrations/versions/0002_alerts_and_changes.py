"""Who changed a set-up and how, whom a department's alerts go to, and the alerts themselves."""

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = (
    """CREATE TABLE desk.change (
        tenant text NOT NULL,
        version bigint NOT NULL,
        by text NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        what jsonb NOT NULL,
        PRIMARY KEY (tenant, version)
    )""",
    # Department '*': those of every department. No id of a department looks like that.
    """CREATE TABLE desk.alert_target (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant text NOT NULL,
        department text NOT NULL,
        stage text NOT NULL CHECK (stage IN ('department', 'leader')),
        kind text NOT NULL CHECK (kind IN ('email', 'webhook')),
        address text NOT NULL,
        secret text NOT NULL DEFAULT '',
        UNIQUE (tenant, department, stage, kind, address)
    )""",
    """CREATE TABLE desk.alert (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        target bigint REFERENCES desk.alert_target ON DELETE SET NULL,
        kind text NOT NULL CHECK (kind IN ('email', 'webhook', 'none')),
        address text NOT NULL,
        matter jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('due', 'held', 'sent', 'failed', 'untold')),
        attempts integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        next_at timestamptz NOT NULL DEFAULT now(),
        give_up_at timestamptz NOT NULL,
        sent_at timestamptz
    )""",
    "CREATE INDEX alert_due ON desk.alert (next_at) WHERE state = 'due'",
    "CREATE INDEX alert_created ON desk.alert (created_at)",
    # A change that was made stays in the books.
    "GRANT SELECT, INSERT ON desk.change TO agent_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON desk.alert_target, desk.alert TO agent_app",
)


def upgrade() -> None:
    """Create the tables and give the service its rights."""
    for statement in _TABLES:
        op.execute(statement)
