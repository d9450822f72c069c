"""Cases come into being here: number, terms, owner or pool, the first line of history, the alert."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from actions import clocks, presence, rights, routing
from actions.work import Work
from models.answer import Answer
from models.case import Asked, Case, CaseKind, CaseState, Channel, Method, Note, NoteKind, Outcome, Severity
from models.graduate import Graduate
from models.messages.cases import CaseAlert
from models.person import Binding
from models.staff import Role, Staff
from models.unit import Unit
from rules import CaseRule

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
    channel: Channel | None = None,
    parent: Case | None = None,
    alert: bool = True,
) -> Case:
    """`chosen`: the owner, or that there is none, is decided; a dispute's is by `actions.disputes`."""
    pool: list[Staff] = []
    if owner is None and not chosen and kind is not CaseKind.DISPUTE:
        owner, pool = await _find_owner(work, kind, reason, unit_id, graduate)
    case = Case(
        number=await work.next_number("case"),
        kind=kind,
        reason=reason,
        graduate=graduate,
        unit_id=unit_id,
        answer=answer,
        binding_id=binding.id if binding else None,
        owner_id=owner.id if owner else None,
        counselor_may_see=counselor_may_see,
        severity=Severity(work.rules.cases.of(kind.value, reason).severity),
        channel=channel,
        parent_id=parent.id if parent else None,
        opened_at=work.now,
        rules_digest=work.rules.digest,
    )
    clocks.start(work, case)
    work.session.add(case)
    if graduate is not None:
        work.ahead.without_change.discard(graduate.id)
    await note(work, case, NoteKind.OPENED, text=first_note)
    work.record("case_opened", subject=case.id, graduate=case.graduate_id, case_kind=kind.value, why=reason)
    if alert and kind is not CaseKind.DISPUTE:
        await _alert(work, case, owner, pool)
    return case


async def note(
    work: Work,
    case: Case,
    kind: NoteKind = NoteKind.NOTE,
    *,
    staff: Staff | None = None,
    text: str | None = None,
    asked: Asked | None = None,
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
        asked=asked,
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


def rule_of(work: Work, case: Case) -> CaseRule:
    return work.rules.cases.of(case.kind.value, case.reason)


async def owner_of(work: Work, case: Case) -> Staff | None:
    return await work.session.get(Staff, case.owner_id) if case.owner_id else None


def close_now(work: Work, case: Case) -> None:
    case.first_contact_at = case.first_contact_at or work.now
    case.state, case.closed_at = CaseState.CLOSED, work.now
    clocks.closed(case)
    work.record("case_closed", subject=case.id, graduate=case.graduate_id)


def role_of(work: Work, kind: CaseKind, reason: str) -> Role:
    return routing.role_of(work, kind, reason)


def pool_roles(work: Work, kind: CaseKind, reason: str) -> tuple[Role, ...]:
    """Who sees and may take a case that nobody owns: its role, then whoever stands in for it."""
    return routing.pool_of(work, kind, reason)


async def owner_now(work: Work, case: Case) -> tuple[Staff | None, list[Staff]]:
    """Who would have it, or share it, if it were opened now; never anybody kept from it."""
    graduate = await work.session.get(Graduate, case.graduate_id) if case.graduate_id else None
    out = await routing.kept_from(work, case)
    return await _find_owner(work, case.kind, case.reason, case.unit_id, graduate, out)


async def _find_owner(
    work: Work,
    kind: CaseKind,
    reason: str,
    unit_id: UUID,
    graduate: Graduate | None,
    out: Collection[UUID] = (),
) -> tuple[Staff | None, list[Staff]]:
    """The graduate's own counselor, or the one who holds the role; several share a pool.

    Where everybody is away it is the nearest's all the same."""
    rungs = await _rungs(work, kind, reason, unit_id, graduate, out)
    for rung in rungs:
        if pool := presence.here(work, rung):
            return (pool[0], []) if len(pool) == 1 else (None, pool)
    return next((one for rung in rungs for one in rung), None), []


async def _rungs(
    work: Work,
    kind: CaseKind,
    reason: str,
    unit_id: UUID,
    graduate: Graduate | None,
    out: Collection[UUID],
) -> list[list[Staff]]:
    """Who may have it: the class's own counselors one before the other, then role after role."""
    role, of_class = role_of(work, kind, reason), work.rules.routing.class_roles
    own_class = role in of_class and graduate is not None and not await _unverified(work, kind, graduate)
    unit = await work.session.get_one(Unit, unit_id)
    rungs: list[list[Staff]] = []
    if own_class and graduate is not None:
        rungs = [[one] for one in await routing.counselors_of(work, graduate)]
    for one in pool_roles(work, kind, reason):
        if own_class or one not in of_class or graduate is None:
            rungs.append(await routing.holders(work, [one], unit))
    if graduate is not None and role in routing.independent(work):
        out = {*out, *await routing.around(work, graduate)}
    return [presence.able(rung, out) for rung in rungs]


async def first_in_line(work: Work, case: Case) -> list[Staff]:
    """Who hears of a case that nobody has: not everybody who may take it, only whose turn it is first."""
    owner, pool = await owner_now(work, case)
    return [owner] if owner else pool


async def release(work: Work, case: Case) -> None:
    """Its owner has gone: whoever may take it sees and hears of it."""
    owner, pool = await theirs_or_pool(work, case)
    await give_out(work, case, owner, pool)


async def theirs_or_pool(work: Work, case: Case) -> tuple[Staff | None, list[Staff]]:
    """Theirs whose role it is, where there is only one; whoever stands in for them takes it, or does not."""
    owner, pool = await owner_now(work, case)
    if owner is None or owner.is_away(work.now):
        return owner, pool
    unit = await work.session.get_one(Unit, case.unit_id)
    of_role = await routing.holders(work, [role_of(work, case.kind, case.reason)], unit)
    return (owner, []) if owner.id in {one.id for one in of_role} else (None, [owner])


async def give_out(work: Work, case: Case, owner: Staff | None, pool: list[Staff]) -> None:
    """It begins anew with another owner, or with whoever of the pool takes it."""
    case.owner_id, case.state = owner.id if owner else None, CaseState.OPEN
    clocks.owned(work, case)
    await released(work, case)
    await _alert(work, case, owner, pool)


async def released(work: Work, case: Case) -> None:
    """For the history and for the audit."""
    await note(work, case, NoteKind.RELEASED)
    work.record("case_released", subject=case.id, graduate=case.graduate_id)


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
    """At once, or left to the next list; that nobody may have it is known at once."""
    if owner is None and not pool:
        await work.incident("case_without_owner", f"case {case.number} ({case.kind})")
        return
    if rule_of(work, case).alert == "digest":
        return
    about = case.graduate_id
    for staff in [owner] if owner else pool[:POOL_TOLD]:
        said = CaseAlert(case=case.id, graduate=about, mine=owner is not None, reader=staff.id)
        await rights.tell(work, staff, said)
