"""Before the national sample survey: offered to the office; when they press, one message to each graduate."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from actions import calendars, morning, replanning, routing
from actions.recipients import Recipient, recipients
from actions.rights import tell
from actions.units import school
from actions.work import Refusal, Work
from actions.written import Written, the_gap, written
from models.ask import Ask, AskState
from models.calendar import CalendarDate
from models.campaign import SURVEY, Campaign, CampaignState, LeftOut
from models.equation import within
from models.event import Setting
from models.graduate import Graduate
from models.messages.survey import NotDue, SurveyNotDue, SurveyNotice, SurveyOffer
from models.outgoing import Outgoing, Sending
from models.person import Binding
from models.staff import Role
from models.unit import Unit

BATCH = 40
OFFERED = "survey_offered"


class NotDueYet(Refusal):
    def __init__(self, why: NotDue) -> None:
        super().__init__(SurveyNotDue(why=why))


async def must_be_due(work: Work, cohort: int) -> CalendarDate:
    """Not without a confirmed day, not after the survey, and never a second time."""
    row = await replanning.survey(work, cohort)
    ends = await replanning.survey_ends(work, cohort)
    if row is None or ends is None:
        raise NotDueYet(NotDue.NO_DAY)
    if ends < work.now:
        raise NotDueYet(NotDue.OVER)
    if await _sent(work, cohort):
        raise NotDueYet(NotDue.TOLD)
    return row


async def _sent(work: Work, cohort: int) -> bool:
    """Any that was begun, however it ended: who has had the message must not get it again."""
    query = select(Campaign.id).where(Campaign.name == SURVEY, Campaign.cohort == cohort)
    begun = col(Campaign.spread_after_id).is_not(None) | (col(Campaign.state) == CampaignState.FINISHED)
    return (await work.session.exec(query.where(begun).limit(1))).first() is not None


async def offer(work: Work) -> bool:
    """Some days before its confirmed day, in office hours, to whoever runs the office; once for each day."""
    today, days = morning.working_day(work), work.rules.campaigns[SURVEY].values.offered_days_before
    if today is None or days is None:
        return False
    live = select(CalendarDate.cohort).where(col(CalendarDate.ended_at).is_(None)).distinct()
    for cohort in sorted((await work.session.exec(live)).all()):
        await calendars.complete(work, cohort)
        row = await replanning.survey(work, cohort)
        if row is not None and await _is_time(work, row, today, timedelta(days=days)):
            await _offered(work, row)
    return False


async def _is_time(work: Work, row: CalendarDate, today: date, before: timedelta) -> bool:
    if row.starts_on is None or not row.starts_on - before <= today <= (row.due_on or row.starts_on):
        return False
    kept = await work.session.get(Setting, _mark(row))
    return (kept is None or kept.value != row.starts_on.isoformat()) and not await _any(work, row.cohort)


async def _any(work: Work, cohort: int) -> bool:
    not_cancelled = col(Campaign.state) != CampaignState.CANCELLED
    query = select(Campaign.id).where(Campaign.name == SURVEY, Campaign.cohort == cohort, not_cancelled)
    return (await work.session.exec(query.limit(1))).first() is not None or await _sent(work, cohort)


async def _offered(work: Work, row: CalendarDate) -> None:
    whole = await school(work.session)
    for staff in await routing.holders(work, (Role.OFFICE, Role.ADMIN), whole):
        await tell(work, staff, SurveyOffer(calendar_date=row.id, unit=whole.id, cohort=row.cohort))
    await work.session.merge(Setting(name=_mark(row), value=str(row.starts_on)))
    work.record("survey_offered", subject=row.id, cohort=row.cohort)


def _mark(row: CalendarDate) -> str:
    return f"{OFFERED}_{row.id.hex}"


async def spread(work: Work) -> bool:
    """One batch of the roster by id; True while there may be more."""
    running = select(Campaign).where(
        Campaign.name == SURVEY,
        Campaign.state == CampaignState.RUNNING,
        col(Campaign.spread_done_at).is_(None),
        col(Campaign.deadline_at) >= work.now,
    )
    held = running.limit(1).with_for_update(skip_locked=True, key_share=True)
    campaign = (await work.session.exec(held)).first()
    row = await replanning.survey(work, campaign.cohort) if campaign else None
    return campaign is not None and row is not None and await _next_batch(work, campaign, row)


async def _next_batch(work: Work, campaign: Campaign, row: CalendarDate) -> bool:
    graduates = await _next(work, campaign)
    found, busy = await recipients(work, graduates)
    # Up to the first whose account is busy; the rest comes with the next batch.
    reached = next((n for n, one in enumerate(graduates) if one.id in busy), len(graduates))
    told = await _told(work, campaign, list(found.values()))
    before = await written(work, {one.person.id for one in found.values()}, [])
    for graduate in graduates[:reached]:
        to = found.get(graduate.id)
        if to is None:
            _leave_out(work, campaign, graduate, Sending.UNREACHABLE, "not_enrolled")
        elif to.person.id in told:
            _leave_out(work, campaign, graduate, Sending.SKIPPED, "replaced")
        elif (at := await _after_the_last(work, campaign, to, before)) is None:
            _leave_out(work, campaign, graduate, Sending.SKIPPED, "past_deadline")
        else:
            told.add(to.person.id)
            _say(work, campaign, row, to, at)
    if reached:
        campaign.spread_after_id = graduates[reached - 1].id
    if len(graduates) < BATCH and reached == len(graduates):
        campaign.spread_done_at = work.now
        work.record("campaign_spread", subject=campaign.id)
    return reached > 0


async def _next(work: Work, campaign: Campaign) -> Sequence[Graduate]:
    over = await work.session.get_one(Unit, campaign.unit_id) if campaign.unit_id else None
    query = select(Graduate).where(*within(campaign.cohort, over, in_order=True))
    if campaign.spread_after_id is not None:
        query = query.where(col(Graduate.id) > campaign.spread_after_id)
    return (await work.session.exec(query.order_by(col(Graduate.id)).limit(BATCH))).all()


async def _told(work: Work, campaign: Campaign, people: Sequence[Recipient]) -> set[UUID]:
    """Who has had it for another record of theirs: a call comes to the person."""
    mine = col(Outgoing.person_id).in_({one.person.id for one in people})
    rows = await work.session.exec(
        select(Outgoing.person_id).where(mine, Outgoing.replaces == _place(campaign))
    )
    return set(rows.all())


def _say(work: Work, campaign: Campaign, row: CalendarDate, to: Recipient, at: datetime) -> None:
    work.say(
        to.person,
        SurveyNotice(graduate=to.graduate.id, calendar_date=row.id),
        at=at,
        replaces=_place(campaign),
        campaign_id=campaign.id,
        step=work.rules.campaigns[SURVEY].ask.key,
    )


def _place(campaign: Campaign) -> str:
    return f"survey:{campaign.id.hex}"


async def _after_the_last(work: Work, campaign: Campaign, to: Recipient, before: Written) -> datetime | None:
    """After the gap since whatever they were sent last, and since a reminder that is still to come.

    That one waits where the survey would be over by then; None where it is over before the gap is."""
    gap, last_at = the_gap(work), before.last_at(to.person.id)
    free_at = max(work.now, last_at + gap) if last_at else work.now
    records = select(Binding.graduate_id).where(
        Binding.person_id == to.person.id, col(Binding.ended_at).is_(None)
    )
    asks = await work.session.exec(
        select(Ask.next_at).where(
            col(Ask.graduate_id).in_(records),
            Ask.state == AskState.OPEN,
            col(Ask.next_at).is_not(None),
            col(Ask.next_step).in_(_reminders(work)),
        )
    )
    coming = [at + gap for at in asks if at]
    moments = (max(free_at, *coming), free_at) if coming else (free_at,)
    free = (work.rules.quiet.next_allowed(at) for at in moments)
    return next((at for at in free if at <= campaign.deadline_at), None)


def _reminders(work: Work) -> set[str]:
    return {step.key for plan in work.rules.campaigns.values() for step in plan.steps}


def _leave_out(work: Work, campaign: Campaign, graduate: Graduate, state: Sending, why: str) -> None:
    work.session.add(LeftOut(campaign_id=campaign.id, graduate_id=graduate.id, state=state, reason=why))
