"""The migrations make what the models say, compared as normalised DDL: autogenerate is blind to much."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from bot.database import Database
from bot.migrate import migrate
from tests.databases import Templates

POSTGRES = """
SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' '
  || coalesce(character_maximum_length::text, '') || ' ' || is_nullable || ' ' || coalesce(column_default, '')
  FROM information_schema.columns WHERE table_schema = 'public'
"""


def ddl(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT type || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL"))
    else:
        rows = connection.execute(text(POSTGRES))
    plain = [normal(str(row[0])) for row in rows]
    return sorted(line for line in plain if "alembic_version" not in line)


def normal(statement: str) -> str:
    """White space and the order of a table's lines mean nothing."""
    flat = re.sub(r"\s+", " ", statement.replace('"', "")).strip()
    if not flat.startswith("table "):
        return flat
    head, _, body = flat.partition("(")
    return f"{head}({'; '.join(sorted(outermost(body.strip().removesuffix(')'))))})"


def outermost(body: str) -> list[str]:
    """Split at the commas that stand outside every bracket."""
    lines, depth, start = [], 0, 0
    for place, sign in enumerate(body):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            lines.append(body[start:place].strip())
            start = place + 1
    return [*lines, body[start:].strip()]


async def found_in(url: str, *, create: bool) -> list[str]:
    database = Database(url)
    async with database.writer.begin() as connection:
        if create:
            await connection.run_sync(SQLModel.metadata.create_all)
        found = await connection.run_sync(ddl)
    await database.close()
    return found


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_migrations_make_what_the_models_say(kind: str, templates: Templates, tmp_path: Path) -> None:
    with templates.fresh(kind, tmp_path) as migrated, templates.empty(kind, tmp_path) as plain:
        expected = asyncio.run(found_in(plain, create=True))
        found = asyncio.run(found_in(migrated, create=False))
    assert found == expected
    assert any(line.startswith("trigger ") for line in found)


async def test_migrating_twice_changes_nothing(database_url: str) -> None:
    before = await found_in(database_url, create=False)
    database = Database(database_url)
    await migrate(database)
    await database.close()
    assert await found_in(database_url, create=False) == before
