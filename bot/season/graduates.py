"""How the made-up graduates behave: each by a temper drawn once, and only on what came to their phone."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from random import Random
from uuid import UUID

from sqlmodel import col, select

from actions import (
    answers,
    changes,
    contacts,
    destinations,
    disputes,
    enrolment,
    followup_answers,
    mine,
    not_me,
    proving,
    snoozing,
)
from actions.work import Work
from models.answer import AnswerKind, ContactKind
from models.dispute import Verdict
from models.graduate import Graduate
from models.messages import Say
from models.messages.ask import AskCard
from models.messages.campaign import CampaignAsk, CampaignReminder, CampaignSnoozed
from models.messages.contact import FollowupRecheck
from models.messages.dispute import DisputeOutcome
from models.person import Person, Unreachable
from models.staff import Invitation
from models.steps.contact import AskingParentPhone


class Temper(StrEnum):
    AT_ONCE = "at_once"
    AT_THE_THIRD = "at_the_third"
    NEVER = "never"
    DISPUTES = "disputes"
    DISPUTES_ALONE = "disputes_alone"
    CHANGED = "changed"
    NEW_NUMBER = "new_number"
    SNOOZES = "snoozes"
    STOPS = "stops"
    BLOCKS = "blocks"
    GONE = "gone"
    SOMEBODY_ELSE = "somebody_else"


WEIGHTS = {
    Temper.AT_ONCE: 34,
    Temper.AT_THE_THIRD: 16,
    Temper.NEVER: 18,
    Temper.DISPUTES: 4,
    Temper.DISPUTES_ALONE: 2,
    Temper.CHANGED: 6,
    Temper.NEW_NUMBER: 4,
    Temper.SNOOZES: 7,
    Temper.STOPS: 3,
    Temper.BLOCKS: 3,
    Temper.GONE: 1,
    Temper.SOMEBODY_ELSE: 2,
}
# The day after the first one on which they open their link; None: never.
ENROLS = ((0, 78), (2, 5), (9, 5), (25, 3), (None, 9))
ASKED_BEFORE_ACTING = {Temper.AT_THE_THIRD: 3, Temper.STOPS: 2, Temper.BLOCKS: 2}
NEW_NUMBER = "13900001111"
Act = Callable[[Work, Person, "Somebody"], Awaitable[None]]
ASKING = (AskCard, CampaignAsk, CampaignReminder)


@dataclass
class Somebody:
    """`heard` counts what campaigns and cards asked of them."""

    address: int
    graduate_id: UUID
    code: str
    phone: str
    temper: Temper
    enrols_after: int | None
    chance: Random
    heard: int = 0
    acted: bool = False
    judged: bool = False

    def refuses(self) -> Unreachable | None:
        """What Telegram would answer when we write to them now."""
        if self.temper is Temper.BLOCKS and self.heard >= ASKED_BEFORE_ACTING[self.temper]:
            return Unreachable.BLOCKED
        return Unreachable.DEACTIVATED if self.temper is Temper.GONE and self.heard else None

    def after(self) -> timedelta:
        """Some hours pass before people do anything."""
        return timedelta(minutes=self.chance.randrange(20, 300))

    def hears(self, message: Say) -> Act | None:
        """What they will do about it, if anything."""
        if isinstance(message, FollowupRecheck):
            return partial(still_so, message.followup) if self.chance.random() < 0.6 else None
        if isinstance(message, DisputeOutcome):
            return partial(judges, message.dispute)
        if isinstance(message, CampaignSnoozed) and self.temper is Temper.SNOOZES:
            return answers_truly
        return self._asked() if isinstance(message, ASKING) else None

    def _asked(self) -> Act | None:
        self.heard += 1
        if self.acted or self.heard < ASKED_BEFORE_ACTING.get(self.temper, 1):
            return None
        does = DOES.get(self.temper)
        self.acted = does is not None
        return does


def drawn(chance: Random) -> tuple[Temper, int | None, Random]:
    temper = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    after = chance.choices([day for day, _ in ENROLS], [weight for _, weight in ENROLS])[0]
    return temper, after, chance


async def opens_link(work: Work, person: Person, one: Somebody) -> None:
    """The link, the notice, the own number: three taps."""
    await enrolment.start(work, person, one.code)
    wanted = select(Invitation.id).where(Invitation.graduate_id == one.graduate_id)
    found = await work.session.exec(wanted.where(col(Invitation.used_by_id) == person.id))
    await enrolment.continued(work, person, found.one())
    await proving.shared(work, person, one.phone, own=True)


async def answers_truly(work: Work, person: Person, one: Somebody) -> None:
    graduate = await work.session.get_one(Graduate, one.graduate_id)
    now = await destinations.current(work, graduate)
    if destinations.cls_of(now).settled:
        await answers.confirm(work, person, now.id)
    else:
        kind = one.chance.choice([AnswerKind.SEEKING, AnswerKind.SEEKING, AnswerKind.FURTHER_STUDY])
        await answers.status(work, person, now.id, kind)


async def files(work: Work, person: Person, one: Somebody) -> None:
    now = await _registered(work, one)
    await disputes.press_file(work, person, now, alone=one.temper is Temper.DISPUTES_ALONE)


async def changed(work: Work, person: Person, one: Somebody) -> None:
    await changes.terminated(work, person, await _registered(work, one))


async def new_number(work: Work, person: Person, one: Somebody) -> None:
    await answers_truly(work, person, one)
    await contacts.chosen(work, person, one.graduate_id, ContactKind.PARENT_PHONE)
    if isinstance(person.graduate_step, AskingParentPhone):
        await contacts.numbered(work, person, person.graduate_step, NEW_NUMBER)


async def snoozes(work: Work, person: Person, one: Somebody) -> None:
    await snoozing.choose(work, person, await _registered(work, one), "three_days")


async def stops(work: Work, person: Person, _: Somebody) -> None:
    await mine.stop(work, person)


async def is_somebody_else(work: Work, person: Person, one: Somebody) -> None:
    await not_me.confirmed(work, person, await _registered(work, one))


async def judges(dispute: UUID, work: Work, person: Person, one: Somebody) -> None:
    """Some do not agree with the first outcome; everybody agrees with the second."""
    rejects = not one.judged and one.chance.random() < 0.4
    one.judged = True
    await disputes.judge(work, person, dispute, Verdict.REJECTED if rejects else Verdict.AGREED)


async def still_so(followup: UUID, work: Work, person: Person, _: Somebody) -> None:
    await followup_answers.still(work, person, followup)


async def _registered(work: Work, one: Somebody) -> UUID:
    graduate = await work.session.get_one(Graduate, one.graduate_id)
    return (await destinations.current(work, graduate)).id


DOES: dict[Temper, Act] = {
    Temper.AT_ONCE: answers_truly,
    Temper.AT_THE_THIRD: answers_truly,
    Temper.DISPUTES: files,
    Temper.DISPUTES_ALONE: files,
    Temper.CHANGED: changed,
    Temper.NEW_NUMBER: new_number,
    Temper.SNOOZES: snoozes,
    Temper.STOPS: stops,
    Temper.SOMEBODY_ELSE: is_somebody_else,
}
