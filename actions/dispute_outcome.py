"""How a dispute ends: reviewed, told, and either agreed to or opened again with somebody new."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from actions import asks, cases, clocks, doors, ladder_next, registering, routing, todo
from actions.dispute_alerts import tell_counselors, tell_owner
from actions.dispute_rows import Held, held, listener, open_on, untold
from actions.work import Work
from models.case import Case, CaseState, NoteKind
from models.dispute import Dispute, Verdict
from models.graduate import Destination, Graduate
from models.messages.dispute import DisputeAgreed, DisputeFiled, DisputeOutcome, DisputeReopened
from models.person import Person
from models.staff import Staff
from models.steps.dispute import AddingStatement

FEW = 20


async def close_after_review(work: Work, case: Case) -> None:
    """The second person has passed it: the dispute is closed and its graduate is told, reminders or not."""
    dispute = await routing.dispute_of(work, case)
    if dispute is None or dispute.closed_at is not None:
        return
    dispute.closed_at, dispute.verdict = work.now, None
    outcome = case.outcome.value if case.outcome else None
    work.record("dispute_closed", subject=dispute.id, graduate=dispute.graduate_id, outcome=outcome)
    await _tell(work, dispute)
    await registering.outcome_passed(work, dispute, case)
    await _ask_on(work, dispute)


async def _ask_on(work: Work, dispute: Dispute) -> None:
    """Staff had heard of it, and the graduate has not answered: the reminders that are left go on.

    Not before they know the outcome, nor so soon after it that it looks like one more question of it;
    what was found false is asked about when it is corrected."""
    graduate = await work.session.get_one(Graduate, dispute.graduate_id)
    ask = await asks.latest(work, graduate)
    if dispute.told_at is None or await todo.disputed(work, graduate):
        return
    if ask is not None:
        await ladder_next.plan_next(work, ask, said_at=dispute.told_at)
    elif await asks.live_campaign(work, graduate) is not None:
        # It had gone past them while this was looked into.
        await asks.ask_on(work, graduate)


async def told(work: Work, person: Person, graduate: Graduate) -> None:
    """Outcomes that found nobody to be told are told to the account that has been bound since."""
    waiting = await work.session.exec(
        select(Dispute)
        .where(
            Dispute.graduate_id == graduate.id,
            col(Dispute.closed_at).is_not(None),
            col(Dispute.told_at).is_(None),
        )
        .order_by(col(Dispute.filed_at))
        .limit(FEW)
        .with_for_update()
    )
    for dispute in waiting.all():
        await _tell(work, dispute)
        await _ask_on(work, dispute)


async def _tell(work: Work, dispute: Dispute) -> None:
    """Without a chat it waits for them to open the page, or to be telephoned: until then they do not know."""
    person = await listener(work, dispute)
    if person is None:
        return
    if doors.reached(person) or work.shows(person):
        dispute.told_at = work.now
    said = DisputeOutcome(dispute=dispute.id, case=dispute.case_id)
    work.say(person, said, replaces=f"outcome:{dispute.id.hex}:{dispute.reopened}")


async def seen(work: Work, dispute_id: UUID) -> None:
    """On the page, where it waited for them."""
    dispute = await work.session.get_one(Dispute, dispute_id, with_for_update=True)
    if dispute.closed_at is not None and dispute.told_at is None:
        dispute.told_at = work.now
        await _ask_on(work, dispute)


async def told_by_telephone(work: Work, by: Person, case: Case) -> None:
    dispute = await untold(work, case)
    if dispute is not None:
        dispute.told_at = work.now
        work.record("dispute_told", by=by, subject=dispute.id, graduate=dispute.graduate_id)
        await _ask_on(work, dispute)


async def judge(work: Work, person: Person, dispute_id: UUID, verdict: Verdict) -> None:
    """「认可处理结果」 or 「不认可，请重新核实」; a second press finds what the first one did."""
    found = await held(work, person, dispute_id)
    if found.dispute.closed_at is None:
        say_filed(work, person, found.dispute, again=True)
    elif verdict is Verdict.AGREED:
        await _agreed(work, person, found)
    else:
        await _rejected(work, person, found)


async def _agreed(work: Work, person: Person, found: Held) -> None:
    if found.dispute.verdict is not Verdict.AGREED:
        found.dispute.verdict = Verdict.AGREED
        await cases.note(work, found.case, NoteKind.AGREED)
        work.record("dispute_agreed", by=person, subject=found.dispute.id, graduate=found.graduate.id)
    work.say(person, DisputeAgreed(dispute=found.dispute.id, case=found.case.id))


async def _rejected(work: Work, person: Person, found: Held) -> None:
    """The objection may be typed next; whoever closed and passed it is not asked again where others are."""
    destination = await work.session.get_one(Destination, found.dispute.destination_id)
    newer = await open_on(work, destination)
    if newer is not None:
        say_filed(work, person, newer, again=True)
        return
    owner = await _somebody_new(work, found, destination)
    _reopen(work, found, owner)
    await cases.note(work, found.case, NoteKind.REOPENED)
    facts = {"times": found.dispute.reopened}
    work.record("dispute_reopened", by=person, subject=found.dispute.id, graduate=found.graduate.id, **facts)
    await tell_owner(work, owner, found.case, found.graduate, found.dispute, again=True)
    await tell_counselors(work, owner, found.case, found.graduate, found.dispute)
    by_page = not doors.reached(person)
    work.say(person, DisputeReopened(dispute=found.dispute.id, case=found.case.id, by_page=by_page))
    person.ask_for(AddingStatement(dispute=found.dispute.id, objection=True))


def say_filed(work: Work, person: Person, dispute: Dispute, *, again: bool = False) -> None:
    by_page = not doors.reached(person)
    work.say(person, DisputeFiled(dispute=dispute.id, case=dispute.case_id, again=again, by_page=by_page))


def _reopen(work: Work, found: Held, owner: Staff | None) -> None:
    """What was found before stays in the case's history."""
    case, dispute = found.case, found.dispute
    dispute.verdict, dispute.closed_at, dispute.told_at = Verdict.REJECTED, None, None
    dispute.reopened += 1
    case.reopened += 1
    case.state, case.closed_at, case.settled_at = CaseState.OPEN, None, None
    case.method = case.finding = case.outcome = None
    case.closer_id = case.reviewer_id = None
    case.owner_id = owner.id if owner else None
    case.own_by = None
    clocks.start(work, case)


async def _somebody_new(work: Work, found: Held, destination: Destination) -> Staff | None:
    before = {one for one in (found.case.closer_id, found.case.reviewer_id) if one}

    async def owner(besides: Collection[UUID]) -> Staff | None:
        alone = found.dispute.past_class
        chosen, _ = await routing.dispute_owner(
            work,
            found.graduate,
            destination,
            without_counselor=alone,
            besides=besides,
            filed=found.dispute,
        )
        return chosen

    return await owner(before) or await owner(())
