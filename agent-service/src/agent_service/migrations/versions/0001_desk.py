"""The desk's first tables: directory, accounts, sessions, one-time tickets."""

from alembic import op

revision = "0001"
down_revision = None

_ROLE = """
DO $$ BEGIN
    -- The launcher or the administrator makes the role with a password; here only if missing.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'agent_app') THEN
        CREATE ROLE agent_app NOLOGIN;
    END IF;
END $$
"""

_TABLES = (
    """CREATE TABLE desk.directory (
        tenant text PRIMARY KEY,
        version bigint NOT NULL,
        document jsonb NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT now()
    )""",
    """CREATE TABLE desk.account (
        tenant text NOT NULL,
        agent text NOT NULL,
        password_hash text NOT NULL,
        PRIMARY KEY (tenant, agent)
    )""",
    """CREATE TABLE desk.session (
        digest bytea PRIMARY KEY,
        tenant text NOT NULL,
        agent text NOT NULL,
        expires_at timestamptz NOT NULL,
        FOREIGN KEY (tenant, agent) REFERENCES desk.account ON DELETE CASCADE
    )""",
    """CREATE TABLE desk.ticket (
        digest bytea PRIMARY KEY,
        session bytea NOT NULL REFERENCES desk.session ON DELETE CASCADE,
        expires_at timestamptz NOT NULL
    )""",
    "GRANT USAGE ON SCHEMA desk TO agent_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA desk TO agent_app",
)


def upgrade() -> None:
    """Create the tables and give the service its rights."""
    op.execute(_ROLE)
    for statement in _TABLES:
        op.execute(statement)
