"""/find: one graduate by name or number, within the units a colleague's duties cover."""

from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from actions import desk, rights, routing, todo
from actions.rights import Colleague, NotYours
from actions.work import Work
from models.case import Case, CaseState
from models.graduate import Graduate
from models.messages.queue import FindAsked, FindCard, FindMany, FindNone
from models.person import Person
from models.staff import Role
from models.steps.cases import AskingWhom
from models.unit import Unit
from rules.parts import bare

SHOWN = 8


async def find(work: Work, person: Person, words: str) -> None:
    who = await rights.colleague(work, person)
    if not words.strip():
        person.ask_for(AskingWhom())
        work.say(person, FindAsked())
        return
    found = await matching(work, who, words.strip())
    if isinstance(person.staff_step, AskingWhom) and found:
        person.close_step(AskingWhom.hat)
    if not found:
        work.say(person, FindNone())
    elif len(found) == 1:
        await _show(work, who, found[0])
    else:
        ids = tuple(one.id for one in found[:SHOWN])
        work.say(person, FindMany(graduates=ids, more=len(found) > SHOWN))


async def typed(work: Work, person: Person, _: AskingWhom, text: str) -> None:
    await find(work, person, text)


async def open_one(work: Work, person: Person, graduate_id: UUID) -> None:
    who = await rights.colleague(work, person)
    graduate = await work.session.get(Graduate, graduate_id)
    if graduate is None:
        work.say(person, FindNone())
        return
    unit = await work.session.get_one(Unit, graduate.unit_id)
    if not any(over.covers(unit) for _, over in who.duties):
        raise NotYours
    await _show(work, who, graduate)


async def _show(work: Work, who: Colleague, graduate: Graduate) -> None:
    unit = await work.session.get_one(Unit, graduate.unit_id)
    desk.viewed(work, who, graduate.id, graduate.id, unit)
    said = FindCard(
        graduate=graduate.id,
        folded=not await _may_know(work, who, graduate, unit),
        callable=await _callable(work, who, graduate, unit),
        cases=await _open_cases(work, who, graduate),
        reader=who.staff.id if who.staff else None,
    )
    work.say(who.person, said)


async def _callable(work: Work, who: Colleague, graduate: Graduate, unit: Unit) -> bool:
    waited_for = not graduate.answered and not await todo.disputed(work, graduate)
    return waited_for and todo.may_call(work, who, unit)


async def _may_know(work: Work, who: Colleague, graduate: Graduate, unit: Unit) -> bool:
    """Who answers for disputes reads which answer it was; whoever had a hand in the record never does."""
    if who.staff is not None and who.staff.id in await routing.around(work, graduate):
        return False
    roles = {*map(Role, work.rules.routing.second_persons)}
    return any(role in roles and over.covers(unit) for role, over in who.duties)


async def _open_cases(work: Work, who: Colleague, graduate: Graduate) -> tuple[UUID, ...]:
    rows = await work.session.exec(
        select(Case)
        .where(Case.graduate_id == graduate.id, Case.state != CaseState.CLOSED)
        .order_by(col(Case.due_at))
        .limit(SHOWN)
    )
    return tuple([case.id for case in rows.all() if (await desk.standing_of(work, who, case)).sees])


async def matching(work: Work, who: Colleague, words: str) -> list[Graduate]:
    under = or_(*(col(Unit.path).startswith(over.path) for _, over in who.duties))
    keys = {words, bare(words)}
    rows = await work.session.exec(
        select(Graduate)
        .join(Unit, col(Unit.id) == col(Graduate.unit_id))
        .where(
            under,
            col(Graduate.removed_at).is_(None),
            or_(
                col(Graduate.name_key).in_(keys),
                col(Graduate.student_no) == words,
                col(Graduate.exam_no) == words,
            ),
        )
        .order_by(col(Graduate.student_no))
        .limit(SHOWN + 1)
    )
    return list(rows.all())
