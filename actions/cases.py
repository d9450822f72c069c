"""Cases come into being here: number, terms, owner or pool, the first line of history, the alert."""

from uuid import UUID

from sqlmodel import col, select

from actions import rights, routing
from actions.work import Work
from models.answer import Answer
from models.case import Case, CaseKind, CaseState, Method, Note, NoteKind, Outcome
from models.graduate import Graduate
from models.messages.cases import CaseAlert
from models.person import Binding
from models.staff import Role, Staff
from models.unit import Unit

POOL_TOLD = 10


async def open_case(
    work: Work,
    kind: CaseKind,
    *,
    unit_id: UUID,
    graduate: Graduate | None = None,
    answer: Answer | None = None,
    reason: str = "",
    owner: Staff | None = None,
    counselor_may_see: bool = True,
    first_note: str | None = None,
    chosen: bool = False,
    binding: Binding | None = None,
) -> Case:
    """`chosen`: the owner, or that there is none, is decided; a dispute's is by `actions.disputes`."""
    pool: list[Staff] = []
    if owner is None and not chosen and kind is not CaseKind.DISPUTE:
        owner, pool = await _find_owner(work, kind, reason, unit_id, graduate)
    terms = terms_of(work, kind, reason)
    case = Case(
        number=await work.next_number("case"),
        kind=kind,
        reason=reason,
        graduate=graduate,
        unit_id=unit_id,
        answer=answer,
        binding_id=binding.id if binding else None,
        owner=owner,
        counselor_may_see=counselor_may_see,
        opened_at=work.now,
        first_contact_by=work.rules.sla.first_contact(terms, work.now),
        due_at=work.rules.sla.settle_by(terms, work.now),
        rules_digest=work.rules.digest,
    )
    work.session.add(case)
    if graduate is not None:
        work.ahead.without_change.discard(graduate.id)
    await note(work, case, NoteKind.OPENED, text=first_note)
    work.record("case_opened", subject=case.id, graduate=case.graduate_id, case_kind=kind.value, why=reason)
    if kind is not CaseKind.DISPUTE:
        await _alert(work, case, owner, pool)
    return case


async def note(
    work: Work,
    case: Case,
    kind: NoteKind = NoteKind.NOTE,
    *,
    staff: Staff | None = None,
    text: str | None = None,
    method: Method | None = None,
    outcome: Outcome | None = None,
) -> Note:
    """One more line of the case's history; nothing there is ever changed."""
    await work.session.flush()
    line = Note(
        case_id=case.id,
        kind=kind,
        staff_id=staff.id if staff else None,
        text=work.seal(text),
        method=method,
        outcome=outcome,
        at=work.now,
    )
    work.session.add(line)
    return line


async def open_unreachable(work: Work, graduate: Graduate, reason: str) -> Case:
    """The number is dead, the account is gone: somebody has to look for another way."""
    return await open_case(
        work, CaseKind.UNREACHABLE, unit_id=graduate.unit_id, graduate=graduate, reason=reason
    )


def terms_of(work: Work, kind: CaseKind, reason: str) -> str:
    """The rules may know the reason better than the kind; a dispute is a dispute whatever the reason."""
    if kind is not CaseKind.DISPUTE and reason in work.rules.sla.kinds:
        return reason
    return kind.value


def role_of(work: Work, kind: CaseKind, reason: str) -> Role:
    return routing.role_of(work, kind, reason)


def pool_roles(work: Work, kind: CaseKind, reason: str) -> tuple[Role, ...]:
    """Who sees and may take a case that nobody owns: its role, then whoever stands in for it."""
    return tuple(map(Role, work.rules.routing.pool(role_of(work, kind, reason).value)))


async def _find_owner(
    work: Work, kind: CaseKind, reason: str, unit_id: UUID, graduate: Graduate | None
) -> tuple[Staff | None, list[Staff]]:
    """The graduate's own counselor, or the one who holds the role; several share a pool."""
    role, of_class = role_of(work, kind, reason), work.rules.routing.class_roles
    own_class = role in of_class and graduate is not None and not await _unverified(work, kind, graduate)
    if own_class and graduate is not None:
        for counselor in await routing.counselors_of(work, graduate):
            if counselor.person_id is not None:
                return counselor, []
    unit = await work.session.get_one(Unit, unit_id)
    guarded = graduate is not None and role in routing.independent(work)
    out = await routing.around(work, graduate) if graduate and guarded else set()
    for one in pool_roles(work, kind, reason):
        if one in of_class and not own_class and graduate is not None:
            continue
        held = await routing.holders(work, [one], unit)
        pool = [staff for staff in held if staff.person_id is not None and staff.id not in out]
        if pool:
            return (pool[0], []) if len(pool) == 1 else (None, pool)
    return None, []


async def release(work: Work, case: Case) -> None:
    """Its owner has gone: whoever may take it sees and hears of it."""
    graduate = await work.session.get(Graduate, case.graduate_id) if case.graduate_id else None
    owner, pool = await _find_owner(work, case.kind, case.reason, case.unit_id, graduate)
    case.owner_id, case.state = None, CaseState.OPEN
    work.record("case_released", subject=case.id, graduate=case.graduate_id)
    await _alert(work, case, None, [owner] if owner else pool)


async def _unverified(work: Work, kind: CaseKind, graduate: Graduate) -> bool:
    """Whose account it is, somebody other than the class counselor has to say."""
    if kind is not CaseKind.CONTACT_CHANGE:
        return False
    await work.session.flush()
    query = select(Binding.id).where(
        Binding.graduate_id == graduate.id, col(Binding.verified).is_(False), col(Binding.ended_at).is_(None)
    )
    return (await work.session.exec(query.limit(1))).first() is not None


async def _alert(work: Work, case: Case, owner: Staff | None, pool: list[Staff]) -> None:
    if owner is None and not pool:
        await work.incident("case_without_owner", f"case {case.number} ({case.kind})")
        return
    about = case.graduate_id
    for staff in [owner] if owner else pool[:POOL_TOLD]:
        await rights.tell(work, staff, CaseAlert(case=case.id, graduate=about, mine=owner is not None))
