"""Everything that goes to Telegram takes its turn: presses' answers, edits and messages are one bucket."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from sqlmodel import select

from bot.pace import Pace
from models.event import Incident
from models.pace import resumes_in
from tests.delivery.office import Office
from tests.delivery.test_stopping import until
from tests.driving import Running
from tests.world import World

EVERY = 0.1


def moments(app: Running | Office, *methods: str) -> list[float]:
    return sorted(call.moment for call in app.sandbox.calls if call.method in methods)


def spaced(found: list[float], every: float) -> bool:
    """On the average; a timer that was late is caught up with."""
    gaps = [later - earlier for earlier, later in pairwise(found)]
    return sum(gaps) / len(gaps) >= 0.85 * every


async def test_edits_take_their_turn(office: Office) -> None:
    people = [await office.person() for _ in range(6)]
    for person, _ in people:
        await office.say(person, "一", replaces="card")
    await office.delivers()
    await office.closes()
    await office.opens(pace=Pace(1 / EVERY, burst=1000))
    for person, _ in people:
        await office.say(person, "二", replaces="card")
    await office.delivers()
    edits = moments(office, "editMessageText")
    assert len(edits) == len(people)
    assert spaced(edits, EVERY)


async def test_answers_to_presses_share_the_bucket_with_the_replies(app: Running, world: World) -> None:
    phones = [world.stranger() for _ in range(6)]
    for phone in phones:
        await phone.send("/language")
        await phone.sees("请选择语言")
    app.sandbox.calls.clear()
    app.app.pace.every, app.app.pace.per_second = EVERY, 1 / EVERY
    await asyncio.gather(*(phone.press("English") for phone in phones))
    await asyncio.gather(*(phone.sees("English from now on") for phone in phones))
    await until(lambda: len(moments(app, "answerCallbackQuery")) == len(phones))
    both = moments(app, "answerCallbackQuery", "sendMessage", "editMessageText")
    assert len(both) == 2 * len(phones)
    assert spaced(both, EVERY)


async def test_however_many_presses_wait_to_be_answered_a_reply_is_not_late(
    app: Running, world: World
) -> None:
    phone, other = world.stranger(), world.stranger()
    await phone.send("/language")
    await phone.sees("请选择语言")
    app.app.pace.every, app.app.pace.per_second = EVERY, 1 / EVERY
    app.sandbox.calls.clear()
    for number in range(60):
        app.app._acknowledge(str(number))
    await other.send("/cancel")
    await until(lambda: len(moments(app, "sendMessage")) == 1)
    assert len(moments(app, "answerCallbackQuery")) < 10


async def test_a_press_that_is_refused_pauses_everything(app: Running, world: World) -> None:
    phone, other = world.stranger(), world.stranger()
    await phone.send("/language")
    await phone.sees("请选择语言")
    app.sandbox.faults.next("answerCallbackQuery", "429", retry_after=1)
    await phone.press("English")
    await until(lambda: bool(app.app.pace.resumes_in()))
    [refused] = moments(app, "answerCallbackQuery")
    await other.send("/cancel")
    await other.sees("现在没有正在填写的内容")
    [answered] = [
        call.moment
        for call in app.sandbox.calls
        if call.method == "sendMessage" and call.parameters["chat_id"] == other.user_id
    ]
    assert 0.95 <= answered - refused < 3


async def test_a_long_refusal_of_a_press_is_an_incident_and_moves_the_estimate(
    app: Running, world: World
) -> None:
    """Nothing is sent meanwhile, so that no message could be the one to meet it."""
    phone = world.stranger()
    await phone.send("/language")
    await phone.sees("请选择语言")
    app.sandbox.faults.next("answerCallbackQuery", "429", retry_after=2000)
    await phone.press("English")

    async def raised() -> bool:
        return bool(await app.rows(select(Incident)))

    await until(raised)
    assert [one.kind for one in await app.rows(select(Incident))] == ["throttled"]
    await until(lambda: not app.app.pace.untold)
    async with app.app.works.reading() as session:
        assert await resumes_in(session, app.app.bot.id) > timedelta(seconds=1900)


async def test_at_the_shipped_pace_a_strict_telegram_refuses_nothing(office: Office) -> None:
    """One chat is said six things, twenty others one each; Telegram keeps to its limits."""
    office.sandbox.paced = True
    hot, phone = await office.person()
    people = [(await office.person())[0] for _ in range(20)]
    for number in range(6):
        await office.say(hot, f"第{number}条")
    for person in people:
        await office.say(person, "一")
    await office.opens(pace=Pace())
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == [f"第{number}条" for number in range(6)]
    assert not [call for call in office.sandbox.calls if call.outcome.startswith("429")]
