"""Alembic's entry: one async connection, its version table inside our own schema."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, version_table_schema="desk")
    with context.begin_transaction():
        context.run_migrations()


async def _run() -> None:
    engine = create_async_engine(context.config.attributes["url"], poolclass=NullPool)
    async with engine.begin() as connection:
        # Two replicas may migrate at once; the second waits and finds nothing to do.
        await connection.execute(text("SELECT pg_advisory_xact_lock(7062652)"))
        await connection.execute(text("CREATE SCHEMA IF NOT EXISTS desk"))
        await connection.run_sync(_migrate)
    await engine.dispose()


asyncio.run(_run())
