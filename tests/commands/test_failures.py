"""Whatever goes wrong is one sentence and the right exit status; a traceback is never shown."""

from pathlib import Path

import pytest

from tests.commands.line import Line, person, sheet

TOKEN = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SETTINGS = [
    ("QUXIANG_DATABASE_URL", "mysql://x"),
    ("QUXIANG_DATABASE_URL", "nonsense"),
    ("QUXIANG_TELEGRAM_API", "127.0.0.1:8081"),
    ("QUXIANG_PROXY", "127.0.0.1:1080"),
    ("QUXIANG_PUBLIC_URL", "example.edu"),
    ("QUXIANG_INTAKE", "pigeon"),
    ("QUXIANG_LISTEN", "8080"),
    ("QUXIANG_LISTEN", "127.0.0.1:99999"),
    ("QUXIANG_SECRET", "short"),
    ("QUXIANG_RULES", "/nowhere"),
    ("QUXIANG_CLOCK", "2024-07-08T10:00:00"),
    ("QUXIANG_CLOCK", "tomorrow"),
    ("QUXIANG_LOG", "loud"),
]
USES = [
    ("nonsense",),
    ("roster", "import", "r.csv"),
    ("roster", "import", "r.csv", "--cohort", "last"),
    ("staff", "invite", "--role", "dean", "--unit", "", "--name", "甲"),
    ("staff", "invite", "--role", "office"),
    ("staff", "invite", "--from-roster"),
    ("report", "nonsense", "--out", "x"),
    ("report", "selfcheck", "--out", "x", "--as-of", "2024-07-08T10:00:00"),
    ("calendar", "show", "--on", "someday"),
    ("pause",),
    ("campaign", "launch"),
]
REFUSED = [
    (("roster", "import", "none.csv", "--cohort", "2024", "--yes"), "none.csv"),
    (("roster", "import", ".", "--cohort", "2024", "--yes"), "."),
    (("roster", "import", "r.csv", "--cohort", "1999", "--yes"), "1999"),
    (("official", "import", "none.csv", "--yes"), "none.csv"),
    (("restore", "none.zip"), "none.zip"),
    (("restore", "r.csv"), "r.csv"),
    (("backup", "nowhere/all.zip"), "nowhere"),
    (("invitations", "--unit", "", "--out", "nowhere/x.xlsx"), "nowhere"),
    (("invitations", "--unit", "没有", "--out", "x.xlsx"), "没有"),
    (("report", "selfcheck", "--out", "r.csv"), "r.csv"),
    (("status", "--unit", "软件0000"), "计算机学院/软件工程/软件0000"),
    (("campaign", "launch", "nothing", "--yes"), "nothing"),
    (("calendar", "show", "--preset", "none"), "none"),
]


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}", tmp_path)


@pytest.mark.parametrize(("name", "value"), SETTINGS)
async def test_a_wrong_setting_is_named_and_nothing_is_started(line: Line, name: str, value: str) -> None:
    ran = await line("status", **{name: value})
    assert ran.status == 2
    assert name in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert not (line.folder / "x.db").exists()


async def test_a_missing_setting_is_named(line: Line) -> None:
    needs = {"QUXIANG_INTAKE": "webhook", "QUXIANG_TOKEN": TOKEN, "QUXIANG_CONTACT": "x"}
    for name, given in (
        ("QUXIANG_PUBLIC_URL", needs),
        ("QUXIANG_PUBLIC_URL", needs | {"QUXIANG_PUBLIC_URL": "http://example.edu"}),
        ("QUXIANG_TOKEN", {"QUXIANG_TOKEN": "no token", "QUXIANG_CONTACT": "x"}),
        ("QUXIANG_CONTACT", {"QUXIANG_TOKEN": TOKEN}),
        ("QUXIANG_SECRET", {"QUXIANG_DATABASE_URL": "postgresql+asyncpg://x@h/x", "QUXIANG_SECRET": ""}),
    ):
        ran = await line("run" if name != "QUXIANG_SECRET" else "status", **given)
        assert ran.status == 2, (name, ran.err)
        assert name in ran.err
        assert len(ran.err.strip().splitlines()) == 1


@pytest.mark.parametrize("words", USES)
async def test_wrong_use(line: Line, words: tuple[str, ...]) -> None:
    ran = await line(*words)
    assert ran.status == 2
    assert "usage: quxiang" in ran.err
    assert "Traceback" not in ran.err


async def test_what_is_refused_says_why_in_one_sentence(line: Line, tmp_path: Path) -> None:
    people = [person(1), person(2, 所在院系="经济学院", 专业名称="会计", 所在班级="软件0000")]
    await line("roster", "import", sheet(tmp_path / "r.csv", people), "--cohort", "2024", "--yes")
    for words, part in REFUSED:
        ran = await line(*words, QUXIANG_PUBLIC_URL="https://example.edu")
        assert ran.status == 1, (words, ran.err)
        assert part in ran.err, (words, ran.err)
        assert len(ran.err.strip().splitlines()) == 1, (words, ran.err)


async def test_a_database_out_of_reach_or_not_a_database(line: Line, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, but it is long enough to be looked at" * 50)
    for url in (
        f"sqlite+aiosqlite:///{tmp_path}/nowhere/x.db",
        f"sqlite+aiosqlite:///{tmp_path}/text.db",
        "postgresql+asyncpg://x:hidden@127.0.0.1:1/x",
    ):
        ran = await line.anew("status", QUXIANG_DATABASE_URL=url)
        assert ran.status == 1, ran.err
        assert "QUXIANG_DATABASE_URL" in ran.err
        assert "hidden" not in ran.err
        assert len(ran.err.strip().splitlines()) == 1
