"""What the self-check counts as a check of a record, and of which version of it."""

from typing import Any

from python_calamine import CalamineWorkbook
from sqlmodel import select

from models.case import Case
from models.followup import CallAnsweredBy, CallFinding, CallRecord
from tests.commands.line import Line
from tests.conversations.asking import asked, pressed, registered
from tests.conversations.test_enrol_identity import check
from tests.conversations.working import closed_by, disputed
from tests.driving import Running, Time
from tests.world import One, World

OTHER = {"employer": "江城电子有限公司", "employer_key": "江城电子有限公司"}


async def paper(app: Running, instant: str | None = None) -> list[list[list[str]]]:
    line = Line(app.settings.database_url, app.folder)
    ran = await line(
        "report",
        "selfcheck",
        "--out",
        app.folder / "paper",
        "--as-of",
        instant or app.now.isoformat(),
        "--json",
    )
    assert ran.status == 0, ran.err
    book = CalamineWorkbook.from_path(ran.facts["file"])
    sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    return [[[str(cell) for cell in row] for row in sheet.iter_rows()] for sheet in sheets]


async def checked(app: Running, name: str, instant: str | None = None) -> list[str]:
    """The ways, the result, when, by whom and how often."""
    records = (await paper(app, instant))[0]
    [row] = [row for row in records if name in row]
    return row[16:]


async def called(app: Running, world: World, finding: str) -> None:
    phone = world.counselor.phone
    await phone.send("/todo")
    await app.settled()
    for label in ("开始联系", "本人接听", finding):
        await phone.press(label)
        await app.settled()


async def test_a_call_about_an_earlier_version_checks_nothing(app: Running, world: World, time: Time) -> None:
    await called(app, world, "属实")
    [call] = await world.rows(select(CallRecord))
    assert call.destination_id == (await world.destination(world.lihua)).id
    before = app.now.isoformat()
    assert (await checked(app, "李华"))[1] == "属实"
    await time.passes(hours=1)
    await registered(app, world.lihua, **OTHER)
    assert (await checked(app, "李华"))[:2] == ["", "尚未核查"]
    assert (await checked(app, "李华", before))[1] == "属实"


async def test_a_call_never_outranks_the_graduates_own_answer(app: Running, world: World, time: Time) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    await time.passes(hours=1)
    await heard(app, world, world.lihua, CallFinding.FALSE)
    await time.passes(hours=1)
    row = await checked(app, "李华")
    assert (row[1], row[3], row[4]) == ("属实", "本人", "2")


async def heard(app: Running, world: World, one: One, finding: CallFinding) -> None:
    about = await world.destination(one)
    async with app.app.works.begin() as work:
        work.session.add(
            CallRecord(
                graduate_id=one.id,
                staff_id=world.counselor.id,
                destination_id=about.id,
                answered_by=CallAnsweredBy.PARENT,
                finding=finding,
                at=work.now,
            )
        )


async def test_an_answer_counts_once_its_account_is_verified(app: Running, world: World, time: Time) -> None:
    ming = await world.graduate(name="王小明", code="70", category="seeking", verified=False)
    await asked(app, ming)
    await pressed(app, ming, "仍在求职")
    await time.passes(hours=1)
    before = app.now.isoformat()
    assert (await checked(app, "王小明"))[1] == "尚未核查"
    await time.passes(hours=1)
    await check(app, world.office, ming, yes=True)
    await time.passes(hours=1)
    assert (await checked(app, "王小明"))[1] == "属实"
    assert (await checked(app, "王小明", before))[1] == "尚未核查"


async def handled(app: Running) -> list[str]:
    return (await paper(app))[2][2]


async def test_apart_is_asked_of_the_version_in_dispute(app: Running, world: World, time: Time) -> None:
    """Entered by the reviewer under another spelling; corrected by somebody else since."""
    one = await world.graduate(name="赵六", enterer=" 吴 干事", signer="学业导师1")
    case = await disputed(app, world, one)
    await owned(app, case, world.officer)
    await registered(app, one, enterer="别的人", **OTHER)
    await time.passes(hours=1)
    row = await handled(app)
    assert (row[5], row[6], row[7]) == (" 吴 干事", "吴干事", "否")


async def owned(app: Running, case: Case, by: Any) -> None:
    async with app.app.works.begin() as work:
        (await work.session.get_one(Case, case.id)).owner_id = by.id


async def test_whoever_closed_it_is_not_known_before(app: Running, world: World, time: Time) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await owned(app, case, world.reviewer2)
    await time.passes(hours=1)
    before = app.now.isoformat()
    await owned(app, case, world.reviewer)
    await time.passes(hours=1)
    await closed_by(app, world, "reviewer", case)
    await owned(app, case, world.reviewer2)
    await time.passes(hours=1)
    assert (await handled(app))[6] == "林复核"
    assert (await paper(app, before))[2][2][6] == "秦复核"
