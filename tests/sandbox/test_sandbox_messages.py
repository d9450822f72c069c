"""Sending, editing and deleting, and who cannot be reached."""

from datetime import UTC, datetime, timedelta

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from sandbox import Phone, Sandbox
from sandbox.clock import RealClock
from tests.sandbox.wire import Api

YES = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="y")]])


async def test_a_message_comes_back_as_telegram_returns_it(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_message(7, "x", reply_markup=YES, protect_content=True)
    assert sent.from_user is not None
    assert (sent.from_user.id, sent.chat.id, sent.chat.type, sent.text) == (1000, 7, "private", "x")
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump() == YES.model_dump()
    assert sent.has_protected_content
    assert lihua.shown[-1].message_id == sent.message_id == lihua.shown[-2].message_id + 1


async def test_who_never_pressed_start(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.phone(8, "Ming")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(8, "x")


async def test_who_blocked_the_bot(bot: Bot, lihua: Phone) -> None:
    await lihua.block()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(7, "x")
    await lihua.unblock()
    await bot.send_message(7, "x")


async def test_who_is_gone(bot: Bot, lihua: Phone) -> None:
    lihua.deactivated = True
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(7, "x")


async def test_unknown_chats(api: Api) -> None:
    for chat in (8, "8", "@channel"):
        assert await api.refused("sendMessage", chat_id=chat, text="x") == "400 Bad Request: chat not found"
    assert await api.refused("sendMessage", chat_id="", text="x") == "400 Bad Request: chat_id is empty"


async def test_an_edit_changes_what_is_shown(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_message(7, "before", reply_markup=YES)
    edited = await bot.edit_message_text(
        "<b>after</b>", chat_id=7, message_id=sent.message_id, parse_mode="HTML"
    )
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("after", None)
    assert edited.edit_date
    shown = await lihua.sees("after")
    assert shown.edited_at is not None
    assert shown.rows == []
    with pytest.raises(AssertionError):
        lihua.never_saw("before")


async def test_the_keyboard_alone_is_edited(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_message(7, "x")
    await bot.edit_message_reply_markup(chat_id=7, message_id=sent.message_id, reply_markup=YES)
    assert lihua.buttons() == ["Yes"]
    await bot.edit_message_reply_markup(chat_id=7, message_id=sent.message_id)
    assert lihua.buttons() == []


async def test_an_edit_that_changes_nothing(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_message(7, "x", reply_markup=YES)
    with pytest.raises(TelegramBadRequest, match="message is not modified: specified new"):
        await bot.edit_message_text("x", chat_id=7, message_id=sent.message_id, reply_markup=YES)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=7, message_id=sent.message_id, reply_markup=YES)
    assert lihua.shown[-1].edited_at is None


async def test_edits_that_cannot_be(api: Api, lihua: Phone) -> None:
    not_found = "400 Bad Request: message to edit not found"
    assert await api.refused("editMessageText", chat_id=7, message_id=999, text="x") == not_found
    own = lihua.shown[0].message_id
    cannot = await api.refused("editMessageText", chat_id=7, message_id=own, text="x")
    assert cannot == "400 Bad Request: message can't be edited"
    kept = api.sandbox.files.keep("a.txt", "text/plain", b"a", "documents")
    paper = await api.ok("sendDocument", chat_id=7, document=kept.file_id)
    no_text = await api.refused("editMessageText", chat_id=7, message_id=paper["message_id"], text="x")
    assert no_text == "400 Bad Request: there is no text in the message to edit"
    unnamed = await api.refused("editMessageText", chat_id=7, text="x")
    assert unnamed == "400 Bad Request: message identifier is not specified"


async def test_a_deleted_message_is_gone(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_message(7, "secret")
    assert await bot.delete_message(7, sent.message_id)
    assert "secret" not in lihua.transcript()
    with pytest.raises(AssertionError):
        lihua.never_saw("secret")
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(7, sent.message_id)


async def test_after_48_hours_nothing_is_deleted(sandbox: Sandbox, bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_message(7, "x")
    await sandbox.clock.move_to(sandbox.clock.now() + timedelta(hours=48))
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(7, sent.message_id)


async def test_messages_carry_the_clocks_time() -> None:
    clock = RealClock()
    instant = datetime(2024, 7, 8, 2, 0, tzinfo=UTC)
    await clock.move_to(instant)
    async with Sandbox(clock=clock) as sandbox:
        shown = await sandbox.phone(7, "Hua").send("/start")
        assert timedelta() <= shown.at - instant < timedelta(seconds=5)


async def test_replies(api: Api, lihua: Phone) -> None:
    first = lihua.shown[0].message_id
    sent = await api.ok("sendMessage", chat_id=7, text="x", reply_parameters={"message_id": first})
    assert sent["reply_to_message"]["text"] == "/start"
    missing = await api.refused("sendMessage", chat_id=7, text="x", reply_parameters={"message_id": 999})
    assert missing == "400 Bad Request: message to be replied not found"
    forgiving = {"message_id": 999, "allow_sending_without_reply": True}
    await api.ok("sendMessage", chat_id=7, text="x", reply_parameters=forgiving)


async def test_chat_actions_and_chats(bot: Bot, lihua: Phone) -> None:
    assert await bot.send_chat_action(7, "typing")
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await bot.send_chat_action(7, "dancing")
    chat = await bot.get_chat(7)
    assert (chat.first_name, chat.last_name, chat.type) == ("Hua", "Li", "private")
