"""What follows the binding, and the ways out that every record has."""

import pytest
from sqlmodel import select

from actions import destinations, disputes, enrolment, invitations
from models.answer import AnswerKind, Source
from models.case import Case
from models.dispute import Dispute
from models.event import Incident
from models.graduate import Graduate
from models.outgoing import Outgoing, Sending
from models.person import Binding, Locale, Person
from tests.conversations.asking import UNSETTLED, asked, kinds, pressed, shown_again, typed
from tests.conversations.working import closed_by, disputed
from tests.driving import Running, Time
from tests.world import One, World

TOLD = "核实结果：登记信息不属实"


async def enrolling(app: Running, one: One) -> None:
    async with app.app.works.begin() as work:
        code = invitations.make(work, graduate=await work.session.get_one(Graduate, one.id))
    await typed(app, one, f"/start {code}")
    await pressed(app, one, "我知道了，继续")
    await one.phone.sees("按键盘上的「分享手机号」")


async def settled_dispute(app: Running, world: World, one: One) -> None:
    """Filed elsewhere, closed and reviewed before its graduate ever came here."""
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, one.id)
        current = await destinations.current(work, graduate)
        await disputes.file(work, None, graduate, current, without_counselor=True, source=Source.REGISTER)
    await app.settled()
    case = await world.row(select(Case).where(Case.graduate_id == one.id))
    await closed_by(app, world, "reviewer", case)
    await pressed(app, world.reviewer2, "打开这一件", "复核通过")


async def test_an_outcome_reached_before_enrolling_is_told_on_enrolling(app: Running, world: World) -> None:
    one = await world.graduate(name="王小明", enrolled=False)
    await settled_dispute(app, world, one)
    assert (await world.row(select(Dispute))).told_at is None
    await enrolling(app, one)
    await one.phone.share_contact()
    await one.phone.sees("已确认是您本人")
    outcome = await one.phone.sees(TOLD, times=1)
    assert outcome.labels() == ["认可处理结果", "不认可，请重新核实"]
    assert (await world.row(select(Dispute))).told_at is not None
    await pressed(app, one, "认可处理结果")
    await one.phone.sees("已记下：您认可编号")


async def test_an_unverified_account_hears_it_once_it_is_checked(app: Running, world: World) -> None:
    one = await world.graduate(name="王小明", enrolled=False)
    await settled_dispute(app, world, one)
    await enrolling(app, one)
    await one.phone.share_contact(phone_number="+8613911112222")
    await one.phone.sees("目前状态：待核实")
    await app.settled()
    one.phone.never_saw(TOLD)
    assert one.phone.keyboard() == []
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        bound = await work.session.exec(select(Binding).where(Binding.graduate_id == one.id))
        await enrolment.verify_binding(work, office, bound.one())
    await app.settled()
    await one.phone.sees(TOLD, times=1)


@pytest.mark.parametrize("way", ["digits", "share"])
async def test_the_key_that_shares_a_number_goes_away_with_the_binding(
    app: Running, world: World, way: str
) -> None:
    one = await world.graduate(name="王小明", enrolled=False)
    await enrolling(app, one)
    assert one.phone.keyboard() == ["分享手机号"]
    assert one.phone.phone_number
    if way == "digits":
        await typed(app, one, one.phone.phone_number[-4:])
    else:
        await one.phone.share_contact()
    await one.phone.sees("已确认是您本人")
    assert one.phone.keyboard() == []


@pytest.mark.parametrize("typing", ["+8613900001111", "/cancel"])
async def test_it_goes_away_when_a_new_number_was_typed_or_given_up(
    app: Running, world: World, typing: str
) -> None:
    await typed(app, world.lihua, "/my")
    await pressed(app, world.lihua, "联系方式变了", "我的手机号")
    assert world.lihua.phone.keyboard() == ["分享手机号"]
    await typed(app, world.lihua, typing)
    assert world.lihua.phone.keyboard() == []


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({"code": "70", "category": "seeking"}, ["我的手机号", "家长电话"]),
        ({"code": "80", "category": "study", "school": "江城大学"}, ["我的手机号", "家长电话"]),
        ({"code": "11", "employer": None}, ["我的手机号", "家长电话", "单位联系人和电话"]),
    ],
)
async def test_contacts_can_be_changed_whatever_is_registered(
    app: Running, world: World, given: dict[str, str], offered: list[str]
) -> None:
    one = await world.graduate(**given)
    await typed(app, one, "/my")
    await pressed(app, one, "联系方式变了")
    await one.phone.sees("哪一项变了")
    assert one.phone.buttons() == offered


async def test_without_a_destination_somebody_else_can_say_so_from_my(app: Running, world: World) -> None:
    one = await world.graduate(name="王小明", code="70", category="seeking")
    await asked(app, one)
    assert one.phone.buttons() == UNSETTLED
    await typed(app, one, "/my")
    assert one.phone.buttons() == ["现在答复", "联系方式变了", "发错人了，不是我本人"]
    await pressed(app, one, "发错人了，不是我本人")
    assert one.phone.shown[-1].text == "您不是 王小明 本人？"
    await pressed(app, one, "对，我不是这个人")
    await one.phone.sees("已与该记录解除关联")
    assert await kinds(world, one) == ["not_me"]
    assert (await world.row(select(Binding).where(Binding.graduate_id == one.id))).ended_at is not None


async def test_who_looked_in_which_role_and_when(app: Running, world: World, time: Time) -> None:
    await disputed(app, world, world.lihua, alone=True)
    await time.to("2024-07-09 09:00")
    await pressed(app, world.reviewer, "我来处理")
    await typed(app, world.lihua, "/my")
    mine = await world.lihua.phone.sees("谁查看过")
    assert "7月9日（周二） 复核人" in mine.text
    assert "林复核" not in mine.text


async def test_the_outcome_of_ones_own_dispute_comes_after_stop_too(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await typed(app, world.lihua, "停止")
    await world.lihua.phone.sees("不再给您发送提醒")
    await closed_by(app, world, "reviewer", case)
    await pressed(app, world.reviewer2, "打开这一件", "复核通过")
    await world.lihua.phone.sees(TOLD, times=1)


@pytest.mark.parametrize("label", UNSETTLED[:1] + UNSETTLED[2:])
async def test_after_the_deadline_it_is_recorded_with_a_plain_note(
    app: Running, world: World, time: Time, label: str
) -> None:
    one = await world.graduate(code="70", category="seeking")
    await asked(app, one)
    await time.to("2024-09-20 10:00")
    await pressed(app, one, label)
    await one.phone.sees("核对截止日之后答复的，我们照样保存")
    graduate = await world.row(select(Graduate).where(Graduate.id == one.id))
    assert graduate.answer in (AnswerKind.SEEKING, AnswerKind.FURTHER_STUDY, AnswerKind.NOT_SEEKING)


async def test_a_change_after_the_deadline_is_taken_with_a_plain_note(
    app: Running, world: World, time: Time
) -> None:
    await asked(app, world.lihua)
    await time.to("2024-09-20 10:00")
    await shown_again(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已解约或签约后未入职")
    await world.lihua.phone.sees("核对截止日之后提出的，我们照样受理")


async def test_the_language_is_switched_and_everything_follows(app: Running, world: World) -> None:
    await typed(app, world.lihua, "/language")
    assert world.lihua.phone.buttons() == ["中文", "English"]
    await pressed(app, world.lihua, "English")
    await asked(app, world.lihua)
    await world.lihua.phone.sees("has registered for you")
    await typed(app, world.lihua, "/my")
    await world.lihua.phone.sees("Who looked")
    await typed(app, world.lihua, "/language")
    await pressed(app, world.lihua, "中文")
    await typed(app, world.lihua, "/my")
    await world.lihua.phone.sees("谁查看过")


CLASSES = ["employer", "conscript", "startup", "freelance", "study", "study_abroad", "unknown"]
PATHS = [
    ["部分信息有误", "去向类型", "返回"],
    ["部分信息有误", "返回", "已更换单位", "返回"],
    ["已离职，目前没有新单位", "跳过"],
    ["已解约或签约后未入职"],
    ["去向类型变化（升学、入伍、创业等）", "应征入伍"],
    ["去向类型变化（升学、入伍、创业等）", "在单位就业", "跳过"],
    ["联系方式变了", "家长电话"],
]


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("category", [*CLASSES, "seeking", "not_seeking"])
async def test_every_screen_of_every_class_can_be_shown(
    app: Running, world: World, category: str, locale: Locale
) -> None:
    one = await world.graduate(name="王小明", code="?", category=category, code_name=None, locale=locale)
    words = app.app.words.labels[locale]
    said = {text: words[key] for key, text in app.app.words.labels[Locale.ZH_CN].items()}
    for path in [*PATHS, ["稍后提醒我", "三天后"], ["以上信息属实", "查看登记信息"]]:
        await shown_again(app, one)
        if category in CLASSES and path in PATHS:
            await pressed(app, one, words["ask_change"])
        for label in path:
            if said[label] in one.phone.buttons():
                await pressed(app, one, said[label])
    await typed(app, one, "/my")
    await pressed(app, one, words["my_contacts"])
    assert await world.rows(select(Incident)) == []
    assert await world.rows(select(Outgoing).where(Outgoing.state == Sending.REFUSED)) == []


async def test_start_shows_every_record_of_an_account(app: Running, world: World) -> None:
    other = await world.graduate(name="李华", degree="硕士", employer="第二家公司", enrolled=False)
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        graduate = await work.session.get_one(Graduate, other.id)
        work.session.add(Binding(graduate=graduate, person=person, verified=True, bound_at=work.now))
    await typed(app, world.lihua, "/start")
    await world.lihua.phone.sees("江城精密机械有限公司", times=1)
    await world.lihua.phone.sees("第二家公司", times=1)
