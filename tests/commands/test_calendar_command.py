"""`quxiang calendar`: looked at first, applied, applied again, confirmed and moved."""

from datetime import date

import pytest
from sqlmodel import select

from models.calendar import CalendarChange, CalendarDate
from models.event import Event
from tests.commands.line import Line
from tests.driving import Running
from tests.world import World


@pytest.fixture
def line(running: Running, world: World) -> Line:
    return Line(running.settings.database_url, running.folder)


async def rows(app: Running, cohort: int) -> dict[str, CalendarDate]:
    found = await app.rows(select(CalendarDate).where(CalendarDate.cohort == cohort))
    return {row.key: row for row in found if row.ended_at is None}


async def test_another_year_waits_for_word_from_above(line: Line, app: Running) -> None:
    words = ("calendar", "apply", "henan_ist_2024", "--cohort", "2025")
    looked = await line(*words, "--dry-run", "--json")
    assert (looked.status, looked.facts["new"], await rows(app, 2025)) == (0, 12, {})
    assert (await line(*words)).status == 1
    assert await rows(app, 2025) == {}
    assert (await line(*words, "--yes")).status == 0
    kept = await rows(app, 2025)
    assert str(kept["update_deadline"].due_on) == "2025-08-30"
    assert all(row.awaits_word for row in kept.values())
    again = await line(*words, "--json")
    assert (again.status, again.facts["unchanged"], again.facts["new"]) == (0, 12, 0)
    assert {row.id for row in (await rows(app, 2025)).values()} == {row.id for row in kept.values()}
    shown = await line("calendar", "show", "--cohort", "2025")
    assert "2025-08-30 前" in shown.out
    assert "待上级通知确认" in shown.out


async def test_a_document_of_that_very_year_stands(line: Line, app: Running) -> None:
    assert (await line("calendar", "apply", "wuhan_shouyi_2024", "--cohort", "2024", "--yes")).status == 0
    assert not any(row.awaits_word for row in (await rows(app, 2024)).values())
    assert (await line("calendar", "apply", "inner_mongolia_2020", "--cohort", "2024", "--yes")).status == 0
    kept = await rows(app, 2024)
    of_others = {key for key, row in kept.items() if row.preset != "inner_mongolia_2020"}
    assert of_others == {"nbs_sample_survey"}
    assert {key for key, row in kept.items() if row.awaits_word} == {
        "quality_report",
        "yearly_self_check",
    }


async def test_a_day_is_confirmed_moved_and_never_overwritten(line: Line, app: Running) -> None:
    await line("calendar", "apply", "moe_2024", "--cohort", "2025", "--yes")
    sure = await line("calendar", "confirm", "all_graduates_confirm", "--cohort", "2025", "--json")
    assert sure.facts == {
        "key": "all_graduates_confirm",
        "preset": "moe_2024",
        "starts_on": None,
        "due_on": "2025-08-31",
        "confirmed": True,
    }
    word = ("calendar", "confirm", "university_self_check_done", "--cohort", "2025")
    assert (await line(*word, "--date", "2025-08-08", "--why", "教育厅 12 号文")).status == 0
    assert (await line("calendar", "apply", "moe_2024", "--cohort", "2025", "--yes")).status == 0
    kept = (await rows(app, 2025))["university_self_check_done"]
    assert (str(kept.due_on), kept.awaits_word) == ("2025-08-08", False)
    change = await app.row(select(CalendarChange).where(CalendarChange.calendar_date_id == kept.id))
    assert (str(change.was_due_on), str(change.due_on), change.why) == (
        "2025-08-05",
        "2025-08-08",
        "教育厅 12 号文",
    )
    kinds = [one.kind for one in await app.rows(select(Event)) if one.kind.startswith("calendar_")]
    assert sorted(kinds) == ["calendar_applied", "calendar_confirmed", "calendar_moved"]


async def test_a_day_that_was_set_comes_back_with_its_preset(line: Line, app: Running) -> None:
    apply = ("calendar", "apply", "--cohort", "2025", "--yes", "--json")
    assert (await line(*apply, "henan_ist_2024")).status == 0
    word = ("calendar", "confirm", "update_deadline", "--cohort", "2025", "--date", "2025-08-25")
    assert (await line(*word)).status == 0
    first = await rows(app, 2025)
    assert (await line(*apply, "inner_mongolia_2020")).facts["ended"] == 11
    back = await line(*apply, "henan_ist_2024")
    assert [one["due_on"] for one in back.facts["dates"] if one["key"] == "update_deadline"] == ["2025-08-25"]
    kept = await rows(app, 2025)
    assert {row.id for row in kept.values()} == {row.id for row in first.values()}
    assert (str(kept["update_deadline"].due_on), kept["update_deadline"].awaits_word) == ("2025-08-25", False)


async def test_days_nobody_set_follow_the_preset(line: Line, app: Running) -> None:
    await line("calendar", "apply", "moe_2024", "--cohort", "2025", "--yes")
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(CalendarDate, (await rows(app, 2025))["provincial_check_done"].id)
        kept.due_on = date(2025, 8, 14)
    again = await line("calendar", "apply", "moe_2024", "--cohort", "2025", "--yes", "--json")
    assert (again.facts["changed"], again.facts["unchanged"]) == (1, 4)
    assert str((await rows(app, 2025))["provincial_check_done"].due_on) == "2025-08-15"
    assert str((await app.row(select(CalendarChange))).was_due_on) == "2025-08-14"


async def test_what_cannot_be_is_one_sentence(line: Line, app: Running) -> None:
    assert "apply" in (await line("calendar", "confirm", "x", "--cohort", "2025")).err
    await line("calendar", "apply", "henan_ist_2024", "--cohort", "2025", "--yes")
    for words, why in (
        (("nothing",), "现有"),
        (("school_self_check_report",), "--date"),
        (("weekly_monitor", "--date", "2025-03-06"), "按周期"),
        (("august_reminder_sms_or_wechat", "--date", "2025-07-20"), "早于开始日期"),
        (("update_deadline", "--date", "2024-08-30"), "核对年份"),
    ):
        ran = await line("calendar", "confirm", *words, "--cohort", "2025")
        assert (ran.status, why in ran.err) == (1, True), (words, ran.err)
    assert not any(not row.awaits_word for row in (await rows(app, 2025)).values())
    assert (await line("calendar", "apply", "nothing", "--cohort", "2025", "--yes")).status == 1
