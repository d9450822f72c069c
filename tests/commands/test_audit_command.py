"""The chain of seals: sound as it stands, and the first row named that was changed or taken away."""

import asyncio

import pytest
from sqlalchemy import text
from sqlmodel import func, select

from actions.seals import seal_batch
from models.event import Seal
from tests.commands.line import Line
from tests.driving import Running
from tests.world import World

EVENTS = 60
PER_SEAL = 20


@pytest.fixture
def line(running: Running) -> Line:
    return Line(running.settings.database_url, running.folder)


@pytest.fixture
async def sealed(running: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """Three seals over as many runs of events."""
    monkeypatch.setattr("actions.seals.BATCH", PER_SEAL)
    works = running.app.works
    async with works.begin() as work:
        for number in range(EVENTS):
            work.record("campaign_counted", number=number)
            await work.session.flush()
    while (await running.row(select(func.coalesce(func.max(Seal.last_id), 0)))) < EVENTS:
        # On PostgreSQL a seal waits for older transactions, of whatever database.
        async with works.begin() as work:
            await seal_batch(work)
        await asyncio.sleep(0.01)
    return running


async def _tamper(running: Running, statement: str) -> None:
    """As somebody with the database's password could."""
    sqlite = running.app.works.database.sqlite
    verbs = ("DROP TRIGGER event_no_update", "DROP TRIGGER event_no_delete")
    off = verbs if sqlite else ("SET LOCAL session_replication_role = replica",)
    async with running.app.works.database.writer.begin() as connection:
        for one in (*off, statement):
            await connection.execute(text(one))


async def test_a_chain_that_nobody_touched_is_sound(sealed: Running, line: Line) -> None:
    ran = await line("audit", "verify", "--json")
    assert (ran.status, ran.facts["broken"]) == (0, None), ran.err
    assert ran.facts["sealed"] >= EVENTS


async def test_a_changed_row_breaks_the_chain_where_it_stands(sealed: Running, line: Line) -> None:
    seals = await sealed.rows(select(Seal).order_by(text("id")))
    changed = seals[1].first_id + 7
    await _tamper(sealed, f"UPDATE event SET kind = 'other' WHERE id IN ({changed}, {changed + 1})")
    ran = await line("audit", "verify", "--json")
    assert (ran.status, ran.facts["broken"]) == (1, changed)
    assert str(changed) in ran.err
    assert ran.facts["sealed"] == seals[0].count


async def test_a_missing_row_is_named(sealed: Running, line: Line) -> None:
    seals = await sealed.rows(select(Seal).order_by(text("id")))
    gone = seals[1].first_id + 3
    await _tamper(sealed, f"DELETE FROM event WHERE id = {gone}")
    ran = await line("audit", "verify", "--json")
    assert (ran.status, ran.facts["broken"]) == (1, gone)


async def test_an_event_cannot_be_changed_while_the_trigger_stands(sealed: Running, world: World) -> None:
    with pytest.raises(Exception, match="append-only"):
        async with sealed.app.works.database.writer.begin() as connection:
            await connection.execute(text("UPDATE event SET kind = 'other'"))
