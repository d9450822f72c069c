"""What anybody may say at any time."""

from typing import Literal

import asyncpg
import pytest
from sqlmodel import select

from actions.work import Refusal, Work
from models.answer import Heard
from models.event import Incident, Incoming
from models.messages.general import Cancelled, Outdated
from models.outgoing import Outgoing
from models.person import Person
from models.steps import Step
from tests.driving import Running
from tests.world import World


class AskedForWords(Step):
    kind: Literal["asked_for_words"] = "asked_for_words"


async def test_cancel_with_nothing_open_says_so(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容")


async def test_the_language_is_chosen_by_a_button_and_kept(app: Running, world: World) -> None:
    phone = world.stranger(language_code="zh-hans")
    await phone.send("/language")
    await phone.sees("请选择语言")
    await phone.press("English")
    await phone.sees("English from now on")
    await phone.send("/cancel")
    await phone.sees("There is nothing open to cancel")


async def test_a_newcomer_is_spoken_to_in_their_own_language(app: Running, world: World) -> None:
    phone = world.stranger(language_code="en")
    await phone.send("/cancel")
    await phone.sees("There is nothing open to cancel")


async def test_an_update_delivered_twice_has_one_effect(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容")
    await app.sandbox.repeat_last()
    await app.settled()
    await phone.sees("现在没有正在填写的内容", times=1)
    assert len(await world.rows(select(Incoming))) == 1


async def test_an_unreadable_update_is_set_aside_and_stops_nobody(app: Running, world: World) -> None:
    phone = world.stranger()
    await app.sandbox.deliver_raw({"message": {"message_id": "no number", "chat": 7}})
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容")
    incident = await world.row(select(Incident))
    assert incident.kind == "unreadable_update"
    assert incident.raw


async def test_a_button_of_another_time_is_answered(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send("/language")
    shown = await phone.sees("请选择语言")
    await phone.press_data("gone:12345", on=shown)
    await phone.sees("这个按钮是以前的")


async def test_every_reply_is_a_row_with_its_message_id(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send("/cancel")
    shown = await phone.sees("现在没有正在填写的内容")
    await app.settled()
    row = await world.row(select(Outgoing))
    assert row.state == "accepted"
    assert row.message_id == shown.message_id


async def test_a_handler_that_raises_is_apologised_for_and_stops_nobody(app: Running, world: World) -> None:
    async def broken(work: Work, person: Person, _: str) -> None:
        work.say(person, Cancelled())
        raise RuntimeError("a name that must not be kept")

    app.app.routes.command("broken", broken)
    first, second = world.stranger(), world.stranger()
    await first.send("/broken")
    await second.send("/cancel")
    await second.sees("现在没有正在填写的内容")
    incident = await world.row(select(Incident))
    await first.sees(f"编号 {incident.number}")
    first.never_saw("刚才正在填写的内容已取消")
    assert incident.kind == "crash"
    assert "RuntimeError" in incident.detail
    assert "a name" not in incident.detail
    assert "/broken" in (app.app.keys.open(incident.raw) or "")
    await app.sandbox.repeat_last(2)
    await app.settled()
    await first.sees(f"编号 {incident.number}", times=1)


async def test_every_press_stops_spinning_once_even_when_delivered_twice(app: Running, world: World) -> None:
    phone = world.stranger()
    await phone.send("/language")
    await phone.sees("请选择语言")
    await phone.press("English")
    await phone.sees("English from now on")
    await app.sandbox.repeat_last()
    await app.settled()
    answers = [call for call in app.sandbox.calls if call.method.lower() == "answercallbackquery"]
    assert len(answers) == 1
    assert phone.unanswered() == []


async def test_what_was_typed_is_kept_though_the_action_was_refused(app: Running, world: World) -> None:
    async def refused(work: Work, person: Person, step: AskedForWords, text: str) -> None:
        raise Refusal(Outdated())

    app.app.routes.text(AskedForWords, refused)
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.lihua.person_id)
        person.ask_for(AskedForWords())
    await world.lihua.phone.send("辅导员让我写的，我从没签过")
    await world.lihua.phone.sees("这个按钮是以前的")
    heard = await world.row(select(Heard))
    assert app.app.keys.open(heard.text or "") == "辅导员让我写的，我从没签过"
    assert (await world.row(select(Person).where(Person.id == world.lihua.person_id))).step() is None


async def test_a_sentence_that_begins_with_a_slash_is_no_command(app: Running, world: World) -> None:
    await world.lihua.phone.send("/我没签过这个单位")
    await app.settled()
    heard = await world.row(select(Heard))
    assert app.app.keys.open(heard.text or "") == "/我没签过这个单位"


async def test_the_process_outlives_a_database_that_goes_away(
    app: Running, world: World, database_url: str
) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("a file does not go away")
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    everyone_else = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    )
    await connection.execute(f"{everyone_else} AND pid <> pg_backend_pid()")
    await connection.close()
    phone = world.stranger()
    await phone.send("/cancel")
    await phone.sees("现在没有正在填写的内容", within=30)
