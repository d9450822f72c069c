"""What leaves next by the gateway or by mail: claimed by one process for a while, if it is still wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col, select

from actions import invitations, switch
from actions.recipients import bound_to
from actions.ways import HEARD_BY_NOBODY, Standing, address, last_to, standings_of
from actions.work import Work
from actions.written import keep_the_gap, the_gap, written
from models.ask import Ask, AskState
from models.campaign import Campaign, CampaignState
from models.dispatch import Channel, Dispatch, DispatchState
from models.event import Setting
from models.graduate import Graduate
from models.person import Binding, Locale, Person

# Literals, since with a bound value neither database would use its partial index.
QUEUED, SENDING = text("dispatch.state = 'queued'"), text("dispatch.state = 'sending'")
A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Parcel:
    """What one of them says, and `after` how many seconds it may leave.

    The code leaves the process there and nowhere else; what comes back gets another one."""

    id: UUID
    address: str = field(repr=False)
    name: str = field(repr=False)
    code: str = field(repr=False)
    deadline_at: datetime
    locale: Locale
    after: float


async def claim(
    work: Work, channel: Channel, name: str, real_now: datetime, lease: timedelta, per_second: float
) -> list[Parcel]:
    """At most one second of the pace, which is one for all processes; none at night or while paused."""
    if not work.rules.quiet.allows(work.now) or not await _any(work, channel) or await switch.is_on(work):
        return []
    await work.alone_at(f"claim.{channel.value}")
    begins = await _free_from(work, channel, real_now)
    if begins >= real_now + A_SECOND:
        return []
    most = max(int(per_second), 1)
    parcels = []
    wanted = await _wanted(work, channel, most)
    links = [invitations.make_short(work, graduate) for _, _, graduate, _, _ in wanted]
    await work.session.flush()
    for place, (dispatch, ask, graduate, plain, locale) in enumerate(wanted):
        code, link = links[place]
        dispatch.state, dispatch.invitation_id = DispatchState.SENDING, link.id
        dispatch.claimed_by, dispatch.lease_until = name, real_now + lease
        after = (begins - real_now).total_seconds() + place / per_second
        parcels.append(Parcel(dispatch.id, plain, graduate.name, code, ask.deadline_at, locale, after))
    if parcels:
        ends = begins + timedelta(seconds=len(parcels) / per_second)
        await work.session.merge(Setting(name=_paced(channel), value=ends.isoformat()))
    return parcels


async def _any(work: Work, channel: Channel) -> bool:
    """One look into an index, so that an idle pass costs next to nothing."""
    due = select(Dispatch.id).where(QUEUED, Dispatch.channel == channel, col(Dispatch.due_at) <= work.now)
    return (await work.session.exec(due.limit(1))).first() is not None


async def _free_from(work: Work, channel: Channel, real_now: datetime) -> datetime:
    kept = await work.session.get(Setting, _paced(channel), populate_existing=True)
    return max(real_now, datetime.fromisoformat(kept.value)) if kept else real_now


def _paced(channel: Channel) -> str:
    return f"paced_{channel.value}"


async def _wanted(
    work: Work, channel: Channel, most: int
) -> list[tuple[Dispatch, Ask, Graduate, str, Locale]]:
    """Those due that somebody still wants; of the others it is written down that they never left.

    What was queued before they heard of us by another door, or about another record, waits for the gap."""
    found = await _due(work, channel, most)
    standings = await standings_of(work, [graduate.id for _, _, graduate in found])
    bindings = await bound_to(work, [graduate.id for _, _, graduate in found])
    locales = await _locales(work, bindings)
    spoken, wanted = await _spoken(work, found, bindings), []
    for dispatch, ask, graduate in found:
        at = address(work, graduate, standings[graduate.id], channel)
        why = _unwanted(work, dispatch, ask, graduate, standings[graduate.id], at)
        person_id = bindings[graduate.id].person_id if graduate.id in bindings else None
        whom = (dispatch.address_digest, graduate.id, person_id)
        last_at = max((spoken[one] for one in whom if one in spoken), default=None)
        if why is not None or at is None:
            dispatch.state, dispatch.settled_at = DispatchState.CANCELLED, work.now
            work.record("text_not_sent", subject=dispatch.id, graduate=graduate.id, why=why)
        elif last_at is not None and last_at + the_gap(work) > work.now:
            dispatch.due_at = work.rules.quiet.next_allowed(last_at + the_gap(work))
        else:
            spoken.update((one, work.now) for one in whom if one)
            wanted.append((dispatch, ask, graduate, at[1], locales.get(graduate.id, Locale.ZH_CN)))
    return wanted


async def _spoken(
    work: Work, found: Sequence[tuple[Dispatch, Ask, Graduate]], bindings: Mapping[UUID, Binding]
) -> dict[UUID | str, datetime]:
    """When something left last by any door: to each number or address, about each record, to each account."""
    graduates = [graduate.id for _, _, graduate in found]
    people = {one.person_id for one in bindings.values()}
    before = await written(work, people, [ask.id for _, ask, _ in found], graduates)
    digests = [dispatch.address_digest for dispatch, _, _ in found]
    to_numbers = await last_to(work, digests, but=(*HEARD_BY_NOBODY, DispatchState.QUEUED))
    moments: list[tuple[UUID | str, datetime | None]] = [
        *to_numbers.items(),
        *((one, before.last_to(one)) for one in graduates),
        *((one, before.last_at(one)) for one in people),
    ]
    return {whom: at for whom, at in moments if at is not None}


def _unwanted(
    work: Work,
    dispatch: Dispatch,
    ask: Ask,
    graduate: Graduate,
    standing: Standing,
    at: tuple[str, str] | None,
) -> str | None:
    if ask.state is not AskState.OPEN:
        return f"ask_{ask.state.value}"
    if ask.deadline_at < work.now:
        return "past_deadline"
    if graduate.removed_at is not None:
        return "removed"
    if standing.disputed:
        return "disputed"
    if at is None or at[0] != dispatch.address_digest:
        return "no_address"
    if ask.snoozed_until is not None and ask.snoozed_until > work.now:
        return "snoozed"
    # They came by themselves meanwhile, and have just seen the very question.
    spoken = ask.last_sent_at is not None and ask.last_sent_at > dispatch.created_at
    return "said_elsewhere" if spoken else None


async def _due(work: Work, channel: Channel, most: int) -> Sequence[tuple[Dispatch, Ask, Graduate]]:
    """Graduates are held first, as everywhere; what somebody else holds is left for the next time."""
    ids = (
        await work.session.exec(
            select(Dispatch.id, Dispatch.graduate_id)
            .join(Campaign, col(Campaign.id) == col(Dispatch.campaign_id))
            .where(
                QUEUED,
                Dispatch.channel == channel,
                col(Dispatch.due_at) <= work.now,
                Campaign.state == CampaignState.RUNNING,
            )
            .order_by(col(Dispatch.due_at), col(Dispatch.id))
            .limit(most)
        )
    ).all()
    people = select(Graduate).where(col(Graduate.id).in_({graduate_id for _, graduate_id in ids}))
    held = await work.session.exec(
        people.order_by(col(Graduate.id))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    graduates = {one.id: one for one in held}
    rows = await work.session.exec(
        select(Dispatch, Ask)
        .join(Ask, col(Ask.id) == col(Dispatch.ask_id))
        .where(
            QUEUED,
            col(Dispatch.id).in_([dispatch_id for dispatch_id, _ in ids]),
            col(Dispatch.graduate_id).in_(graduates),
        )
        .order_by(col(Dispatch.due_at), col(Dispatch.id))
        .with_for_update(of=Dispatch, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(dispatch, ask, graduates[dispatch.graduate_id]) for dispatch, ask in rows]


async def _locales(work: Work, bindings: Mapping[UUID, Binding]) -> dict[UUID, Locale]:
    people = {one.person_id for one in bindings.values()}
    rows = await work.session.exec(select(Person.id, Person.locale).where(col(Person.id).in_(people)))
    spoken = {key: Locale(locale) for key, locale in rows}
    return {key: spoken[one.person_id] for key, one in bindings.items()}


async def take_over(work: Work, channel: Channel, real_now: datetime) -> None:
    """Whose process did not come back may have been sent: it is unknown, and never sent again."""
    lost = await work.session.execute(
        update(Dispatch)
        .where(SENDING, col(Dispatch.channel) == channel, col(Dispatch.lease_until) < real_now)
        .values(
            state=DispatchState.UNKNOWN,
            left_at=work.now,
            settled_at=work.now,
            claimed_by=None,
            lease_until=None,
        )
        .returning(col(Dispatch.graduate_id)),
        execution_options={"synchronize_session": False},
    )
    if graduates := list(lost.scalars()):
        bindings = await bound_to(work, graduates)
        await keep_the_gap(work, {one.person_id for one in bindings.values()}, work.now)
