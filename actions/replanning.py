"""A day of the calendar has moved: campaigns that run, the asks of them, and open duties move along."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import and_, case, or_, update
from sqlmodel import col, select

from actions.ladder_next import SNOOZE, usual
from actions.work import Work
from models.ask import Ask, AskState
from models.base import UUID
from models.calendar import CalendarDate
from models.campaign import SURVEY, Campaign, CampaignState, of_the_rules
from models.graduate import Graduate
from models.task import ONCE, Task, TaskState
from rules.presets import EventKind

LIVE = (CampaignState.WAITING, CampaignState.RUNNING, CampaignState.PAUSED)
MANY = 100


async def update_deadline(work: Work, cohort: int) -> datetime:
    """The last moment for updates: by the school's calendar where one was applied, else by the rules."""
    preset, days = await _applied(work, cohort)
    return work.rules.calendar.update_deadline(preset, cohort, days)


async def target_of(work: Work, cohort: int, ends: datetime) -> date | None:
    """The day that August's steps count back from; None where asking ends on another day than updates do."""
    calendar = work.rules.calendar
    preset, days = await _applied(work, cohort)
    if ends != calendar.update_deadline(preset, cohort, days):
        return None
    return calendar.update_target(preset, cohort, days)


async def _applied(work: Work, cohort: int) -> tuple[str | None, Mapping[str, date | None]]:
    """The preset that sets the last day for updates, and the days a school works with by key."""
    live = select(CalendarDate).where(CalendarDate.cohort == cohort, col(CalendarDate.ended_at).is_(None))
    rows = (await work.session.exec(live)).all()
    lasts = work.rules.calendar.settings.update_milestones
    preset = next((row.preset for row in rows if row.key in lasts), None)
    return preset, {row.key: row.due_on for row in rows}


async def survey(work: Work, cohort: int) -> CalendarDate | None:
    """The national sample survey in the calendar in use, where its day is known and confirmed."""
    presets = work.rules.calendar.presets
    live = select(CalendarDate).where(CalendarDate.cohort == cohort, col(CalendarDate.ended_at).is_(None))
    for row in await work.session.exec(live.order_by(col(CalendarDate.key)).limit(MANY)):
        event = presets[row.preset].event(row.key) if row.preset in presets else None
        if event and event.kind is EventKind.SURVEY and row.starts_on and not row.awaits_word:
            return row
    return None


async def survey_ends(work: Work, cohort: int) -> datetime | None:
    """A call may come until its last day, and so may the message."""
    row = await survey(work, cohort)
    day = (row.due_on or row.starts_on) if row else None
    return work.rules.calendar.end_of_day(day) if day else None


async def replan(work: Work, cohort: int) -> None:
    """Nothing is sent here: whoever was asked is looked at anew by the ladder, in its own batches."""
    deadline, surveys = await update_deadline(work, cohort), col(Campaign.name) == SURVEY
    rows = await work.session.exec(
        select(Campaign)
        .where(Campaign.cohort == cohort, col(Campaign.state).in_(LIVE), or_(of_the_rules(), surveys))
        .limit(MANY)
        .with_for_update(key_share=True)
    )
    for campaign in rows.all():
        ends = usual(work, campaign).deadline(campaign.launched_at, deadline)
        if campaign.only_tells:
            ends = await survey_ends(work, cohort) or campaign.deadline_at
        if campaign.deadline_at != ends:
            campaign.deadline_at = ends
            work.record("campaign_replanned", subject=campaign.id)
        await _asks_of(work, campaign.id, ends, await target_of(work, cohort, ends))
    await _asks_alone(work, cohort, deadline)


async def _asks_of(work: Work, campaign_id: UUID, ends: datetime, target: date | None) -> None:
    """The day to aim at moves without the last day where the wording is another one (前, 底)."""
    await work.session.execute(
        update(Ask)
        .where(col(Ask.campaign_id) == campaign_id, col(Ask.state) == AskState.OPEN)
        .where(or_(col(Ask.deadline_at) != ends, col(Ask.target_on).is_distinct_from(target)))
        .values(deadline_at=ends, target_on=target, next_at=_looked_at(work))
        .execution_options(synchronize_session=False)
    )


async def _asks_alone(work: Work, cohort: int, ends: datetime) -> None:
    """Of people who came by themselves; who came after the last day keeps the days given then."""
    target = await target_of(work, cohort, ends)
    of_cohort = select(Graduate.id).where(Graduate.cohort == cohort)
    await work.session.execute(
        update(Ask)
        .where(
            col(Ask.campaign_id).is_(None),
            col(Ask.state) == AskState.OPEN,
            col(Ask.opened_at) <= ends,
            or_(col(Ask.deadline_at) != ends, col(Ask.target_on).is_distinct_from(target)),
            col(Ask.graduate_id).in_(of_cohort),
        )
        .values(deadline_at=ends, target_on=target, next_at=_looked_at(work))
        .execution_options(synchronize_session=False)
    )


async def drop_tasks(work: Work, row: CalendarDate) -> None:
    """Another preset took its place: what it asked for is not asked for any more."""
    await work.session.execute(
        update(Task)
        .where(col(Task.calendar_date_id) == row.id, col(Task.state) == TaskState.OPEN)
        .values(state=TaskState.CANCELLED)
        .execution_options(synchronize_session=False)
    )


async def revive_tasks(work: Work, row: CalendarDate) -> None:
    """The preset is back: what it dropped is asked for again, unless that fell due in the meantime."""
    was_late = and_(col(Task.round) == ONCE, col(Task.due_at) < row.ended_at)
    await work.session.execute(
        update(Task)
        .where(col(Task.calendar_date_id) == row.id, col(Task.state) == TaskState.CANCELLED)
        .where(or_(col(Task.due_at) >= work.now, was_late))
        .values(state=TaskState.OPEN)
        .execution_options(synchronize_session=False)
    )


def _looked_at(work: Work) -> object:
    """A moment that a graduate chose stays theirs."""
    return case((col(Ask.next_step) == SNOOZE, col(Ask.next_at)), else_=work.now)
