"""`quxiang status --json`: every key by its exact name, and the sums that must balance."""

from typing import Any

import pytest
from sqlmodel import select

from models.event import Incoming
from models.outgoing import Outgoing
from tests.commands.line import Line
from tests.conversations.asking import asked, pressed
from tests.conversations.working import closed_by, disputed
from tests.driving import Running
from tests.world import World

ANSWERS = {
    *("confirmed", "changed", "disputed", "not_me"),
    *("seeking", "settled", "further_study", "not_seeking"),
}
KEYS = {
    "answers": ANSWERS,
    "official": {"confirmed", "unconfirmed", "changed_since", "disputed", "as_of"},
    "cases": {"open", "overdue", "closed"},
    "disputes": {"open", "closed", "by_source", "by_outcome", "awaiting_review", "reopened"},
    "messages": {"queued", "accepted", "refused", "unknown"},
}


def balanced(facts: dict[str, Any]) -> None:
    """What holds in every database, empty or not."""
    top = {"roster", "enrolled", "asked", "awaiting", *KEYS, "unreachable"}
    assert top <= set(facts)
    for key, within in KEYS.items():
        assert set(facts[key]) == within
    assert facts["awaiting"] == facts["asked"] - sum(facts["answers"].values())
    disputes = facts["disputes"]
    assert disputes["open"] + disputes["closed"] == sum(disputes["by_source"].values())
    assert disputes["closed"] == sum(disputes["by_outcome"].values())
    assert disputes["awaiting_review"] <= disputes["open"]
    assert facts["cases"]["overdue"] <= facts["cases"]["open"]
    assert all(isinstance(count, int) for count in facts["unreachable"].values())


async def test_an_empty_database_is_all_zeros(line: Line) -> None:
    facts = (await line("status", "--json")).facts
    balanced(facts)
    assert facts["official"].pop("as_of") is None

    def numbers(value: Any) -> list[int]:
        return [n for one in value.values() for n in numbers(one)] if isinstance(value, dict) else [value]

    assert set(numbers(facts)) == {0}


@pytest.fixture
async def lived_in(running: Running, world: World) -> Running:
    """One confirmed, two disputed, of which one waits for its review, one silent, one never enrolled."""
    people = [await world.graduate(name=name) for name in ("王芳", "赵敏", "孙丽")]
    await world.graduate(name="周杰", enrolled=False)
    for one in (world.lihua, *people):
        await asked(running, one)
    await pressed(running, world.lihua, "以上信息属实")
    await disputed(running, world, people[0])
    case = await disputed(running, world, people[1], alone=True)
    await closed_by(running, world, "reviewer", case)
    people[2].phone.blocked = True
    return running


async def test_in_a_lived_in_school_the_sums_balance(lived_in: Running) -> None:
    line = Line(lived_in.settings.database_url, lived_in.folder)
    facts = (await line("status", "--json")).facts
    balanced(facts)
    assert (facts["roster"], facts["enrolled"], facts["asked"], facts["awaiting"]) == (5, 4, 4, 1)
    assert (facts["answers"]["confirmed"], facts["answers"]["disputed"]) == (1, 2)
    assert (facts["disputes"]["open"], facts["disputes"]["awaiting_review"]) == (2, 1)
    assert facts["disputes"]["by_source"]["chat"] == 2
    assert facts["unreachable"]["not_enrolled"] == 1
    sent = await lived_in.rows(select(Outgoing))
    assert facts["messages"]["accepted"] == sum(row.state == "accepted" for row in sent)
    assert await lived_in.rows(select(Incoming))
