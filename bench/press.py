"""Our whole product behind its webhook, with graduates who were asked and press for the first time."""

import asyncio
import json
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import SQLModel

from actions.units import ensure_school
from bench.graduates import folded
from bot.app import App
from bot.commands.run import spare_the_collector
from bot.database import Works
from bot.pace import Pace
from bot.settings import Settings
from bot.webhook import Webhook
from handlers.ask import Answered, Choice

SECRET = "bench" * 4
AT_ONCE = 500


async def ours(api: str, address: str, token: str, count: int) -> None:
    """The postman rests: what is measured ends with the queued reply and the acknowledgement."""
    with TemporaryDirectory() as folder:
        app = App(_settings(api, address, token))
        app.journal_file = Path(folder) / "outgoing.journal"
        app.pace = Pace(100_000, burst=1000)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(app.run())
            await app.started.wait()
            await app.postman.stop(within=0)
            presses = await _enrolled(app.works, count)
            await folded(app.works)
            spare_the_collector()
            door = Webhook(app.bot, None, SECRET, app.settings.must("public_url"))  # type: ignore[arg-type]
            print(json.dumps({"url": door.url, "secret": door.secret, "presses": presses}), flush=True)
            await asyncio.to_thread(sys.stdin.read)
            app.stop()
            await running


def _settings(api: str, address: str, token: str) -> Settings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    given: dict[str, Any] = {
        "token": token,
        "school": "A",
        "contact": "B",
        "telegram_api": api,
        "database_url": address,
        "secret": SECRET,
        "intake": "webhook",
        "listen": place,
        "public_url": f"http://{place}",
        "log": "error",
    }
    return Settings.model_validate(given)


async def _enrolled(works: Works, count: int) -> list[tuple[int, str]]:
    presses: list[tuple[int, str]] = []
    async with works.begin() as work:
        unit = (await ensure_school(work.session, "A")).id
    for first in range(1, count + 1, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count + 1))
        async with works.begin() as work:
            made = [_one(number, unit, works.bot_id, work.now) for number in numbers]
            for table in ("person", "chat", "graduate", "destination", "binding", "ask"):
                rows = [one[table] for one in made]
                await work.session.execute(insert(SQLModel.metadata.tables[table]), rows)
            for number, one in zip(numbers, made, strict=True):
                press = Answered(destination=one["destination"]["id"], choice=Choice.CONFIRM)
                presses.append((number, press.pack()))
    return presses


def _one(number: int, unit: UUID, bot_id: int, at: datetime) -> dict[str, dict[str, Any]]:
    person, graduate = uuid4(), uuid4()
    return {
        "person": {
            "id": person,
            "locale": "zh_CN",
            "locale_chosen": False,
            "digit_tries": 0,
            "created_at": at,
        },
        "chat": {
            "id": uuid4(),
            "bot_id": bot_id,
            "address": number,
            "person_id": person,
            "created_at": at,
        },
        "graduate": {
            "id": graduate,
            "cohort": 2024,
            "unit_id": unit,
            "roster_key": str(number),
            "name": f"学生{number}",
            "name_key": f"学生{number}",
            "completer": False,
            "version": 1,
            "official": "unknown",
            "asked_at": at,
            "created_at": at,
        },
        "destination": {
            "id": uuid4(),
            "graduate_id": graduate,
            "number": 1,
            "code": "11",
            "category": "employer",
            "employer": f"长河电子科技{number % 300}有限公司",
            "source": "roster",
            "registered_at": at,
        },
        "binding": {
            "id": uuid4(),
            "graduate_id": graduate,
            "person_id": person,
            "verified": True,
            "bound_at": at,
        },
        "ask": {
            "id": uuid4(),
            "graduate_id": graduate,
            "version": 1,
            "state": "open",
            "deadline_at": at + timedelta(days=30),
            "opened_at": at,
            "asked_at": at,
            "sent_count": 1,
            "last_sent_at": at,
            "next_step": "remind",
            "next_at": at + timedelta(days=3),
        },
    }
