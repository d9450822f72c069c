"""`quxiang support`: coverage, the log as a sheet, and the lot, at the command line."""

import re
from pathlib import Path

from sqlmodel import select

from models.event import Event
from models.support import Content, Form, Progress, Support, SupportEntry, SupportHelper, SupportSync
from tests.commands.line import Line
from tests.commands.test_papers import without_formulas
from tests.driving import Running
from tests.world import One, World

HEADS = [
    *("日期", "辅导员", "学院/班级", "学号", "姓名", "帮扶类别", "帮扶形式", "帮扶人", "联系方式"),
    *("求职意向", "帮扶内容", "推荐单位及结果", "求职进展", "下一步", "毕业生反馈"),
    *("已同步精准帮扶模块", "同步时间"),
]


async def helped(app: Running, world: World) -> One:
    one = await world.graduate(name="赵六", counselor="陈老师")
    async with app.app.works.begin() as work:
        support = Support(
            graduate_id=one.id, unsettled=True, poor=True, opened_at=work.now, logged_at=work.now
        )
        support.offered(work.now)
        work.session.add(support)
        await work.session.flush()
        for who in (world.counselor, world.officer):
            work.session.add(SupportHelper(support_id=support.id, staff_id=who.id, since=work.now))
        work.session.add(
            SupportEntry(
                support_id=support.id,
                staff_id=world.counselor.id,
                form=Form.MANY,
                groups=["unsettled", "poor"],
                contents=[Content.JOBS, Content.CARE],
                text=work.seal("推荐三个岗位"),
                wish=work.seal("=软件测试"),
                recommended=work.seal("长河电子，等面试"),
                progress=Progress.INTERVIEW,
                next_step=work.seal("陪同模拟面试"),
                feedback=work.seal("愿意试试"),
                at=work.now,
            )
        )
        work.session.add(SupportSync(support_id=support.id, staff_id=world.counselor.id, at=work.now))
    return one


async def test_the_log_has_the_forms_columns_in_its_order(
    app: Running, world: World, line: Line, tmp_path: Path
) -> None:
    one = await helped(app, world)
    file = tmp_path / "log.xlsx"
    ran = await line("support", "export", "--unit", "计算机学院", "--out", file, "--json")
    assert ran.status == 0, ran.err
    assert ran.facts["lines"] == 1
    rows = without_formulas(file)
    assert rows[0] == HEADS
    assert (rows[1][0], rows[1][16][:10]) == ("2024-07-08", "2024-07-08")
    assert rows[1][1:16] == [
        *("陈老师", "计算机学院/软件工程/软件2001", one.row.student_no, "赵六", "离校未就业、家庭贫困"),
        *(
            "多对一",
            "陈老师、吴干事",
            one.phone.phone_number,
            "=软件测试",
            "岗位推荐、心理支持（推荐三个岗位）",
        ),
        *("长河电子，等面试", "面试中", "陪同模拟面试", "愿意试试", "是"),
    ]
    event = await app.row(select(Event).where(Event.kind == "support_exported"))
    assert event.subject_id == world.units["计算机学院"].id
    other = await line("support", "export", "--unit", "软件2002", "--out", tmp_path / "none.xlsx", "--json")
    assert other.facts["lines"] == 0


async def test_the_same_instant_is_the_same_file(
    app: Running, world: World, line: Line, tmp_path: Path
) -> None:
    await helped(app, world)
    before = await line(
        "support", "export", "--out", tmp_path / "0.xlsx", "--as-of", "2024-07-01T00:00+08:00", "--json"
    )
    assert before.facts["lines"] == 0
    now = app.now.isoformat()
    for name in ("1.xlsx", "2.xlsx"):
        assert (await line("support", "export", "--out", tmp_path / name, "--as-of", now)).status == 0
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


async def test_coverage_says_who_was_offered_help_and_nothing_of_results(
    app: Running, world: World, line: Line
) -> None:
    await helped(app, world)
    ran = await line("support", "status", "--json")
    assert ran.facts == {
        "in_groups": 1,
        "offered": 1,
        "declined": 0,
        "logged": 1,
        "groups": {
            "unsettled": {"in": 1, "offered": 1},
            "hard": {"in": 0, "offered": 0},
            "poor": {"in": 1, "offered": 1},
        },
    }
    plain = await line("support", "status", "--unit", "软件2001")
    assert "应提供帮扶 1 人，已提供 1 人" in plain.out
    assert not re.search(r"%|率|落实|排名|指标|(?<!un)settled|interview", plain.out + ran.out)


async def test_a_draw_can_be_seen_again(app: Running, world: World, line: Line) -> None:
    await helped(app, world)
    first = await line("support", "pick", "--count", "3", "--json")
    assert [one["name"] for one in first.facts["picked"]] == ["赵六"]
    seed = str(first.facts["seed"])
    again = await line("support", "pick", "--count", "3", "--seed", seed, "--json")
    assert again.facts == first.facts
    assert len(await app.rows(select(Event).where(Event.kind == "support_drawn"))) == 2
