"""The product in processes of its own, told its pace; forked from one that has imported everything once."""

import asyncio
import os
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from bench.graduates import BEGIN, SCHOOL
from bot import logs
from bot.app import App
from bot.commands.run import live
from bot.delivery_sending import AT_ONCE
from bot.pace import Pace
from bot.settings import Settings

# Importing costs three seconds; two hundred starts would be ten minutes of nothing else.
processes = get_context("forkserver")
processes.set_forkserver_preload(["__main__", "bench.product"])
SECRET = "a secret for measurements only"


@dataclass(frozen=True)
class Told:
    """What one process is told; without a pace it keeps its own. `given` are settings of the product."""

    url: str
    telegram_api: str
    token: str
    journal: Path
    pace: float | None = None
    log: Path | None = None
    at_once: int = AT_ONCE
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        usual = {
            "token": self.token,
            "school": SCHOOL,
            "contact": "就业指导处 027-8765 4321",
            "telegram_api": self.telegram_api,
            "database_url": self.url,
            "secret": SECRET,
            "listen": "127.0.0.1:0",
            "clock": BEGIN,
            "log": "warning",
        }
        return Settings.model_validate(usual | self.given)


def started(told: Told) -> ForkServerProcess:
    process = processes.Process(target=run, args=[told], daemon=True)
    process.start()
    return process


def run(told: Told) -> None:
    if told.log is not None:
        out = os.open(told.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(out, 1)
        os.dup2(out, 2)
    logs.begin("warning")
    app = App(told.settings)
    app.journal_file = told.journal
    app.at_once = told.at_once
    if told.pace is not None:
        app.pace = Pace(told.pace, burst=1000)
    asyncio.run(live(app))
