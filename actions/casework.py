"""Work on a case between claim and close: notes, the graduate's number, another pair of hands."""

from collections.abc import Sequence
from uuid import UUID

from actions import cases, clocks, desk, presence, rights, routing
from actions.rights import Colleague
from actions.work import Refusal, Work
from models.case import Case, CaseState, Note, NoteKind
from models.messages.cases import (
    CaseColleagues,
    CaseHandedOn,
    CaseHandedOver,
    CaseHandNoteAsked,
    CaseNobodyElse,
    CaseNoteAsked,
    CasePhones,
    Verb,
)
from models.messages.general import Outdated
from models.person import Person
from models.staff import Role, Staff
from models.steps.cases import AskingCaseNote, AskingHandNote
from models.unit import Unit

COLLEAGUES_SHOWN = 12


async def begin_note(work: Work, person: Person, case_id: UUID) -> None:
    _, case = await desk.doing(work, person, case_id, Verb.NOTE)
    person.ask_for(AskingCaseNote(case=case.id))
    work.say(person, CaseNoteAsked(case=case.id))


async def add_note(work: Work, person: Person, case: Case, text: str) -> None:
    who = await rights.colleague(work, person)
    begun(case)
    clocks.stepped(work, case)
    await cases.note(work, case, NoteKind.NOTE, staff=who.me, text=text)
    work.record("case_note", by=person, subject=case.id, graduate=case.graduate_id)
    person.close_step(AskingCaseNote.hat)
    await desk.card(work, who, case)


async def contact(work: Work, person: Person, case_id: UUID) -> None:
    """`联系毕业生`: the number is shown, which counts as the first contact and is told in /my."""
    who, case = await desk.doing(work, person, case_id, Verb.CONTACT)
    if case.graduate_id is None:
        raise Refusal(Outdated())
    await contacted(work, who, case)
    unit = await work.session.get_one(Unit, case.unit_id)
    desk.viewed(work, who, case.graduate_id, case.id, unit)
    by_bot = await desk.reached_by_bot(work, case) is not None
    said = CasePhones(case=case.id, graduate=case.graduate_id, by_bot=by_bot, reader=who.me.id)
    work.say(person, said)


async def begin_hand_over(work: Work, person: Person, case_id: UUID) -> None:
    who, case = await desk.doing(work, person, case_id, Verb.HAND_OVER)
    found = await eligible(work, who, case)
    if not found:
        work.say(person, CaseNobodyElse(case=case.id))
        return
    ids = tuple(staff.id for staff in found[:COLLEAGUES_SHOWN])
    work.say(person, CaseColleagues(case=case.id, colleagues=ids))


async def choose_colleague(work: Work, person: Person, number: int, staff_id: UUID) -> None:
    case, to = await _chosen(work, person, number, staff_id)
    person.ask_for(AskingHandNote(case=case.id, staff=to.id))
    work.say(person, CaseHandNoteAsked(case=case.id, staff=to.id))


async def hand_over(work: Work, person: Person, number: int, staff_id: UUID, text: str | None = None) -> None:
    case, to = await _chosen(work, person, number, staff_id)
    who = await rights.colleague(work, person)
    if isinstance(person.staff_step, AskingHandNote):
        person.close_step(AskingHandNote.hat)
    await give(work, who, case, to, NoteKind.HANDED_OVER, text)


async def escalate(work: Work, person: Person, case_id: UUID) -> None:
    """`转上级处理`: the nearest above in the ladder who may have it."""
    who, case = await desk.doing(work, person, case_id, Verb.ESCALATE)
    above = await eligible(work, who, case, above=True)
    if not above:
        work.say(person, CaseNobodyElse(case=case.id))
        return
    await give(work, who, case, above[0], NoteKind.ESCALATED)


async def give(
    work: Work, who: Colleague, case: Case, to: Staff, how: NoteKind, text: str | None = None
) -> None:
    case.owner_id, case.state = to.id, CaseState.OPEN
    case.method = case.finding = None
    clocks.owned(work, case)
    clocks.stepped(work, case)
    note = await cases.note(work, case, how, staff=who.me, text=text)
    work.record(
        f"case_{how.value}",
        by=who.person,
        subject=case.id,
        graduate=case.graduate_id,
        to=str(to.id),
    )
    said = CaseHandedOver(case=case.id, graduate=case.graduate_id, how=how, note=note.id, reader=to.id)
    await rights.tell(work, to, said)
    work.say(who.person, CaseHandedOn(case=case.id, staff=to.id))


async def eligible(work: Work, who: Colleague, case: Case, *, above: bool = False) -> list[Staff]:
    """Same role or up the tree; around a dispute only those who had no hand in the record."""
    unit = await work.session.get_one(Unit, case.unit_id)
    owner = {case.owner_id} if case.owner_id else set()
    out = {who.me.id} | owner | await routing.kept_from(work, case)
    found: list[Staff] = []
    for role in _ladder(work, who, case, unit, above=above):
        found += await routing.holders(work, [role], unit)
    return list({staff.id: staff for staff in presence.hearers(work, found, out)}.values())


def _ladder(work: Work, who: Colleague, case: Case, unit: Unit, *, above: bool) -> Sequence[Role]:
    role = cases.role_of(work, case.kind, case.reason)
    order = _rungs(work, case)
    held = [order.index(one) for one, over in who.duties if one in order and over.covers(unit)]
    first = order.index(role) if role in order else 0
    if above:
        first = max(held, default=first - 1) + 1
    return order[first:]


def _rungs(work: Work, case: Case) -> tuple[Role, ...]:
    rules = work.rules.routing
    if desk.by_register(work, case):
        own = cases.pool_roles(work, case.kind, case.reason)
        return (*own, *map(Role, rules.dispute_fallback))
    return routing.may_know(work, case) if desk.guarded(work, case) else tuple(map(Role, rules.ladder))


def begun(case: Case) -> None:
    """Whoever acts on a case has taken it on, pressed or not."""
    if case.state is CaseState.OPEN:
        case.state = CaseState.WORKING


async def contacted(work: Work, who: Colleague, case: Case, text: str | None = None) -> Note:
    begun(case)
    clocks.stepped(work, case, contact=True)
    work.record("case_contacted", by=who.person, subject=case.id, graduate=case.graduate_id)
    return await cases.note(work, case, NoteKind.CONTACTED, staff=who.me, text=text)


async def _chosen(work: Work, person: Person, number: int, staff_id: UUID) -> tuple[Case, Staff]:
    case_id = await desk.id_of(work, number)
    who, case = await desk.doing(work, person, case_id, Verb.HAND_OVER)
    for staff in await eligible(work, who, case):
        if staff.id == staff_id:
            return case, staff
    raise Refusal(Outdated())
