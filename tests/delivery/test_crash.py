"""Killed, stopped, cut off from its database: nothing is lost without trace, no campaign message doubled."""

import asyncio
import shutil
import sqlite3
import sys
from collections import Counter
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import JSON, event, func, select, type_coerce, update
from sqlalchemy.exc import OperationalError
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from actions.delivery import Outcome, Result
from bot import database as database_module
from bot import postman as postman_module
from bot.journal import Journal
from models.base import metadata
from models.campaign import Alarm
from models.messages import Lane, Say
from models.messages.campaign import CampaignStopped
from models.outgoing import Outgoing, Sending
from models.person import Locale, Unreachable
from sandbox import Phone
from tests.databases import SERVER
from tests.delivery.office import Given, GivenWords, Office

TOO_LARGE = 1 << 70
only_sqlite = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)


def received(phones: list[Phone]) -> Counter[str]:
    return Counter(shown.text for phone in phones for shown in phone.shown if shown.by_bot)


async def states(office: Office, lane: Lane) -> Counter[Sending]:
    async with office.works.reading() as session:
        asked = select(col(Outgoing.state), func.count()).where(col(Outgoing.lane) == lane)
        return Counter(dict((await session.execute(asked.group_by(col(Outgoing.state)))).all()))


async def queue(office: Office, campaigns: int, replies: int) -> list[Phone]:
    phones = []
    for number in range(campaigns + replies):
        person, phone = await office.person()
        phones.append(phone)
        await office.say(person, f"第{number}条", Lane.CAMPAIGN if number < campaigns else Lane.REPLY)
    return phones


async def killed_after(office: Office, sends: int) -> None:
    """A real process, a real SIGKILL, once Telegram has seen so many more sends."""
    already = len(office.sandbox.calls)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.delivery.child",
        office.works.database.url,
        office.sandbox.url,
        office.sandbox.token,
        str(office.journal()),
    )
    while len(office.sandbox.calls) < already + sends and child.returncode is None:
        await office.pause()
    child.kill()
    assert await child.wait() == -9


@only_sqlite
async def test_sigkill_in_the_middle_of_sending(office: Office) -> None:
    phones = await queue(office, campaigns=60, replies=20)
    office.sandbox.faults.latency = 0.03
    await killed_after(office, 25)
    office.sandbox.faults.latency = 0
    await office.delivers()
    seen, ended = received(phones), await states(office, Lane.CAMPAIGN)
    campaign = [seen[f"第{number}条"] for number in range(60)]
    assert max(campaign) == 1
    assert campaign.count(0) <= ended[Sending.UNKNOWN] <= 8
    assert ended[Sending.ACCEPTED] + ended[Sending.UNKNOWN] == 60
    assert all(seen[f"第{number}条"] for number in range(60, 80))
    assert await states(office, Lane.REPLY) == Counter({Sending.ACCEPTED: 20})


async def test_a_bad_day_still_balances(office: Office) -> None:
    phones = await queue(office, campaigns=60, replies=20)
    for seed, fault in enumerate(("429", "502", "drop", "accepted_then_timeout")):
        office.sandbox.faults.rate(fault, 0.06, seed, method="sendMessage", after=0.01, retry_after=1)
    await office.delivers()
    office.sandbox.faults.clear()
    await office.passes(seconds=6)
    await office.passes(seconds=20)
    seen, ended = received(phones), await states(office, Lane.CAMPAIGN)
    in_doubt = sum(call.outcome in ("drop", "accepted_then_timeout") for call in office.sandbox.calls)
    assert max(seen[f"第{number}条"] for number in range(60)) == 1
    assert ended[Sending.ACCEPTED] + ended[Sending.UNKNOWN] == 60
    assert 0 < ended[Sending.UNKNOWN] <= in_doubt
    assert await states(office, Lane.REPLY) == Counter({Sending.ACCEPTED: 20})


async def test_what_had_not_begun_is_simply_sent_after_a_kill(office: Office) -> None:
    phones = await queue(office, campaigns=10, replies=0)
    office.sandbox.faults.next("sendMessage", "accepted_then_timeout")
    await office.opens(at_once=1)
    while not any(call.outcome == "accepted_then_timeout" for call in office.sandbox.calls):
        await office.pause()
    await office.killed()
    await office.opens("one")
    await office.delivers()
    assert await states(office, Lane.CAMPAIGN) == Counter({Sending.ACCEPTED: 9, Sending.UNKNOWN: 1})
    assert sorted(received(phones).values()) == [1] * 10


async def test_stopping_finishes_what_is_in_hand(office: Office) -> None:
    phones = await queue(office, campaigns=5, replies=0)
    office.sandbox.faults.latency = 0.2
    await office.opens()
    while len([call for call in office.sandbox.calls if call.method == "sendMessage"]) < 5:
        await office.pause()
    await office.closes()
    assert await states(office, Lane.CAMPAIGN) == Counter({Sending.ACCEPTED: 5})
    assert len(received(phones)) == 5


async def test_an_outcome_that_cannot_be_recorded_is_not_sent_again_and_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No database takes such a number; what is said in the same moment is recorded all the same."""
    monkeypatch.setattr(postman_module, "LEASE", 0.2)
    monkeypatch.setattr(postman_module, "LOOK_BACK", 0.1)
    (person, phone), (other, _) = await office.person(), await office.person()
    office.sandbox._ids = count(TOO_LARGE, 500 - TOO_LARGE)
    row_id = await office.say(person, "甲")
    sound = await office.say(other, "乙")
    postman = await office.opens(at_once=1)
    while (await office.row(row_id)).state is not Sending.UNKNOWN:
        await office.pause()
    await asyncio.sleep(0.5)
    await office.delivers()
    assert ((await office.row(row_id)).reason, postman.journal.lines) == ("unrecorded_accepted", {})
    assert (await office.row(sound)).state is Sending.ACCEPTED
    assert await office.incidents() == ["unrecorded_outcome"]
    await phone.sees("甲", times=1)


async def left_claimed(office: Office, *outcomes: Outcome) -> None:
    """By a process that was killed before the database had these."""
    journal = Journal(office.journal())
    journal.sign("one")
    for outcome in outcomes:
        await office.change(Outgoing, outcome.row_id, state=Sending.CLAIMED, claimed_by="one")
        journal.begun(outcome.row_id)
        journal.outcome(outcome)
    journal.close()


async def test_an_outcome_that_cannot_be_recorded_stops_no_later_start(office: Office) -> None:
    people = [await office.person() for _ in range(3)]
    row_ids = [await office.say(person, "甲", Lane.CAMPAIGN) for person, _ in people]
    told: dict[str, Any] = {"result": Result.ACCEPTED, "at": office.now, "by": "one"}
    numbers = (7, TOO_LARGE, 9)
    found = [Outcome(row_id=one, message_id=id_, **told) for one, id_ in zip(row_ids, numbers, strict=True)]
    await left_claimed(office, *found)
    for _ in range(2):
        await office.delivers()
        await office.closes()
    assert [(await office.row(row_id)).state for row_id in row_ids] == [
        Sending.ACCEPTED,
        Sending.UNKNOWN,
        Sending.ACCEPTED,
    ]
    assert await office.incidents() == ["unrecorded_outcome"]
    assert not received([phone for _, phone in people])


async def test_a_refusal_is_recorded_though_nobody_knows_the_message_any_more(office: Office) -> None:
    """Journalled by a release that knew its kind."""
    person, _ = await office.person()
    row_id = await office.say(person, "甲")
    why, said = Unreachable.BAD_REQUEST, "Bad Request: X"
    told: dict[str, Any] = {"result": Result.REFUSED, "at": office.now, "by": "one", "why": why}
    await left_claimed(office, Outcome(row_id=row_id, reason=said, **told))
    table = metadata().tables["outgoing"]
    async with office.works.begin() as work:
        forgotten = type_coerce({"kind": "long_gone"}, JSON)
        await work.session.execute(update(table).where(table.c.id == row_id).values(message=forgotten))
    await office.delivers()
    assert (await office.row(row_id)).state is Sending.REFUSED
    assert await office.incidents() == ["bad_request"]


@only_sqlite
async def test_a_power_failure_repeats_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the database there is what was last brought to the disk, of the journal what was written."""
    database, disk = office.works.database, office.folder / "disk"

    def brought() -> None:
        disk.mkdir(exist_ok=True)
        for file in office.folder.glob("quxiang.db*"):
            shutil.copy(file, disk)

    async def to_disk() -> None:
        brought()

    monkeypatch.setattr(database, "to_disk", to_disk)
    [phone] = await queue(office, campaigns=1, replies=0)
    office.sandbox.faults.latency = 0.3
    await office.opens()
    while not any(call.method == "sendMessage" for call in office.sandbox.calls):
        await office.pause()
    brought()
    await office.delivers()
    assert await states(office, Lane.CAMPAIGN) == Counter({Sending.ACCEPTED: 1})
    await asyncio.sleep(0.1)
    await office.killed()
    await database.writer.dispose()
    await database.reader.dispose()
    for file in office.folder.glob("quxiang.db*"):
        file.unlink()
    for file in disk.iterdir():
        shutil.copy(file, office.folder)
    await office.delivers()
    assert await states(office, Lane.CAMPAIGN) == Counter({Sending.ACCEPTED: 1})
    assert received([phone]) == Counter({"第0条": 1})


async def test_stopping_does_not_wait_for_ever(office: Office) -> None:
    await queue(office, campaigns=1, replies=1)
    office.sandbox.faults.next("sendMessage", "accepted_then_timeout", 2)
    postman = await office.opens()
    while sum(call.outcome == "accepted_then_timeout" for call in office.sandbox.calls) < 2:
        await office.pause()
    async with asyncio.timeout(2):
        await postman.stop(within=0.1)
    await office.closes()
    await office.delivers()
    assert await states(office, Lane.CAMPAIGN) == Counter({Sending.UNKNOWN: 1})
    assert await states(office, Lane.REPLY) == Counter({Sending.ACCEPTED: 1})


async def test_stopping_does_not_wait_for_a_claim_that_waits_for_the_database(office: Office) -> None:
    postman = await office.opens()
    await office.delivers()
    writer = office.works.database.writer
    taken = [await writer.connect() for _ in range(1 if office.works.database.sqlite else 15)]
    postman.ring()
    await asyncio.sleep(0.1)
    async with asyncio.timeout(2):
        await postman.stop(within=0.1)
    for connection in taken:
        await connection.close()


@only_sqlite
async def test_while_the_database_is_held_outcomes_wait_in_the_journal(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_MS", 50)
    await office.works.database.writer.dispose()
    await queue(office, campaigns=3, replies=0)
    office.sandbox.faults.latency = 0.3
    postman = await office.opens()
    while not any(call.method == "sendMessage" for call in office.sandbox.calls):
        await office.pause()
    holder = sqlite3.connect(office.folder / "quxiang.db", isolation_level=None, timeout=0)
    while not holder.in_transaction:
        # Waiting inside SQLite would hold up the very transaction it waits for.
        await office.pause()
        with suppress(sqlite3.OperationalError):
            holder.execute("BEGIN IMMEDIATE")
    while len(postman.journal.outcomes()) < 3:
        await office.pause()
    assert await states(office, Lane.CAMPAIGN) == Counter({Sending.CLAIMED: 3})
    await office.killed()
    holder.execute("ROLLBACK")
    holder.close()
    await office.opens("one")
    await office.delivers()
    assert await states(office, Lane.CAMPAIGN) == Counter({Sending.ACCEPTED: 3})
    assert len([call for call in office.sandbox.calls if call.method == "sendMessage"]) == 3


class Asking(GivenWords):
    """Words that look something up, as a template's facts do."""

    async def render(self, session: AsyncSession, message: Say, locale: Locale, now: datetime) -> Given:
        await session.execute(select(1))
        return await super().render(session, message, locale, now)


@only_sqlite
async def test_a_reading_that_fails_at_its_very_end_stops_nothing(office: Office) -> None:
    """The server went away between the last word and the commit: all is worded, and leaves."""
    office.words = Asking()
    phones = await queue(office, campaigns=3, replies=1)
    reader = office.works.database.reader.sync_engine

    def gone(*_: object) -> None:
        event.remove(reader, "commit", gone)
        raise OperationalError("", {}, ConnectionResetError())

    event.listen(reader, "commit", gone)
    await office.opens()
    await office.delivers()
    assert not event.contains(reader, "commit", gone)
    assert sorted(received(phones).values()) == [1] * 4


class Alike(GivenWords):
    async def render(self, session: AsyncSession, message: Say, locale: Locale, now: datetime) -> Given:
        return Given("停了", None)


@only_sqlite
async def test_what_fails_for_all_of_them_is_nobodys_fault(office: Office) -> None:
    office.words, phones = Alike(), list[Phone]()
    said = CampaignStopped(campaign=uuid4(), alarm=Alarm.REFUSED, count=1, of=1)
    for _ in range(2):
        person, phone = await office.person()
        phones.append(phone)
        await office.say(person, "", message=said)
    reader = office.works.database.reader.sync_engine

    def fails(*_: object) -> None:
        event.remove(reader, "before_cursor_execute", fails)
        raise ValueError

    await office.opens()
    event.listen(reader, "before_cursor_execute", fails)
    await office.delivers()
    assert not event.contains(reader, "before_cursor_execute", fails)
    assert received(phones) == Counter({"停了": 2})
    assert await office.incidents() == []


@pytest.mark.postgres
@pytest.mark.parametrize("empty_url", ["postgres"], indirect=True)
async def test_while_the_server_is_away_outcomes_wait_and_are_recorded(office: Office) -> None:
    phones = await queue(office, campaigns=3, replies=1)
    office.sandbox.faults.latency = 0.3
    await office.opens()
    while not any(call.method == "sendMessage" for call in office.sandbox.calls):
        await office.pause()
    await away_for_a_second(office)
    await office.delivers()
    assert await states(office, Lane.CAMPAIGN) == Counter({Sending.ACCEPTED: 3})
    assert await states(office, Lane.REPLY) == Counter({Sending.ACCEPTED: 1})
    assert sorted(received(phones).values()) == [1] * 4


async def away_for_a_second(office: Office) -> None:
    """As a server that restarts: every connection ends, and new ones are refused for a while."""
    name = office.works.database.url.rpartition("/")[2]
    server = await asyncpg.connect(SERVER)
    await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        await asyncio.sleep(1)
    finally:
        await server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await server.close()
