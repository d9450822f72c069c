"""电话记录: what a colleague heard on the telephone, never the graduate's own answer."""

from uuid import UUID

from sqlmodel import col, select

from actions import asks, calling, cases, destinations, disputes, doors, identity, presence, routing, todo
from actions.rights import Colleague, NotYours
from actions.work import Work
from models.answer import Source
from models.case import Case, CaseKind, CaseState
from models.followup import CallAnsweredBy, CallFinding, CallRecord
from models.graduate import Graduate
from models.messages.queue import CallFindingAsked, CallObjected, CallRecorded, CallTold, TodoAnswered
from models.messages.tasks import AttemptRecorded, Means
from models.person import Binding, Person
from models.task import Attempt
from models.unit import Unit

SPOKE = frozenset({CallAnsweredBy.GRADUATE, CallAnsweredBy.PARENT, CallAnsweredBy.EMPLOYER})
FAILED = frozenset({CallAnsweredBy.DEAD_NUMBER, CallAnsweredBy.REFUSED})
CHANGED_ON_PHONE = "call"
DENIED_ON_PHONE = "complaint"
DEAD_NUMBER = "dead_number"
FOLLOWED = {
    CallFinding.FALSE: (CaseKind.RECORD_PROBLEM, DENIED_ON_PHONE),
    CallFinding.CHANGED: (CaseKind.CHANGE_REQUEST, CHANGED_ON_PHONE),
}


async def answered(work: Work, person: Person, graduate_id: UUID, by: CallAnsweredBy, attempts: int) -> None:
    """Somebody spoke: what was found is asked next. Nobody did: that is all there is to write down."""
    who, graduate = await todo.callee(work, person, graduate_id)
    if not await _still_open(work, who, graduate, attempts):
        return
    if by in SPOKE:
        said = CallFindingAsked(graduate=graduate.id, answered_by=by, attempts=attempts)
        work.say(person, said, replaces=todo.call_key(graduate.id, attempts))
        return
    await _write(work, who, graduate, by, None, attempts)


async def found(
    work: Work,
    person: Person,
    graduate_id: UUID,
    by: CallAnsweredBy,
    finding: CallFinding,
    attempts: int,
) -> None:
    who, graduate = await todo.callee(work, person, graduate_id)
    if by in SPOKE and await _still_open(work, who, graduate, attempts):
        await _write(work, who, graduate, by, finding, attempts)


async def tried_otherwise(work: Work, person: Person, graduate_id: UUID, means: Means) -> None:
    """「还发过短信或微信」「还当面联系过」: beside a call that was written down, once a day by each means."""
    who, graduate = await todo.callee(work, person, graduate_id)
    if await todo.disputed(work, graduate):
        work.say(person, TodoAnswered(graduate=graduate.id))
        return
    today = work.rules.calendar.local(work.now).date()
    since = work.rules.calendar.start_of_day(today)
    same = select(Attempt).where(
        Attempt.graduate_id == graduate.id, Attempt.means == means, col(Attempt.at) >= since
    )
    if (await work.session.exec(same.limit(1))).first() is None:
        made = Attempt(graduate_id=graduate.id, staff_id=who.me.id, means=means, at=work.now)
        work.session.add(made)
        await work.session.flush()
        work.record("attempt_recorded", by=person, subject=made.id, graduate=graduate.id, means=means.value)
        await calling.tried(work, graduate)
    work.say(person, AttemptRecorded(graduate=graduate.id, means=means))


async def object(work: Work, person: Person, call_id: UUID) -> None:
    """`不对，更正`: goes to somebody other than whoever wrote it, and the card is shown again."""
    call, graduate = await _own_call(work, person, call_id)
    case = await _objection(work, call)
    if case is None:
        graduate = await destinations.locked(work, graduate)
        case = await _objected(work, call, graduate)
        work.record("call_objected", by=person, subject=call.id, graduate=graduate.id)
        await calling.objected(work, graduate)
    work.say(person, CallObjected(case=case.id))
    await asks.card(work, person, graduate)


async def _objected(work: Work, call: CallRecord, graduate: Graduate) -> Case:
    """Nobody else there is no reason to let its writer judge it: it waits, and the operator is told."""
    unit = await work.session.get_one(Unit, graduate.unit_id)
    rules = work.rules.routing
    found = [
        *await routing.holders(work, rules.call_objections_to, unit),
        *await routing.holders(work, rules.dispute_fallback, unit),
    ]
    owner = presence.nearest(work, found, {call.staff_id})
    return await cases.open_case(
        work,
        CaseKind.MESSAGE,
        unit_id=unit.id,
        graduate=graduate,
        reason=routing.objection_to(call),
        owner=owner,
        chosen=True,
    )


async def _still_open(work: Work, who: Colleague, graduate: Graduate, attempts: int) -> bool:
    """A second press on the same card, or an answer that came meanwhile, writes nothing."""
    if graduate.answered or await todo.disputed(work, graduate):
        work.say(who.person, TodoAnswered(graduate=graduate.id))
        return False
    if await todo.attempts_of(work, graduate) != attempts:
        await todo.card(work, who, graduate)
        return False
    return True


async def _write(
    work: Work,
    who: Colleague,
    graduate: Graduate,
    by: CallAnsweredBy,
    finding: CallFinding | None,
    attempts: int,
) -> None:
    case = await _case_for(work, who, graduate, by, finding)
    call = await record(work, who, graduate, by, finding, case)
    reader = await _verified(work, graduate)
    told = reader is not None and doors.reached(reader)
    said = CallRecorded(call=call.id, graduate=graduate.id, told=told)
    work.say(who.person, said, replaces=todo.call_key(graduate.id, attempts))
    await todo.next_one(work, who)


async def record(
    work: Work,
    who: Colleague,
    graduate: Graduate,
    by: CallAnsweredBy,
    finding: CallFinding | None,
    case: Case | None,
) -> CallRecord:
    """Written down, and told to the graduate, who may object to it."""
    call = CallRecord(
        graduate_id=graduate.id,
        staff_id=who.me.id,
        destination_id=(await destinations.current(work, graduate)).id,
        phone_digest=graduate.phone_digest,
        answered_by=by,
        finding=finding,
        case_id=case.id if case else None,
        at=work.now,
    )
    work.session.add(call)
    await work.session.flush()
    facts = {"answered_by": by.value, "finding": finding.value if finding else None}
    work.record("call_recorded", by=who.person, subject=call.id, graduate=graduate.id, **facts)
    if by in FAILED:
        await calling.failed(work, graduate)
    await calling.tried(work, graduate)
    reader = await _verified(work, graduate)
    if reader is not None:
        work.say(reader, CallTold(call=call.id, graduate=graduate.id))
    return call


def denied(by: CallAnsweredBy, finding: CallFinding | None) -> bool:
    """The graduate's own word, and nobody else's."""
    return by is CallAnsweredBy.GRADUATE and finding is CallFinding.FALSE


async def dispute_of_denial(work: Work, who: Colleague, graduate: Graduate) -> Case | None:
    """Owned by neither whoever wrote it down nor the class; None where the class of it cannot be disputed."""
    destination = await destinations.current(work, graduate)
    if not work.rules.disputes.button(destinations.cls_of(destination)):
        return None
    dispute = await disputes.file(
        work,
        None,
        graduate,
        destination,
        without_counselor=False,
        source=Source.TELEPHONE,
        heard_by=who.me,
    )
    return await work.session.get_one(Case, dispute.case_id)


async def _case_for(
    work: Work, who: Colleague, graduate: Graduate, by: CallAnsweredBy, finding: CallFinding | None
) -> Case | None:
    """A dead number needs another way, 有变更 the class counselor, 不属实 somebody who had no hand in it.

    What a parent or an employer says disputes nothing: somebody looks into the record."""
    if by is CallAnsweredBy.DEAD_NUMBER:
        known = await _open_of(work, graduate, CaseKind.UNREACHABLE, DEAD_NUMBER)
        return known or await cases.open_unreachable(work, graduate, DEAD_NUMBER)
    if denied(by, finding) and (disputed := await dispute_of_denial(work, who, graduate)):
        return disputed
    if finding not in FOLLOWED:
        return None
    kind, reason = FOLLOWED[finding]
    known = await _open_of(work, graduate, kind, reason)
    return known or await cases.open_case(
        work, kind, unit_id=graduate.unit_id, graduate=graduate, reason=reason
    )


async def _open_of(work: Work, graduate: Graduate, kind: CaseKind, reason: str) -> Case | None:
    return (
        await work.session.exec(
            select(Case).where(
                Case.graduate_id == graduate.id,
                Case.kind == kind,
                Case.reason == reason,
                Case.state != CaseState.CLOSED,
            )
        )
    ).first()


async def _objection(work: Work, call: CallRecord) -> Case | None:
    query = select(Case).where(Case.reason == routing.objection_to(call))
    return (await work.session.exec(query.limit(1))).first()


async def _own_call(work: Work, person: Person, call_id: UUID) -> tuple[CallRecord, Graduate]:
    call = await work.session.get(CallRecord, call_id)
    for _, graduate in await identity.bindings(work, person):
        if call is not None and graduate.id == call.graduate_id:
            return call, graduate
    raise NotYours


async def _verified(work: Work, graduate: Graduate) -> Person | None:
    """What was heard is not told to an account that may be somebody else's."""
    return (
        await work.session.exec(
            select(Person)
            .join(Binding, col(Binding.person_id) == col(Person.id))
            .where(Binding.graduate_id == graduate.id, col(Binding.verified), col(Binding.ended_at).is_(None))
        )
    ).first()
