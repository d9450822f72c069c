"""`make bench`: one table of what was measured, ours, the peer or limit, and the ratio; also as JSON."""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import python_calamine
import xlsxwriter
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter

from actions.sheets import read_roster
from bench.importing import importing
from bench.line import Line
from bench.school import HEADS, rows
from bot.pace import Pace
from models.messages import Lane
from rules import load
from sandbox import Sandbox

RESULTS = Path(__file__).parent / "results.json"
ROWS = 20_000
MESSAGES = 150
TOKEN = "1000:BENCH"
REPEATS = 3


def median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(REPEATS))


def seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def start_of_a_command() -> Line:
    def python(*words: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)

    ours = median(lambda: seconds(python("-m", "bot", "check-rules")))
    peer = median(lambda: seconds(python("-c", "import aiogram")))
    return Line("start of a command without Telegram", "s", ours, "python -c 'import aiogram'", peer)


def reading_a_roster(folder: Path) -> Line:
    file = folder / "roster.xlsx"
    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADS, *rows(ROWS)]):
            sheet.write_row(number, 0, row)
    rules = load(None)
    ours = median(lambda: seconds(lambda: sum(1 for _ in read_roster(file, rules=rules, cohort=2024))))
    peer = median(lambda: seconds(lambda: _bare(file)))
    return Line(f"reading a roster of {ROWS} rows × {len(HEADS)} columns", "s", ours, "bare calamine", peer)


def _bare(file: Path) -> int:
    book = python_calamine.CalamineWorkbook.from_path(str(file))
    return sum(1 for _ in book.get_sheet_by_index(0).iter_rows())


async def sending(paced: bool) -> tuple[float, int]:
    """Messages a second that a strict server accepted, and how many were lost."""
    async with Sandbox(TOKEN) as sandbox:
        session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.url))
        bot, pace = Bot(TOKEN, session=session), Pace()
        for user in range(1, MESSAGES + 1):
            sandbox.phone(user, "A").started = True
        accepted: list[float] = []
        for user in range(1, MESSAGES + 1):
            if paced:
                await pace.turn(user, Lane.CAMPAIGN)
            try:
                await bot.send_message(user, "text")
                accepted.append(time.perf_counter())
            except TelegramRetryAfter:
                continue
        await session.close()
    return (len(accepted) - 1) / (accepted[-1] - accepted[0]), MESSAGES - len(accepted)


def pacing() -> Line:
    ours, lost = asyncio.run(sending(paced=True))
    peer, dropped = asyncio.run(sending(paced=False))
    what = f"paced send, {MESSAGES} messages, server of 30/s (lost: ours {lost}, peer {dropped})"
    return Line(what, "msg/s", ours, "a plain aiogram loop", peer)


def main() -> None:
    with TemporaryDirectory() as folder:
        lines = [start_of_a_command(), reading_a_roster(Path(folder)), importing(Path(folder)), pacing()]
    for line in lines:
        print(line)
    RESULTS.write_text(json.dumps([line.facts for line in lines], ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
