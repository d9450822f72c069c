"""Wrong tries at one graduate's digits, whichever accounts they come from."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from actions.work import Work
from models.event import Event
from models.graduate import Graduate

DIGITS, NAME = "wrong_digits", "wrong_name"


async def locked_until(work: Work, graduate: Graduate) -> datetime | None:
    """While so many tries as one account has lie within the time it would be locked, nobody tries."""
    rules = work.rules.privacy
    pause = timedelta(minutes=rules.lock_minutes)
    found = await work.session.exec(
        select(Event.at)
        .where(Event.graduate_id == graduate.id, Event.kind == DIGITS, col(Event.at) > work.now - pause)
        .order_by(col(Event.at).desc())
        .limit(rules.digit_tries)
    )
    recent = found.all()
    return recent[-1] + pause if len(recent) == rules.digit_tries else None
