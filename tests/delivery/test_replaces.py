"""A newer message in the place of an older one: superseded while unsent, edited once sent."""

import pytest

from models.outgoing import Sending
from tests.delivery.office import Office


async def test_an_unsent_predecessor_is_superseded(office: Office) -> None:
    (person, phone), (other, _) = await office.person(), await office.person()
    old = await office.say(person, "一成", replaces="bar")
    elsewhere = await office.say(other, "别的", replaces="bar")
    new = await office.say(person, "二成", replaces="bar")
    await office.delivers()
    states = [(await office.row(row_id)).state for row_id in (old, elsewhere, new)]
    assert states == [Sending.SUPERSEDED, Sending.ACCEPTED, Sending.ACCEPTED]
    phone.never_saw("一成")


async def test_a_sent_one_is_edited_in_place(office: Office) -> None:
    person, phone = await office.person()
    await office.say(person, "一成", replaces="bar")
    await office.delivers()
    first = await phone.sees("一成")
    markup = {"inline_keyboard": [[{"text": "停", "callback_data": "x"}]]}
    await office.say(person, "二成", replaces="bar", markup=markup)
    await office.delivers()
    row_id = await office.say(person, "三成", replaces="bar", markup=markup)
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == ["三成"]
    assert (await office.row(row_id)).message_id == first.message_id


async def test_an_unchanged_edit_is_a_success(office: Office) -> None:
    person, _ = await office.person()
    for _ in range(2):
        row_id = await office.say(person, "一成", replaces="bar")
        await office.delivers()
    assert (await office.row(row_id)).state is Sending.ACCEPTED
    assert await office.incidents() == []


@pytest.mark.parametrize("why", ["message to edit not found", "message can't be edited"])
async def test_what_cannot_be_edited_is_sent_anew(office: Office, why: str) -> None:
    person, phone = await office.person()
    await office.say(person, "一成", replaces="bar")
    await office.delivers()
    office.sandbox.faults.next("editMessageText", "400", description=f"Bad Request: {why}")
    await office.say(person, "二成", replaces="bar")
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == ["一成", "二成"]


async def test_a_keyboard_under_the_text_field_needs_a_new_message(office: Office) -> None:
    person, phone = await office.person()
    await office.say(person, "一成", replaces="bar")
    await office.delivers()
    await office.say(person, "号码？", replaces="bar", markup={"keyboard": [[{"text": "发送"}]]})
    await office.delivers()
    assert [shown.text for shown in phone.shown if shown.by_bot] == ["一成", "号码？"]
    assert phone.keyboard() == ["发送"]
