"""The morning's list for whoever has a class to look after; on working days, where there is something."""

from datetime import date

from actions import morning, queue, rights
from actions.work import Work
from models.messages.office import DigestCard
from models.staff import Role, Staff

WORTH_SAYING = ("due", "working", "waiting", "to_check", "unanswered")


async def look(work: Work) -> bool:
    """A few colleagues at a time, from the opening of the office to its close."""
    readers = [Role(role) for role in work.rules.routing.digest_to]
    return await morning.round_of(work, "digest", readers, _tell)


async def _tell(work: Work, staff: Staff, _: date | None) -> None:
    counts = await queue.digest_counts(work, staff)
    if any(counts[key] for key in WORTH_SAYING):
        card = DigestCard.model_validate({key: counts[key] for key in (*WORTH_SAYING, "untried")})
        await rights.tell(work, staff, card)
