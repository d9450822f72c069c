"""What the office and counselors look at: numbers, coverage, the switch, the digest, overdue cases."""

from sqlmodel import select

from actions import cases
from models.answer import AnswerKind
from models.case import CaseKind, Note, NoteKind
from models.event import Event, Setting
from models.graduate import Graduate
from models.staff import Role
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.working import closed_by, disputed
from tests.driving import Running, Time
from tests.world import One, World

SEEKING = {"code": "70", "code_name": "求职中", "category": "seeking"}
# Whoever said that it is not them counts as the wrong person.
UNBOUND = ("not_enrolled", "尚未绑定 1")


async def test_status_opens_into_the_people_behind_a_number(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    await typed(app, world.office, "/status")
    card = await world.office.phone.sees("名册 1 · 已绑定 1")
    assert len(card.text.split("\n")) <= 25
    await pressed(app, world.office, "信息属实 1")
    await world.office.phone.sees("· 李华（软件2001）")
    viewed = await world.row(select(Event).where(Event.kind == "viewed"))
    assert (viewed.graduate_id, viewed.facts["role"]) == (world.lihua.id, "office")


async def test_every_number_of_status_opens_into_its_own_people(app: Running, world: World) -> None:
    """One person under each; who is under one is under no other."""
    answers = {
        "confirmed": ("信息属实 1", {}, ["以上信息属实"]),
        "changed": ("有变或有误 1", {}, ["信息有变或有误", "已离职，目前没有新单位"]),
        "disputed": (
            "异议 1",
            {},
            ["从未与该单位签约或被录用", "确认提出异议，不经辅导员处理"],
        ),
        "not_me": ("不是本人 1", {}, ["发错人了，不是我本人", "对，我不是这个人"]),
        "seeking": ("仍在求职 1", SEEKING, ["仍在求职"]),
        "settled": ("已落实 1", SEEKING, []),
        "further_study": ("准备升学 1", SEEKING, ["准备升学（尚未录取）"]),
        "not_seeking": ("暂不就业 1", SEEKING, ["暂不就业"]),
        "awaiting": ("等待答复 1", {}, []),
    }
    for kind, (_, given, presses) in answers.items():
        one = await world.graduate(name=f"{kind}同学", **given)
        await asked(app, one)
        await pressed(app, one, *presses)
        if kind in ("changed", "settled"):
            await answered(app, one, AnswerKind(kind))
    await world.graduate(name="not_enrolled同学", enrolled=False)
    await typed(app, world.office, "/status")
    for kind, label in [*((kind, label) for kind, (label, _, _) in answers.items()), UNBOUND]:
        await pressed(app, world.office, label)
        seen = await world.office.phone.sees(f"· {kind}同学（软件2001）", times=1)
        assert seen.text.count("同学（") == int(label[-1])
        assert seen.text.startswith(label.split(" ")[0])


async def answered(app: Running, one: One, kind: AnswerKind) -> None:
    """As the end of a longer conversation would leave it."""
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        graduate.answer, graduate.answer_verified = kind, True


async def test_status_is_not_for_counselors(app: Running, world: World) -> None:
    await typed(app, world.counselor, "/status")
    world.counselor.phone.never_saw("名册")


async def test_progress_shows_coverage_and_folds_disputes(app: Running, world: World) -> None:
    await world.graduate(name="王芳", unit="软件2002")
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "从未与该单位签约或被录用", "确认提出异议，不经辅导员处理")
    await typed(app, world.counselor, "/progress")
    seen = await world.counselor.phone.sees("软件2001：1 人 · 已问到 1 · 已答复 0 · 电话联系到 0 · 待核实 1")
    assert "软件2002" not in seen.text
    assert "异议" not in seen.text
    await typed(app, world.officer, "/progress")
    seen = await world.officer.phone.sees("软件2002：1 人")
    assert "软件2001" in seen.text
    await typed(app, world.office, "/progress")
    await world.office.phone.sees("计算机学院：2 人")


async def test_everything_is_paused_and_resumed_from_the_chat(app: Running, world: World) -> None:
    await typed(app, world.office, "/pause")
    await pressed(app, world.office, "暂停全部发送")
    await world.office.phone.sees("全部发送已暂停")
    assert (await world.row(select(Setting).where(Setting.name == "paused"))).value == "1"
    await typed(app, world.office, "/resume")
    await pressed(app, world.office, "恢复全部发送")
    await world.office.phone.sees("发送正常")
    assert (await world.row(select(Setting).where(Setting.name == "paused"))).value == "0"


async def test_report_says_how(app: Running, world: World) -> None:
    await typed(app, world.office, "/report")
    await world.office.phone.sees("quxiang report")


async def test_the_morning_list_comes_once_on_working_days(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-09 08:00")
    world.counselor.phone.never_saw("今日待办")
    await time.to("2024-07-09 09:00")
    card = await world.counselor.phone.sees("今日待办（7月9日）", times=1)
    assert "尚未答复：1 人，其中 1 人今天还没有联系过" in card.text
    assert world.counselor.phone.buttons() == ["开始处理", "打开联系名单", "给班级群的文字"]
    world.counselor2.phone.never_saw("今日待办")
    await time.to("2024-07-09 15:00")
    await app.restart()
    await time.to("2024-07-09 16:00")
    await world.counselor.phone.sees("今日待办（7月9日）", times=1)
    await time.to("2024-07-13 10:00")
    world.counselor.phone.never_saw("今日待办（7月13日）")
    await pressed(app, world.counselor, "打开联系名单")
    await world.counselor.phone.sees("李华")


async def test_a_case_beyond_its_terms_is_said_once_to_the_owner_and_once_above(
    app: Running, world: World, time: Time
) -> None:
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, world.lihua.id)
        case = await cases.open_case(
            work,
            CaseKind.CHANGE_REQUEST,
            unit_id=graduate.unit_id,
            graduate=graduate,
            owner=await work.session.get(type(world.counselor.row), world.counselor.id),
        )
        number = case.number
    await time.to("2024-07-09 17:30")
    await world.counselor.phone.sees(f"编号 {number} 的首次联系时限已到", times=1)
    world.office.phone.never_saw(f"编号 {number} 过了")
    await time.to("2024-07-10 17:30")
    await world.office.phone.sees(f"编号 {number} 过了首次联系时限", times=1)
    await app.restart()
    await time.to("2024-07-10 18:00")
    await world.counselor.phone.sees(f"编号 {number} 的首次联系时限已到", times=1)
    await world.office.phone.sees(f"编号 {number} 过了首次联系时限", times=1)
    world.officer.phone.never_saw(f"编号 {number} 过了")
    assert len(await world.rows(select(Note).where(Note.kind == NoteKind.ESCALATED))) == 1


async def test_a_college_officer_is_not_the_office(app: Running, world: World) -> None:
    await world.staff("deputy", "方副院长", "T060", Role.COLLEGE_DEPUTY, "计算机学院")
    await typed(app, world.deputy, "/pause")
    world.deputy.phone.never_saw("发送正常")
    await typed(app, world.deputy, "/progress")
    await world.deputy.phone.sees("软件2001")


async def test_whoever_had_a_hand_reads_no_number_of_it(app: Running, world: World) -> None:
    """Else 「异议 1」 with nobody behind it would say whose record is disputed."""
    other = await world.staff("other", "许主任", "T031", Role.OFFICE)
    case = await disputed(app, world, await world.graduate(name="赵六", signer="何主任", signer_no="T030"))
    await _reads_nothing(app, world.office)
    await closed_by(app, world, "counselor", case)
    await _reads_nothing(app, world.office)
    await typed(app, other, "/status")
    assert "异议 1" in other.phone.shown[-1].labels()
    assert "核实中 1（待复核 1）" in other.phone.shown[-1].text
    await disputed(app, world, world.lihua)
    await typed(app, world.office, "/status")
    await pressed(app, world.office, "异议 1")
    await world.office.phone.sees("异议 · 共 1 人")
    await world.office.phone.sees("· 李华（软件2001）")


async def _reads_nothing(app: Running, one: One) -> None:
    await typed(app, one, "/status")
    assert "异议 0" in one.phone.shown[-1].text
    assert "核实中 0（待复核 0） · 已办结 0 · 重新核实 0" in one.phone.shown[-1].text
    assert "未办结 0（已到期 0） · 已办结 0" in one.phone.shown[-1].text
    assert not [label for label in one.phone.shown[-1].labels() if label.startswith("异议")]
