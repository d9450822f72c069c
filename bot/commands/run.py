"""`quxiang run`: intake, postman, scheduler and web in one process, until it is asked to stop."""

import asyncio
import gc
import signal
from argparse import Namespace
from typing import TYPE_CHECKING

from bot import logs
from bot.commands.desk import opened
from bot.commands.talk import Declined
from bot.commands.words import said
from bot.settings import WrongSetting, read

if TYPE_CHECKING:
    from bot.app import App
    from bot.commands import Commands

MORE = (
    "With [gateway] in rules/sms.toml texts leave through it, signed with QUXIANG_SMS_KEY; with `from` in "
    "rules/mail.toml e-mail leaves through QUXIANG_SMTP_URL, which is smtp://user:password@host:587 or "
    "smtps://user:password@host:465. Both need QUXIANG_PUBLIC_URL."
)
NEEDED = ("token", "school", "contact")
# With the imports frozen and rarer collections: ×1.8 updates a second, and no 140 ms tail (measured).
THRESHOLDS = (20_000, 20, 100)


def add_to(commands: "Commands") -> None:
    commands.add_parser("run", epilog=MORE).set_defaults(go=go)


async def go(_: Namespace) -> int:
    settings = read()
    for name in NEEDED:
        settings.must(name)
    logs.begin(settings.log)
    async with opened(settings):
        pass
    from bot.app import App

    await live(App(settings))
    return 0


def spare_the_collector() -> None:
    """What was imported is looked through once, and never again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


async def live(app: "App") -> None:
    from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError

    from bot.network import ON_THE_WAY

    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, app.stop)
    spare_the_collector()
    try:
        await app.run()
    except* (TelegramUnauthorizedError, TelegramNotFound) as refused:
        raise WrongSetting(said("token_refused")) from refused
    except* (AiogramError, *ON_THE_WAY) as gone:
        if app.started.is_set():
            raise
        raise Declined(said("no_telegram")) from gone
