"""What was stored before a migration is there after it, and obeys what is new."""

import asyncio
from pathlib import Path

from alembic import command
from sqlalchemy import text

from bot.database import Database
from bot.migrate import config, migrate

BEFORE = "0005"
ID = "00000000000000000000000000000001"
SCHOOL = (
    f"INSERT INTO unit (id, kind, name, path, parent_id) VALUES ('{ID}', 'school', '江城', '/{ID}/', NULL)"
)
CASE = (
    "INSERT INTO cases (id, number, kind, state, reason, unit_id, counselor_may_see, opened_at,"
    " first_contact_by, due_at, reopened, rules_digest)"
    f" VALUES ('{{id}}', {{number}}, '{{kind}}', 'open', '', '{ID}', 1, '2024-07-08 02:00:00',"
    " '2024-07-08 09:00:00', '2024-07-15 09:00:00', 0, '')"
)
NOTE = f"INSERT INTO note (id, case_id, kind, at) VALUES ('{ID}', '{ID}', 'opened', '2024-07-08 02:00:00')"


async def _migrated(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = Database(url)
    async with database.writer.begin() as connection:
        await connection.run_sync(lambda bare: command.upgrade(config(bare), BEFORE))
        columns = (
            (await connection.execute(text("SELECT name FROM pragma_table_info('unit')"))).scalars().all()
        )
        assert {"id", "kind", "name", "path"} <= set(columns)
        await connection.execute(text(SCHOOL))
        for number, kind in enumerate(("dispute", "message"), start=1):
            await connection.execute(text(CASE.format(id=f"{number:032d}", number=number, kind=kind)))
        await connection.execute(text(NOTE))
    await migrate(database)
    async with database.writer.begin() as connection:
        asked = {
            "cases": "SELECT kind, severity, terms, escalate_at, own_by FROM cases ORDER BY number",
            "whole": "PRAGMA integrity_check",
            "broken": "PRAGMA foreign_key_check",
            "note": "SELECT kind, asked FROM note",
        }
        found = {
            name: [tuple(row) for row in (await connection.execute(text(query))).all()]
            for name, query in asked.items()
        }
        await connection.execute(
            text("UPDATE cases SET kind = 'finding', channel = 'letter' WHERE number = 2")
        )
    await database.close()
    return found


def test_open_cases_come_through_with_clocks_that_a_tick_finds(tmp_path: Path) -> None:
    found = asyncio.run(_migrated(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"))
    first_contact = "2024-07-08 09:00:00"
    assert found["cases"] == [
        ("dispute", "urgent", "{}", first_contact, first_contact),
        ("message", "normal", "{}", first_contact, first_contact),
    ]
    assert found["note"] == [("opened", None)]
    assert found["whole"] == [("ok",)]
    assert found["broken"] == []
