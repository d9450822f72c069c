"""A day of the calendar has moved: campaigns that run, the asks of them, and open duties move along."""

from datetime import datetime

from sqlalchemy import case, update
from sqlmodel import col, select

from actions.ladder_next import SNOOZE, usual
from actions.work import Work
from models.ask import Ask, AskState
from models.base import UUID
from models.calendar import CalendarDate, days_of
from models.campaign import Campaign, CampaignState
from models.graduate import Graduate
from models.task import Task, TaskState

LIVE = (CampaignState.WAITING, CampaignState.RUNNING, CampaignState.PAUSED)
MANY = 100


async def update_deadline(work: Work, cohort: int) -> datetime:
    """The last moment for updates: by the school's calendar where one was applied, else by the rules."""
    return work.rules.calendar.update_deadline(None, cohort, await days_of(work.session, cohort))


async def replan(work: Work, cohort: int) -> None:
    """Nothing is sent here: whoever was asked is looked at anew by the ladder, in its own batches."""
    deadline = await update_deadline(work, cohort)
    rows = await work.session.exec(
        select(Campaign)
        .where(Campaign.cohort == cohort, col(Campaign.state).in_(LIVE))
        .limit(MANY)
        .with_for_update()
    )
    for campaign in rows.all():
        ends = usual(work, campaign).deadline(campaign.launched_at, deadline)
        if campaign.deadline_at != ends:
            campaign.deadline_at = ends
            work.record("campaign_replanned", subject=campaign.id)
            await _asks_of(work, campaign.id, ends)
    await _asks_alone(work, cohort, deadline)


async def _asks_of(work: Work, campaign_id: UUID, ends: datetime) -> None:
    await work.session.execute(
        update(Ask)
        .where(col(Ask.campaign_id) == campaign_id, col(Ask.state) == AskState.OPEN)
        .values(deadline_at=ends, next_at=_looked_at(work))
        .execution_options(synchronize_session=False)
    )


async def _asks_alone(work: Work, cohort: int, ends: datetime) -> None:
    """Of people who came by themselves; who came after the last day keeps the days given then."""
    of_cohort = select(Graduate.id).where(Graduate.cohort == cohort)
    await work.session.execute(
        update(Ask)
        .where(
            col(Ask.campaign_id).is_(None),
            col(Ask.state) == AskState.OPEN,
            col(Ask.opened_at) <= ends,
            col(Ask.deadline_at) != ends,
            col(Ask.graduate_id).in_(of_cohort),
        )
        .values(deadline_at=ends, next_at=_looked_at(work))
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


def _looked_at(work: Work) -> object:
    """A moment that a graduate chose stays theirs."""
    return case((col(Ask.next_step) == SNOOZE, col(Ask.next_at)), else_=work.now)
