"""Words nobody asked for: kept before anyone reads them, and routed as the one who wrote them says."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import col, select

from actions import cases, clocks, destinations, disputes, identity, mine, presence, rights, routing
from actions.work import Refusal, Work
from models.answer import Heard
from models.base import UUID
from models.case import Case, CaseKind, NoteKind
from models.dispute import Dispute
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.heard import (
    HeardAnother,
    HeardAsked,
    HeardKept,
    HeardNoWords,
    HeardPassedOn,
    HeardRouted,
    HeardSettled,
    HeardStaff,
    HeardStranger,
)
from models.person import Person
from models.staff import Staff

BATCH = 100
AT_ONCE = 50
STAFF, STRANGER, MANY, DISPUTED = "staff", "stranger", "stranger_many", "dispute"


class Way(StrEnum):
    """Where a text may go; the reason of the case it becomes."""

    COUNSELOR = "to_counselor"
    OFFICE = "to_office"
    KEEP = "kept"


def keep(
    work: Work, person: Person, graduate: Graduate | None, text: str, *, routed: str | None = None
) -> Heard:
    """Sealed, word for word; without `routed` it waits for a choice, but not for ever."""
    patience = timedelta(hours=work.rules.privacy.text_choice_hours)
    row = Heard(
        person=person,
        graduate_id=graduate.id if graduate else None,
        text=work.seal(text),
        routed=routed,
        route_by=None if routed else work.now + patience,
        said_at=work.now,
    )
    work.session.add(row)
    return row


async def heard(work: Work, person: Person, text: str) -> None:
    """Any text that answers no question."""
    if not text.strip():
        work.say(person, HeardNoWords())
        return
    bound = [graduate for _, graduate in await identity.bindings(work, person)]
    for graduate in bound:
        if await disputes.text_for_open_dispute(work, person, graduate, text):
            return
    if bound:
        await _ask(work, person, bound[0], text)
    elif await rights.is_staff(work, person):
        keep(work, person, None, text, routed=STAFF)
        work.say(person, HeardStaff())
    else:
        await _stranger(work, person, text)


async def _ask(work: Work, person: Person, graduate: Graduate, text: str) -> None:
    row = keep(work, person, graduate, text)
    await work.session.flush()
    work.record("heard", by=person, subject=row.id, graduate=graduate.id)
    waiting = await _waiting(work, person, graduate)
    hinted = any(work.rules.disputes.hinted(work.open(one.text) or "") for one in waiting)
    cls = destinations.cls_of(await destinations.current(work, graduate))
    question = HeardAsked(
        graduate=graduate.id,
        heard=row.id,
        waiting=len(waiting),
        counselor=await _counselor_may(work, graduate),
        dispute=hinted and work.rules.disputes.button(cls),
        too_long=len(text) > work.rules.privacy.text_max.message,
    )
    work.say(person, question)


async def _stranger(work: Work, person: Person, text: str) -> None:
    """Told how to enrol; after so many a day kept in silence, so that nobody can make us write."""
    day = work.rules.calendar.local(work.now).date()
    since = work.rules.calendar.end_of_day(day - timedelta(days=1))
    told = await work.session.exec(
        select(func.count())
        .select_from(Heard)
        .where(Heard.person_id == person.id, col(Heard.said_at) > since, Heard.routed == STRANGER)
    )
    silent = told.one() >= work.rules.privacy.stranger_answers_a_day
    keep(work, person, None, text, routed=MANY if silent else STRANGER)
    if not silent:
        work.say(person, HeardStranger())


async def choose(work: Work, person: Person, heard_id: UUID, way: Way) -> None:
    """One press decides about everything that still waits; a later press finds it decided."""
    row = await work.session.get(Heard, heard_id)
    if row is None:
        raise Refusal(Outdated())
    if row.person_id != person.id or row.graduate_id is None:
        raise rights.NotYours
    graduate, _ = await mine.held(work, person, row.graduate_id)
    waiting = await _waiting(work, person, graduate)
    if not waiting:
        work.say(person, HeardSettled())
    elif way is Way.KEEP:
        for one in waiting:
            one.routed = way.value
        work.record("heard_kept", by=person, subject=row.id, graduate=graduate.id)
        work.say(person, HeardKept())
    elif not await _to_dispute(work, person, graduate, waiting):
        if way is Way.COUNSELOR and not await _counselor_may(work, graduate):
            way = Way.OFFICE
        case = await _to_case(work, graduate, waiting, way)
        work.say(person, HeardRouted(case=case.id, counselor=way is Way.COUNSELOR))


async def unrouted(work: Work) -> bool:
    """What nobody chose a way for goes to the office's pool; True when there may be more."""
    found = await work.session.exec(
        select(Heard)
        .where(col(Heard.routed).is_(None), col(Heard.route_by) <= work.now)
        .order_by(col(Heard.route_by))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    due = found.all()
    by_writer: dict[tuple[UUID, UUID], list[Heard]] = {}
    for row in due:
        if row.graduate_id is not None:
            by_writer.setdefault((row.person_id, row.graduate_id), []).append(row)
    moved = False
    for (person_id, graduate_id), rows in by_writer.items():
        person = await _free(work, person_id)
        if person is None:
            continue
        moved = True
        graduate = await work.session.get_one(Graduate, graduate_id)
        case = await pass_on(work, person, graduate, rows)
        if case is not None:
            work.say(person, HeardPassedOn(case=case.id), at=work.rules.quiet.next_allowed(work.now))
    return moved


async def _free(work: Work, person_id: UUID) -> Person | None:
    """Locked, for their open question is put back as it was; whoever is writing now is come back to."""
    found = await work.session.exec(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return found.first()


async def pass_on(work: Work, person: Person, graduate: Graduate, rows: Sequence[Heard]) -> Case | None:
    """To the office's pool; None where a dispute is open, which takes it and says so."""
    if await _to_dispute(work, person, graduate, rows):
        return None
    return await _to_case(work, graduate, rows, Way.OFFICE)


async def _to_dispute(work: Work, person: Person, graduate: Graduate, rows: Sequence[Heard]) -> bool:
    """A dispute filed since: its owner alone reads what was written before; open questions stay open."""
    asked, goes_to, nudge_at = person.graduate_step, person.text_goes_to, person.nudge_at
    text = "\n".join(work.open(row.text) or "" for row in rows)
    if not await disputes.text_for_open_dispute(work, person, graduate, text):
        return False
    person.graduate_step, person.text_goes_to, person.nudge_at = asked, goes_to, nudge_at
    for row in rows:
        row.routed = DISPUTED
    return True


async def _to_case(work: Work, graduate: Graduate, rows: Sequence[Heard], way: Way) -> Case:
    """The words stay sealed where they are and the case shows them; it takes later ones too."""
    case = await _open_message(work, graduate, way)
    if case is None:
        case = await cases.open_case(
            work,
            CaseKind.MESSAGE,
            unit_id=graduate.unit_id,
            graduate=graduate,
            reason=way.value,
            owner=await _counselor(work, graduate) if way is Way.COUNSELOR else None,
        )
    else:
        clocks.go_on(work, case)
        await cases.note(work, case, NoteKind.ANSWERED)
        owner = await cases.owner_of(work, case)
        if owner is not None:
            await rights.tell(work, owner, HeardAnother(case=case.id, graduate=graduate.id))
    await work.session.flush()
    for row in rows:
        row.routed, row.case_id = way.value, case.id
    work.record("heard_routed", subject=case.id, graduate=graduate.id, way=way.value)
    return case


async def _open_message(work: Work, graduate: Graduate, way: Way) -> Case | None:
    found = await work.session.exec(
        select(Case)
        .where(
            Case.graduate_id == graduate.id,
            Case.kind == CaseKind.MESSAGE,
            Case.reason == way.value,
            col(Case.closed_at).is_(None),
        )
        .order_by(col(Case.opened_at).desc())
        .limit(1)
        .with_for_update()
    )
    return found.first()


async def _waiting(work: Work, person: Person, graduate: Graduate) -> Sequence[Heard]:
    found = await work.session.exec(
        select(Heard)
        .where(
            Heard.person_id == person.id,
            Heard.graduate_id == graduate.id,
            col(Heard.routed).is_(None),
        )
        .order_by(col(Heard.said_at))
        .limit(AT_ONCE)
        .with_for_update()
    )
    return found.all()


async def _counselor(work: Work, graduate: Graduate) -> Staff | None:
    return next(iter(presence.here(work, await routing.counselors_of(work, graduate))), None)


async def _counselor_may(work: Work, graduate: Graduate) -> bool:
    """Somebody is there to read it, and no dispute was filed past them."""
    past = await work.session.exec(
        select(Dispute.id)
        .where(
            Dispute.graduate_id == graduate.id,
            col(Dispute.closed_at).is_(None),
            col(Dispute.without_counselor),
        )
        .limit(1)
    )
    return past.first() is None and await _counselor(work, graduate) is not None
