"""The ticking ends with the process, in the middle of a job too, and nobody is shown a traceback for it."""

import logging

import pytest

from bot.clock import Clock
from bot.database import Database, Works
from models.sealed import Keyring
from rules import load
from scheduler.jobs import JOBS
from scheduler.schedule import Schedule
from tests.delivery.test_stopping import until


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_job_that_is_cut_short_by_the_end_is_no_error(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    works = Works(Database(database_url), Clock(), load(), Keyring.of("a secret for tests"))
    schedule = Schedule(works)
    async with works.begin() as work:  # the only writer: whatever ticks has to wait for it
        await work.session.connection()
        schedule.apscheduler.start()
        running = schedule.apscheduler.add_job(schedule._tick, args=[JOBS[0]])
        await until(lambda: schedule.apscheduler.get_job(running.id) is None)
        with caplog.at_level(logging.WARNING):
            await schedule.stop()
            assert not schedule._ticking
    assert not caplog.records
    await works.database.close()
