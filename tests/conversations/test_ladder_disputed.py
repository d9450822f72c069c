"""Staff heard on the telephone that it is not true: no reminders meanwhile, and after it they go on."""

from sqlalchemy import update
from sqlmodel import col, select

from actions import disputes, registering
from models.ask import Ask
from models.case import Case
from models.dispute import Dispute
from models.equation import under_dispute
from models.followup import CallAnsweredBy, CallFinding
from models.graduate import Graduate
from models.official import Official
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person, Unreachable
from tests.conversations.asking import asked, registered, typed
from tests.conversations.test_case_calls import said
from tests.conversations.test_ladder import launched, steps
from tests.conversations.test_who_may import opens
from tests.conversations.working import closed_by
from tests.driving import Running, Time
from tests.world import World


async def denied_by_telephone(app: Running, world: World) -> Case:
    await said(app, world.officer, world.lihua, CallAnsweredBy.GRADUATE, CallFinding.FALSE)
    await app.settled()
    case: Case = await app.row(select(Case))
    return case


async def test_a_card_that_waits_for_the_morning_does_not_leave(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-08 22:15")
    await launched(app, world)
    await asked(app, world.lihua)
    await time.to("2024-07-09 08:30")
    await denied_by_telephone(app, world)
    await time.to("2024-07-09 09:30")
    assert await steps(world, world.lihua) == []
    row = await world.row(select(Outgoing).where(col(Outgoing.step).is_not(None)))
    assert (row.state, row.reason) == (Sending.SKIPPED, "disputed")


async def test_closed_without_an_answer_the_next_step_comes(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await time.to("2024-07-09 10:00")
    case = await denied_by_telephone(app, world)
    await time.to("2024-07-10 10:30")
    assert (await world.row(select(Ask))).next_step == "expire"
    await passed(app, world, case, "登记信息属实")
    assert (await world.row(select(Dispute))).closed_at is not None
    await time.to("2024-07-11 10:30")
    assert await steps(world, world.lihua) == [("ask", "07-08")]
    await time.to("2024-07-12 12:30")
    await time.to("2024-07-15 12:30")
    await time.to("2024-07-24 12:30")
    assert await steps(world, world.lihua) == [
        ("ask", "07-08"),
        ("after_2", "07-12"),
        ("after_7", "07-15"),
        ("after_16", "07-24"),
    ]


async def found_false(app: Running, world: World, time: Time) -> None:
    await launched(app, world)
    await time.to("2024-07-09 10:00")
    case = await denied_by_telephone(app, world)
    await passed(app, world, case, "登记信息不属实")


async def test_what_was_found_false_is_asked_about_when_it_is_corrected(
    app: Running, world: World, time: Time
) -> None:
    await found_false(app, world, time)
    async with app.app.works.begin() as work:
        await work.session.execute(update(Ask).values(next_step="after_2", next_at=work.now))
    await time.to("2024-07-15 10:30")
    assert await steps(world, world.lihua) == [("ask", "07-08")]
    await typed(app, world.counselor, "/todo")
    assert "李华" not in world.counselor.phone.shown[-1].text
    await registered(app, world.lihua, employer="长河电子有限公司", uscc=None)
    await time.to("2024-07-18 10:30")
    assert (await steps(world, world.lihua))[:2] == [("ask", "07-08"), ("after_7", "07-15")]


async def test_nobody_is_reminded_before_they_know_the_outcome(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-07-09 10:00")
    case = await denied_by_telephone(app, world)
    async with app.app.works.begin() as work:
        await work.session.execute(update(Binding).values(ended_at=work.now, ended_why=Unreachable.OPTED_OUT))
    await time.to("2024-07-10 10:30")
    await passed(app, world, case, "登记信息属实")
    assert (await world.row(select(Dispute))).told_at is None
    assert (await world.row(select(Ask))).next_step == "expire"
    async with app.app.works.begin() as work:
        by = await work.session.get_one(Person, world.officer.person_id)
        await disputes.told_by_telephone(work, by, await work.session.get_one(Case, case.id))
    assert (await world.row(select(Ask))).next_step == "after_2"


async def test_changed_in_the_national_register_it_is_asked_about_with_the_next_roster(
    app: Running, world: World, time: Time
) -> None:
    """Until then what we have is still the version that was found false."""
    await found_false(app, world, time)
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        await registering.official_came(work, graduate, Official.CHANGED, None)
        await work.session.execute(update(Ask).values(next_step="after_2", next_at=work.now))
    await time.to("2024-07-15 10:30")
    assert await steps(world, world.lihua) == [("ask", "07-08")]
    await registered(app, world.lihua, employer="长河电子有限公司", uscc=None)
    await time.to("2024-07-18 10:30")
    assert (await steps(world, world.lihua))[:2] == [("ask", "07-08"), ("after_7", "07-15")]


async def test_read_in_the_list_of_their_own_the_next_step_comes(
    app: Running, world: World, time: Time
) -> None:
    await launched(app, world)
    await time.to("2024-07-09 10:00")
    case = await denied_by_telephone(app, world)
    await reached(app, world, Unreachable.BLOCKED)
    await time.to("2024-07-10 10:30")
    await passed(app, world, case, "登记信息属实")
    assert (await world.row(select(Dispute))).told_at is None
    await reached(app, world, None)
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        await disputes.show(work, person, (await work.session.exec(select(Dispute))).one().id)
    assert (await world.row(select(Ask))).next_step == "after_2"


async def test_gone_past_while_it_was_looked_into_they_are_asked_after_it(
    app: Running, world: World, time: Time
) -> None:
    await time.to("2024-07-09 10:00")
    case = await denied_by_telephone(app, world)
    await world.graduate(name="王芳")
    await launched(app, world)
    assert await steps(world, world.lihua) == []
    await time.to("2024-07-10 10:30")
    await passed(app, world, case, "登记信息属实")
    assert await steps(world, world.lihua) == [("ask", "07-10")]
    assert None not in {ask.campaign_id for ask in await world.rows(select(Ask))}


async def reached(app: Running, world: World, why: Unreachable | None) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Person, world.lihua.person_id)).unreachable = why


async def passed(app: Running, world: World, case: Case, outcome: str) -> None:
    await closed_by(app, world, "reviewer", case, outcome)
    await opens(app, world.reviewer2, case)
    await world.reviewer2.phone.press("复核通过")
    await app.settled()


async def test_corrected_elsewhere_after_a_line_that_changed_nothing_nobody_is_asked(
    app: Running, world: World, time: Time
) -> None:
    """Our version has another number and is still the false one."""
    await found_false(app, world, time)
    await registered(app, world.lihua, location="武汉市")
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        await registering.official_came(work, graduate, Official.CHANGED, None)
    assert await app.rows(select(Graduate).where(Graduate.id == world.lihua.id, under_dispute())) != []
    await registered(app, world.lihua, employer="长河电子科技有限公司", uscc=None)
    assert await app.rows(select(Graduate).where(Graduate.id == world.lihua.id, under_dispute())) == []
