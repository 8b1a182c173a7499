"""Sessions that a provider vouches for, sign-ins under way, logouts heard, and who is who."""

from alembic import op

revision = "0003"
down_revision = "0002"

_CHANGES = (
    # A session of a local account goes with the account; one a provider vouches for has none.
    "ALTER TABLE desk.session DROP CONSTRAINT session_tenant_agent_fkey",
    """ALTER TABLE desk.session
        ADD account text,
        ADD provider text,
        ADD subject text,
        ADD sid text,
        ADD roles text[],
        ADD departments text[],
        ADD refresh text,
        ADD checked_at timestamptz,
        ADD check_at timestamptz""",
    "UPDATE desk.session SET account = agent",
    """ALTER TABLE desk.session ADD CONSTRAINT session_account
        FOREIGN KEY (tenant, account) REFERENCES desk.account ON DELETE CASCADE""",
    """CREATE INDEX session_subject ON desk.session (tenant, provider, subject)
        WHERE provider IS NOT NULL""",
    "CREATE INDEX session_check ON desk.session (check_at) WHERE refresh IS NOT NULL",
    """CREATE TABLE desk.sign_in (
        digest bytea PRIMARY KEY,
        tenant text NOT NULL,
        provider text NOT NULL,
        state text NOT NULL,
        nonce text NOT NULL,
        verifier text NOT NULL,
        expires_at timestamptz NOT NULL
    )""",
    """CREATE TABLE desk.logout (
        tenant text NOT NULL,
        provider text NOT NULL,
        jti text NOT NULL,
        sid text,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant, provider, jti)
    )""",
    """CREATE TABLE desk.identity (
        tenant text NOT NULL,
        provider text NOT NULL,
        person text NOT NULL,
        agent text NOT NULL,
        PRIMARY KEY (tenant, provider, person)
    )""",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON desk.sign_in, desk.logout, desk.identity TO agent_app",
)


def upgrade() -> None:
    """Change the sessions and create the tables."""
    for statement in _CHANGES:
        op.execute(statement)
