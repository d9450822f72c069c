"""What is new, a few times a day; the list of whoever has a class; words for the class that name nobody."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from actions import morning, queue, replanning, rights
from actions.rights import Colleague
from actions.work import Refusal, Work
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.office import ClassNotice, DigestCard, NewsCard
from models.person import Person
from models.staff import Role, Staff
from models.unit import Unit

WORTH_SAYING = ("new", "due", "working", "waiting", "to_check", "unanswered", "support")


async def look(work: Work) -> bool:
    """A few colleagues at a time, at the moments of the day the rules name, while the office is open."""
    rules = work.rules.duties.digest
    anything: dict[tuple[datetime | None, datetime], bool] = {}

    async def tell(work: Work, staff: Staff, since: datetime | None, until: datetime) -> None:
        if (since, until) not in anything:
            anything[since, until] = await queue.anything_between(work, since, until)
        await _tell(work, staff, since, until, news=anything[since, until])

    return await morning.round_at(
        work, "digest_at", list(Role), tell, rules.at, every_day_in=rules.every_day_in
    )


async def class_notice(work: Work, person: Person) -> None:
    """A text to paste into a class group; it names nobody."""
    who = await rights.colleague(work, person)
    duty = next((over for role, over in who.duties if role in work.rules.routing.digest_to), None)
    if duty is None:
        raise rights.NotYours
    cohorts = select(func.max(Graduate.cohort)).join(Unit, col(Unit.id) == col(Graduate.unit_id))
    cohort = (await work.session.exec(cohorts.where(col(Unit.path).startswith(duty.path)))).one()
    if cohort is None:
        raise Refusal(Outdated())
    ends_at = await replanning.update_deadline(work, cohort)
    work.say(person, ClassNotice(cohort=cohort, ends_at=ends_at))


async def _tell(work: Work, staff: Staff, since: datetime | None, until: datetime, *, news: bool) -> None:
    """Who looks after a class has the whole list in the day's first round; else only what is new is told."""
    local = work.rules.calendar.local
    first = since is None or local(since).date() != local(until).date()
    person = await work.session.get(Person, staff.person_id) if staff.person_id else None
    if person is None or not (first or news):
        return
    who = await rights.colleague(work, person)
    mine, pool = await queue.new_between(work, who, since, until) if news else (0, 0)
    if first and who.has(*map(Role, work.rules.routing.digest_to)):
        await _list(work, who, mine + pool)
    elif mine + pool:
        work.say(person, NewsCard(new=mine + pool, mine=mine, pool=pool))


async def _list(work: Work, who: Colleague, new: int) -> None:
    counts = await queue.digest_counts(work, who) | {"new": new}
    if any(counts[key] for key in WORTH_SAYING):
        card = DigestCard.model_validate(
            {key: counts[key] for key in (*WORTH_SAYING, "untried", "unreached")}
        )
        work.say(who.person, card)
