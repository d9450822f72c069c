"""A complaint or a suspicion from outside becomes one case, kept from whoever it may concern."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from actions import cases, clocks, routing
from actions.work import Work
from models.case import WORKED_ON, Case, CaseKind, Channel
from models.graduate import Graduate
from models.lead import Lead
from models.person import Person
from models.sealed import Keyring
from models.staff import Duty, Staff
from models.unit import Unit, UnitKind
from rules.parts import bare

UNMATCHED = "unmatched"
WHOLE = (UnitKind.SCHOOL, UnitKind.PROVINCE)
MANY = 500


@dataclass(frozen=True)
class Said:
    """The lead itself: the door, the words, the number and the day it has there.

    `key` tells apart two leads that name no graduate of ours."""

    kind: CaseKind
    channel: Channel
    words: str = field(repr=False)
    reference: str | None = None
    received_on: date | None = None
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Given(Said):
    """With whom it is about, as far as that is known, and what follows from that."""

    unit: Unit = field(kw_only=True)
    graduate: Graduate | None = None
    colleague: UUID | None = None
    due_at: datetime | None = None
    reason: str = ""
    import_id: UUID | None = None


async def take(work: Work, by: Person, given: Given) -> tuple[Case, bool]:
    """The case, and whether it is new: the same lead about the same person is found again."""
    await work.alone_at("leads")
    digest = digest_of(work.keys, given, given.graduate.id if given.graduate else None)
    known, before = await _known(work, given, digest), None
    if known is not None and await _names_another(work, known, given):
        digest, before = work.keys.digest(f"{digest}\n{given.colleague}"), known
        known = await _by_digest(work, digest)
    if known is not None:
        work.record("lead_again", by=by, subject=known.id, graduate=known.graduate_id)
        return known, False
    out = await _kept_from(work, given)
    owner = await owner_of(work, given.unit, out)
    first = await _numbered(work, given) or before
    case = await cases.open_case(
        work,
        given.kind,
        unit_id=given.unit.id,
        graduate=given.graduate,
        reason=given.reason,
        owner=owner,
        counselor_may_see=False,
        chosen=True,
        first_note=given.words,
        channel=given.channel,
        parent=first,
    )
    if given.due_at is not None:
        clocks.due_by(case, given.due_at)
    _keep(work, case, given, digest, out)
    await work.session.flush()
    if before is not None and before.state in WORKED_ON and before.owner_id == given.colleague:
        await cases.release(work, before)
    facts = {"channel": given.channel.value, "of": given.kind.value}
    work.record("lead_taken", by=by, subject=case.id, graduate=case.graduate_id, **facts)
    return case, True


async def owner_of(work: Work, unit: Unit, out: Collection[UUID]) -> Staff | None:
    """Straight to the reviewer or the discipline office, and to nobody it may concern."""
    return await routing.owner_for(work, work.rules.routing.complaints_to, unit, besides=out)


def digest_of(keys: Keyring, said: Said, graduate_id: UUID | None) -> str:
    """A number is of its channel; one lead that names several people is as many cases."""
    about = graduate_id.hex if graduate_id else said.key
    if said.reference:
        parts = (said.kind, said.channel, "number", bare(said.reference), about)
    else:
        on = said.received_on.isoformat() if said.received_on else ""
        parts = (said.kind, said.channel, on, about, bare(said.words))
    return keys.digest("\n".join(parts))


async def _known(work: Work, given: Given, digest: str) -> Case | None:
    found = await _by_digest(work, digest)
    if found is None and given.graduate is None and not given.key:
        return await _numbered(work, given)
    return found


async def _by_digest(work: Work, digest: str) -> Case | None:
    query = select(Case).join(Lead, col(Lead.case_id) == col(Case.id))
    return (await work.session.exec(query.where(Lead.digest == digest))).first()


async def _names_another(work: Work, known: Case, given: Given) -> bool:
    """A colleague of whom nothing was said before: whoever has it may be the very one."""
    return bool(given.colleague) and given.colleague not in await routing.kept_from_lead(work, known)


async def _numbered(work: Work, given: Given) -> Case | None:
    """The first case of the same number."""
    if not given.reference:
        return None
    found = await work.session.exec(
        select(Case)
        .join(Lead, col(Lead.case_id) == col(Case.id))
        .where(
            Case.kind == given.kind,
            Lead.channel == given.channel,
            Lead.reference == given.reference,
        )
        .order_by(col(Case.number))
        .limit(1)
    )
    return found.first()


async def _kept_from(work: Work, given: Given) -> set[UUID]:
    """Who had a hand in the record of the graduate named; the colleague named; all of the unit named."""
    out = {given.colleague} if given.colleague else set()
    if given.graduate is not None:
        return out | await routing.around(work, given.graduate)
    return out | await _of_unit(work, given.unit)


async def _of_unit(work: Work, unit: Unit) -> set[UUID]:
    if unit.kind in WHOLE:
        return set()
    within = select(Unit.id).where(col(Unit.path).startswith(unit.path))
    rows = await work.session.exec(
        select(Duty.staff_id).where(col(Duty.unit_id).in_(within), col(Duty.ended_at).is_(None)).limit(MANY)
    )
    return set(rows.all())


def _keep(work: Work, case: Case, given: Given, digest: str, out: Collection[UUID]) -> None:
    work.session.add(
        Lead(
            case=case,
            channel=given.channel,
            reference=given.reference,
            received_on=given.received_on,
            digest=digest,
            import_id=given.import_id,
            hands=sorted(map(str, out)),
            at=work.now,
        )
    )
