"""Brings a database to the newest schema; safe to run at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import models
from bot.database import Database

LOCK = 0x7175_7869  # one migration at a time on PostgreSQL


def config(connection: Connection) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(models.__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


async def migrate(database: Database) -> None:
    async with database.writer.begin() as connection:
        if not database.sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "head"))
