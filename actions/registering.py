"""What was confirmed false has to leave the register: a task for who enters data, ended only by an import."""

from collections.abc import Collection

from sqlmodel import col, select

from actions import cases, clocks, routing
from actions.dispute_rows import listener
from actions.work import Work
from models.case import DISPUTE_FALSE, TO_BE_CHANGED, Asked, Case, CaseKind, CaseState, NoteKind, Outcome
from models.dispute import Dispute
from models.graduate import Destination, Graduate
from models.messages.registering import RegisterCorrected
from models.official import Feedback, Official
from rules.parts import bare

MANY = 20


async def outcome_passed(work: Work, dispute: Dispute, case: Case) -> None:
    """The second person has passed it: what is false is given to somebody to change, once at a time."""
    if case.outcome is None:
        return
    if case.outcome.value not in _changes(work, case):
        task = await _open_of(work, dispute)
        if task is not None and case.outcome not in TO_BE_CHANGED:
            # Looked into again, what was to be changed was found to be no error.
            await _settled(work, task, Outcome.NO_CHANGE_NEEDED)
        return
    # A roster that is taken over at this very moment waits, or has shown already what it says.
    await work.session.exec(select(Graduate.id).where(Graduate.id == dispute.graduate_id).with_for_update())
    if await _open_of(work, dispute) is not None:
        return
    if still_says(work, await _disputed(work, dispute), await _registered(work, dispute)):
        await _open(work, dispute, case)
    else:
        await _told_corrected(work, dispute, official=False)


async def version_came(work: Work, graduate: Graduate) -> None:
    """Another version is registered: tasks it shows as done end, one whose false entry is back begins."""
    for dispute in await _disputes(work, graduate):
        task = await _latest_of(work, dispute)
        if task is None:
            continue
        is_open = task.state is not CaseState.CLOSED
        says_it = still_says(work, await _disputed(work, dispute), await _registered(work, dispute))
        if is_open and not says_it:
            await _corrected(work, task, dispute, official=False)
        elif says_it and not is_open:
            await _false_again(work, dispute)


async def _false_again(work: Work, dispute: Dispute) -> None:
    """Unless it was found to be true after all, since."""
    behind = await work.session.get_one(Case, dispute.case_id)
    if behind.outcome is None or behind.outcome.value in _changes(work, behind):
        await _open(work, dispute, behind)


def _changes(work: Work, behind: Case) -> Collection[str]:
    return cases.rule_of(work, behind).changes_register


async def official_came(work: Work, graduate: Graduate, state: Official, feedback: Feedback | None) -> None:
    """The national register says that the entry was changed since, and nothing against it any more."""
    if state is not Official.CHANGED or feedback is Feedback.NEVER_SIGNED:
        return
    for dispute in await _disputes(work, graduate):
        if (task := await _open_of(work, dispute)) is not None:
            await _corrected(work, task, dispute, official=True)


async def another(work: Work, case: Case) -> None:
    """Its owner may not have it any more: the next who had no hand in what is false."""
    dispute = await routing.dispute_behind(work, case)
    owner = await routing.register_owner(work, dispute) if dispute else None
    if owner is None or owner.id != case.owner_id:
        await cases.give_out(work, case, owner, [])


def still_says(work: Work, disputed: Destination, now: Destination) -> bool:
    """The same class and one of the same names or codes; other details make nothing true."""
    if disputed.category != now.category:
        return False
    names = work.rules.destinations.names_in_dispute
    said = [(bare(getattr(disputed, name) or ""), bare(getattr(now, name) or "")) for name in names]
    given = [(old, new) for old, new in said if old]
    return not given or any(old == new for old, new in given)


async def _open(work: Work, dispute: Dispute, behind: Case) -> None:
    """Nobody is contacted for it: the next step is the change itself."""
    graduate = await work.session.get_one(Graduate, dispute.graduate_id)
    owner = await routing.register_owner(work, dispute)
    task = await cases.open_case(
        work,
        CaseKind.REGISTER_CHANGE,
        unit_id=graduate.unit_id,
        graduate=graduate,
        reason=DISPUTE_FALSE,
        owner=owner,
        chosen=True,
        parent=behind,
    )
    task.first_contact_at = work.now
    clocks.stepped(work, task)
    await cases.note(work, behind, NoteKind.LINKED, asked=Asked.REGISTER)
    work.record("register_change_opened", subject=task.id, graduate=graduate.id, dispute=str(dispute.id))


async def _settled(work: Work, task: Case, outcome: Outcome) -> None:
    task.outcome, task.settled_at = outcome, work.now
    await cases.note(work, task, NoteKind.SETTLED, asked=Asked.REGISTER, outcome=outcome)
    work.record(
        "case_settled", subject=task.id, graduate=task.graduate_id, outcome=outcome.value, method=None
    )
    cases.close_now(work, task)


async def _corrected(work: Work, task: Case, dispute: Dispute, *, official: bool) -> None:
    await _settled(work, task, Outcome.REGISTER_CORRECTED)
    await _told_corrected(work, dispute, official=official)


async def _told_corrected(work: Work, dispute: Dispute, *, official: bool) -> None:
    """A line in the history of the dispute, and one message to whoever filed it."""
    behind = await work.session.get_one(Case, dispute.case_id)
    corrected = Outcome.REGISTER_CORRECTED
    await cases.note(work, behind, NoteKind.LINKED, asked=Asked.REGISTER, outcome=corrected)
    work.record("register_corrected", subject=dispute.id, graduate=dispute.graduate_id, official=official)
    if (person := await listener(work, dispute)) is not None:
        work.say(person, RegisterCorrected(case=behind.id, dispute=dispute.id, official=official))


async def _disputes(work: Work, graduate: Graduate) -> list[Dispute]:
    query = select(Dispute).where(Dispute.graduate_id == graduate.id)
    rows = await work.session.exec(query.order_by(col(Dispute.filed_at).desc()).limit(MANY))
    return list(rows.all())


async def _disputed(work: Work, dispute: Dispute) -> Destination:
    return await work.session.get_one(Destination, dispute.destination_id)


async def _registered(work: Work, dispute: Dispute) -> Destination:
    query = select(Destination).where(Destination.graduate_id == dispute.graduate_id)
    return (await work.session.exec(query.order_by(col(Destination.number).desc()).limit(1))).one()


async def _open_of(work: Work, dispute: Dispute) -> Case | None:
    """The latest is the open one, if any is."""
    latest = await _latest_of(work, dispute)
    return latest if latest is not None and latest.state is not CaseState.CLOSED else None


async def _latest_of(work: Work, dispute: Dispute) -> Case | None:
    tasks = select(Case).where(
        Case.parent_id == dispute.case_id, Case.kind == CaseKind.REGISTER_CHANGE, Case.reason == DISPUTE_FALSE
    )
    return (
        await work.session.exec(tasks.order_by(col(Case.number).desc()).limit(1).with_for_update())
    ).first()
