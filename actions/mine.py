"""One's own: the records an account may speak for, what is shown of them, help, and the end of reminders."""

from actions import asks, doors, identity, rights
from actions.records import NotBound
from actions.work import Work
from models.base import UUID
from models.graduate import Graduate
from models.messages.enrol import StaffHelp
from models.messages.mine import (
    HelpGraduate,
    HelpStranger,
    MyRecord,
    MyWaiting,
    StopDone,
    StopFirst,
    StopLifted,
)
from models.person import Person, Unreachable


async def held(work: Work, person: Person, graduate_id: UUID) -> tuple[Graduate, bool]:
    """The record and whether this account is verified for it; refuses what is not this person's."""
    for binding, graduate in await identity.bindings(work, person):
        if graduate.id == graduate_id:
            return graduate, binding.verified
    raise NotBound


async def show(work: Work, person: Person) -> None:
    """/my: every record this account is verified for, and for staff their duties."""
    found = await identity.bindings(work, person)
    for binding, graduate in found:
        work.say(person, MyRecord(graduate=graduate.id) if binding.verified else MyWaiting())
    if await _duties(work, person) or found:
        return
    work.say(person, HelpStranger())


async def answer_again(work: Work, person: Person, graduate_id: UUID) -> None:
    """「修改我的回答」"""
    graduate, _ = await held(work, person, graduate_id)
    await asks.card(work, person, graduate)


async def help_(work: Work, person: Person) -> None:
    bound = await identity.bindings(work, person)
    if bound:
        work.say(person, HelpGraduate())
    if not await _duties(work, person) and not bound:
        work.say(person, HelpStranger())


async def stop(work: Work, person: Person) -> None:
    """Nothing is sent any more that was not asked for; what concerns their own dispute still is.

    A browser of nobody we know can stop nothing."""
    if work.page is not None and not await identity.bindings(work, person):
        work.say(person, StopFirst())
        return
    if person.stopped_at is None:
        person.stopped_at = work.now
        work.record("stopped", by=person)
    work.say(person, StopDone(by_page=not doors.reached(person)))


async def resume(work: Work, person: Person) -> None:
    if person.stopped_at is not None:
        person.stopped_at = None
        work.record("resumed", by=person)
    if person.unreachable is Unreachable.OPTED_OUT:
        person.unreachable = person.unreachable_at = None
    work.say(person, StopLifted())


async def _duties(work: Work, person: Person) -> bool:
    if not await rights.is_staff(work, person):
        return False
    work.say(person, StaffHelp(staff=(await rights.colleague(work, person)).me.id))
    return True
