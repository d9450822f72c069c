"""Papers go into a backup as they lie, sealed; doctor finds one that has lost its file."""

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlmodel import select

from bot.backup import load, save
from bot.database import Database
from bot.migrate import migrate
from bot.vault import Vault, evidence_folder
from models.evidence import Evidence
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
    _, papers = await save(app.works.database, file, world.running.now, app.evidence_folder)
    assert papers == 1
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
