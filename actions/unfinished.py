"""An answer begun and left half finished is asked about once more, some hours later, and then no more."""

from sqlmodel import col, select

from actions import asks, switch
from actions.claiming import QUESTIONS, Claiming
from actions.recipients import STILL_REACHED
from actions.work import Work
from models.ask import AskState
from models.equation import under_dispute
from models.event import Event
from models.graduate import Destination, Graduate
from models.messages.change import ChangeUnfinished
from models.person import Binding, Person
from models.steps.ask import ClaimingField, ClaimingName

BATCH = 50
NUDGED = "answer_unfinished"


async def due(work: Work) -> bool:
    """One bounded batch; in the quiet hours nobody is looked at but to be put off until they end."""
    if await switch.is_on(work):
        return False
    rows = await work.session.exec(
        select(Person)
        .where(col(Person.nudge_at) <= work.now)
        .order_by(col(Person.nudge_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    people, morning = rows.all(), work.rules.quiet.next_allowed(work.now)
    for person in people:
        if morning > work.now:
            person.nudge_at = morning
            continue
        person.nudge_at = None
        step = person.graduate_step
        if isinstance(step, Claiming) and person.stopped_at is None and person.unreachable in STILL_REACHED:
            await _nudge(work, person, step)
    return len(people) == BATCH


async def _nudge(work: Work, person: Person, step: Claiming) -> None:
    """Once about one version; not where they chose a moment themselves, or the record has moved on."""
    found = await work.session.exec(
        select(Graduate, Destination)
        .join(Destination, col(Destination.graduate_id) == col(Graduate.id))
        .join(Binding, col(Binding.graduate_id) == col(Graduate.id))
        .where(
            Destination.id == step.destination,
            Destination.number == Graduate.version,
            Binding.person_id == person.id,
            col(Binding.ended_at).is_(None),
            col(Graduate.removed_at).is_(None),
            ~under_dispute(),
        )
    )
    record = found.first()
    if record is None:
        return
    graduate, destination = record
    ask = await asks.latest(work, graduate)
    is_open = ask is not None and ask.state is AskState.OPEN
    if (ask and ask.snoozed_until and ask.snoozed_until > work.now) or await _nudged(work, person, step):
        return
    work.say(
        person,
        ChangeUnfinished(
            graduate=graduate.id,
            destination=destination.id,
            asked=QUESTIONS[type(step)],
            field=step.field if isinstance(step, ClaimingField) else None,
            cls=step.cls if isinstance(step, ClaimingName) else None,
            settled=isinstance(step, ClaimingName) and step.settled,
        ),
        replaces=await asks.place(work, person, graduate, fresh=True),
        ask_id=ask.id if ask and is_open else None,
    )
    work.record(NUDGED, by=person, subject=destination.id, graduate=graduate.id)


async def _nudged(work: Work, person: Person, step: Claiming) -> bool:
    before = select(Event.id).where(
        Event.subject_id == step.destination, Event.kind == NUDGED, Event.actor_id == person.id
    )
    return (await work.session.exec(before.limit(1))).first() is not None
