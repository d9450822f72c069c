"""What the server imports that commands are forked from: all that any of them may ask for."""

import gc
from importlib import import_module

from sqlalchemy.orm import configure_mappers

from bot.__main__ import COMMANDS

for module in (*COMMANDS.values(), "failures", "words"):
    import_module(f"bot.commands.{module}")
for module in ("alembic.command", "bot.app", "bot.demo", "tests.commands.forked"):
    import_module(module)
configure_mappers()
gc.freeze()
