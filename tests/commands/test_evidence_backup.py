"""Papers go into a backup as they lie, sealed; doctor finds one that has lost its file."""

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlmodel import func, select

from bot.backup import BackupFault, BackupRefused, load, save
from bot.database import Database
from bot.migrate import migrate
from bot.vault import Vault, evidence_folder
from models.event import Setting
from models.evidence import Evidence
from tests.commands.line import Line
from tests.commands.test_doctor import found
from tests.web.browsing import Browser, entered
from tests.web.papers import hand_in, pdf
from tests.world import World


@pytest.fixture
async def given(world: World) -> Evidence:
    async with Browser(world.running) as browser:
        await entered(browser, world.lihua)
        await hand_in(browser, pdf(1))
    row: Evidence = await world.row(select(Evidence))
    return row


async def test_a_backup_brings_the_papers_back(world: World, given: Evidence, tmp_path: Path) -> None:
    app, file = world.running.app, tmp_path / "all.zip"
    (app.evidence_folder / ("ab" * 16)).write_bytes(b"of an upload that never ended")
    made = await save(app.works.database, file, world.running.now, app.evidence_folder)
    assert (made.papers, made.missing) == (1, 0)
    with ZipFile(file, "a") as packed:
        packed.writestr("evidence/../../escaped", b"x")
        assert f"evidence/{given.id.hex}" in packed.namelist()
    assert b"%PDF" not in file.read_bytes()
    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    await migrate(other)
    folder = tmp_path / "other.evidence"
    rows, papers = await load(other, file, folder, force=False)
    await other.close()
    assert (rows > 0, papers) == (True, 1)
    assert [one.name for one in folder.iterdir()] == [given.id.hex]
    assert await Vault(folder, app.keys).open(given.id) == pdf(1)


async def test_a_backup_without_its_papers_says_so(world: World, given: Evidence) -> None:
    app = world.running
    line = Line(app.settings.database_url, app.folder)
    ran = await line("backup", "all.zip")
    assert ran.status == 1
    folder = evidence_folder(app.settings)
    assert f"缺 1 份材料：{app.folder / folder}" in ran.err
    assert await world.rows(select(Setting).where(Setting.name == "last_backup")) == []
    shutil.copytree(app.app.evidence_folder, app.folder / folder)
    assert (await line("backup", "all.zip")).status == 0
    assert len(await world.rows(select(Setting).where(Setting.name == "last_backup"))) == 1


@pytest.mark.parametrize("harm", ["a byte", "a row", "a table"])
async def test_a_damaged_file_throws_nothing_away(
    world: World, given: Evidence, tmp_path: Path, harm: str
) -> None:
    app, file = world.running.app, tmp_path / "all.zip"
    await save(app.works.database, file, world.running.now, app.evidence_folder)
    other = Database(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    await migrate(other)
    await load(other, file, tmp_path / "other.evidence", force=False)
    damage(file, harm)
    with pytest.raises(BackupRefused) as refused:
        await load(other, file, tmp_path / "third.evidence", force=True)
    assert refused.value.fault is BackupFault.DAMAGED
    assert not (tmp_path / "third.evidence").exists()
    async with other.reader.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(Evidence))).scalar_one() == 1
    await other.close()


def damage(file: Path, harm: str) -> None:
    with ZipFile(file) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    table = held.pop("graduate.jsonl")
    if harm != "a table":
        held["graduate.jsonl"] = table[:-20] if harm == "a row" else table
    with ZipFile(file, "w") as packed:
        for name, content in held.items():
            packed.writestr(name, content)
    if harm == "a byte":
        file.write_bytes(file.read_bytes().replace("李华".encode(), "李花".encode(), 1))


async def test_doctor_misses_a_file(
    world: World, given: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = world.running
    lost = (await found(app))["evidence"]
    assert (lost.say, lost.facts["count"]) == ("evidence_missing", 1)
    shutil.copytree(app.app.evidence_folder, evidence_folder(app.settings))
    assert (await found(app))["evidence"].say == "evidence_page", "nobody can look at it yet"
    sound = (await found(app, public_url="https://qx.example.edu.cn"))["evidence"]
    assert (sound.sound, sound.facts["count"]) == (True, 1)
