"""Brings a database to the newest schema; safe to run at every start."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

import models
from bot.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(models.__file__).parent / "migrations"
LOCK = 0x7175_7869  # one migration at a time on PostgreSQL


def config(connection: Connection) -> "Config":
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


async def migrate(database: Database) -> None:
    if await _newest(database):
        return
    async with database.writer.begin() as connection:
        if not database.sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        await connection.run_sync(_upgrade)


def head() -> str:
    """`v0001_first_schema.py` is revision 0001."""
    newest = max((MIGRATIONS / "versions").glob("v*.py"))
    return newest.name.partition("_")[0].removeprefix("v")


async def _newest(database: Database) -> bool:
    """Asked without Alembic, whose import is a third of a second of every command."""
    try:
        async with database.reader.connect() as connection:
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
            return found.scalars().all() == [head()]
    except DBAPIError:
        return False


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(config(connection), "head")
