"""整改: what is to be put right, how, until when and by whom; done by one, passed by another."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import or_
from sqlmodel import col, func, select

from actions import cases, clocks, desk, paging, rights, routing
from actions.rights import Colleague, NotYours
from actions.sheets import when
from actions.work import Refusal, Work
from models.case import Case, CaseKind, CaseState
from models.messages.cases import CaseNotFound
from models.messages.general import Outdated
from models.messages.rectify import (
    RectifyDeadlineAsked,
    RectifyGoalAsked,
    RectifyList,
    RectifyMade,
    RectifyMeasureAsked,
    RectifyNoDay,
    RectifyOwners,
    RectifyTooLong,
)
from models.person import Person
from models.rectification import Rectification
from models.staff import Duty, Staff
from models.steps.rectify import Rectifying
from models.unit import Unit
from rules.parts import bare

PAGE = 8
MANY = 500


async def asked(work: Work, person: Person, words: str) -> None:
    """/rectify N from a case; without a number what is open."""
    who = await _maker(work, person)
    digits = words.strip().lstrip("#")
    if not digits:
        await _list(work, who, uuid4(), 0)
    elif digits.isascii() and digits.isdigit():
        await begin(work, person, await desk.id_of(work, min(int(digits), 2**31 - 1)))
    else:
        raise Refusal(Outdated())


async def begin(work: Work, person: Person, case_id: UUID | None = None) -> None:
    """From a case this colleague may see, or from nothing but their own knowledge."""
    who = await _maker(work, person)
    if case_id is None:
        step = Rectifying(unit=_units(work, who)[0].id)
    else:
        source = await work.session.get(Case, case_id)
        if source is None or not await _asks_over(work, who, source):
            # Which of the numbers there are is nothing to learn here.
            raise Refusal(CaseNotFound())
        step = Rectifying(source=source.id, unit=source.unit_id)
    person.ask_for(step)
    work.say(person, RectifyGoalAsked(case=step.source))


async def typed(work: Work, person: Person, step: Rectifying, text: str) -> None:
    """One after the other; none of the four can be left out."""
    words, most = text.strip(), work.rules.rectify.text_max
    if step.deadline is not None:
        await _named(work, person, step, words)
    elif step.measure is not None:
        await _day(work, person, step, words)
    elif not words or len(words) > most:
        work.say(person, RectifyTooLong(most=most))
    elif step.goal is None:
        person.ask_for(step.model_copy(update={"goal": work.seal(words)}))
        work.say(person, RectifyMeasureAsked())
    else:
        person.ask_for(step.model_copy(update={"measure": work.seal(words)}))
        work.say(person, RectifyDeadlineAsked())


async def _day(work: Work, person: Person, step: Rectifying, words: str) -> None:
    found, _ = when.day(words)
    today, most = work.rules.calendar.local(work.now).date(), work.rules.rectify.furthest_days
    if found is None or not today <= found <= today + timedelta(days=most):
        work.say(person, RectifyNoDay(most=most))
        return
    person.ask_for(step.model_copy(update={"deadline": found}))
    await owners(work, person, uuid4(), 0)


async def owners(work: Work, person: Person, view: UUID, page: int) -> None:
    """Whom it can be given to, a page at a time; a name or 工号 may be typed instead."""
    who = await _maker(work, person)
    found = await _eligible(work, who, _chosen(person))
    page, pages = paging.within(page, len(found), PAGE)
    ids = tuple(one.id for one in found[page * PAGE : (page + 1) * PAGE])
    said = RectifyOwners(view=view, colleagues=ids, page=page, pages=pages)
    work.say(person, said, replaces=f"rectify:{view}")


async def _named(work: Work, person: Person, step: Rectifying, words: str) -> None:
    who = await _maker(work, person)
    wanted = {words, bare(words)}
    found = [one for one in await _eligible(work, who, step) if {one.number, one.name_key} & wanted]
    if len(found) == 1:
        await give(work, person, found[0].id)
    else:
        await owners(work, person, uuid4(), 0)


async def give(work: Work, person: Person, staff_id: UUID) -> None:
    """All four are there: the named colleague has it, and its day is the case's."""
    who, step = await _maker(work, person), _chosen(person)
    owner = next((one for one in await _eligible(work, who, step) if one.id == staff_id), None)
    if owner is None or step.deadline is None:
        raise Refusal(Outdated())
    source = await work.session.get(Case, step.source) if step.source else None
    unit = await _unit_for(work, step, owner)
    case = await cases.open_case(
        work, CaseKind.RECTIFICATION, unit_id=unit.id, owner=owner, chosen=True, parent=source
    )
    work.session.add(
        Rectification(
            case_id=case.id,
            goal=step.goal,
            measure=step.measure,
            deadline=step.deadline,
            named_id=owner.id,
            maker_id=who.me.id,
            made_at=work.now,
        )
    )
    # There is no graduate to be in touch with: what is waited for is the day.
    case.first_contact_at, case.due_at = work.now, work.rules.calendar.end_of_day(step.deadline)
    clocks.look_again(case)
    person.close_step(Rectifying.hat)
    work.record("rectification_made", by=person, subject=case.id, to=str(owner.id))
    work.say(person, RectifyMade(case=case.id, staff=owner.id))


async def turn(work: Work, person: Person, view: UUID, page: int) -> None:
    await _list(work, await _maker(work, person), view, page)


async def _list(work: Work, who: Colleague, view: UUID, page: int) -> None:
    """Those whose source this colleague had a hand in are not among them."""
    under = or_(*(col(Unit.path).startswith(unit.path) for unit in _units(work, who)))
    query = select(Case).join(Unit, col(Unit.id) == col(Case.unit_id))
    query = query.where(Case.kind == CaseKind.RECTIFICATION, Case.state != CaseState.CLOSED, under)
    rows = (await work.session.exec(query.order_by(col(Case.due_at), col(Case.number)).limit(MANY))).all()
    seen = [case for case in rows if not await desk.barred(work, who, case)]
    page, pages = paging.within(page, len(seen), PAGE)
    ids = tuple(case.id for case in seen[page * PAGE : (page + 1) * PAGE])
    said = RectifyList(view=view, waiting=ids, total=len(seen), page=page, pages=pages)
    work.say(who.person, said, replaces=f"rectify_list:{view}")


async def _maker(work: Work, person: Person) -> Colleague:
    who = await rights.colleague(work, person)
    if who.staff is None or not _units(work, who):
        raise NotYours
    return who


async def _asks_over(work: Work, who: Colleague, source: Case) -> bool:
    unit = await work.session.get_one(Unit, source.unit_id)
    over = any(one.covers(unit) for one in _units(work, who))
    return over and (await desk.standing_of(work, who, source)).sees


def _units(work: Work, who: Colleague) -> list[Unit]:
    """The widest first."""
    found = [over for role, over in who.duties if role in work.rules.rectify.makers]
    return sorted(found, key=lambda unit: len(unit.path))


def _chosen(person: Person) -> Rectifying:
    step = person.staff_step
    if not isinstance(step, Rectifying) or step.deadline is None:
        raise Refusal(Outdated())
    return step


async def _eligible(work: Work, who: Colleague, step: Rectifying) -> list[Staff]:
    """Who works for this unit or under it, has an account, and had no hand in what it comes from."""
    unit = await work.session.get_one(Unit, step.unit)
    source = await work.session.get(Case, step.source) if step.source else None
    out = {who.me.id} | (await routing.kept_from(work, source) if source else set())
    rows = await work.session.exec(
        select(Staff)
        .join(Duty, col(Duty.staff_id) == col(Staff.id))
        .join(Unit, col(Unit.id) == col(Duty.unit_id))
        .where(
            col(Duty.ended_at).is_(None),
            or_(col(Unit.path).in_(unit.paths_above), col(Unit.path).startswith(unit.path)),
            col(Staff.person_id).is_not(None),
        )
        .order_by(func.length(Unit.path), col(Staff.name), col(Staff.number), col(Staff.id))
        .limit(MANY)
    )
    return list({one.id: one for one in rows if one.id not in out}.values())


async def _unit_for(work: Work, step: Rectifying, owner: Staff) -> Unit:
    """Where it comes from, if the owner has a duty over that; else the widest of the owner's own below."""
    unit = await work.session.get_one(Unit, step.unit)
    query = select(Unit).join(Duty, col(Duty.unit_id) == col(Unit.id))
    query = query.where(Duty.staff_id == owner.id, col(Duty.ended_at).is_(None))
    own = (await work.session.exec(query.order_by(func.length(Unit.path), col(Unit.path)))).all()
    if any(one.covers(unit) for one in own):
        return unit
    return next(one for one in own if unit.covers(one))
