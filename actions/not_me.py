"""「发错人了，不是我本人」: the account is let go at once, and somebody looks for the right one."""

from actions import answers, asks, cases, enrolment, records
from actions.work import Work
from models.answer import AnswerKind
from models.base import UUID
from models.case import CaseKind
from models.messages.ask import AskItsMe, AskNotMe, AskUnbound
from models.person import Person, Unreachable
from models.steps import Hat


async def suspect(work: Work, person: Person, destination_id: UUID, *, fresh: bool = False) -> None:
    """Whoever is asked sees the name alone; `fresh` where it was pressed elsewhere than on the card."""
    record = await records.mine(work, person, destination_id)
    person.close_step(Hat.GRADUATE)
    await asks.in_place(
        work,
        record,
        AskNotMe(graduate=record.graduate.id, destination=record.destination.id, named=record.verified),
        fresh=fresh,
    )


async def confirmed(work: Work, person: Person, destination_id: UUID) -> None:
    """Said once and for all: nothing personal is shown to this account any more."""
    record = await records.mine(work, person, destination_id)
    answer = await answers.give(work, record.graduate, AnswerKind.NOT_ME, by=person)
    person.close_step(Hat.GRADUATE)
    await enrolment.unbind(work, person, record.graduate, Unreachable.WRONG_PERSON.value)
    await cases.open_case(
        work,
        CaseKind.IDENTITY_CONFLICT,
        unit_id=record.graduate.unit_id,
        graduate=record.graduate,
        answer=answer,
        reason=Unreachable.WRONG_PERSON.value,
    )
    # In the place of the newest card, which shows what this account must not see any more.
    work.say(person, AskUnbound(), replaces=await asks.place(work, person, record.graduate))


async def its_me(work: Work, person: Person, destination_id: UUID) -> None:
    """The right person, the wrong record: on to a change or a dispute."""
    record = await records.mine_verified(work, person, destination_id)
    if record is not None:
        await asks.in_place(
            work, record, AskItsMe(graduate=record.graduate.id, destination=record.destination.id)
        )
