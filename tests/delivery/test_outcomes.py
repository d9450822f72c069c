"""Every answer Telegram or the way there can give, and what the row and the person say afterwards."""

import asyncio
import socket
import struct
from datetime import timedelta

import pytest

from bot import delivery_sending
from models.ask import Ask
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Sending
from models.pace import resumes_in
from models.person import Person, Unreachable
from tests.delivery.office import Office


async def test_a_reply_is_accepted_with_its_message_id(office: Office) -> None:
    person, phone = await office.person()
    row_id = await office.say(person, "收到，<b>谢谢</b>")
    await office.delivers()
    shown = await phone.sees("收到，谢谢")
    row = await office.row(row_id)
    assert (row.state, row.message_id, row.claimed_by) == (Sending.ACCEPTED, shown.message_id, None)
    assert row.settled_at is not None


async def test_an_accepted_ask_counts_on_the_ask_and_the_graduate(office: Office) -> None:
    person, _ = await office.person()
    ask = await office.ask()
    await office.say(person, "第一次", Lane.CAMPAIGN, ask_id=ask.id, step="ask")
    await office.delivers()
    first = await office.get(Ask, ask.id)
    await office.say(person, "第二次", Lane.CAMPAIGN, ask_id=ask.id, step="reminder")
    await office.passes(days=3)
    second = await office.get(Ask, ask.id)
    assert (first.sent_count, second.sent_count) == (1, 2)
    assert first.asked_at is not None
    assert second.asked_at == first.asked_at == (await office.get(Graduate, ask.graduate_id)).asked_at
    assert second.last_sent_at is not None
    assert second.last_sent_at >= first.asked_at + timedelta(days=3)


@pytest.mark.parametrize(
    ("code", "description", "why"),
    [
        ("403", "Forbidden: bot was blocked by the user", Unreachable.BLOCKED),
        ("403", "Forbidden: user is deactivated", Unreachable.DEACTIVATED),
        ("400", "Bad Request: chat not found", Unreachable.CHAT_NOT_FOUND),
        ("403", "Forbidden: bot can't initiate conversation with a user", Unreachable.CHAT_NOT_FOUND),
        ("400", "Bad Request: USER_IS_BLOCKED", Unreachable.BLOCKED),
    ],
)
async def test_refused_for_good_marks_the_person(
    office: Office, code: str, description: str, why: Unreachable
) -> None:
    person, _ = await office.person()
    office.sandbox.faults.next("sendMessage", code, description=description)
    row_id = await office.say(person, "一")
    await office.delivers()
    row, marked = await office.row(row_id), await office.get(Person, person.id)
    assert row.state is Sending.REFUSED
    assert (row.reason or "").startswith(why.value)
    assert marked.unreachable is why
    assert marked.unreachable_at is not None
    assert await office.incidents() == []


async def test_a_bad_request_is_our_fault_and_stops_nobody_else(office: Office) -> None:
    people = [await office.person() for _ in range(5)]
    office.sandbox.faults.next("sendMessage", "400", 2, description="Bad Request: BUTTON_DATA_INVALID")
    row_ids = [await office.say(person, "二") for person, _ in people]
    await office.delivers()
    states = [(await office.row(row_id)).state for row_id in row_ids]
    assert sorted(states) == [Sending.ACCEPTED] * 3 + [Sending.REFUSED] * 2
    assert await office.incidents() == ["bad_request"]
    assert all([(await office.get(Person, person.id)).unreachable is None for person, _ in people])
    reasons = {(await office.row(row_id)).reason for row_id in row_ids}
    assert reasons == {None, "bad_request: Bad Request: BUTTON_DATA_INVALID"}


@pytest.mark.parametrize("fault", ["502", "500"])
async def test_a_failing_server_means_later_for_every_lane(office: Office, fault: str) -> None:
    person, phone = await office.person()
    office.sandbox.faults.next("sendMessage", fault, 2)
    row_id = await office.say(person, "三", Lane.CAMPAIGN)
    await office.delivers()
    first = await office.row(row_id)
    assert (first.state, first.attempts) == (Sending.DUE, 1)
    await office.passes(seconds=6)
    second = await office.row(row_id)
    assert second.attempts == 2
    assert second.due_at - office.now > timedelta(seconds=10)
    await office.passes(seconds=16)
    assert (await office.row(row_id)).state is Sending.ACCEPTED
    await phone.sees("三", times=1)


@pytest.mark.parametrize("fault", ["drop", "accepted_then_timeout"])
async def test_a_campaign_message_that_may_have_arrived_is_never_sent_twice(
    office: Office, fault: str
) -> None:
    person, phone = await office.person()
    office.sandbox.faults.next("sendMessage", fault, after=0.01)
    row_id = await office.say(person, "四", Lane.CAMPAIGN)
    await office.delivers()
    await office.passes(hours=3)
    row = await office.row(row_id)
    assert (row.state, row.reason) == (Sending.UNKNOWN, "ServerDisconnectedError")
    assert sum("四" in shown.text for shown in phone.shown) == (fault != "drop")


@pytest.mark.parametrize("lane", [Lane.CAMPAIGN, Lane.ALERT])
async def test_no_answer_in_time_may_mean_it_arrived(
    office: Office, monkeypatch: pytest.MonkeyPatch, lane: Lane
) -> None:
    monkeypatch.setattr(delivery_sending, "CALL_WITHIN", 0.2)
    person, phone = await office.person()
    office.sandbox.faults.next("sendMessage", "accepted_then_timeout")
    row_id = await office.say(person, "四", lane)
    await office.delivers()
    row = await office.row(row_id)
    repeated = lane is not Lane.CAMPAIGN
    assert (row.state, row.reason) == (Sending.DUE if repeated else Sending.UNKNOWN, "TimeoutError")
    await office.passes(seconds=6)
    await phone.sees("四", times=2 if repeated else 1)


async def test_a_gateway_that_gave_up_waiting_knows_nothing(office: Office) -> None:
    person, phone = await office.person()
    said = "Gateway Timeout"
    office.sandbox.faults.next("sendMessage", "504", 2, description=said)
    asked = await office.say(person, "四", Lane.CAMPAIGN)
    answered = await office.say(person, "五")
    await office.delivers()
    await office.passes(seconds=6)
    assert (await office.row(asked)).state is Sending.UNKNOWN
    assert (await office.row(answered)).state is Sending.ACCEPTED
    phone.never_saw("四")


async def test_the_pauses_between_tries_grow_to_an_hour(office: Office) -> None:
    person, _ = await office.person()
    office.sandbox.faults.next("sendMessage", "502", 9)
    row_id = await office.say(person, "三", Lane.CAMPAIGN)
    pauses = []
    for _ in range(9):
        await office.delivers()
        pauses.append(round(((await office.row(row_id)).due_at - office.now).total_seconds(), -1))
        office.works.clock.offset += timedelta(seconds=pauses[-1] + 10)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3600


async def test_a_reply_that_may_have_arrived_is_sent_again(office: Office) -> None:
    person, phone = await office.person()
    office.sandbox.faults.next("sendMessage", "accepted_then_timeout", after=0.01)
    row_id = await office.say(person, "五")
    await office.delivers()
    await office.passes(seconds=6)
    assert (await office.row(row_id)).state is Sending.ACCEPTED
    await phone.sees("五", times=2)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
async def test_what_never_left_is_later_even_for_a_campaign(office: Office, address: str) -> None:
    person, phone = await office.person()
    row_id = await office.say(person, "六", Lane.CAMPAIGN)
    await office.opens(url=address)
    await office.delivers()
    assert (await office.row(row_id)).state is Sending.DUE
    await office.closes()
    await office.passes(seconds=6)
    assert (await office.row(row_id)).state is Sending.ACCEPTED
    await phone.sees("六", times=1)


def full() -> tuple[list[socket.socket], str]:
    """Where a connection is neither taken nor refused, as in a network that drops what is sent."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    held = [listening, *(socket.socket() for _ in range(4))]
    for waiting in held[1:]:
        waiting.setblocking(False)
        waiting.connect_ex(listening.getsockname())
    return held, f"http://127.0.0.1:{listening.getsockname()[1]}"


async def test_a_connection_that_never_came_about_carried_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_sending, "CALL_WITHIN", 0.6)
    person, phone = await office.person()
    row_id = await office.say(person, "六", Lane.CAMPAIGN)
    held, address = full()
    await office.opens(url=address)
    await office.delivers()
    row = await office.row(row_id)
    assert (row.state, row.reason) == (Sending.DUE, "ConnectionTimeoutError")
    await office.closes()
    for one in held:
        one.close()
    await office.passes(seconds=6)
    assert (await office.row(row_id)).state is Sending.ACCEPTED
    await phone.sees("六", times=1)


async def test_a_429_pauses_everything_once_and_costs_no_attempt(office: Office) -> None:
    people = [await office.person() for _ in range(10)]
    office.sandbox.faults.next("sendMessage", "429", 1, retry_after=1)
    row_ids = [await office.say(person, "七", Lane.CAMPAIGN) for person, _ in people]
    await office.opens(at_once=1)
    await office.delivers()
    rows = [await office.row(row_id) for row_id in row_ids]
    assert {(row.state, row.attempts) for row in rows} == {(Sending.ACCEPTED, 0)}
    sends = [call for call in office.sandbox.calls if call.method == "sendMessage"]
    refused = next(call for call in sends if call.outcome.startswith("429"))
    after = [call.moment - refused.moment for call in sends if call.moment > refused.moment]
    assert len(sends) == 11
    assert 1.0 <= min(after) < 1.5


async def test_a_long_429_is_an_incident_that_a_restart_remembers(office: Office) -> None:
    person, phone = await office.person()
    office.sandbox.faults.next("sendMessage", "429", retry_after=2000)
    row_id = await office.say(person, "八")
    await office.opens(shared=True)
    while not await office.incidents():
        await office.pause()
    assert await office.incidents() == ["throttled"]
    assert (await office.row(row_id)).state is Sending.DUE
    await office.closes()
    again = await office.opens(shared=True)
    await office.say(person, "九")
    while not again.pace.resumes_in():
        await office.pause()
    assert again.pace.resumes_in() > 1900
    phone.never_saw("八")
    async with office.works.reading() as session:
        assert await resumes_in(session, office.works.bot_id) > timedelta(seconds=1900)


async def test_a_long_429_after_a_short_one_is_an_incident_all_the_same(office: Office) -> None:
    """Two under way at once: the short refusal opens the window, the long one stays."""
    people = [await office.person() for _ in range(2)]
    for seconds in (3, 2000):
        office.sandbox.faults.next("sendMessage", "429", retry_after=seconds)
    office.sandbox.faults.latency = 0.1
    for person, _ in people:
        await office.say(person, "八")
    postman = await office.opens()
    while postman.pace.resumes_in() < 1900:
        await office.pause()
    await postman.stop(within=5)
    assert await office.incidents() == ["throttled"]


async def test_a_connection_that_is_reset_may_have_carried_it(office: Office) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    person, phone = await office.person()
    asked = await office.say(person, "六", Lane.CAMPAIGN)
    replied = await office.say(person, "七")
    async with await asyncio.start_server(reset, "127.0.0.1", 0) as server:
        await office.opens(url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await office.delivers()
        await office.closes()
    row = await office.row(asked)
    assert (row.state, (await office.row(replied)).state) == (Sending.UNKNOWN, Sending.DUE)
    await office.passes(seconds=6)
    phone.never_saw("六")
    await phone.sees("七", times=1)


async def test_a_revoked_token_stops_the_sending_with_one_incident(office: Office) -> None:
    people = [await office.person() for _ in range(3)]
    office.sandbox.faults.next("sendMessage", "401", 100)
    row_ids = [await office.say(person, "十") for person, _ in people]
    postman = await office.opens()
    await office.delivers()
    assert postman.verdicts.halted
    assert await office.incidents() == ["unauthorized"]
    assert {(await office.row(row_id)).state for row_id in row_ids} == {Sending.DUE}


async def test_markup_telegram_cannot_read_goes_out_as_plain_text(office: Office) -> None:
    person, phone = await office.person()
    row_id = await office.say(person, "<b>甲 &amp; 乙")
    await office.delivers()
    assert (await office.row(row_id)).state is Sending.ACCEPTED
    await phone.sees("甲 & 乙", times=1)
    assert await office.incidents() == ["plain_text"]


async def test_what_cannot_be_rendered_waits_and_holds_up_nobody(office: Office) -> None:
    (first, _), (second, phone) = await office.person(), await office.person()
    row_id = await office.say(first, None)
    await office.say(second, "别人")
    await office.delivers()
    row = await office.row(row_id)
    assert (row.state, row.reason) == (Sending.DUE, "case_text_too_long: LookupError")
    assert await office.incidents() == ["not_rendered"]
    await phone.sees("别人", times=1)


async def test_however_much_is_said_about_it_the_row_takes_it(office: Office) -> None:
    person, _ = await office.person()
    office.sandbox.faults.next("sendMessage", "409", description="Conflict: " + "x" * 300)
    row_id = await office.say(person, "三")
    await office.delivers()
    row = await office.row(row_id)
    assert (row.state, row.attempts, len(row.reason or "")) == (Sending.DUE, 1, 200)


async def test_nobody_tries_for_ever(office: Office) -> None:
    person, _ = await office.person()
    row_id = await office.say(person, None, attempts=29)
    await office.delivers()
    row = await office.row(row_id)
    assert row.state is Sending.SKIPPED
    assert (row.reason or "").startswith("given_up")
