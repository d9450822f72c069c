"""What is written for people to open: what begins with = stays text, and as-of means as of then."""

import json
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from bot.commands.words import word
from models.answer import Source
from tests.commands.line import ROOT, Line, person, sheet
from tests.conversations.asking import asked, pressed
from tests.conversations.working import closed_by, disputed
from tests.driving import Running, Time
from tests.world import World

FORMULA = '=HYPERLINK("http://x","点我")'


def without_formulas(file: Path) -> list[list[str]]:
    """Every cell of every sheet as text, once the file itself has shown that none is a formula."""
    with ZipFile(file) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in packed.read(name)
                assert b"<f " not in packed.read(name)
                assert b"<hyperlink" not in packed.read(name)
    book = CalamineWorkbook.from_path(file)
    lines = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).iter_rows()]
    assert all(isinstance(cell, str) for row in lines for cell in row)
    return [[str(cell) for cell in row] for row in lines]


async def test_what_begins_with_an_equals_sign_stays_text(line: Line, tmp_path: Path) -> None:
    given = {"单位名称": FORMULA, "姓名": FORMULA, "所在班级": "=1+1", "辅导员": "=2+2"}
    refused = person(2, **given) | {"学号": "", "考生号": ""}
    file = sheet(tmp_path / "r.csv", [person(1, **given), refused])
    ran = await line("roster", "import", file, "--cohort", "2024", "--yes", "--json")
    assert (ran.facts["new"], len(ran.facts["refused"])) == (1, 1), ran.err
    there = {"QUXIANG_PUBLIC_URL": "https://example.edu"}
    assert (await line("invitations", "--unit", "", "--out", "i.xlsx", **there)).status == 0
    assert (await line("staff", "invite", "--from-roster", "--out", "c.xlsx", **there)).status == 0
    paper = (await line("report", "selfcheck", "--out", "out", "--json")).facts["file"]
    for name, cell in (
        ("r.csv.refused.xlsx", FORMULA),
        ("i.xlsx", FORMULA),
        ("c.xlsx", "=2+2"),
        (paper, FORMULA),
    ):
        assert any(cell in row for row in without_formulas(tmp_path / name)), name


@pytest.fixture
def school(running: Running) -> Line:
    return Line(running.settings.database_url, running.folder)


async def test_a_selfcheck_as_of_an_earlier_instant(
    school: Line, app: Running, world: World, time: Time
) -> None:
    """Answers, a dispute and its review are there from the instant on at which they were."""
    before = app.now.isoformat()
    other = await world.graduate(name="王芳")
    await time.passes(hours=1)
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    case = await disputed(app, world, other, alone=True)
    answered = (app.now + timedelta(seconds=1)).isoformat()
    await time.passes(hours=1)
    await closed_by(app, world, "reviewer", case)
    await time.passes(hours=1)
    await world.reviewer2.phone.send(f"/case {case.number}")
    await app.settled()
    await pressed(app, world.reviewer2, "复核通过")
    sections = [await _sections(school, instant) for instant in (before, answered, app.now.isoformat())]
    results = [[row[17] for row in records[2:]] for records, _, _ in sections]
    assert set(results[0]) <= {"尚未核查"}
    assert "属实" in results[1]
    # The dispute, and once it was confirmed the change of the register it made.
    assert [len(handling) - 2 for _, _, handling in sections] == [0, 1, 2]
    assert "单位说没有这个人" not in sections[1][2][2]
    done = sections[2][2][2]
    assert "单位说没有这个人" in done
    assert (done[6], done[-1]) == ("林复核", "秦复核")


async def _sections(line: Line, instant: str) -> list[list[list[str]]]:
    out = line.folder / instant.replace(":", "-")
    ran = await line("report", "selfcheck", "--out", out, "--as-of", instant, "--json")
    assert ran.status == 0, ran.err
    assert ran.facts["as_of"] == instant
    without_formulas(ran.facts["file"])
    book = CalamineWorkbook.from_path(ran.facts["file"])
    return [
        [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).iter_rows()]
        for name in book.sheet_names
    ]


async def test_doctor_lists_what_the_demo_school_lacks(line: Line) -> None:
    roster = ROOT / "bot" / "demo" / "roster.csv"
    assert (await line("roster", "import", roster, "--cohort", "2024", "--yes")).status == 0
    ran = await line("doctor", "--json")
    assert ran.status == 1
    found = {one["check"]: one for one in json.loads(ran.out)}
    for check in ("counselors", "disputes"):
        assert found[check]["sound"] is False
        assert "软件2001" in found[check]["say"]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_way_a_record_is_checked_has_its_word(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("LC_ALL", f"{language}.UTF-8")
    for way in (*(source.value for source in Source), "call"):
        assert word(f"paper_way_{way}") != f"way_{way}", way
