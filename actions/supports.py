"""Support begins: whose it is by roster and register, who helps first, and what the graduate said to it."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from actions import cases, routing
from actions.work import Work
from models.case import Case
from models.graduate import Destination, Graduate
from models.staff import Staff
from models.support import Group, Progress, Support, SupportHelper, helpers_of


async def live(work: Work, graduate: Graduate) -> Support | None:
    query = select(Support).where(Support.graduate_id == graduate.id, col(Support.ended_at).is_(None))
    return (await work.session.exec(query.with_for_update())).first()


async def of(work: Work, graduate: Graduate) -> Support:
    """The one there is, or a new one with the class counselor as the first who helps."""
    await work.session.flush()
    found = await live(work, graduate)
    if found is not None:
        return found
    query = select(Destination).where(
        Destination.graduate_id == graduate.id, Destination.number == graduate.version
    )
    return await open_one(work, graduate, groups_of(work, graduate, (await work.session.exec(query)).first()))


async def open_one(work: Work, graduate: Graduate, groups: Sequence[Group]) -> Support:
    """Nobody is written to: it stands in the helper's list and in the next morning's numbers."""
    support = Support(graduate_id=graduate.id, opened_at=work.now, logged_at=work.now)
    await _place(work, support, graduate, groups)
    work.session.add(support)
    await work.session.flush()
    work.record("support_opened", subject=support.id, graduate=graduate.id)
    for staff in (await routing.counselors_of(work, graduate))[:1]:
        await helped_by(work, support, staff)
    return support


def groups_of(work: Work, graduate: Graduate, destination: Destination | None) -> tuple[Group, ...]:
    """离校未就业 by what is registered and the day of graduation, the other two by the roster's words."""
    rules, today = work.rules.support, work.rules.calendar.local(work.now).date()
    category = work.open(graduate.hardship)
    without = destination is not None and destination.category in rules.unsettled
    holds = {
        Group.UNSETTLED: without and rules.has_left(graduate.graduation_on, graduate.cohort, today),
        Group.HARD: rules.is_hard(category),
        Group.POOR: rules.is_poor(category),
    }
    return tuple(group for group, yes in holds.items() if yes)


async def place(work: Work, support: Support, graduate: Graduate, groups: Sequence[Group]) -> None:
    """The roster or the register says something else now; what was logged stays as it was."""
    if support.groups == tuple(groups):
        return
    await _place(work, support, graduate, groups)
    work.record("support_placed", subject=support.id, graduate=graduate.id, groups=len(groups))


async def _place(work: Work, support: Support, graduate: Graduate, groups: Sequence[Group]) -> None:
    for group in Group:
        setattr(support, group.value, group in groups)
    if not groups and support.asked_at is None:
        support.next_check_at = None
    elif support.next_check_at is None and not support.rests:
        first = timedelta(days=work.rules.support.first_check_days)
        support.next_check_at = work.now + first


async def helped_by(work: Work, support: Support, staff: Staff, by: Staff | None = None) -> bool:
    """False where they help already."""
    if any(one.id == staff.id for one in await helpers(work, support)):
        return False
    work.session.add(
        SupportHelper(
            support_id=support.id, staff_id=staff.id, added_by_id=by.id if by else None, since=work.now
        )
    )
    await work.session.flush()
    work.record("support_helper", subject=support.id, graduate=support.graduate_id, staff=str(staff.id))
    return True


async def helpers(work: Work, support: Support) -> Sequence[Staff]:
    return (await work.session.exec(helpers_of(support.id))).all()


async def asked_for(work: Work, graduate: Graduate, case: Case) -> Support:
    """「需要就业帮助」: whoever has the case helps."""
    support = await of(work, graduate)
    support.asked_at, support.case_id = support.asked_at or work.now, case.id
    support.accepted(work.now)
    if support.progress is Progress.NOT_NEEDED:
        support.progress = Progress.NOT_STARTED
    await _place(work, support, graduate, support.groups)
    owner = await cases.owner_of(work, case)
    if owner is not None:
        await helped_by(work, support, owner)
    work.record("support_wanted", subject=support.id, graduate=graduate.id)
    return support


async def declined(work: Work, graduate: Graduate) -> None:
    """「暂时不需要」: kept, and nobody is to look again by a certain day."""
    support = await of(work, graduate)
    if support.declined_at is None:
        support.declined(work.now)
        work.record("support_declined", subject=support.id, graduate=graduate.id)


async def offered(work: Work, graduate: Graduate) -> None:
    """Help was offered to them in the chat."""
    support = await live(work, graduate)
    if support is not None:
        support.offered(work.now)
