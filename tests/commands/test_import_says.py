"""What an import says to people: never at night, never after /stop, never while everything is paused."""

from pathlib import Path

import pytest
from sqlmodel import select

from actions import contacts
from actions.delivery import KILL_SWITCH
from models.answer import ContactChange, ContactKind
from models.event import Event, Setting
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Outgoing
from models.person import Person
from tests.commands.line import Line, person, sheet
from tests.conversations.asking import asked, pressed, registered, typed
from tests.driving import Running, Time
from tests.world import World

OTHER = {"employer": "江城电子有限公司", "employer_key": "江城电子有限公司"}


async def claimed(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位")
    await typed(app, world.lihua, "江城电子有限公司")
    await pressed(app, world.lihua, "跳过", "跳过")


async def confirmed(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")


@pytest.mark.parametrize(("before", "words"), [(confirmed, "登记有了更新"), (claimed, "您提出的更改已登记")])
async def test_an_import_at_night_is_heard_in_the_morning(
    app: Running, world: World, time: Time, before: object, words: str
) -> None:
    assert callable(before)
    await before(app, world)
    await time.to("2024-07-10 02:30")
    shown = len(world.lihua.phone.shown)
    await registered(app, world.lihua, **OTHER)
    assert len(world.lihua.phone.shown) == shown
    await time.to("2024-07-10 10:30")
    await world.lihua.phone.sees(words, times=1)
    theirs = select(Outgoing).where(Outgoing.person_id == world.lihua.person_id)
    last = max(await world.rows(theirs), key=lambda one: one.id)
    assert last.lane is Lane.CAMPAIGN


@pytest.mark.parametrize("before", [confirmed, claimed])
async def test_who_has_stopped_hears_nothing_of_an_import(
    app: Running, world: World, time: Time, before: object
) -> None:
    assert callable(before)
    await before(app, world)
    await typed(app, world.lihua, "/stop")
    shown = len(world.lihua.phone.shown)
    await registered(app, world.lihua, **OTHER)
    await time.passes(days=1)
    assert len(world.lihua.phone.shown) == shown


async def test_while_everything_is_paused_an_import_says_nothing(app: Running, world: World) -> None:
    await confirmed(app, world)
    async with app.app.works.begin() as work:
        work.session.add(Setting(name=KILL_SWITCH, value="1"))
    await registered(app, world.lihua, **OTHER)
    world.lihua.phone.never_saw("登记有了更新")


async def test_a_checked_number_outlives_a_roster_that_repeats_the_old_one(
    app: Running, world: World, tmp_path: Path
) -> None:
    """Only a value the roster did not say before takes its place, and that is written down."""

    line = Line(app.settings.database_url, app.folder)

    async def imported(**given: str) -> Graduate:
        file = sheet(tmp_path / "r.csv", [person(1, **given)])
        ran = await line("roster", "import", file, "--cohort", "2024", "--yes", "--json")
        assert ran.status == 0, ran.err
        found: Graduate = await app.row(select(Graduate).where(Graduate.name == "学生1"))
        return found

    first = await imported(手机号码="13800000001")
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, first.id)
        change = ContactChange(
            graduate=graduate,
            contact=ContactKind.OWN_PHONE,
            phone=work.seal("+8613700000002"),
            phone_digest=work.keys.digest("+8613700000002"),
            given_at=work.now,
        )
        work.session.add(change)
        by = await work.session.get_one(Person, world.office.person_id)
        await work.session.flush()
        await contacts.verified(work, by, change)

    def number(one: Graduate) -> str:
        assert one.phone
        return app.app.keys.open(one.phone)

    kept = await imported(手机号码="13800000001", 辅导员="王老师")
    assert (number(kept), kept.counselor) == ("+8613700000002", "王老师")
    silent = await imported(手机号码="", 辅导员="李老师")
    assert number(silent) == "+8613700000002"
    again = await imported(手机号码="13800000001", 辅导员="张老师")
    assert number(again) == "+8613700000002"
    assert not await app.rows(select(Event).where(Event.kind == "contact_overruled"))
    new = await imported(手机号码="13600000003", 辅导员="张老师")
    assert number(new).endswith("13600000003")
    [event] = await app.rows(select(Event).where(Event.kind == "contact_overruled"))
    assert (event.graduate_id, event.facts) == (first.id, {"contact": "phone"})
