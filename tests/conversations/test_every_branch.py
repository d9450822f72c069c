"""The branches nobody thinks of first: each outcome, each way of checking, each field and each type."""

import pytest
from sqlmodel import select

from models.answer import FieldClaim, TypeClaim
from models.case import Case, CaseState, Method, Outcome
from tests.conversations.asking import answers, asked, pressed, typed
from tests.conversations.working import disputed, looked_into, opened, row
from tests.driving import Running
from tests.world import One, World

METHODS = {
    "电话核查": Method.PHONE_CHECK,
    "材料核查": Method.MATERIAL_CHECK,
    "单位电话回访": Method.EMPLOYER_CALLBACK,
    "其他": Method.OTHER,
}
DISPUTED = {
    "登记信息不属实": (Outcome.CONFIRMED_FALSE, "登记信息不属实"),
    "登记信息属实": (Outcome.CONFIRMED_TRUE, "现有材料显示登记信息属实"),
    "曾经属实，现已结束": (Outcome.WAS_TRUE_NOW_ENDED, "曾经属实，现在已经结束"),
    "单位名称有混淆": (Outcome.EMPLOYER_MIX_UP, "单位名称有混淆"),
    "暂时无法确定": (Outcome.UNRESOLVED, "目前还不能确定"),
}
ORDINARY = {
    "已办妥": Outcome.DONE,
    "已更正登记": Outcome.REGISTER_CORRECTED,
    "不需要更改": Outcome.NO_CHANGE_NEEDED,
    "未能联系上": Outcome.NOT_REACHED,
}


async def closes(app: Running, by: One, method: str, outcome: str) -> None:
    await by.phone.send("/queue")
    await by.phone.offers("我来处理")
    await by.phone.press("我来处理")
    await app.settled()
    if outcome in DISPUTED:
        await looked_into(app, by.phone)
    for label in ("办结", method):
        await by.phone.offers(label)
        await by.phone.press(label)
        await app.settled()
    await by.phone.send("核对过材料，也问过本人。")
    await by.phone.offers(outcome)
    await by.phone.press(outcome)
    await app.settled()


@pytest.mark.parametrize("outcome", DISPUTED)
async def test_each_outcome_of_a_dispute_is_told_in_its_own_words(
    app: Running, world: World, outcome: str
) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    await closes(app, world.reviewer, "材料核查", outcome)
    await world.reviewer2.phone.offers("打开这一件")
    await world.reviewer2.phone.press("打开这一件")
    await world.reviewer2.phone.offers("复核通过")
    await world.reviewer2.phone.press("复核通过")
    told = await world.lihua.phone.sees(f"编号 {case.number} 的核实结果")
    kind, words = DISPUTED[outcome]
    assert words in told.text
    assert "材料核查" in told.text
    kept = await row(app, case.id)
    assert (kept.state, kept.outcome, kept.method) == (CaseState.CLOSED, kind, Method.MATERIAL_CHECK)


@pytest.mark.parametrize(("method", "outcome"), list(zip(METHODS, ORDINARY, strict=True)))
async def test_each_ordinary_outcome_closes_at_once(
    app: Running, world: World, method: str, outcome: str
) -> None:
    case = await opened(app, world.lihua)
    await closes(app, world.counselor, method, outcome)
    kept = await world.row(select(Case).where(Case.id == case.id))
    assert (kept.state, kept.method, kept.outcome) == (
        CaseState.CLOSED,
        METHODS[method],
        ORDINARY[outcome],
    )


@pytest.mark.parametrize(
    ("code", "category", "label", "field"),
    [("801", "study", "学校名称", "school"), ("85", "study_abroad", "国家或地区", "country")],
)
async def test_a_school_and_a_country_are_corrected(
    app: Running, world: World, code: str, category: str, label: str, field: str
) -> None:
    one = await world.graduate(name="周舟", code=code, category=category, school="武汉大学", country="英国")
    await asked(app, one)
    await pressed(app, one, "信息有变或有误", "部分信息有误", label)
    await typed(app, one, "爱丁堡")
    [answer] = await answers(world, one)
    assert answer.claim == FieldClaim(field=field, value="爱丁堡")


@pytest.mark.parametrize(
    ("label", "question", "cls"),
    [
        ("在单位就业", "单位的全称是", "employer"),
        ("自主创业", "企业、店铺或项目的名称是", "startup"),
        ("升学", "录取学校的全称是", "study"),
        ("出国、出境留学", "录取院校的名称是", "study_abroad"),
    ],
)
async def test_another_type_asks_for_its_own_name(
    app: Running, world: World, label: str, question: str, cls: str
) -> None:
    registered = {"code": "76", "category": "freelance"}
    one = await world.graduate(name="吴桐", **registered)
    await asked(app, one)
    await pressed(app, one, "信息有变或有误", "去向类型变化（升学、入伍、创业等）", label)
    await one.phone.sees(question)
    await typed(app, one, "江北研究院")
    [answer] = await answers(world, one)
    assert answer.claim == TypeClaim(cls=cls, name="江北研究院")
