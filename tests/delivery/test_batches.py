"""Many people's updates at once are one unit: each has its effect once, and nobody suffers for another."""

import asyncio
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from actions import asks, destinations
from actions.work import Refusal, Work
from bot.intake import Intake
from handlers import routes
from handlers.ask import Answered, Choice
from models.answer import Answer, AnswerKind, Heard
from models.ask import Ask, AskState
from models.event import Incident, Incoming, Setting
from models.graduate import Graduate
from models.messages.general import Cancelled, Outdated
from models.outgoing import Outgoing
from models.person import Binding, Person
from tests.driving import Running
from tests.world import One, World

MANY = 20


class Crowd:
    """People who press at the same moment, through the intake of the running app."""

    def __init__(self, app: Running, world: World) -> None:
        self.app, self.world = app, world
        self.acknowledged: list[str] = []
        self.routes = routes()
        self.intake = Intake(app.app.works, app.app.bot, self.routes, self.acknowledged.append)
        self.people: list[One] = []
        self.about: dict[int, str] = {}
        self.next_update = 100_000

    async def gathers(self, many: int = MANY) -> None:
        self.people = [await self.world.graduate(name=f"学生{number}") for number in range(many)]
        async with self.app.app.works.begin() as work:
            for one in self.people:
                graduate = await work.session.get_one(Graduate, one.id)
                await asks.open_ask(work, graduate, say=False)
                destination = await destinations.current(work, graduate)
                pressed = Answered(destination=destination.id, choice=Choice.CONFIRM)
                self.about[one.phone.user_id] = pressed.pack()
        await self.app.app.postman.stop(within=0)

    def press(self, one: One, data: str | None = None) -> dict[str, Any]:
        self.next_update += 1
        user = one.phone.user_id
        sender = {"id": user, "is_bot": False, "first_name": "A", "language_code": "zh"}
        pressed = {"from": sender, "chat_instance": "1", "data": data or self.about[user]}
        return {"update_id": self.next_update, "callback_query": {"id": str(self.next_update), **pressed}}

    def text(self, one: One, text: str) -> dict[str, Any]:
        self.next_update += 1
        user = one.phone.user_id
        sender = {"id": user, "is_bot": False, "first_name": "A", "language_code": "zh"}
        chat = {"id": user, "type": "private"}
        said = {"message_id": self.next_update, "date": 1, "chat": chat, "from": sender, "text": text}
        return {"update_id": self.next_update, "message": said}

    async def at_once(self, updates: list[dict[str, Any]]) -> list[BaseException | None]:
        """As concurrent requests do; the first finds the way free and the rest gather behind it."""
        return await asyncio.gather(*map(self.intake.take, updates), return_exceptions=True)

    async def confirmed(self) -> list[Any]:
        return await self.world.rows(select(Answer.graduate_id).where(Answer.kind == AnswerKind.CONFIRMED))

    def ids(self, people: list[One]) -> list[Any]:
        return sorted(one.id for one in people)


@pytest.fixture
async def crowd(app: Running, world: World) -> Crowd:
    made = Crowd(app, world)
    await made.gathers()
    return made


@pytest.fixture
def units(app: Running) -> list[str]:
    """Each takes its updates in by one statement."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "INTO incoming" in statement:
            seen.append(statement)

    event.listen(app.app.works.database.writer.sync_engine, "before_cursor_execute", note)
    return seen


async def test_one_getupdates_answer_of_many_people_is_one_unit(crowd: Crowd, units: list[str]) -> None:
    await crowd.intake.take_all([crowd.press(one) for one in crowd.people])
    assert len(units) == 1
    assert sorted(await crowd.confirmed()) == crowd.ids(crowd.people)
    assert len(crowd.acknowledged) == MANY
    closed = await crowd.world.rows(select(Ask).where(Ask.state == AskState.ANSWERED))
    assert len(closed) == MANY
    outcomes = await crowd.world.rows(select(Incoming.outcome).where(Incoming.update_id > 100_000))
    assert outcomes == ["done"] * MANY


async def test_what_gathers_while_a_unit_commits_is_the_next(crowd: Crowd, units: list[str]) -> None:
    assert await crowd.at_once([crowd.press(one) for one in crowd.people]) == [None] * MANY
    assert sorted(await crowd.confirmed()) == crowd.ids(crowd.people)
    assert len(units) <= MANY // 2


async def test_who_was_there_a_moment_ago_is_waited_for(crowd: Crowd, units: list[str]) -> None:
    """Each presses again as soon as the answer is there: the last of them comes a little after the first."""
    await crowd.at_once([crowd.press(one) for one in crowd.people])
    before = len(units)

    async def again(number: int, one: One) -> None:
        await asyncio.sleep(number * 0.0001)
        await crowd.intake.take(crowd.press(one))

    await asyncio.gather(*(again(number, one) for number, one in enumerate(crowd.people)))
    assert 1 <= len(units) - before <= 3
    assert len(await crowd.confirmed()) == MANY


async def test_nobody_is_waited_for_between_the_updates_of_one_person(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.MOMENT", 10.0)
    monkeypatch.setattr("bot.intake.GATHER", 10.0)
    async with asyncio.timeout(8):
        await crowd.intake.take_all([crowd.press(crowd.people[0]) for _ in range(5)])


async def test_a_unit_rings_the_bell_once(crowd: Crowd) -> None:
    rung: list[int] = []
    crowd.app.app.works.bells.append(lambda: rung.append(1))
    await crowd.intake.take_all([crowd.press(one) for one in crowd.people])
    assert len(rung) == 1
    replies = await crowd.world.rows(select(Outgoing))
    assert len([row for row in replies if row.message.kind == "ask_confirmed"]) == MANY


async def test_the_statements_of_a_unit_do_not_grow_with_it(crowd: Crowd) -> None:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "FROM setting" not in statement:  # the clock, which is looked at from time to time
            seen.append(statement)

    engine = crowd.app.app.works.database.writer.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await crowd.intake.take_all([crowd.press(one) for one in crowd.people])
    event.remove(engine, "before_cursor_execute", note)
    bells = 0 if crowd.app.app.works.database.sqlite else 1
    assert len(seen) <= 9 + bells, "\n".join(seen)


async def test_nobody_suffers_for_another(crowd: Crowd) -> None:
    """One of twenty breaks something of ours: nineteen effects, one incident, one apology."""
    bad = crowd.people[7]
    button, act = crowd.routes.presses["as"]

    async def breaks(work: Work, person: Person, press: Answered) -> None:
        await act(work, person, press)
        if person.id == bad.person_id:
            raise RuntimeError("of ours")

    crowd.routes.presses["as"] = (button, breaks)
    await crowd.intake.take_all([crowd.press(one) for one in crowd.people])
    good = [one for one in crowd.people if one is not bad]
    assert sorted(await crowd.confirmed()) == crowd.ids(good)
    assert (await crowd.world.row(select(Incident))).kind == "crash"
    said = await crowd.world.rows(select(Outgoing))
    assert [row.person_id for row in said if row.message.kind == "apology"] == [bad.person_id]
    assert len([row for row in said if row.message.kind == "ask_confirmed"]) == MANY - 1
    assert len(crowd.acknowledged) == MANY


async def test_nobody_is_refused_for_what_another_did_not_do(crowd: Crowd) -> None:
    """Both want the one seat; who was first breaks something of ours, and the seat is free again."""
    first, second = crowd.people[:2]

    async def sit(work: Work, person: Person, _: str) -> None:
        seats = [one for one in work.session.new if isinstance(one, Setting)]
        if seats or await work.session.get(Setting, "seat") is not None:
            raise Refusal(Outdated())
        taken = Setting(name="seat", value="second")
        if person.id == first.person_id:
            taken.value = None  # type: ignore[assignment]
        work.session.add(taken)
        work.say(person, Cancelled())

    crowd.routes.command("sit", sit)
    await crowd.intake.take_all([crowd.text(one, "/sit") for one in (first, second)])
    seat = await crowd.world.row(select(Setting).where(Setting.name == "seat"))
    assert seat.value == "second"
    said = await crowd.world.rows(select(Outgoing))
    assert [row.message.kind for row in said if row.person_id == second.person_id] == ["cancelled"]
    assert [row.message.kind for row in said if row.person_id == first.person_id] == ["apology"]


async def test_a_refusal_undoes_only_its_own(crowd: Crowd, units: list[str]) -> None:
    refused, other = crowd.people[3], crowd.people[4]
    about_another = crowd.about[other.phone.user_id]
    updates = [crowd.press(one, about_another if one is refused else None) for one in crowd.people]
    await crowd.intake.take_all(updates)
    assert len(units) == 2  # undone once, and done again without what was refused
    assert sorted(await crowd.confirmed()) == crowd.ids([one for one in crowd.people if one is not refused])
    outcome = select(Incoming.outcome).where(Incoming.person_id == refused.person_id)
    assert await crowd.world.rows(outcome) == ["ask_not_bound"]
    assert len(crowd.acknowledged) == MANY


async def test_many_refusals_are_taken_one_by_one(crowd: Crowd) -> None:
    unknown = Answered(destination=uuid4(), choice=Choice.CONFIRM).pack()
    updates = [crowd.press(one, unknown if n % 2 else None) for n, one in enumerate(crowd.people)]
    await crowd.intake.take_all(updates)
    assert sorted(await crowd.confirmed()) == crowd.ids(crowd.people[::2])
    said = await crowd.world.rows(select(Outgoing))
    assert len([row for row in said if row.message.kind == "ask_not_bound"]) == MANY // 2


async def test_an_update_delivered_twice_at_once_has_one_effect(crowd: Crowd) -> None:
    updates = [crowd.press(one) for one in crowd.people]
    assert await crowd.at_once([*updates, *updates]) == [None] * (2 * MANY)
    await crowd.intake.take_all([*updates, *updates])
    assert sorted(await crowd.confirmed()) == crowd.ids(crowd.people)
    assert len(await crowd.world.rows(select(Incoming).where(Incoming.update_id > 100_000))) == MANY
    assert len(crowd.acknowledged) == MANY


async def test_one_persons_updates_keep_their_order(crowd: Crowd, units: list[str]) -> None:
    first, second = crowd.people[:2]
    words = [f"第{number}句" for number in range(6)]
    updates = [crowd.text(one, word) for word in words for one in (first, second)]
    await crowd.at_once(updates)
    for one in (first, second):
        rows = await crowd.world.rows(
            select(Incoming.update_id).where(Incoming.person_id == one.person_id).order_by(Incoming.id)  # type: ignore[arg-type]
        )
        assert rows == sorted(rows)
        heard = select(Heard).where(Heard.person_id == one.person_id).order_by(Heard.said_at)  # type: ignore[arg-type]
        texts = [crowd.app.app.keys.open(row.text) for row in await crowd.world.rows(heard)]
        assert sorted(texts) == sorted(words)
    assert len(units) >= len(words)


async def test_two_accounts_of_one_graduate_press_at_once(crowd: Crowd, world: World) -> None:
    """The second finds what the first has just changed, though nothing of it is written yet."""
    first, second = crowd.people[:2]
    assert second.person_id
    async with crowd.app.app.works.begin() as work:
        work.session.add(
            Binding(graduate_id=first.id, person_id=second.person_id, verified=False, bound_at=work.now)
        )
    about = crowd.about[first.phone.user_id]
    await crowd.intake.take_all([crowd.press(first), crowd.press(second, about)])
    graduate = await world.row(select(Graduate).where(Graduate.id == first.id))
    assert graduate.answer is AnswerKind.CONFIRMED
    assert graduate.answer_verified


async def test_newcomers_are_taken_in_together(crowd: Crowd, units: list[str]) -> None:
    strangers = [One(crowd.world.stranger(), None) for _ in range(5)]
    await crowd.intake.take_all([crowd.text(one, "/cancel") for one in strangers])
    assert len(units) == 1
    said = await crowd.world.rows(select(Outgoing))
    assert len([row for row in said if row.message.kind == "nothing_open"]) == 5


async def test_with_the_database_away_all_of_a_unit_is_put_back(crowd: Crowd) -> None:
    updates = [crowd.press(one) for one in crowd.people]
    engine = crowd.app.app.works.database.writer.sync_engine

    def gone(*_: Any) -> None:
        raise OperationalError("", {}, ConnectionRefusedError())

    event.listen(engine, "before_cursor_execute", gone)
    failed = await crowd.at_once(updates)
    with pytest.raises(OperationalError):
        await crowd.intake.take_all(updates)
    event.remove(engine, "before_cursor_execute", gone)
    assert all(isinstance(error, OperationalError) for error in failed)
    assert await crowd.confirmed() == []
    assert await crowd.at_once(updates) == [None] * MANY
    assert sorted(await crowd.confirmed()) == crowd.ids(crowd.people)


async def test_who_leads_may_be_cut_off_and_the_rest_goes_on(crowd: Crowd) -> None:
    updates = [crowd.press(one) for one in crowd.people]
    group = [asyncio.ensure_future(crowd.intake.take(update)) for update in updates]
    await asyncio.sleep(0)
    group[0].cancel()
    group[5].cancel()
    await asyncio.wait(group)
    assert await crowd.at_once(updates) == [None] * MANY
    assert sorted(await crowd.confirmed()) == crowd.ids(crowd.people)


async def test_whoever_is_cut_off_leaves_the_line_and_nobody_behind_is_forgotten(crowd: Crowd) -> None:
    """Those who lead and those who wait alike; at whichever moment it comes."""
    random, begin = Random(1), asyncio.get_running_loop().create_task
    for _ in range(15):
        waiting = [begin(crowd.intake.take(crowd.press(one))) for one in crowd.people for _ in range(2)]
        await asyncio.sleep(random.random() * 0.01)
        for one in random.sample(waiting, 12):
            one.cancel()
        assert not (await asyncio.wait(waiting, timeout=15))[1]
        assert not crowd.intake._line
