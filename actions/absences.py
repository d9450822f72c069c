"""/away and /back: until when a colleague is given nothing new, and what they leave finds somebody."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from actions import again, rights
from actions.work import Refusal, Work
from models.case import Case, CaseState
from models.messages.absence import AwayOver, AwayRefused, AwayShown, NotThen
from models.person import Person
from models.staff import Staff

BATCH = 20
DAYS = re.compile(r"(\d{1,3})\s*(?:天|days?)?", re.IGNORECASE)
DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
OPEN, WORKING = CaseState.OPEN, CaseState.WORKING


async def away(work: Work, person: Person, words: str) -> None:
    """`/away 8月20日`, `/away 3`; alone it shows how it stands."""
    me = (await rights.colleague(work, person)).me
    if not words.strip():
        work.say(person, AwayShown(until=me.away_until if me.is_away(work.now) else None))
        return
    me.away_until = _until(work, words)
    work.record("staff_away", by=person, subject=me.id)
    had = await _count(work, me, OPEN)
    await again.under_duties_of(work, me)
    await again.left_by(work, me)
    open_now, working = await _count(work, me, OPEN), await _count(work, me, WORKING)
    work.say(person, AwayShown(until=me.away_until, given=had - open_now, kept=open_now + working))


async def back(work: Work, person: Person, _: str = "") -> None:
    me = (await rights.colleague(work, person)).me
    if me.away_until is not None:
        await _returned(work, me, person)
    work.say(person, AwayOver())


async def look(work: Work) -> bool:
    """Whose time is over: one bounded batch; what waits there may be theirs now."""
    over = select(Staff).where(col(Staff.away_until) <= work.now).order_by(col(Staff.away_until))
    rows = (await work.session.exec(over.limit(BATCH).with_for_update(skip_locked=True))).all()
    for staff in rows:
        await _returned(work, staff, None)
    return len(rows) == BATCH


async def _returned(work: Work, staff: Staff, by: Person | None) -> None:
    staff.away_until = None
    work.record("staff_back", by=by, subject=staff.id)
    await again.under_duties_of(work, staff)


def _until(work: Work, words: str) -> datetime:
    """The end of the last day away."""
    calendar, most = work.rules.calendar, work.rules.routing.away_at_most
    today = calendar.local(work.now).date()
    last = today + timedelta(days=most)
    day = _day(unicodedata.normalize("NFKC", words).strip(), today, last)
    problem = NotThen.UNREAD if day is None else _problem(day, today, last)
    if day is None or problem is not None:
        raise Refusal(AwayRefused(problem=problem or NotThen.UNREAD, most=most))
    return calendar.end_of_day(day)


def _problem(day: date, today: date, last: date) -> NotThen | None:
    if day < today:
        return NotThen.PAST
    return NotThen.FAR if day > last else None


def _day(words: str, today: date, last: date) -> date | None:
    """A day without its year is the next one of that name, unless that is out of reach."""
    if given := DAYS.fullmatch(words):
        return today + timedelta(days=int(given[1]))
    if (found := DAY.fullmatch(words)) is None:
        return None
    year, month, day = found.groups()
    if year is not None:
        return _real(int(year), month, day)
    this, following = (_real(today.year + n, month, day) for n in (0, 1))
    if this is not None and this < today and following is not None and following <= last:
        return following
    return this


def _real(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


async def _count(work: Work, staff: Staff, state: CaseState) -> int:
    await work.session.flush()
    query = select(func.count()).select_from(Case).where(Case.owner_id == staff.id, Case.state == state)
    return (await work.session.exec(query)).one()
