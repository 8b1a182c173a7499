"""Who connects to what, as whom: the secret settings of each service, natively and in containers.

Pure: addresses and passwords in, settings out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from native.passwords import Passwords
from native.ports import KEEPER

VHOST = "chat"

HEARTBEAT_S = 10
"""A hung connection is noticed after about three of these (reliability.md 1.6)."""

DATABASE = "prek"
OWNER = "prek_owner"
RETENTION = "transcript_retention"
"""May erase, and only that. Nobody signs in as this role; the keeper is a member of it."""

BROKER_USER = {
    "gateway": "gateway",
    "router": "router",
    "agent-service": "agent",
    "transcript-service": "ledger",
    KEEPER: "ledger",
}
DATABASE_ROLE = {
    "agent-service": "agent_app",
    "transcript-service": "transcript_app",
    KEEPER: "transcript_keeper",
}


@dataclass(frozen=True, slots=True)
class Parts:
    """Where broker, database and Redis answer, each as `host:port`."""

    broker: str
    database: str
    redis: str


def settings(service: str, parts: Parts, passwords: Passwords) -> Mapping[str, str]:
    """Return the secret settings of a service.

    Args:
        service: `gateway`, `router`, `agent-service`, `transcript-service` or `keeper`.
        parts: Where the parts are.
        passwords: What to prove oneself with.
    """
    found = {
        "PREK_AMQP_URL": broker_url(BROKER_USER[service], parts, passwords),
        "PREK_REDIS_URL": f"redis://:{quote(passwords.redis, safe='')}@{parts.redis}/0",
        "PREK_SIGNING_KEY": passwords.signing_key,
    }
    role = DATABASE_ROLE.get(service)
    if role is not None:
        found["PREK_DATABASE_URL"] = database_url(role, parts, passwords)
    if service == KEEPER:
        # Nobody else has it: what signs the ledger is not where the ledger is.
        found["PREK_SEAL_KEY"] = passwords.seal_key
    return found


def migration_settings(service: str, parts: Parts, passwords: Passwords) -> Mapping[str, str]:
    """Return a service's settings and the address of the tables' owner."""
    owner = {"PREK_MIGRATE_URL": database_url(OWNER, parts, passwords)}
    return {**settings(service, parts, passwords), **owner}


def broker_url(user: str, parts: Parts, passwords: Passwords) -> str:
    """Return the address of the broker for one of its users."""
    password = quote(passwords.broker(user), safe="")
    return f"amqp://{user}:{password}@{parts.broker}/{VHOST}?heartbeat={HEARTBEAT_S}"


def database_url(role: str, parts: Parts, passwords: Passwords) -> str:
    """Return the address of the database for a role."""
    password = quote(passwords.database(role), safe="")
    return f"postgresql://{role}:{password}@{parts.database}/{DATABASE}"


def roles_sql(passwords: Passwords) -> str:
    """Return SQL that creates the roles, or sets their passwords if they are there."""
    statements = []
    for role in (OWNER, *DATABASE_ROLE.values()):
        password = passwords.database(role).replace("'", "''")
        statements.append(
            f"DO $$ BEGIN\n"
            f"    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN\n"
            f"        CREATE ROLE {role} LOGIN;\n"
            f"    END IF;\n"
            f"END $$;\n"
            f"ALTER ROLE {role} PASSWORD '{password}';\n"
        )
    statements.append(
        f"DO $$ BEGIN\n"
        f"    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{RETENTION}') THEN\n"
        f"        CREATE ROLE {RETENTION} NOLOGIN;\n"
        f"    END IF;\n"
        f"END $$;\n"
        f"GRANT {RETENTION} TO {DATABASE_ROLE[KEEPER]};\n"
    )
    return "".join(statements)


def grants_sql() -> str:
    """Return SQL that lets in nobody but the roles. The database must be there."""
    roles = ", ".join(DATABASE_ROLE.values())
    return (
        f"ALTER DATABASE {DATABASE} OWNER TO {OWNER};\n"
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;\n"
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {roles};\n"
    )


def redis_conf(passwords: Passwords, more: Mapping[str, str]) -> str:
    """Return a configuration of Redis that keeps nothing on disk.

    Args:
        passwords: Its default user's password.
        more: Directives that differ between natively and in containers.
    """
    directives = {
        **more,
        "save": '""',
        "appendonly": "no",
        "requirepass": passwords.redis,
    }
    return "".join(f"{name} {value}\n" for name, value in directives.items())
