"""What the platform says became of its texts: matched by number, written down once, and acted upon."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import calling, cases, ladder_next
from actions.sheets.when import SCHOOL_TIME
from actions.work import Work
from models.ask import Ask
from models.case import Case, CaseKind, CaseState
from models.dispatch import ARRIVED, FINAL, Channel, Dispatch, DispatchState, Failure
from models.graduate import Graduate
from models.official import ImportBatch
from models.person import OutOfReach

KIND = "sms_receipts"
# A sheet gives minutes only: what left at 10:02:30 may be said to have left at 10:02.
ROUNDED, A_DAY = timedelta(minutes=1), timedelta(days=1)
NEVER_LEFT = (DispatchState.PREPARED, DispatchState.QUEUED, DispatchState.CANCELLED)


class Matched(StrEnum):
    NEWS = "news"
    KNOWN = "known"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class Receipt:
    """One line; of the number only its digest is kept."""

    digest: str
    state: DispatchState
    reason: Failure | None = None
    at: datetime | None = None
    provider_id: str | None = None


async def first_seen(session: AsyncSession, digest: str) -> datetime | None:
    """When this very file was taken in first: it says nothing of what was exported later."""
    query = select(func.min(ImportBatch.started_at)).where(
        ImportBatch.kind == KIND, ImportBatch.file_digest == digest
    )
    return (await session.exec(query)).one()


async def compare(
    session: AsyncSession, receipts: Sequence[Receipt], before: datetime | None
) -> Counter[Matched]:
    """What they would change; nothing is written."""
    counts: Counter[Matched] = Counter()
    sent = await _sent(session, [one.digest for one in receipts], lock=False)
    states: dict[object, DispatchState] = {}
    for one in receipts:
        found = _match(one, sent, before)
        if found is None:
            counts[Matched.NOT_FOUND] += 1
            continue
        state = states.get(found.id, found.state)
        news = state not in FINAL and state is not one.state
        states[found.id] = one.state if news else state
        counts[Matched.NEWS if news else Matched.KNOWN] += 1
    return counts


async def apply(work: Work, receipts: Sequence[Receipt], before: datetime | None = None) -> Counter[Matched]:
    counts: Counter[Matched] = Counter()
    graduates = await _graduates(work, [one.digest for one in receipts])
    sent = await _sent(work.session, [one.digest for one in receipts], lock=True)
    for one in receipts:
        found = _match(one, sent, before)
        if found is None or found.graduate_id not in graduates:
            counts[Matched.NOT_FOUND] += 1
        elif await hear(work, found, graduates[found.graduate_id], one):
            counts[Matched.NEWS] += 1
        else:
            counts[Matched.KNOWN] += 1
    return counts


@dataclass(frozen=True)
class Brought:
    """What the platform brought, and about which text: by our number of it, its own, or the telephone's."""

    state: DispatchState
    reason: Failure | None
    reference: UUID | None = None
    provider_id: str | None = None
    digest: str | None = None


async def bring(work: Work, brought: Sequence[Brought]) -> Counter[Matched]:
    """In whichever order and however often they come; of a text nobody knows nothing is written."""
    counts: Counter[Matched] = Counter()
    about = [await _which(work.session, one) for one in brought]
    ids = [one[1] for one in about if one is not None]
    people = select(Graduate).where(col(Graduate.id).in_(ids)).order_by(col(Graduate.id))
    graduates = {one.id: one for one in await work.session.exec(people.with_for_update())}
    for one, found in zip(brought, about, strict=True):
        if found is None:
            counts[Matched.NOT_FOUND] += 1
            continue
        dispatch = await work.session.get_one(
            Dispatch, found[0], with_for_update=True, populate_existing=True
        )
        said = Receipt(dispatch.address_digest, one.state, one.reason, None, one.provider_id)
        news = await hear(work, dispatch, graduates[found[1]], said)
        counts[Matched.NEWS if news else Matched.KNOWN] += 1
    return counts


async def _which(session: AsyncSession, one: Brought) -> tuple[UUID, UUID] | None:
    """The surest of what it names; two texts may have gone to one telephone, so that comes last."""
    left = (Dispatch.channel == Channel.SMS, col(Dispatch.state).not_in(NEVER_LEFT))
    query = select(Dispatch.id, Dispatch.graduate_id).where(*left).order_by(col(Dispatch.created_at).desc())
    if one.reference:
        # Not found, it is about a text that is none of ours.
        return (await session.exec(query.where(Dispatch.id == one.reference))).first()
    for given, named in (
        (one.provider_id, col(Dispatch.provider_id) == one.provider_id),
        (one.digest, and_(col(Dispatch.address_digest) == one.digest, _may_be(one.provider_id))),
    ):
        if given and (found := (await session.exec(query.where(named).limit(1))).first()):
            return found
    return None


def _may_be(provider_id: str | None) -> ColumnElement[bool]:
    """Not known by another number of the platform's."""
    if provider_id is None:
        return true()
    return or_(col(Dispatch.provider_id).is_(None), col(Dispatch.provider_id) == provider_id)


async def hear(work: Work, dispatch: Dispatch, graduate: Graduate, receipt: Receipt) -> bool:
    """Whether it was news; what follows from it follows once."""
    at, arrived = min(receipt.at or work.now, work.now), dispatch.state in ARRIVED
    if not dispatch.heard(receipt.state, receipt.reason, max(at, dispatch.created_at)):
        return False
    dispatch.provider_id = dispatch.provider_id or receipt.provider_id
    why = receipt.reason.value if receipt.reason else None
    work.record(
        "text_receipt", subject=dispatch.id, graduate=graduate.id, state=receipt.state.value, reason=why
    )
    await work.session.flush()
    if receipt.state in ARRIVED and not arrived:
        await _arrived(work, dispatch, graduate)
    elif receipt.reason is Failure.DEAD and dispatch.channel is Channel.SMS:
        await _dead(work, dispatch, graduate)
    return True


async def _arrived(work: Work, dispatch: Dispatch, graduate: Graduate) -> None:
    at = dispatch.left_at or work.now
    graduate.asked_at = graduate.asked_at or at
    ask = await work.session.get_one(Ask, dispatch.ask_id, with_for_update=True)
    ask.sent_count += 1
    calling.note_step(work, ask, len(await ladder_next.steps_done(work, ask)), at)


async def _dead(work: Work, dispatch: Dispatch, graduate: Graduate) -> None:
    """Of a number they have no more it says nothing; one open case for each graduate, as with calls."""
    if dispatch.address_digest != graduate.phone_digest or graduate.removed_at is not None:
        return
    known = select(Case.id).where(
        Case.graduate_id == graduate.id,
        Case.kind == CaseKind.UNREACHABLE,
        Case.state != CaseState.CLOSED,
    )
    if not graduate.answered and (await work.session.exec(known.limit(1))).first() is None:
        await cases.open_unreachable(work, graduate, OutOfReach.DEAD_NUMBER.value)
    await calling.failed(work, graduate)


async def _graduates(work: Work, digests: Collection[str]) -> Mapping[object, Graduate]:
    """Before the rows about them: everybody locks in this order."""
    about = select(Dispatch.graduate_id).where(col(Dispatch.address_digest).in_(digests))
    query = select(Graduate).where(col(Graduate.id).in_(about)).order_by(col(Graduate.id))
    return {one.id: one for one in await work.session.exec(query.with_for_update())}


async def _sent(session: AsyncSession, digests: Collection[str], *, lock: bool) -> dict[str, list[Dispatch]]:
    """By number, the latest first."""
    query = (
        select(Dispatch)
        .where(
            col(Dispatch.address_digest).in_(digests),
            Dispatch.channel == Channel.SMS,
            col(Dispatch.state).not_in(NEVER_LEFT),
        )
        .order_by(col(Dispatch.created_at).desc(), col(Dispatch.id))
        .execution_options(populate_existing=True)
    )
    found: dict[str, list[Dispatch]] = {}
    for one in await session.exec(query.with_for_update() if lock else query):
        found.setdefault(one.address_digest, []).append(one)
    return found


def _match(
    receipt: Receipt, sent: Mapping[str, Sequence[Dispatch]], before: datetime | None
) -> Dispatch | None:
    """By the platform's own number where we know it; else the latest that was there when it spoke."""
    mine = [one for one in sent.get(receipt.digest, ()) if before is None or one.created_at <= before]
    by_id = [one for one in mine if receipt.provider_id and one.provider_id == receipt.provider_id]
    unnumbered = [one for one in mine if receipt.provider_id is None or one.provider_id is None]
    in_time = [one for one in unnumbered if receipt.at is None or one.created_at <= _until(receipt.at)]
    return next(iter(by_id or in_time), None)


def _until(at: datetime) -> datetime:
    """A date without a time means all of that day."""
    only_a_date = at.astimezone(SCHOOL_TIME).time() == time()
    return at + (A_DAY if only_a_date else ROUNDED)
