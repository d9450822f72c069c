"""The national register beside what graduates say: a dispute filed there, two truths kept apart."""

from pathlib import Path

from sqlmodel import select

from models.answer import Source
from models.dispute import Dispute
from tests.commands.line import Line, sheet
from tests.commands.test_official_backup import HEADS, NEVER
from tests.conversations.asking import asked
from tests.driving import Running
from tests.world import One, World


def listed(one: One, state: str, feedback: str = "") -> dict[str, str]:
    return {
        "学号": one.row.student_no,
        "姓名": one.row.name,
        "确认状态": state,
        "反馈": feedback,
        "确认时间": "",
    }


async def test_a_dispute_filed_on_the_register_reaches_the_same_people(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    absent = await world.graduate(name="王芳", enrolled=False)
    file = sheet(tmp_path / "o.csv", [listed(absent, "未确认", NEVER)], HEADS)
    ran = await Line(database_url, tmp_path)("official", "import", file, "--yes", "--json")
    assert ran.status == 0, ran.err
    dispute = await world.row(select(Dispute))
    assert dispute.source is Source.REGISTER
    alert = await world.counselor.phone.sees("新异议")
    assert "王芳" in alert.text
    await world.counselor.phone.press("我来处理")
    await world.counselor.phone.offers("办结")


async def test_both_truths_stand_side_by_side_for_a_person_and_a_unit(
    app: Running, world: World, database_url: str, tmp_path: Path
) -> None:
    await asked(app, world.lihua)
    await world.lihua.phone.press("以上信息属实")
    await world.lihua.phone.sees("已记下：信息属实")
    line = Line(database_url, tmp_path)
    file = sheet(tmp_path / "o.csv", [listed(world.lihua, "未确认")], HEADS)
    assert (await line("official", "import", file, "--yes")).status == 0

    await world.lihua.phone.press("查看登记信息")
    record = await world.lihua.phone.sees("全国系统的确认：未确认")
    assert "您的答复：信息属实" in record.text

    for unit in ("软件2001", "计算机学院", ""):
        facts = (await line("status", "--unit", unit, "--json")).facts
        assert facts["answers"]["confirmed"] == 1
        assert facts["official"]["unconfirmed"] == 1
        assert facts["official"]["confirmed"] == 0
    elsewhere = (await line("status", "--unit", "软件2002", "--json")).facts
    assert (elsewhere["roster"], elsewhere["official"]["unconfirmed"]) == (0, 0)
