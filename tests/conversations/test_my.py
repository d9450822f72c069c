"""/my and /help: one's own record, answers, cases, and who looked."""

from sqlmodel import select

from actions import answers
from models.answer import AnswerKind
from models.case import Case
from models.event import Event
from models.graduate import Graduate
from models.person import Binding, Person
from tests.conversations.asking import pressed, typed
from tests.driving import Running
from tests.world import World


async def test_what_is_registered_answered_and_who_looked(app: Running, world: World) -> None:
    phone = world.lihua.phone
    await typed(app, world.lihua, "确认")
    await pressed(app, world.lihua, "以上信息属实")
    await typed(app, world.lihua, "请问档案在哪里")
    await pressed(app, world.lihua, "转给辅导员")
    await typed(app, world.counselor, "/queue")
    await pressed(app, world.counselor, "我来处理")
    await typed(app, world.lihua, "/my")
    shown = await phone.sees("学校目前登记的去向（第 1 版）")
    case = await world.row(select(Case))
    for words in ("江城精密机械有限公司", "信息属实", f"编号 {case.number} 留言", "7月8日（周一） 辅导员"):
        assert words in shown.text
    assert "陈老师" not in shown.text
    assert phone.buttons() == ["修改我的回答", "联系方式变了"]
    await pressed(app, world.lihua, "修改我的回答")
    await phone.sees("请选一项与事实相符的", times=2)


async def test_an_open_dispute_can_be_added_to_and_withdrawn(app: Running, world: World) -> None:
    await typed(app, world.lihua, "没签过")
    await pressed(app, world.lihua, "提出异议", "确认提出异议，辅导员可以参与")
    await typed(app, world.lihua, "/cancel")
    await typed(app, world.lihua, "/my")
    assert world.lihua.phone.buttons() == ["修改我的回答", "补充异议说明", "撤回异议", "联系方式变了"]
    await pressed(app, world.lihua, "补充异议说明")
    await typed(app, world.lihua, "那天我在外地")
    await pressed(app, world.lihua, "撤回异议")
    await typed(app, world.lihua, "/my")
    assert "撤回异议" not in world.lihua.phone.buttons()


async def test_nothing_personal_before_the_account_is_checked(app: Running, world: World) -> None:
    one = await world.graduate(name="王芳", verified=False)
    await typed(app, one, "/my")
    await one.phone.sees("您的账号还在核实中")
    one.phone.never_saw("江城精密机械有限公司")
    one.phone.never_saw("王芳")


async def test_two_records_are_both_shown(app: Running, world: World) -> None:
    other = await world.graduate(name="李华", degree="硕士", employer="第二家公司", enrolled=False)
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        graduate = await work.session.get_one(type(other.row), other.id)
        work.session.add(Binding(graduate=graduate, person=person, verified=True, bound_at=work.now))
    await typed(app, world.lihua, "/my")
    await world.lihua.phone.sees("江城精密机械有限公司")
    await world.lihua.phone.sees("第二家公司")


async def test_names_are_shown_as_they_are(app: Running, world: World) -> None:
    one = await world.graduate(name='O\'<i>Li</i> & "小明" 🎓', employer="=cmd|'/c calc'!A1 <b>公司</b>")
    await typed(app, one, "/my")
    shown = await one.phone.sees("目前登记的去向")
    assert 'O\'<i>Li</i> & "小明" 🎓' in shown.text
    assert "=cmd|'/c calc'!A1 <b>公司</b>" in shown.text


async def test_a_long_history_stays_within_one_message(app: Running, world: World) -> None:
    one = await world.graduate(name="长" * 30, employer="单位" * 150)
    for kind in list(AnswerKind) * 3:
        async with app.app.works.begin() as work:
            person = await work.session.get_one(Person, one.person_id)
            await answers.give(work, await work.session.get_one(Graduate, one.id), kind, by=person)
    async with app.app.works.begin() as work:
        for number in range(200):
            work.session.add(
                Event(at=work.now, kind="viewed", graduate_id=one.id, facts={"role": "office", "n": number})
            )
    await typed(app, one, "/my")
    shown = await one.phone.sees("目前登记的去向")
    assert len(shown.text) < 4096
    assert shown.text.count("就业指导处") == 1


async def test_staff_see_their_duties(app: Running, world: World) -> None:
    await typed(app, world.counselor, "/my")
    await world.counselor.phone.sees("辅导员：软件2001")


async def test_help_for_each_kind_of_person(app: Running, world: World) -> None:
    stranger = world.stranger()
    await stranger.send("/help")
    await stranger.sees("我们不会索要密码")
    await typed(app, world.lihua, "/help")
    await world.lihua.phone.sees("/stop 不再接收提醒")
    await typed(app, world.office, "/help")
    await world.office.phone.sees("/status")
    english = world.stranger(language_code="en")
    await english.send("/help")
    await english.sees("Graduates: please open the link")
    await stranger.send("/my")
    await stranger.sees("用学号登记", times=2)
