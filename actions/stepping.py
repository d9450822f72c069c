"""One step of a ladder: said, or passed over for a reason that stays in its row."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from actions import delivery, ladder_next
from actions.ladder_next import Climb
from actions.work import Fate, Work
from actions.written import Written
from models.ask import Ask
from models.base import UUID
from models.graduate import Graduate
from models.messages import Say
from models.official import Official
from models.outgoing import Sending
from models.person import Person
from rules import Due, Ladder

if TYPE_CHECKING:
    from actions.recipients import Recipient


def first(work: Work, climb: Climb, last_at: datetime | None) -> Due:
    """The step that stands now; past the last one something has to stand in the queue all the same."""
    found = climb.first(work.now, last_at)
    return found or Due(climb.plan.ask.key, work.rules.quiet.next_allowed(work.now))


def used_up(ask: Ask, climb: Climb, key: str, person_id: UUID | None, before: Written) -> bool:
    ladder = climb.plan.step(key).ladder
    return before.sent(climb.plan, ask, person_id)[ladder] >= climb.plan.maximum_messages


async def take(work: Work, ask: Ask, climb: Climb, step: Due, to: "Recipient", before: Written) -> None:
    """Ask and step together are unique, so that a second look can never say it twice."""
    pass_over(
        work, ask, climb, step.passed, to.person, before, lambda key: to.step(ask, climb, key, work.now)
    )
    if await to.has_said(work):
        return
    card = to.step(ask, climb, step.step_key, work.now)
    if (fate := _unwanted(climb, step, to)) is not None:
        leave_out(work, ask, step.step_key, to.person, card, fate)
        return
    work.say(
        to.person,
        card,
        replaces=await to.place(work),
        ask_id=ask.id,
        campaign_id=ask.campaign_id,
        step=step.step_key,
    )
    work.record("reminded", subject=ask.id, graduate=ask.graduate_id, step=step.step_key)
    ask.last_step, ask.last_sent_at = step.step_key, work.now


def _unwanted(climb: Climb, step: Due, to: "Recipient") -> Fate | None:
    """What August is about is done where the register says so; before, the school still asks."""
    if done_there(climb, step, to.graduate):
        return Sending.SKIPPED, "official"
    return delivery.not_to_be_asked(to.person)


def done_there(climb: Climb, step: Due, graduate: Graduate) -> bool:
    in_august = climb.plan.step(step.step_key).ladder is Ladder.AUGUST
    return in_august and graduate.official is Official.CONFIRMED


def pass_over(
    work: Work,
    ask: Ask,
    climb: Climb,
    keys: Iterable[str],
    person: Person,
    before: Written,
    worded: Callable[[str], Say],
) -> None:
    """Their time has passed: recorded, once, and never said; what an earlier ask of theirs did is no loss."""
    known = before.steps_of(ask)
    for key in keys:
        if key not in known:
            why = "maximum" if used_up(ask, climb, key, person.id, before) else "passed"
            leave_out(work, ask, key, person, worded(key), (Sending.SKIPPED, why))


async def leave_the_rest(work: Work, ask: Ask, to: "Recipient", before: Written) -> None:
    """The deadline is past: what nobody looked at in time is told apart from what was said."""
    climb = await ladder_next.climb_of(work, ask)
    known = before.steps_of(ask)
    for key in climb.plan.left_over(climb.span, before.done(ask)):
        if key not in known:
            fate = Sending.SKIPPED, "past_deadline"
            leave_out(work, ask, key, to.person, to.step(ask, climb, key, work.now), fate)


def leave_out(work: Work, ask: Ask, key: str, person: Person, card: Say, fate: Fate) -> None:
    work.leave_out(person, card, fate, ask_id=ask.id, campaign_id=ask.campaign_id, step=key)
