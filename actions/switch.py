"""The kill switch: while it is on, nothing leaves but replies to what people do themselves."""

from actions import rights
from actions.delivery import KILL_SWITCH
from actions.units import school
from actions.work import Work
from models.event import Setting
from models.messages.office import OfficeSwitch
from models.person import Person
from models.staff import Role

ON, OFF = "1", "0"


async def is_on(work: Work) -> bool:
    kept = await work.session.get(Setting, KILL_SWITCH)
    return kept is not None and kept.value == ON


async def pause_all(work: Work, by: Person) -> None:
    await _turn(work, by, ON)


async def resume_all(work: Work, by: Person) -> None:
    await _turn(work, by, OFF)


async def show(work: Work, by: Person, *, resuming: bool) -> None:
    """/pause and /resume: which campaign, or everything."""
    await _may(work, by)
    work.say(by, OfficeSwitch(resuming=resuming))


async def _turn(work: Work, by: Person, value: str) -> None:
    await _may(work, by)
    await work.session.merge(Setting(name=KILL_SWITCH, value=value))
    work.record("paused_all" if value == ON else "resumed_all", by=by)


async def _may(work: Work, by: Person) -> None:
    await rights.must(work, by, (Role.OFFICE,), await school(work.session))
