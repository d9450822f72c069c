"""The jobs in a process of their own: before each it says that it is ready, and waits for a line.

`python -m tests.delivery.ticker URL BOT_ID NAME SECRET`"""

import asyncio
import sys

from bot.clock import Clock
from bot.database import Database, Works
from models.sealed import Keyring
from rules import load
from scheduler.jobs import JOBS, run


async def main(url: str, bot_id: str, name: str, secret: str) -> None:
    works = Works(Database(url), Clock(), load(None), Keyring.of(secret), int(bot_id), name)
    await works.read_clock()
    for job in JOBS:
        sys.stdout.write(f"{job.name}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        await run(job, works)
    await works.database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
