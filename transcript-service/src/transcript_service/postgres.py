"""The ledger's connections to PostgreSQL."""

from typing import Final

from services.database import Database

_PLANS: Final = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
"""Every statement of ours goes by keys. Planned once a connection, also while the tables are empty,
and not once a message: the planner would take longer than the statement."""

SEARCHES: Final = 3
"""So many searches at once, of one replica."""
SEARCH_MS: Final = 3_000


def ledger_database(url: str, *, size: int) -> Database:
    """Return the database as role `transcript_app`; nothing is connected yet."""
    return Database(
        url,
        application="transcript-service",
        probe="SELECT 1 FROM ledger.alembic_version",
        size=size,
        settings=_PLANS,
    )


def keeper_database(url: str, *, size: int) -> Database:
    """Return the database as role `transcript_keeper`; nothing is connected yet.

    Its statements look at many conversations, are planned for what they find, and nobody waits.
    """
    return Database(
        url,
        application="keeper",
        probe="SELECT 1 FROM ledger.alembic_version",
        size=size,
        settings={"jit": "off"},
        statement_s=600,
    )


def search_database(url: str, *, size: int = SEARCHES) -> Database:
    """Return the database as role `transcript_app`, for searches: each is planned for its words.

    A search that takes longer than it may is ended by the server, and answered as `busy`; so is one
    that waits for its turn too long.
    """
    return Database(
        url,
        application="search",
        probe="SELECT 1 FROM ledger.alembic_version",
        size=size,
        settings={
            "jit": "off",
            "plan_cache_mode": "force_custom_plan",
            # The planner does not know what it takes to read words, and would rather read them all.
            "enable_seqscan": "off",
            "max_parallel_workers_per_gather": "0",
            "work_mem": "16MB",
            "statement_timeout": str(SEARCH_MS),
        },
    )
