"""Buttons that were never offered, with made-up ids and numbers: a calm answer, no incident."""

from enum import Enum
from itertools import product
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from aiogram.filters.callback_data import CallbackData
from sqlmodel import select

from handlers import (
    broadcast,
    calendar,
    campaign,
    case,
    casecalls,
    complaint,
    dispute,
    lookinto,
    office,
    queue,
    rectify,
    support,
    task,
    todo,
)
from models.event import Incident
from models.messages.cases import Verb
from tests.driving import Running
from tests.world import World

MODULES = (
    calendar,
    task,
    case,
    casecalls,
    complaint,
    lookinto,
    queue,
    todo,
    campaign,
    broadcast,
    office,
    dispute,
    rectify,
    support,
)
BUTTONS = [
    one
    for module in MODULES
    for one in vars(module).values()
    if isinstance(one, type) and issubclass(one, CallbackData) and one.__module__ == module.__name__
]
NUMBERS = ("99999999999", "-1", "2147483647")


def forged(button: type[CallbackData]) -> list[str]:
    values = [_values(field.annotation) for field in button.model_fields.values()]
    return [":".join((button.__prefix__, *one)) for one in product(*values)]


async def test_a_launch_of_what_no_rule_names(app: Running, world: World) -> None:
    phone = world.office.phone
    await phone.send("/help")
    await app.settled()
    for number in NUMBERS:
        await phone.press_data(f"bcl:{world.units[''].id.hex}:{number}:nothing", phone.shown[-1])
        await app.settled()
    assert not await app.rows(select(Incident))


def _values(wanted: Any) -> tuple[str, ...]:
    wanted = next((one for one in get_args(wanted) if one is not type(None)), wanted)
    if wanted is UUID:
        return (uuid4().hex,)
    if wanted is bool:
        return ("0", "1")
    if wanted is int:
        return NUMBERS
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return (
            tuple(str(one.value) for one in wanted)[:2]
            if wanted is not Verb
            else tuple(one.value for one in Verb)
        )
    return ("nothing",)


@pytest.mark.parametrize("who", ["reviewer", "office", "stranger"])
async def test_forged_presses_are_answered_calmly(app: Running, world: World, who: str) -> None:
    phone = world.stranger() if who == "stranger" else world.people[who].phone
    await phone.send("/help")
    await app.settled()
    shown = phone.shown[-1]
    silent = []
    for button in BUTTONS:
        for data in forged(button):
            before = len(phone.shown), [one.text for one in phone.shown]
            await phone.press_data(data, shown)
            await app.settled()
            if (len(phone.shown), [one.text for one in phone.shown]) == before:
                silent.append(data)
    assert not [one.detail for one in await app.rows(select(Incident))]
    assert not silent
