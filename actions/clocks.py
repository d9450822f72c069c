"""The clocks of a case: set under the rules it was opened by, stopped while the graduate is asked."""

from datetime import datetime

from actions.work import Work
from models.case import Case, CaseKind, CaseState
from rules.sla import Terms


def terms_of(work: Work, case: Case) -> Terms:
    """Those it was opened under; a case of before they were kept has those in force."""
    return Terms.model_validate(case.terms) if case.terms else work.rules.sla.terms(key_of(work, case))


def key_of(work: Work, case: Case) -> str:
    """The rules may know the reason better than the kind; a dispute is a dispute whatever the reason."""
    disputed = case.kind is CaseKind.DISPUTE
    return case.reason if not disputed and case.reason in work.rules.sla.kinds else case.kind.value


def start(work: Work, case: Case) -> None:
    """Opened, or opened again: every clock begins now."""
    terms, sla = terms_of(work, case), work.rules.sla
    case.terms = terms.model_dump(mode="json")
    case.first_contact_at = case.next_step_by = case.review_by = case.waiting_since = None
    case.first_contact_by = sla.after(work.now, terms.first_contact)
    case.due_at = sla.after(work.now, terms.settle)
    owned(work, case)
    look_again(case)


def owned(work: Work, case: Case) -> None:
    """Somebody has it, or nobody: then it is an incident at the end of this working day."""
    alone = case.owner_id is None and case.state is not CaseState.CLOSED
    if not alone:
        case.own_by = None
    elif case.own_by is None:
        case.own_by = work.rules.sla.close_of_day(work.now)


def stepped(work: Work, case: Case, *, contact: bool = False) -> None:
    """Something was done for it: whoever waits for the next step counts from here."""
    if contact:
        case.first_contact_at = case.first_contact_at or work.now
    if case.first_contact_at is not None:
        case.next_step_by = work.rules.sla.after(work.now, terms_of(work, case).next_step)
    look_again(case)


def wait(work: Work, case: Case) -> None:
    """The graduate was asked: nothing runs but the longest we wait for them."""
    stepped(work, case, contact=True)
    case.waiting_since = case.waiting_since or work.now
    case.escalate_at = work.rules.sla.after(work.now, terms_of(work, case).wait_at_most)


def go_on(work: Work, case: Case) -> None:
    """Each clock is later by the working time that passed meanwhile."""
    if case.waiting_since is None:
        return
    sla, since = work.rules.sla, case.waiting_since
    case.waiting_since = None
    case.due_at = sla.later(case.due_at, sla.worked(since, work.now))
    stepped(work, case)


def settled(work: Work, case: Case) -> None:
    """Closed by its owner; a second person looks at it where the rules ask for one."""
    go_on(work, case)
    case.first_contact_at = case.first_contact_at or work.now
    if case.state is CaseState.AWAITING_REVIEW:
        case.review_by = work.rules.sla.after(work.now, terms_of(work, case).review)
    look_again(case)


def due_by(case: Case, due: datetime) -> None:
    """A term of its own goes before that of the rules where it is the earlier one."""
    case.due_at = min(case.due_at, due)
    look_again(case)


def closed(case: Case) -> None:
    case.escalate_at = case.own_by = case.waiting_since = None


def returned(work: Work, case: Case) -> None:
    """Sent back by the second person: it goes on where it was, the next step counted from now."""
    case.review_by = None
    stepped(work, case)


def due_of(case: Case) -> datetime:
    """What is due next, for the order of a list; who waits for the graduate comes last."""
    return case.next_due or case.due_at


def look_again(case: Case) -> None:
    """Whatever set one of its instants: the next at which somebody is to be told."""
    case.escalate_at = case.next_due
