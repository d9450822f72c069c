"""`quxiang unreachable`: the same ledger at the command line, and the names behind a number."""

from sqlmodel import select

from models.person import OutOfReach, Person
from tests.commands.line import Line
from tests.driving import Running
from tests.world import World


async def test_the_ledger_and_the_names_behind_it(app: Running, world: World, line: Line) -> None:
    await world.graduate(name="王芳", enrolled=False)
    gone = await world.graduate(name="赵敏", unit="软件2002")
    async with app.app.works.begin() as work:
        query = select(Person).where(Person.id == gone.person_id)
        (await work.session.exec(query)).one().stopped_at = work.now
    found = await line("unreachable", "--json")
    assert found.status == 0
    counts = {one.value: 0 for one in OutOfReach} | {"not_enrolled": 1, "opted_out": 1}
    assert found.facts == {"roster": 3, "reachable": 1, "unreachable": counts}
    status = await line("status", "--json")
    assert {name: n for name, n in status.facts["unreachable"].items() if n} == {
        "not_enrolled": 1,
        "opted_out": 1,
    }
    under = await line("unreachable", "--unit", "软件2002")
    assert under.out.splitlines() == [
        "软件2002：名册 1 ＝ 收得到消息 0 ＋ 下列各项",
        "已停止提醒 1：不再发提醒；需要核实时打电话。",
    ]
    english = await line("unreachable", LC_ALL="en_US.UTF-8")
    assert "not enrolled 1: send a personal link or code" in english.out
    names = await line("unreachable", "--list", "not_enrolled", "--json")
    assert [(one["name"], one["unit"], one["reason"]) for one in names.facts] == [
        ("王芳", "软件2001", "not_enrolled")
    ]
    plain = await line("unreachable", "--list", "opted_out")
    assert plain.out.split()[1:] == ["赵敏", "软件2002", "opted_out"]
    assert (await line("unreachable", "--list", "blocked", "--json")).facts == []
    assert (await line("unreachable", "--list", "bored")).status == 2
    assert (await line("unreachable", "--unit", "无此班")).status == 1
