"""What the bot says about itself."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BotCommand, BotCommandScopeChat, MenuButtonCommands

from sandbox import Phone, Sandbox
from tests.sandbox.wire import Api

START = BotCommand(command="start", description="begin")
QUEUE = BotCommand(command="queue", description="cases")


async def test_commands_by_scope_and_language(bot: Bot, sandbox: Sandbox, lihua: Phone) -> None:
    await bot.set_my_commands([START])
    await bot.set_my_commands([START, QUEUE], language_code="zh")
    scope = BotCommandScopeChat(chat_id=7)
    await bot.set_my_commands([QUEUE], scope=scope)
    assert [command.command for command in await bot.get_my_commands()] == ["start"]
    assert [command.command for command in await bot.get_my_commands(scope=scope)] == ["queue"]
    assert [c["command"] for c in sandbox.profile.commands_for(7, "zh-hans")] == ["queue"]
    assert [c["command"] for c in sandbox.profile.commands_for(8, "zh-hans")] == ["start", "queue"]
    assert [c["command"] for c in sandbox.profile.commands_for(8, "en")] == ["start"]
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == []
    assert sandbox.profile.commands_for(8, "en") == []


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (BotCommand(command="Start", description="x"), "BOT_COMMAND_INVALID"),
        (BotCommand(command="s" * 33, description="x"), "BOT_COMMAND_INVALID"),
        (BotCommand(command="start", description="x" * 257), "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_bad_commands(bot: Bot, command: BotCommand, reason: str) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.set_my_commands([command])


async def test_too_many_commands_and_a_bad_language(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="BOT_COMMANDS_TOO_MUCH"):
        await bot.set_my_commands([START] * 101)
    with pytest.raises(TelegramBadRequest, match="invalid language code"):
        await bot.set_my_commands([START], language_code="zh-hans")


async def test_descriptions_and_the_menu_button(api: Api, bot: Bot, sandbox: Sandbox, lihua: Phone) -> None:
    await api.ok("setMyDescription", description="d" * 512)
    await api.ok("setMyShortDescription", short_description="s" * 120, language_code="en")
    assert sandbox.profile.descriptions["short_description", "en"] == "s" * 120
    assert "too long" in await api.refused("setMyDescription", description="d" * 513)
    assert "too long" in await api.refused("setMyShortDescription", short_description="s" * 121)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    await bot.set_chat_menu_button(chat_id=7)
    assert sandbox.profile.menu_buttons == {None: {"type": "commands"}, 7: {"type": "default"}}
