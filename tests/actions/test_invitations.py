"""Links in bulk by the command line: one per graduate not yet enrolled, as text and as a picture to scan."""

import asyncio
import json
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import select

from actions import invitations
from actions.rights import NotYours
from actions.shared_number import normal_forms
from bot.__main__ import main
from models.event import Setting
from models.person import Person
from models.staff import Duty, Invitation, Role, Staff
from tests.driving import Running
from tests.world import World


@pytest.fixture
def shell(running: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Running:
    """The environment in which the command line finds this test's database."""
    settings = running.settings
    for name in ("token", "school", "contact", "telegram_api", "database_url", "secret"):
        monkeypatch.setenv(f"QUXIANG_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.chdir(tmp_path)
    return running


async def typed(*words: str) -> int:
    """In a thread of its own, as a second process on the same database would be."""
    return await asyncio.to_thread(main, [str(word) for word in words])


def lines_of(file: Path) -> list[list[str]]:
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in rows]


def pictures_in(file: Path) -> int:
    with zipfile.ZipFile(file) as book:
        return len([name for name in book.namelist() if name.startswith("xl/media/")])


async def test_one_link_per_graduate_not_yet_enrolled(shell: Running, world: World, tmp_path: Path) -> None:
    await world.graduate(name="=SUM(A1)", enrolled=False)
    await world.graduate(name="王小明", enrolled=False, unit="软件2002")
    out = tmp_path / "links.xlsx"
    assert await typed("invitations", "--unit", "计算机学院", "--out", str(out)) == 0
    titles, *rows = lines_of(out)
    assert titles == ["学院", "班级", "学号", "姓名", "链接", "二维码"]
    assert [row[:2] + row[3:4] for row in rows] == [
        ["计算机学院", "软件2001", "=SUM(A1)"],
        ["计算机学院", "软件2002", "王小明"],
    ]
    for row in rows:
        base, _, code = row[4].partition("?start=")
        assert base.startswith("https://t.me/")
        assert len(code) == 64
    assert pictures_in(out) == 2
    kept = {row.digest for row in await world.rows(select(Invitation))}
    assert {invitations.digest_of(row[4].rpartition("=")[2]) for row in rows} == kept


async def test_a_link_of_the_sheet_opens_the_conversation(
    shell: Running, world: World, tmp_path: Path
) -> None:
    ming = await world.graduate(name="王小明", enrolled=False)
    out = tmp_path / "links.xlsx"
    assert await typed("invitations", "--unit", "软件2001", "--out", str(out)) == 0
    code = lines_of(out)[1][4].rpartition("=")[2]
    await ming.phone.send(f"/start {code}")
    await ming.phone.sees("我们不会索要密码")


async def test_links_lead_to_the_schools_own_page_where_there_is_one(
    shell: Running, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUXIANG_PUBLIC_URL", "https://qx.example.edu.cn/")
    await world.graduate(name="王小明", enrolled=False)
    out = tmp_path / "links.xlsx"
    assert await typed("invitations", "--unit", "", "--out", str(out)) == 0
    assert lines_of(out)[1][4].startswith("https://qx.example.edu.cn/j/")


async def test_a_new_run_adds_links_and_revoke_ends_the_earlier_ones(
    shell: Running, world: World, tmp_path: Path
) -> None:
    await world.graduate(name="王小明", enrolled=False)
    out = tmp_path / "links.xlsx"
    for words in ([], [], ["--revoke"]):
        assert await typed("invitations", "--unit", "软件2001", "--out", str(out), *words) == 0
    rows = await world.rows(select(Invitation))
    assert len(rows) == 3
    live = [row for row in rows if row.revoked_at is None]
    assert [row.digest for row in live] == [invitations.digest_of(lines_of(out)[1][4].rpartition("=")[2])]


async def test_staff_invite_prints_one_single_use_link(
    shell: Running, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["staff", "invite", "--role", "reviewer", "--unit", "计算机学院", "--unit", "软件2001"]
    assert await typed(*words, "--name", "赵老师", "--number", "T300", "--json") == 0
    link = json.loads(capsys.readouterr().out)["link"]
    phone = world.stranger("赵老师")
    await phone.send(f"/start {link.rpartition('=')[2]}")
    greeting = await phone.sees("赵老师，您好")
    assert "复核人：计算机学院" in greeting.text
    assert "复核人：软件2001" in greeting.text


async def test_a_second_data_entry_person_is_refused_by_name(
    shell: Running, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["staff", "invite", "--role", "data_entry", "--unit", "计算机学院"]
    assert await typed(*words, "--name", "甲老师", "--number", "T301") == 0
    assert await typed(*words, "--name", "乙老师", "--number", "T302") == 1
    assert "甲老师" in capsys.readouterr().err
    assert await world.rows(select(Staff).where(Staff.number == "T302")) == []


async def test_counselors_of_the_roster_get_one_link_each(
    shell: Running, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for unit in ("软件2001", "软件2002"):
        await world.graduate(name="甲", unit=unit, counselor="钱老师", counselor_no="T400")
    await world.graduate(name="乙", counselor="陈老师", counselor_no="T001")
    out = tmp_path / "counselors.xlsx"
    assert await typed("staff", "invite", "--from-roster", "--out", str(out), "--json") == 0
    titles, *rows = lines_of(out)
    assert titles == ["姓名", "工号", "班级", "链接", "二维码"]
    by_number = {row[1]: row for row in rows}
    assert sorted(by_number["T400"][2].split("、")) == ["软件2001", "软件2002"]
    assert len(by_number["T400"][3].rpartition("=")[2]) == 64
    assert by_number["T001"][3] == ""
    duties = await world.rows(select(Duty).join(Staff).where(Staff.number == "T400"))
    assert [duty.role for duty in duties] == [Role.COUNSELOR] * 2
    assert json.loads(capsys.readouterr().out)["counselors"] == 2


async def test_without_a_bots_name_nothing_is_written(
    shell: Running, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shell.app.works.begin() as work:
        if kept := await work.session.get(Setting, "bot_username"):
            await work.session.delete(kept)
    monkeypatch.setenv("QUXIANG_TELEGRAM_API", "http://127.0.0.1:9")
    await world.graduate(name="王小明", enrolled=False)
    out = tmp_path / "links.xlsx"
    assert await typed("invitations", "--unit", "软件2001", "--out", str(out)) == 1
    assert not out.exists()
    assert await world.rows(select(Invitation)) == []


async def test_a_class_counselor_may_not_make_links(app: Running, world: World) -> None:

    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.counselor.person_id)
        with pytest.raises(NotYours):
            await invitations.invite_some(
                work, person, world.units["软件2001"], after="", limit=10, revoke=False
            )


@pytest.mark.parametrize("written", ["8613812345678", "+8613812345678", "13812345678", "+86 138-1234-5678"])
def test_a_shared_number_is_read_however_the_client_writes_it(written: str) -> None:
    assert "+8613812345678" in normal_forms(written)


@pytest.mark.parametrize(
    ("written", "read"), [("14155552671", "+14155552671"), ("447911123456", "+447911123456")]
)
def test_a_number_abroad_stays_abroad(written: str, read: str) -> None:
    assert normal_forms(written)[0] == read
