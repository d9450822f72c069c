"""QUXIANG_CLOCK: one offset for every process of a database, and it only goes forward."""

from datetime import datetime, timedelta

import pytest

from bot.clock import BackwardsClock, Clock
from bot.database import Database, Works
from bot.rehearsal import set_rehearsal_clock
from bot.settings import WrongSetting
from models.sealed import Keyring
from rules import load

JULY = datetime.fromisoformat("2024-07-08T10:00:00+08:00")


async def process(url: str, given: datetime | None) -> Works:
    """A new process of the same database, started with this QUXIANG_CLOCK."""
    works = Works(Database(url), Clock(), load(None), Keyring.of("a secret long enough"))
    await works.read_clock()
    try:
        if given is not None:
            await set_rehearsal_clock(works, given)
    except WrongSetting:
        await works.database.close()
        raise
    return works


def near(works: Works, instant: datetime) -> bool:
    return abs(works.clock.now() - instant) < timedelta(seconds=20)


async def test_the_first_process_sets_it_and_the_others_take_it_over(database_url: str) -> None:
    first = await process(database_url, JULY)
    second = await process(database_url, None)
    assert near(first, JULY)
    assert near(second, JULY)
    await first.database.close()
    await second.database.close()


async def test_the_same_value_goes_on_and_a_later_one_moves_at_once(database_url: str) -> None:
    first = await process(database_url, JULY)
    await first.keep_clock(first.clock.offset_to(JULY + timedelta(days=3)))
    again = await process(database_url, JULY)
    assert near(again, JULY + timedelta(days=3))
    later = await process(database_url, JULY + timedelta(days=9))
    assert near(later, JULY + timedelta(days=9))
    await first.read_clock()
    assert near(first, JULY + timedelta(days=9))
    for one in (first, again, later):
        await one.database.close()


async def test_an_earlier_value_is_refused_and_changes_nothing(database_url: str) -> None:
    first = await process(database_url, JULY)
    with pytest.raises(WrongSetting, match="only goes forward"):
        await process(database_url, JULY - timedelta(days=1))
    again = await process(database_url, JULY)
    assert near(again, JULY)
    with pytest.raises(BackwardsClock):
        again.clock.offset_to(JULY - timedelta(days=1))
    await first.database.close()
    await again.database.close()
