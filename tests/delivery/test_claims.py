"""Which rows leave, in what order, and which end without being sent."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Connection, event, type_coerce, update

from actions.delivery import KILL_SWITCH, PAUSES
from actions.delivery_claims import HOLDING_TRIES, claim, take_over
from bot.errors import Taken, take_in
from models.ask import Ask, AskState
from models.base import metadata
from models.campaign import Campaign, CampaignState
from models.event import Setting
from models.messages import Lane
from models.outgoing import Outgoing, Sending
from models.person import Chat, Person, Unreachable
from tests.delivery.office import Office

DAY = timedelta(days=1)


async def ended(office: Office, row_id: int) -> tuple[Sending, str | None]:
    row = await office.row(row_id)
    return row.state, row.reason


async def test_replies_go_before_alerts_and_alerts_before_campaigns(office: Office) -> None:
    people = [await office.person() for _ in range(3)]
    for lane, (person, _) in zip((Lane.CAMPAIGN, Lane.ALERT, Lane.REPLY), people, strict=True):
        await office.say(person, lane.value, lane)
    await office.delivers()
    sent = [call.parameters["text"] for call in office.sandbox.calls if call.method == "sendMessage"]
    assert sent == ["reply", "alert", "campaign"]


async def test_what_is_not_due_yet_waits(office: Office) -> None:
    person, phone = await office.person()
    row_id = await office.say(person, "明天", due_at=office.now + DAY)
    await office.delivers()
    phone.never_saw("明天")
    await office.passes(days=1)
    assert (await office.row(row_id)).state is Sending.ACCEPTED


async def test_one_chat_in_order_and_one_at_a_time(office: Office) -> None:
    person, phone = await office.person()
    for number in range(12):
        await office.say(person, f"第{number}条")
    office.sandbox.faults.latency = 0.01
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == [f"第{number}条" for number in range(12)]


async def test_a_later_reply_holds_back_replies_but_not_campaigns(office: Office) -> None:
    person, phone = await office.person()
    office.sandbox.faults.next("sendMessage", "502")
    await office.say(person, "先")
    await office.delivers()
    await office.say(person, "后")
    await office.say(person, "活动", Lane.CAMPAIGN)
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == ["活动"]
    await office.passes(seconds=6)
    assert [shown.text for shown in phone.shown if shown.by_bot] == ["活动", "先", "后"]


async def test_a_reply_is_held_back_half_a_minute_at_most(office: Office) -> None:
    person, phone = await office.person()
    office.sandbox.faults.next("sendMessage", "502", 3)
    await office.say(person, "先")
    for pause in PAUSES[:HOLDING_TRIES]:
        await office.delivers()
        await office.passes(seconds=pause.total_seconds())
    await office.say(person, "后")
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == ["后"]
    assert sum(PAUSES[:HOLDING_TRIES], timedelta()) <= timedelta(seconds=30)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"state": AskState.ANSWERED}, (Sending.CANCELLED, "ask_answered")),
        ({"deadline_at": timedelta(-1)}, (Sending.SKIPPED, "past_deadline")),
        ({"snoozed_until": timedelta(1)}, (Sending.SKIPPED, "snoozed")),
    ],
)
async def test_an_ask_that_is_over_is_not_asked(
    office: Office, values: dict[str, Any], expected: tuple[Sending, str]
) -> None:
    person, _ = await office.person()
    ask = await office.ask()
    given = {
        key: office.now + value if isinstance(value, timedelta) else value for key, value in values.items()
    }
    await office.change(Ask, ask.id, **given)
    row_id = await office.say(person, "问", Lane.CAMPAIGN, ask_id=ask.id, step="ask")
    await office.delivers()
    assert await ended(office, row_id) == expected


@pytest.mark.parametrize(
    ("person_is", "campaign_row", "alert_row"),
    [
        ({"stopped_at": timedelta()}, (Sending.SKIPPED, "opted_out"), Sending.ACCEPTED),
        ({"unreachable": Unreachable.OPTED_OUT}, (Sending.SKIPPED, "opted_out"), Sending.ACCEPTED),
        ({"unreachable": Unreachable.BLOCKED}, (Sending.UNREACHABLE, "blocked"), Sending.UNREACHABLE),
        (
            {"unreachable": Unreachable.WRONG_PERSON},
            (Sending.UNREACHABLE, "wrong_person"),
            Sending.UNREACHABLE,
        ),
    ],
)
async def test_who_does_not_want_it_or_cannot_get_it(
    office: Office, person_is: dict[str, Any], campaign_row: tuple[Sending, str], alert_row: Sending
) -> None:
    given = {key: office.now if key == "stopped_at" else value for key, value in person_is.items()}
    person, _ = await office.person(**given)
    asked = await office.say(person, "问", Lane.CAMPAIGN)
    alerted = await office.say(person, "警", Lane.ALERT)
    replied = await office.say(person, "答")
    await office.delivers()
    assert await ended(office, asked) == campaign_row
    assert (await office.row(alerted)).state is alert_row
    assert (await office.row(replied)).state is Sending.ACCEPTED


async def test_without_a_chat_nobody_is_reached(office: Office) -> None:
    person = Person(created_at=office.now)
    await office.add(person)
    row_id = await office.say(person, "问", Lane.CAMPAIGN)
    await office.delivers()
    assert await ended(office, row_id) == (Sending.UNREACHABLE, "not_enrolled")


async def test_of_two_chats_the_newer_one_counts(office: Office) -> None:
    person, old = await office.person()
    office.works.clock.offset += timedelta(minutes=1)
    new = office.sandbox.phone(77, "李华")
    await new.send("/start")
    await office.add(office.chat(person, new.user_id))
    await office.say(person, "问")
    await office.delivers()
    await new.sees("问", times=1)
    old.never_saw("问")


async def test_a_paused_campaign_waits_and_a_cancelled_one_ends(office: Office) -> None:
    (first, phone), (second, _) = await office.person(), await office.person()
    paused, cancelled = (
        await office.campaign(CampaignState.PAUSED),
        await office.campaign(CampaignState.CANCELLED),
    )
    waits = await office.say(first, "问", Lane.CAMPAIGN, campaign_id=paused.id)
    ends = await office.say(second, "问", Lane.CAMPAIGN, campaign_id=cancelled.id)
    await office.delivers()
    assert (await office.row(waits)).state is Sending.DUE
    assert await ended(office, ends) == (Sending.CANCELLED, "campaign_cancelled")
    await office.change(Campaign, paused.id, state=CampaignState.RUNNING)
    await office.delivers()
    await phone.sees("问", times=1)


async def test_nobody_is_asked_at_night_but_everybody_is_answered(office: Office) -> None:
    people = [await office.person() for _ in range(3)]
    office.works.clock.offset += timedelta(hours=13)  # eleven at night in Shanghai
    asked = [await office.say(person, "问", Lane.CAMPAIGN) for person, _ in people]
    answered = await office.say(people[0][0], "答")
    await office.delivers()
    rows = [await office.row(row_id) for row_id in asked]
    assert {row.state for row in rows} == {Sending.DUE}
    assert {row.due_at for row in rows} == {office.works.rules.quiet.next_allowed(office.now)}
    assert (await office.row(answered)).state is Sending.ACCEPTED
    await office.passes(hours=10)
    assert {(await office.row(row_id)).state for row_id in asked} == {Sending.ACCEPTED}


async def test_the_kill_switch_leaves_only_replies(office: Office) -> None:
    person, phone = await office.person()
    await office.add(Setting(name=KILL_SWITCH, value="1"))
    await office.say(person, "警", Lane.ALERT)
    await office.say(person, "问", Lane.CAMPAIGN)
    await office.say(person, "答")
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == ["答"]
    await office.change(Setting, KILL_SWITCH, value="0")  # type: ignore[arg-type]
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == ["答", "警", "问"]


async def test_another_bots_rows_on_the_same_database_are_left_to_it(office: Office) -> None:
    person, phone = await office.person()
    another = office.works.bot_id + 1
    await office.add(Chat(bot_id=another, address=4711, person=person, created_at=office.now))
    theirs = [await office.say(person, "别的", lane, bot_id=another) for lane in Lane]
    ours = await office.say(person, "我们的")
    await office.delivers()
    assert {(await office.row(row_id)).state for row_id in theirs} == {Sending.DUE}
    assert (await office.row(ours)).state is Sending.ACCEPTED
    await phone.sees("我们的", times=1)
    phone.never_saw("别的")
    async with office.works.begin() as work:
        assert await take_in(work, [Taken(5, "message")]) == {5}
        work.bot_id = another
        assert await take_in(work, [Taken(5, "message")]) == {5}


async def test_two_postmen_share_the_work_and_double_nothing(office: Office) -> None:
    people = [await office.person() for _ in range(40)]
    row_ids = [await office.say(person, "问", Lane.CAMPAIGN) for person, _ in people for _ in range(3)]
    first, second = await office.opens("one"), await office.opens("two")
    first.handful = second.handful = 7
    await asyncio.gather(first.drained(), second.drained())
    await asyncio.gather(first.drained(), second.drained())
    assert {(await office.row(row_id)).state for row_id in row_ids} == {Sending.ACCEPTED}
    assert [sum(shown.by_bot for shown in phone.shown) for _, phone in people] == [3] * 40


async def test_claims_of_a_process_that_never_came_back_are_taken_over(office: Office) -> None:
    people = [await office.person() for _ in range(3)]
    real_now = office.now - office.works.clock.offset
    lapsed: dict[str, Any] = {"state": Sending.CLAIMED, "claimed_by": "gone", "lease_until": real_now}
    asked = await office.say(people[0][0], "问", Lane.CAMPAIGN, **lapsed)
    replied = await office.say(people[1][0], "答", **lapsed)
    held = lapsed | {"lease_until": real_now + timedelta(seconds=20)}
    alive = await office.say(people[2][0], "活", **held)
    await office.passes(days=1)
    assert await ended(office, asked) == (Sending.UNKNOWN, "taken_over")
    assert (await office.row(replied)).state is Sending.ACCEPTED
    assert (await office.row(alive)).state is Sending.CLAIMED
    await office.change(Outgoing, alive, state=Sending.CANCELLED)


async def test_a_lease_is_by_the_clock_of_the_database(office: Office) -> None:
    """Wherever the product's stands, and whatever the machine's own says."""
    person, _ = await office.person()
    row_id = await office.say(person, "问", Lane.CAMPAIGN)
    async with office.works.begin() as work:
        assert (await claim(work, "one", 30, dict.fromkeys(Lane, 10)))[0]
    for lease, state in ((0.0, Sending.CLAIMED), (31.0, Sending.UNKNOWN)):
        row = await office.row(row_id)
        assert row.lease_until
        await office.change(Outgoing, row_id, lease_until=row.lease_until - timedelta(seconds=lease))
        async with office.works.begin() as work:
            await take_over(work, ())
        assert (await office.row(row_id)).state is state


async def test_a_lease_that_runs_out_while_others_are_given_up_brings_no_message_twice(
    office: Office,
) -> None:
    person, _ = await office.person()
    row_id = await office.say(person, "问", Lane.CAMPAIGN)
    async with office.works.begin() as work:
        assert (await claim(work, "one", 30, dict.fromkeys(Lane, 10)))[0]

    def time_goes_on(connection: Connection, _: object, statement: str, *__: object) -> None:
        if "reason=" in statement:
            connection.exec_driver_sql("UPDATE outgoing SET lease_until = '2024-01-01 00:00:00'")

    engine = office.works.database.writer.sync_engine
    event.listen(engine, "after_cursor_execute", time_goes_on)
    async with office.works.begin() as work:
        await take_over(work, ())
    event.remove(engine, "after_cursor_execute", time_goes_on)
    assert (await office.row(row_id)).state is Sending.CLAIMED
    async with office.works.begin() as work:
        await take_over(work, ())
    assert await ended(office, row_id) == (Sending.UNKNOWN, "taken_over")


async def test_a_message_of_a_kind_nobody_knows_any_more_is_put_aside(office: Office) -> None:
    person, phone = await office.person()
    for kind in ("long_gone", "case_text_too_long"):
        row_id = await office.say(person, kind)
        async with office.works.begin() as work:
            forgotten = {"kind": kind, "once": 1}
            table = metadata().tables["outgoing"]
            coerced = type_coerce(forgotten, JSON)
            await work.session.execute(update(table).where(table.c.id == row_id).values(message=coerced))
    await office.say(person, "还在")
    await office.delivers()
    await phone.sees("还在", times=1)
    assert await office.incidents() == ["unreadable_message", "unreadable_message"]
    assert await ended(office, row_id) == (Sending.SKIPPED, "unreadable: case_text_too_long")


async def test_of_a_paused_campaign_nothing_is_looked_at(office: Office) -> None:
    """Of two campaigns the running one goes on, whatever waits in the other."""
    paused, running = await office.campaign(CampaignState.PAUSED), await office.campaign()
    held = []
    for campaign in (paused, running):
        person, _ = await office.person()
        held.append(await office.say(person, "请确认", Lane.CAMPAIGN, campaign_id=campaign.id))
    await office.delivers()
    assert [(await office.row(row_id)).state for row_id in held] == [Sending.DUE, Sending.ACCEPTED]
    async with office.works.begin() as work:
        assert await claim(work, "idle", 30, dict.fromkeys(Lane, 10)) == ([], False)
