"""The process dies in the middle of a question, or an update comes twice: nothing lost, nothing doubled."""

from sqlmodel import select

from actions import invitations
from models.answer import Answer, ContactChange, EmployerClaim, FieldClaim
from models.case import Case
from models.dispute import Dispute, Statement, StatementKind
from models.followup import FollowUp
from models.graduate import Graduate
from models.person import Binding
from tests.conversations.asking import answers, asked, cases, kinds, pressed, typed
from tests.driving import Running
from tests.world import One, World

THIRD = "从未与该单位签约或被录用"
WITH = "确认提出异议，辅导员可以参与"
NEW = "13900001111"


async def killed(app: Running) -> None:
    """As after SIGKILL: whatever stood in memory is gone."""
    await app.settled()
    await app.kill()
    await app.start()


async def twice(app: Running) -> None:
    await app.settled()
    await app.sandbox.repeat_last()
    await app.settled()


async def at_the_proof(app: Running, world: World) -> One:
    ming = await world.graduate(name="王小明", enrolled=False)
    async with app.app.works.begin() as work:
        code = invitations.make(work, graduate=await work.session.get_one(Graduate, ming.id))
    await typed(app, ming, f"/start {code}")
    await pressed(app, ming, "我知道了，继续")
    await ming.phone.sees("登记的手机号后四位")
    return ming


def last_four(one: One) -> str:
    assert one.phone.phone_number
    return one.phone.phone_number[-4:]


async def test_between_the_notice_and_the_digits(app: Running, world: World) -> None:
    ming = await at_the_proof(app, world)
    await killed(app)
    await typed(app, ming, "0000")
    await ming.phone.sees("还可以试 2 次")
    await killed(app)
    await typed(app, ming, last_four(ming))
    await ming.phone.sees("已确认是您本人", times=1)
    assert (await world.row(select(Binding).where(Binding.graduate_id == ming.id))).verified


async def test_between_the_notice_and_its_button(app: Running, world: World) -> None:
    ming = await world.graduate(name="王小明", enrolled=False)
    await typed(app, ming, "/start")
    await killed(app)
    await pressed(app, ming, "我知道了，继续")
    await killed(app)
    await typed(app, ming, ming.row.student_no)
    await killed(app)
    await typed(app, ming, "王小明")
    await killed(app)
    await ming.phone.share_contact()
    await ming.phone.sees("已确认是您本人")


async def test_while_a_field_is_corrected(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误")
    await killed(app)
    await pressed(app, world.lihua, "部分信息有误")
    await killed(app)
    await pressed(app, world.lihua, "所在地")
    await killed(app)
    await typed(app, world.lihua, "湖北省黄石市")
    [answer] = await answers(world, world.lihua)
    assert answer.claim == FieldClaim(field="location", value="湖北省黄石市")


async def test_while_a_new_employer_is_told(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误", "已更换单位")
    await killed(app)
    await typed(app, world.lihua, "江城电子有限公司")
    await killed(app)
    await typed(app, world.lihua, "不是代码")
    await killed(app)
    await pressed(app, world.lihua, "跳过")
    await killed(app)
    await typed(app, world.lihua, "2024-07-01")
    [answer] = await answers(world, world.lihua)
    assert answer.claim == EmployerClaim(name="江城电子有限公司", uscc=None, signed_on="2024-07-01")
    assert len(await world.rows(select(FollowUp))) == 1


async def test_from_the_dispute_screen_to_the_statement(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, THIRD)
    await killed(app)
    await pressed(app, world.lihua, WITH)
    await killed(app)
    await pressed(app, world.lihua, "有")
    await killed(app)
    await typed(app, world.lihua, "他说不签不给盖章")
    await world.lihua.phone.sees("只有学校复核老师或纪检部门能看到")
    await killed(app)
    await typed(app, world.lihua, "那天我不在学校")
    await world.lihua.phone.sees("已附在编号")
    await killed(app)
    await typed(app, world.lihua, "还有一句")
    said = [one for one in await world.rows(select(Statement)) if one.kind is StatementKind.STATEMENT]
    assert {app.app.keys.open(one.text) for one in said} == {"那天我不在学校", "还有一句"}
    assert len(await world.rows(select(Dispute))) == 1


async def test_while_a_contact_is_changed(app: Running, world: World) -> None:
    await typed(app, world.lihua, "/my")
    await pressed(app, world.lihua, "联系方式变了", "家长电话")
    await killed(app)
    await typed(app, world.lihua, "1390000")
    await killed(app)
    await typed(app, world.lihua, NEW)
    change = await world.row(select(ContactChange))
    assert app.app.keys.open(change.phone) == f"+86{NEW}"
    await killed(app)
    await pressed(app, world.lihua, "联系方式变了", "单位联系人和电话")
    await killed(app)
    await typed(app, world.lihua, "黄经理")
    await killed(app)
    await pressed(app, world.lihua, "号码没变，只换联系人")
    assert len(await world.rows(select(ContactChange))) == 2


async def test_words_typed_while_nobody_was_there_are_taken_in_after_the_start(
    app: Running, world: World
) -> None:
    await asked(app, world.lihua)
    await app.kill()
    await world.lihua.phone.press("以上信息属实")
    await world.lihua.phone.send("谢谢老师")
    await app.start()
    await world.lihua.phone.sees("已记下：信息属实", times=1)
    await world.lihua.phone.sees("现在还没有人看过", times=1)
    assert await kinds(world, world.lihua) == ["confirmed"]


async def test_an_enrolment_delivered_twice_binds_once(app: Running, world: World) -> None:
    ming = await at_the_proof(app, world)
    await ming.phone.send(last_four(ming))
    await twice(app)
    await ming.phone.sees("已确认是您本人", times=1)
    assert len(await world.rows(select(Binding).where(Binding.graduate_id == ming.id))) == 1
    assert await cases(world, ming) == []


async def test_a_confirmation_delivered_twice_is_one_answer(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await world.lihua.phone.press("以上信息属实")
    await twice(app)
    await world.lihua.phone.sees("已记下：信息属实", times=1)
    assert await kinds(world, world.lihua) == ["confirmed"]


async def test_a_dispute_delivered_twice_is_one_dispute(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, THIRD)
    await world.lihua.phone.press(WITH)
    await twice(app)
    await world.lihua.phone.sees("已收到您的异议", times=1)
    await world.lihua.phone.sees("是否有人要求您签约或填报", times=1)
    await world.counselor.phone.sees("新异议", times=1)
    assert len(await world.rows(select(Dispute))) == len(await world.rows(select(Case))) == 1
    await world.lihua.phone.send("一句说明")
    await twice(app)
    assert len(await world.rows(select(Statement))) == 1


async def test_a_change_delivered_twice_is_filed_once(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "信息有变或有误")
    await world.lihua.phone.press("已解约或签约后未入职")
    await twice(app)
    await world.lihua.phone.sees("已记下：已解约或签约后未入职", times=1)
    assert len(await world.rows(select(Answer))) == 1
    assert len(await world.rows(select(Case))) == len(await world.rows(select(FollowUp))) == 1
    await pressed(app, world.lihua, "修改我的回答", "信息有变或有误", "部分信息有误", "所在地")
    await world.lihua.phone.send("湖北省黄石市")
    await twice(app)
    await world.lihua.phone.sees("所在地：湖北省黄石市", times=1)
    assert len(await world.rows(select(Answer))) == 2
