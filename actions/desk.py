"""What a colleague may see of a case and do with it: asked before every card and every press."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import select

from actions import cases, doors, evidence_rows, identity, owning, rights, routing
from actions.dispute_rows import untold
from actions.rights import Colleague, NotYours
from actions.work import Refusal, Work
from models.case import WORKED_ON, Case, CaseKind, CaseState
from models.graduate import Graduate
from models.messages.cases import (
    CaseAsIs,
    CaseCard,
    CaseHistory,
    CaseNeutral,
    CaseNotFound,
    CaseTaken,
    CaseWhich,
    Verb,
)
from models.person import Binding, Person
from models.staff import Role
from models.unit import Unit

BINDING_KINDS = frozenset({CaseKind.CONTACT_CHANGE, CaseKind.IDENTITY_CONFLICT})


@dataclass(frozen=True)
class Standing:
    """`barred`: had, or may have had, a hand in the record, or is the class counselor without owning it."""

    sees: bool
    verbs: tuple[Verb, ...] = ()
    barred: bool = False
    reads: bool = False
    reads_pressure: bool = False


class Hidden(Refusal):
    """The neutral line, or as if there were no such case where the graduate asked for silence."""

    def __init__(self, case: Case) -> None:
        closed = case.state is CaseState.CLOSED
        super().__init__(CaseNeutral(closed=closed) if case.counselor_may_see else CaseNotFound())


class Taken(Refusal):
    def __init__(self, case: Case, owner: UUID) -> None:
        super().__init__(CaseTaken(case=case.id, staff=owner))


class NotNow(Refusal):
    def __init__(self, case: Case) -> None:
        super().__init__(CaseAsIs(case=case.id, state=case.state))


async def open_number(work: Work, person: Person, words: str) -> None:
    """/case N."""
    who = await rights.colleague(work, person)
    digits = words.strip().lstrip("#")
    if not digits.isascii() or not digits.isdigit():
        work.say(person, CaseWhich())
        return
    found = await work.session.exec(select(Case).where(Case.number == min(int(digits), 2**31 - 1)))
    await _open(work, who, found.first())


async def open_card(work: Work, person: Person, case_id: UUID) -> None:
    who = await rights.colleague(work, person)
    await _open(work, who, await work.session.get(Case, case_id))


async def _open(work: Work, who: Colleague, case: Case | None) -> None:
    standing = await standing_of(work, who, case) if case else Standing(sees=False)
    if case is None or not (standing.sees or await _class_counselor(work, who, case)):
        raise Refusal(CaseNotFound())
    if not standing.sees:
        raise Hidden(case)
    await show(work, who, case, standing)


async def history(work: Work, person: Person, case_id: UUID, page: int = 0) -> None:
    """`查看全部经过`."""
    who, case, standing = await _looked_at(work, person, case_id)
    await _viewed(work, who, case)
    unit = await work.session.get_one(Unit, case.unit_id)
    said = CaseHistory(
        case=case.id,
        reads=standing.reads,
        views=who.holds(work.rules.routing.views_to, unit),
        page=max(0, page),
        reader=who.me.id,
    )
    work.say(person, said)


async def doing(work: Work, person: Person, case_id: UUID, verb: Verb) -> tuple[Colleague, Case]:
    """The case, locked, if this colleague may do this with it now; else the refusal that says why not."""
    who, case, standing = await _looked_at(work, person, case_id, lock=True)
    if verb in standing.verbs:
        return who, case
    if case.state in WORKED_ON and case.owner_id is not None and case.owner_id != who.me.id:
        raise Taken(case, case.owner_id)
    raise NotNow(case)


async def card(work: Work, who: Colleague, case: Case) -> None:
    await show(work, who, case, await standing_of(work, who, case))


async def show(work: Work, who: Colleague, case: Case, standing: Standing) -> None:
    await _viewed(work, who, case)
    said = CaseCard(
        case=case.id,
        graduate=case.graduate_id,
        verbs=standing.verbs,
        reads=standing.reads,
        reads_pressure=standing.reads_pressure,
        reader=who.me.id,
    )
    work.say(who.person, said)


async def standing_of(work: Work, who: Colleague, case: Case) -> Standing:
    unit = await work.session.get_one(Unit, case.unit_id)
    owns = case.owner_id is not None and case.owner_id == who.me.id
    fit = owns and await owning.may_own(work, case, who.me.id)
    if owns and not fit and case.state in WORKED_ON:
        return Standing(sees=True, verbs=(Verb.HAND_OVER,), barred=True)
    if not fit and await barred(work, who, case):
        return Standing(sees=False, barred=True)
    pooled = case.owner_id is None and who.holds(cases.pool_roles(work, case.kind, case.reason), unit)
    reviews = case.state is CaseState.AWAITING_REVIEW and await routing.may_review(work, who, case)
    takes = not owns and await _takes(work, who, case, unit)
    if not (fit or pooled or reviews or takes or who.holds(_lookers(work, case), unit)):
        return Standing(sees=False)
    reads = fit or reviews
    return Standing(
        sees=True,
        verbs=(
            *await _verbs(work, who, case, owns=fit, pooled=pooled, reviews=reviews, takes=takes),
            *(await _papers(work, who, case) if reads else ()),
            *_rectify(work, who, case, unit),
        ),
        reads=reads,
        reads_pressure=await _reads_pressure(work, who, case, unit),
    )


def is_taker(work: Work, who: Colleague, case: Case, unit: Unit) -> bool:
    """From a colleague who can do nothing with it any more."""
    return who.holds(_takers(work, case), unit)


async def _takes(work: Work, who: Colleague, case: Case, unit: Unit) -> bool:
    return is_taker(work, who, case, unit) and await owning.adrift(work, case)


def _lookers(work: Work, case: Case) -> set[str]:
    """What was written to one office is not for the class beside it."""
    rules = work.rules.routing
    if case.for_few:
        return set(rules.pressure_to)
    looks: set[str] = set(rules.may_look_independent if guarded(work, case) else rules.may_look)
    return looks - set(rules.class_roles) if case.kind is CaseKind.MESSAGE else looks


def _takers(work: Work, case: Case) -> set[str]:
    """Who may take what its owner can or does nothing with: its pool, and whoever is above its role."""
    rules, role = work.rules.routing, cases.role_of(work, case.kind, case.reason)
    if guarded(work, case):
        return {*rules.pool(role.value), *routing.may_know(work, case)}
    above = rules.ladder[rules.ladder.index(role.value) :] if role.value in rules.ladder else ()
    return {*rules.pool(role.value), *above}


async def _reads_pressure(work: Work, who: Colleague, case: Case, unit: Unit) -> bool:
    """The graduate was told that it does not go to the counselor, whatever else the counselor is."""
    if not who.holds(work.rules.routing.pressure_to, unit):
        return False
    return who.me.id not in await routing.kept_from(work, case)


async def barred(work: Work, who: Colleague, case: Case) -> bool:
    """From a dispute and all around it: everybody implicated, and the class counselor in any case."""
    return who.me.id in await routing.kept_from(work, case)


async def pending_binding(work: Work, case: Case) -> Binding | None:
    """The very account the case is about, while it still waits to be told apart from a stranger's."""
    if case.kind not in BINDING_KINDS or case.binding_id is None:
        return None
    binding = await work.session.get(Binding, case.binding_id)
    return binding if binding and not binding.verified and binding.ended_at is None else None


async def is_class_counselor(work: Work, who: Colleague, graduate_id: UUID | None) -> bool:
    graduate = await work.session.get(Graduate, graduate_id) if graduate_id else None
    if graduate is None:
        return False
    return any(one.id == who.me.id for one in await routing.counselors_of(work, graduate))


async def _looked_at(
    work: Work, person: Person, case_id: UUID, *, lock: bool = False
) -> tuple[Colleague, Case, Standing]:
    who = await rights.colleague(work, person)
    query = select(Case).where(Case.id == case_id).execution_options(populate_existing=True)
    case = (await work.session.exec(query.with_for_update() if lock else query)).first()
    if case is None:
        raise Refusal(CaseNotFound())
    standing = await standing_of(work, who, case)
    if standing.sees:
        return who, case, standing
    if await _class_counselor(work, who, case):
        raise Hidden(case)
    raise NotYours


async def _class_counselor(work: Work, who: Colleague, case: Case) -> bool:
    return case.kind is CaseKind.DISPUTE and await is_class_counselor(work, who, case.graduate_id)


async def _verbs(
    work: Work, who: Colleague, case: Case, *, owns: bool, pooled: bool, reviews: bool, takes: bool
) -> tuple[Verb, ...]:
    if case.state is CaseState.CLOSED:
        return (Verb.CALL, Verb.HISTORY) if owns and await untold(work, case) else (Verb.HISTORY,)
    if case.state is CaseState.AWAITING_REVIEW:
        return (Verb.APPROVE, Verb.RETURN, Verb.HISTORY) if reviews else (Verb.HISTORY,)
    if pooled:
        return (Verb.CLAIM, Verb.HISTORY)
    if not owns:
        return (Verb.CLAIM, Verb.HAND_OVER, Verb.HISTORY) if takes else (Verb.HISTORY,)
    claim = (Verb.CLAIM,) if case.state is CaseState.OPEN else ()
    return (
        *claim,
        Verb.NOTE,
        *await _into(work, who, case),
        Verb.HAND_OVER,
        Verb.ESCALATE,
        *await _endings(work, who, case),
        Verb.HISTORY,
    )


async def _into(work: Work, who: Colleague, case: Case) -> tuple[Verb, ...]:
    """Who is in an open dispute of this graduate's has no way to them, whatever else they own."""
    if by_register(work, case):
        return ()
    reaches = case.graduate_id and await routing.may_reach(work, who.me.id, case.graduate_id)
    ask = (Verb.ASK,) if reaches and await reached_by_bot(work, case) else ()
    return (*((Verb.CONTACT, *ask, Verb.CALL) if reaches else ()), Verb.LOOK_INTO)


def by_register(work: Work, case: Case) -> bool:
    """Nobody ends it: a later import does."""
    return cases.rule_of(work, case).closes == "by_register"


async def _endings(work: Work, who: Colleague, case: Case) -> tuple[Verb, ...]:
    """Somebody else than the class counselor verifies; somebody unimplicated closes."""
    if by_register(work, case):
        return ()
    close = (Verb.CLOSE,) if await routing.may_close(work, who, case) else ()
    if await pending_binding(work, case) is None:
        return close
    own_class = await is_class_counselor(work, who, case.graduate_id)
    checks = () if own_class else (Verb.VERIFY, Verb.REJECT)
    return checks if case.kind is CaseKind.CONTACT_CHANGE else (*checks, *close)


async def _papers(work: Work, who: Colleague, case: Case) -> tuple[Verb, ...]:
    return (Verb.EVIDENCE,) if await evidence_rows.of_case(work, case, who.me.id) else ()


def _rectify(work: Work, who: Colleague, case: Case, unit: Unit) -> tuple[Verb, ...]:
    """Something was found to be wrong: that it is put right is somebody's task."""
    rules = work.rules.rectify
    found = (
        case.kind.value in rules.kinds and case.outcome is not None and case.outcome.value in rules.outcomes
    )
    asks = found and case.state is CaseState.CLOSED and who.holds(rules.makers, unit)
    return (Verb.RECTIFY,) if asks else ()


def guarded(work: Work, case: Case) -> bool:
    return routing.guarded(work, case)


async def _viewed(work: Work, who: Colleague, case: Case) -> None:
    if case.graduate_id is not None:
        unit = await work.session.get_one(Unit, case.unit_id)
        viewed(work, who, case.graduate_id, case.id, unit)


def viewed(
    work: Work, who: Colleague, graduate_id: UUID, subject: UUID, unit: Unit | None = None, **facts: str
) -> None:
    """Who looked at whose record is part of what the graduate may see in /my."""
    first = who.duties[0][0] if who.duties else Role.OFFICE
    role = role_over(who, unit) if unit else first
    work.record("viewed", by=who.person, subject=subject, graduate=graduate_id, role=role.value, **facts)


def role_over(who: Colleague, unit: Unit) -> Role:
    """In which of their roles a colleague acts here."""
    return next((role for role, over in who.duties if over.covers(unit)), Role.OFFICE)


async def reached_by_bot(work: Work, case: Case) -> Person | None:
    graduate = await work.session.get(Graduate, case.graduate_id) if case.graduate_id else None
    person = await identity.person_of(work, graduate) if graduate else None
    return person if person and doors.reached(person) else None


async def id_of(work: Work, number: int) -> UUID:
    """A short number stands for the case where a button has no room for two ids."""
    found = (await work.session.exec(select(Case.id).where(Case.number == number))).first()
    if found is None:
        raise Refusal(CaseNotFound())
    return found
