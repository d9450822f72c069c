"""What the bot says about itself: its commands, descriptions and menu button."""

import json
import re
from typing import Any

from aiogram.types import BotCommand

from sandbox.refusals import bad

Commands = list[dict[str, str]]


class Profile:
    def __init__(self) -> None:
        self.commands: dict[tuple[str, str], Commands] = {}
        self.descriptions: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int | None, dict[str, Any]] = {}

    def set_commands(self, commands: list[BotCommand], scope: dict[str, Any], language: str) -> None:
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        self.commands[_key(scope, language)] = [_command(command) for command in commands]

    def get_commands(self, scope: dict[str, Any], language: str) -> Commands:
        return self.commands.get(_key(scope, language), [])

    def delete_commands(self, scope: dict[str, Any], language: str) -> None:
        self.commands.pop(_key(scope, language), None)

    def commands_for(self, user_id: int, language: str) -> Commands:
        """What the menu of one person's phone lists, the most special scope first."""
        scopes: list[dict[str, Any]] = [
            {"type": "chat", "chat_id": user_id},
            {"type": "all_private_chats"},
            {},
        ]
        for scope in scopes:
            for code in (language.partition("-")[0], ""):
                if found := self.commands.get(_key(scope, code)):
                    return found
        return []


def _key(scope: dict[str, Any], language: str) -> tuple[str, str]:
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad("invalid language code specified")
    return json.dumps(scope or {"type": "default"}, sort_keys=True), language


def _command(command: BotCommand) -> dict[str, str]:
    name = command.command.removeprefix("/")
    if not re.fullmatch("[a-z0-9_]{1,32}", name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(command.description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": command.description}
