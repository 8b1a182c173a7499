"""Other systems: keys with scopes, and webhooks that are told of milestones."""

from alembic import op

revision = "0006"
down_revision = "0005"

_STATEMENTS = (
    """CREATE TABLE desk.api_key (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        name text NOT NULL,
        digest bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
        scopes text[] NOT NULL,
        made_by text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_on timestamptz,
        ended_at timestamptz
    )""",
    "CREATE INDEX api_key_tenant ON desk.api_key (tenant, made_at)",
    # The secret lies there as it is, for it signs.
    """CREATE TABLE desk.webhook (
        id uuid PRIMARY KEY,
        tenant text NOT NULL,
        url text NOT NULL,
        secret text NOT NULL,
        milestones text[] NOT NULL,
        made_by text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT now()
    )""",
    "CREATE INDEX webhook_tenant ON desk.webhook (tenant)",
    # What is on its way to a webhook that is gone finds no secret, and is given up.
    "ALTER TABLE desk.alert ADD hook uuid REFERENCES desk.webhook ON DELETE SET NULL",
    "CREATE INDEX alert_hook ON desk.alert (hook) WHERE hook IS NOT NULL",
    # A key that was made stays in the books.
    "GRANT SELECT, INSERT, UPDATE ON desk.api_key TO agent_app",
    "GRANT SELECT, INSERT, DELETE ON desk.webhook TO agent_app",
)


def upgrade() -> None:
    """Create the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)
