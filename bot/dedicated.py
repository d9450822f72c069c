"""One PostgreSQL connection kept for itself, outside every transaction, whose loss is noticed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.database import Database

ALIVE_EVERY = 3.0
ANSWERS_WITHIN = 3.0
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError, PoolTimeout, OSError, TimeoutError)


@asynccontextmanager
async def dedicated(database: Database) -> AsyncIterator[Any]:
    """Ended rather than given back, so that nothing of it outlives its use: no lock, no listener."""
    async with database.writer.connect() as connection:
        try:
            yield (await connection.get_raw_connection()).driver_connection
        finally:
            await connection.invalidate()


async def lost(connection: Any) -> None:
    """Returns, or raises one of LOST, once this connection is no more."""
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    while not (ended.is_set() or connection.is_closed()):
        with suppress(TimeoutError):
            async with asyncio.timeout(ALIVE_EVERY):
                await ended.wait()
                return
        await connection.execute("SELECT 1", timeout=ANSWERS_WITHIN)
