"""A change told by typing: one value after another, skipped, corrected, or kept as it was typed."""

from actions import asks, changes, typed
from actions.records import Record
from actions.typed import Wrong
from actions.work import Refusal, Work
from models.answer import EmployerClaim, FieldClaim, Heard, LeftClaim
from models.base import UUID
from models.messages.change import Asked, ChangeRefused
from models.messages.general import Outdated
from models.person import Person
from models.steps.ask import (
    ClaimingEmployer,
    ClaimingField,
    ClaimingLeft,
    ClaimingName,
    ClaimingSigned,
    ClaimingUscc,
)

Claiming = ClaimingField | ClaimingEmployer | ClaimingUscc | ClaimingSigned | ClaimingLeft | ClaimingName
QUESTIONS: dict[type[Claiming], Asked] = {
    ClaimingField: Asked.FIELD,
    ClaimingEmployer: Asked.EMPLOYER,
    ClaimingUscc: Asked.USCC,
    ClaimingSigned: Asked.SIGNED_ON,
    ClaimingLeft: Asked.LEFT_ON,
    ClaimingName: Asked.NAME,
}
REFUSED = "refused_input"


class NotAsked(Refusal):
    """The question this button belonged to is answered or closed."""

    def __init__(self) -> None:
        super().__init__(Outdated())


async def given(work: Work, person: Person, step: Claiming, text: str) -> None:
    """A value that cannot be right stays on the step; the question stays open."""
    record = await _record(work, person, step)
    if record is None:
        _kept(work, person, text)
        person.close_step(step.hat)
        return
    value = typed.read(work, _field(step), text)
    if isinstance(value, Wrong):
        await _refused(work, record, step, text, value)
    else:
        await _take(work, record, step, value, fresh=True)


async def skip(work: Work, person: Person, destination_id: UUID, asked: Asked) -> None:
    """「跳过」: only of the question that is open now."""
    step = _open_step(person, destination_id, asked)
    if record := await _record(work, person, step):
        await _take(work, record, step, None)


async def keep(work: Work, person: Person, destination_id: UUID, asked: Asked) -> None:
    """「就这样保存」: filed as typed, wrong or not."""
    step = _open_step(person, destination_id, asked)
    if step.given is None:
        raise NotAsked
    if record := await _record(work, person, step):
        await _take(work, record, step, step.given)


async def _record(work: Work, person: Person, step: Claiming) -> Record | None:
    settled = isinstance(step, ClaimingName) and step.settled
    return await changes.open_for(work, person, step.destination, settled)


def _open_step(person: Person, destination_id: UUID, asked: Asked) -> Claiming:
    step = person.graduate_step
    if isinstance(step, Claiming) and step.destination == destination_id and QUESTIONS[type(step)] is asked:
        return step
    raise NotAsked


def _field(step: Claiming) -> str:
    match step:
        case ClaimingField(field=field):
            return field
        case ClaimingUscc():
            return "uscc"
        case ClaimingSigned() | ClaimingLeft():
            return "signed_on"
        case ClaimingEmployer() | ClaimingName():
            return "employer"


def _kept(work: Work, person: Person, text: str, graduate_id: UUID | None = None) -> None:
    """Word for word: nothing typed is lost, whatever was wrong with it."""
    work.session.add(
        Heard(
            person=person,
            graduate_id=graduate_id,
            text=work.seal(text),
            routed=REFUSED,
            said_at=work.now,
        )
    )


async def _refused(work: Work, record: Record, step: Claiming, text: str, wrong: Wrong) -> None:
    """It can be typed again or, where that makes sense, filed as it is."""
    _kept(work, record.person, text, record.graduate.id)
    kept = text.strip() if wrong.keepable else None
    changes.ask_for(work, record.person, step.model_copy(update={"given": kept}))
    work.record("input_refused", by=record.person, graduate=record.graduate.id, problem=wrong.problem.value)
    refused = ChangeRefused(
        graduate=record.graduate.id,
        destination=record.destination.id,
        asked=QUESTIONS[type(step)],
        problem=wrong.problem,
        field=step.field if isinstance(step, ClaimingField) else None,
        keepable=wrong.keepable,
    )
    await asks.in_place(work, record, refused, fresh=True)


async def _take(
    work: Work, record: Record, step: Claiming, value: str | None, *, fresh: bool = False
) -> None:
    """On to the next question, or the claim is whole; None is a question that was skipped."""
    match step:
        case ClaimingField(field=field) if value is not None:
            await changes.file(work, record, FieldClaim(field=field, value=value))
        case ClaimingEmployer() if value is not None:
            await _ask(work, record, ClaimingUscc(destination=step.destination, name=value), fresh)
        case ClaimingUscc(name=name):
            asking = ClaimingSigned(destination=step.destination, name=name, uscc=value)
            await _ask(work, record, asking, fresh)
        case ClaimingSigned(name=name, uscc=uscc):
            await changes.file(work, record, EmployerClaim(name=name, uscc=uscc, signed_on=value))
        case ClaimingLeft():
            await changes.file(work, record, LeftClaim(left_on=value))
        case ClaimingName(cls=cls, settled=settled):
            await changes.file(work, record, changes.class_claim(cls, value, settled))
        case _:
            raise NotAsked


async def _ask(work: Work, record: Record, step: Claiming, fresh: bool) -> None:
    """After a typed answer the next question is a new message below it, after a press it is edited in."""
    await changes.ask(work, record, step, QUESTIONS[type(step)], fresh=fresh)
