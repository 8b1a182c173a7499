"""Which errors say that the database is away, so that a command waits instead of being given up."""

import asyncpg
import pytest
from services.database import Database, is_away
from services.errors import Transient


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (asyncpg.InterfaceError("connection is closed"), True),
        (asyncpg.InternalClientError("another operation is in progress"), True),
        (asyncpg.ConnectionDoesNotExistError(), True),
        (asyncpg.CannotConnectNowError(), True),
        (asyncpg.TooManyConnectionsError(), True),
        (asyncpg.AdminShutdownError(), True),
        (asyncpg.DeadlockDetectedError(), True),
        (asyncpg.ReadOnlySQLTransactionError(), True),
        (asyncpg.InvalidPasswordError(), True),
        (asyncpg.InvalidCatalogNameError(), True),
        (asyncpg.InvalidSchemaNameError(), True),
        (asyncpg.UndefinedFunctionError(), True),
        (asyncpg.InsufficientPrivilegeError(), True),
        (asyncpg.UniqueViolationError(), False),
        (asyncpg.CheckViolationError(), False),
        (asyncpg.NumericValueOutOfRangeError(), False),
        (asyncpg.UntranslatableCharacterError(), False),
        (asyncpg.SyntaxOrAccessError(), False),
        (ValueError(), False),
        (KeyError(), False),
    ],
)
def test_only_what_time_may_mend_counts_as_away(error, away):
    assert is_away(error) is away


async def test_what_the_driver_cannot_encode_is_not_the_databases_absence():
    """A number too large for a column was once tried again for ever."""
    error = asyncpg.exceptions._base.DataError("value out of int32 range")

    assert isinstance(error, asyncpg.InterfaceError)
    assert not is_away(error)


async def test_nobody_there_is_told_as_transient_and_seen_as_missing():
    database = Database(
        "postgresql://nobody@127.0.0.1:1/none", application="test", probe="SELECT 1", size=1
    )
    with pytest.raises(Transient):
        async with database.connection():
            pass

    assert database.missing() == "database"
    await database.stop()
