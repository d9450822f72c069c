"""What a person does on their phone, and what they see."""

import asyncio
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.filters import CommandStart
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)

from sandbox import Phone, Sandbox
from tests.sandbox.wire import Api

AB = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}], [{"text": "B", "callback_data": "b"}]]}


def conversation() -> Dispatcher:
    async def greet(message: Message) -> None:
        button = InlineKeyboardButton(text="Who?", callback_data="who")
        await message.answer("Hello", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))

    async def ask(query: CallbackQuery) -> None:
        await query.answer("one moment")
        assert isinstance(query.message, Message)
        await query.message.edit_text("Hello you")
        key = KeyboardButton(text="My number", request_contact=True)
        keyboard = ReplyKeyboardMarkup(keyboard=[[key]], one_time_keyboard=True)
        await query.message.answer("Your number?", reply_markup=keyboard)

    async def thank(message: Message) -> None:
        assert message.contact is not None
        assert message.contact.user_id == message.chat.id
        await message.answer(f"Thanks for {message.contact.phone_number}")

    dispatcher = Dispatcher()
    dispatcher.message.register(greet, CommandStart(deep_link=True))
    dispatcher.message.register(thank, F.contact)
    dispatcher.callback_query.register(ask, F.data == "who")
    return dispatcher


async def test_a_whole_conversation_with_a_real_dispatcher(sandbox: Sandbox, bot: Bot) -> None:
    phone, dispatcher = sandbox.phone(9, "Ming", phone_number="+8613900139000"), conversation()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(
            dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False, polling_timeout=1)
        )
        await phone.send("/start abc")
        await phone.sees("Hello")
        await phone.press("Who?")
        await phone.sees("Your number?")
        await phone.press("My number")
        await phone.sees("Thanks for +8613900139000", times=1)
        assert (phone.keyboard(), phone.toasts, phone.unanswered()) == ([], ["one moment"], [])
        await dispatcher.stop_polling()


async def last_message(api: Api) -> dict[str, Any]:
    message: dict[str, Any] = (await api.ok("getUpdates", offset=-1))[0]["message"]
    return message


async def test_a_phone_is_made_once(sandbox: Sandbox) -> None:
    assert sandbox.phone(9, "Ming") is sandbox.phone(9, "Ming")
    assert not sandbox.phones[9].started


async def test_contacts(api: Api, sandbox: Sandbox, lihua: Phone) -> None:
    await lihua.share_contact()
    own = await last_message(api)
    assert own["contact"] == {
        "phone_number": "+8613800138000",
        "first_name": "Hua",
        "last_name": "Li",
        "user_id": 7,
    }
    await lihua.share_contact(phone_number="1", user_id=8, forwarded=True)
    other = await last_message(api)
    assert (other["contact"]["user_id"], other["forward_origin"]["type"]) == (8, "user")
    await lihua.share_contact(user_id=None)
    assert "user_id" not in (await last_message(api))["contact"]
    with pytest.raises(ValueError, match="no number"):
        await sandbox.phone(9, "Ming").share_contact()


async def test_pressing_chooses_its_message(api: Api, lihua: Phone) -> None:
    for text in ("first", "second"):
        await api.ok("sendMessage", chat_id=7, text=text, reply_markup=AB)
    first = lihua.shown[1]
    for press in (lihua.press("B"), lihua.press("B", nth=0), lihua.press("B", on=first)):
        await press
    pressed = [update["callback_query"] for update in (await api.ok("getUpdates"))[1:]]
    assert [query["message"]["text"] for query in pressed] == ["second", "first", "first"]
    assert lihua.buttons() == ["A", "B"]


async def test_a_button_that_is_not_there(api: Api, lihua: Phone) -> None:
    await api.ok("sendMessage", chat_id=7, text="x", reply_markup=AB)
    with pytest.raises(LookupError, match=r"no button 'C'; inline: \['A', 'B'\]"):
        await lihua.press("C")
    with pytest.raises(LookupError):
        await lihua.press("A", on=lihua.shown[0])
    with pytest.raises(LookupError):
        await lihua.press("A", nth=1)


async def test_links_open_and_texts_are_copied(api: Api, lihua: Phone) -> None:
    row = [{"text": "L", "url": "https://e.cn"}, {"text": "C", "copy_text": {"text": "copied"}}]
    await api.ok("sendMessage", chat_id=7, text="x", reply_markup={"inline_keyboard": [row]})
    await lihua.press("L")
    await lihua.press("C")
    assert (lihua.opened, lihua.copied) == (["https://e.cn"], ["copied"])
    assert len(await api.ok("getUpdates")) == 1


async def test_a_key_sends_its_text(api: Api, lihua: Phone) -> None:
    await api.ok("sendMessage", chat_id=7, text="x", reply_markup={"keyboard": [["yes"]]})
    await lihua.press("yes")
    assert (await last_message(api))["text"] == "yes"
    assert lihua.keyboard() == ["yes"]


async def test_who_blocked_sends_nothing_but_start(api: Api, lihua: Phone) -> None:
    await lihua.block()
    with pytest.raises(RuntimeError, match="unblock"):
        await lihua.send("hello")
    with pytest.raises(RuntimeError, match="unblock"):
        await lihua.press_data("x", lihua.shown[0])
    await lihua.send("/start")
    assert not lihua.blocked


async def test_seeing_waits_for_what_comes(api: Api, lihua: Phone) -> None:
    async with asyncio.TaskGroup() as tasks:
        seen = tasks.create_task(lihua.sees("later", times=2, within=5))
        for n in range(2):
            await api.ok("sendMessage", chat_id=7, text=f"later {n}")
    assert seen.result().text == "later 1"
    with pytest.raises(AssertionError, match="was not seen 1 times, but 2"):
        await lihua.sees("later", times=1, within=0)


async def test_not_seeing_shows_the_whole_chat(api: Api, lihua: Phone) -> None:
    await api.ok("sendMessage", chat_id=7, text="Hello", reply_markup=AB)
    with pytest.raises(AssertionError) as failure:
        await lihua.sees("/start", within=0)
    assert str(failure.value) == (
        "'/start' was not seen within 0 s:\n— Hua (7) —\nme  #1: /start\nbot #2: Hello\n      [A]\n      [B]"
    )
    lihua.never_saw("/start")


async def test_the_transcript_tells_everything(api: Api, lihua: Phone) -> None:
    await lihua.share_contact()
    await lihua.send_document("a.pdf", b"a")
    sent = await api.ok("sendMessage", chat_id=7, text="x")
    await api.ok("editMessageText", chat_id=7, message_id=sent["message_id"], text="y")
    await api.ok("sendMessage", chat_id=7, text="z", reply_markup={"keyboard": [["k"]]})
    told = lihua.transcript()
    for part in ("(contact: +8613800138000)", "(document: a.pdf)", "bot #4 (edited): y", "keyboard: [k]"):
        assert part in told


async def test_listeners_hear_of_every_change(api: Api, sandbox: Sandbox, lihua: Phone) -> None:
    heard: list[int] = []
    sandbox.on_change(lambda: heard.append(1))
    await api.ok("sendMessage", chat_id=7, text="x")
    await lihua.send("y")
    await lihua.block()
    assert len(heard) == 3
