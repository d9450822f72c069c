"""A text of the office's own words as a campaign: how many it is for, and when it begins and is over."""

from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import col, select

from actions.work import Work
from models.broadcast import Broadcast, members, text_of
from models.campaign import Campaign
from models.equation import looked_into
from models.graduate import Graduate
from models.unit import Unit


async def counted(work: Work, text: Broadcast, unit: Unit) -> tuple[int, int]:
    """Everybody it may write to, enrolled or not; and all that it will account for."""
    may = case((col(Graduate.removed_at).is_(None) & ~looked_into(), 1), else_=0)
    query = select(func.coalesce(func.sum(may), 0), func.count()).select_from(Graduate)
    people, expected = (await work.session.exec(query.where(*members(text, unit)))).one()
    return int(people), expected


def begins(work: Work, campaign: Campaign, text: Broadcast, at: datetime) -> None:
    """At the chosen moment, or as soon after it as somebody agreed and nobody is asleep."""
    text.starts_at = work.rules.quiet.next_allowed(max(at, work.now))
    campaign.deadline_at = work.rules.broadcasts.deadline(text.starts_at)


async def agreed(work: Work, campaign: Campaign, text: Broadcast, unit: Unit) -> None:
    """As it is now, and not before its moment."""
    _, campaign.expected = await counted(work, text, unit)
    begins(work, campaign, text, text.starts_at or work.now)


async def starts_at(work: Work, campaign: Campaign) -> datetime | None:
    """None where it has begun, or is no text."""
    text = await text_of(work.session, campaign)
    return text.starts_at if text and text.starts_at and text.starts_at > work.now else None
