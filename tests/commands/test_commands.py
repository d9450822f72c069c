"""Small commands and failures: one sentence, the right exit status, Telegram only where it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.line import ROOT, Line, person, sheet

STATUS = {
    "roster": 0,
    "enrolled": 0,
    "asked": 0,
    "awaiting": 0,
    "answers": [
        "confirmed",
        "changed",
        "disputed",
        "not_me",
        "seeking",
        "settled",
        "further_study",
        "not_seeking",
    ],
    "official": ["confirmed", "unconfirmed", "changed_since", "disputed", "as_of"],
    "cases": ["open", "overdue", "closed"],
    "disputes": ["open", "closed", "by_source", "by_outcome", "awaiting_review", "reopened"],
    "unreachable": ["not_enrolled", "blocked"],
    "messages": ["queued", "accepted", "refused", "unknown"],
}


async def test_status_has_every_key_on_an_empty_database(line: Line) -> None:
    ran = await line.anew("status", "--json")
    assert ran.status == 0, ran.err
    for key, within in STATUS.items():
        assert key in ran.facts
        if isinstance(within, list):
            assert set(within) <= set(ran.facts[key])


async def test_status_counts_people_of_a_unit(line: Line, tmp_path: Path) -> None:
    file = sheet(tmp_path / "r.csv", [person(1), person(2), person(50)])
    await line("roster", "import", file, "--cohort", "2024", "--yes")
    whole, part = await line("status", "--json"), await line("status", "--json", "--unit", "软件0000")
    assert whole.facts["roster"] == 3
    assert whole.facts["unreachable"]["not_enrolled"] == 3
    assert part.facts["roster"] == 2
    unknown = await line("status", "--unit", "没有这个班")
    assert unknown.status == 1
    assert "没有这个班" in unknown.err


def test_what_needs_no_telegram_does_not_import_it(tmp_path: Path) -> None:
    code = (
        "import sys; from bot.__main__ import main; status = main(['status', '--json']); "
        "assert 'aiogram' not in sys.modules and 'aiohttp' not in sys.modules; sys.exit(status)"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "QUXIANG_SCHOOL": "江城",
        "LC_ALL": "C.UTF-8",
        "QUXIANG_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'x.db'}",
    }
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("QUXIANG_DATABASE_URL", "mysql://x", 2),
        ("QUXIANG_CLOCK", "2024-07-08T10:00:00", 2),
        ("QUXIANG_SECRET", "short", 2),
        ("QUXIANG_RULES", "/nowhere", 2),
        ("QUXIANG_DATABASE_URL", "postgresql+asyncpg://x:hidden@127.0.0.1:1/x", 1),
    ],
)
async def test_a_wrong_value_is_one_sentence(tmp_path: Path, name: str, value: str, status: int) -> None:
    line = Line(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}", tmp_path)
    ran = await line("status", **{name: value})
    assert ran.status == status
    assert name in ran.err
    assert "Traceback" not in ran.err
    assert "hidden" not in ran.err


async def test_run_names_what_is_missing_and_starts_nothing(tmp_path: Path) -> None:
    line = Line(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}", tmp_path)
    ran = await line.anew("run")
    assert ran.status == 2
    assert "QUXIANG_TOKEN" in ran.err
    assert not (tmp_path / "x.db").exists()


async def test_a_foreign_secret_is_refused(line: Line) -> None:
    await line("status")
    ran = await line("status", QUXIANG_SECRET="another secret, long enough")
    assert ran.status == 2
    assert "QUXIANG_SECRET" in ran.err


async def test_doctor_says_what_to_do(line: Line, tmp_path: Path) -> None:
    await line("roster", "import", sheet(tmp_path / "r.csv", [person(1)]), "--cohort", "2024", "--yes")
    token = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    ran = await line("doctor", QUXIANG_TOKEN=token, QUXIANG_TELEGRAM_API="http://127.0.0.1:1")
    assert ran.status == 1
    for part in ("QUXIANG_CONTACT", "Telegram", "quxiang backup", "软件0000", "quxiang staff invite"):
        assert part in ran.out
    assert token not in ran.out + ran.err


async def test_rules_and_calendar(line: Line, tmp_path: Path) -> None:
    assert (await line("check-rules")).status == 0
    assert (await line("calendar", "show", "--json")).facts["events"]
    assert (await line("calendar", "show", "--preset", "none")).status == 1
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "quiet.toml").write_text("nonsense = 1\n")
    broken = await line("check-rules", QUXIANG_RULES=str(tmp_path / "rules"))
    assert broken.status == 1
    assert "quiet.toml" in broken.err
    assert (await line("nonsense")).status == 2


async def test_selfcheck_is_text_in_three_sections(line: Line, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    rows = [
        person(1, 单位名称='=HYPERLINK("http://x","点我")'),
        person(2, 统一社会信用代码="914201179815061621"),
    ]
    await line("roster", "import", sheet(tmp_path / "r.csv", rows), "--cohort", "2024", "--yes")
    ran = await line("report", "selfcheck", "--unit", "", "--out", tmp_path / "out", "--json")
    assert ran.status == 0, ran.err
    book = CalamineWorkbook.from_path(ran.facts["file"])
    assert book.sheet_names == ["数据具体记录", "问题统计", "处置情况"]
    records, problems, handling = (
        list(book.get_sheet_by_name(name).iter_rows()) for name in book.sheet_names
    )
    assert any('=HYPERLINK("http://x","点我")' in row for row in records)
    assert len(records) == 4
    assert any("尚未核查" in row for row in problems)
    assert any("登记数据问题" in row for row in handling)
