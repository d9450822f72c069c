"""The morning's list for whoever has a class to look after, and words for the class that name nobody."""

from datetime import date

from sqlalchemy import func
from sqlmodel import col, select

from actions import morning, queue, replanning, rights
from actions.work import Refusal, Work
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.office import ClassNotice, DigestCard
from models.person import Person
from models.staff import Role, Staff
from models.unit import Unit

WORTH_SAYING = ("due", "working", "waiting", "to_check", "unanswered")


async def look(work: Work) -> bool:
    """A few colleagues at a time, from the opening of the office to its close."""
    readers = [Role(role) for role in work.rules.routing.digest_to]
    months = work.rules.duties.digest.every_day_in
    return await morning.round_of(work, "digest", readers, _tell, every_day_in=months)


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


async def _tell(work: Work, staff: Staff, _: date | None) -> None:
    counts = await queue.digest_counts(work, staff)
    if any(counts[key] for key in WORTH_SAYING):
        card = DigestCard.model_validate(
            {key: counts[key] for key in (*WORTH_SAYING, "untried", "unreached")}
        )
        await rights.tell(work, staff, card)
