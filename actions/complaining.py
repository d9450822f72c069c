"""/complaint: a colleague writes down what came from outside, question by question, and hears no more."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, or_, select

from actions import desk, finding, leads, rights
from actions.leads import Given
from actions.rights import Colleague, NotYours
from actions.sheets.when import day
from actions.units import school
from actions.work import Refusal, Work
from models.answer import Heard
from models.case import CaseKind, Channel
from models.graduate import Graduate
from models.messages.cases import CaseTextEmpty, CaseTextTooLong
from models.messages.general import Outdated
from models.messages.leads import LeadChannelAsked, LeadFiled, LeadNotFound, LeadPartAsked, LeadWhich
from models.person import Person
from models.staff import Staff
from models.steps.leads import LeadPart, TakingLead
from models.unit import Unit
from rules.parts import bare

PARTS = tuple(LeadPart)
SHOWN = 8
REFERENCE_MAX = 80


async def begin(work: Work, person: Person, _: str = "") -> None:
    await _reporter(work, person)
    work.say(person, LeadChannelAsked())


async def channel(work: Work, person: Person, channel: Channel) -> None:
    await _reporter(work, person)
    _ask(work, person, TakingLead(channel=channel))


async def skip(work: Work, person: Person, part: LeadPart) -> None:
    """Not known, or not said; the words themselves are what it is about."""
    await _reporter(work, person)
    step = _at(person, part)
    if part is LeadPart.WORDS:
        raise Refusal(Outdated())
    _next(work, person, step)


async def graduate_chosen(work: Work, person: Person, graduate_id: UUID) -> None:
    who = await _reporter(work, person)
    step = _at(person, LeadPart.WHOM)
    graduate = await work.session.get(Graduate, graduate_id)
    unit = await work.session.get(Unit, graduate.unit_id) if graduate else None
    if graduate is None or unit is None or not _covers(who, unit):
        raise Refusal(Outdated())
    _next(work, person, step, graduate=graduate.id)


async def unit_chosen(work: Work, person: Person, unit_id: UUID) -> None:
    who = await _reporter(work, person)
    step = _at(person, LeadPart.WHOM)
    unit = await work.session.get(Unit, unit_id)
    if unit is None or not _covers(who, unit):
        raise Refusal(Outdated())
    _next(work, person, step, unit=unit.id)


async def colleague_chosen(work: Work, person: Person, staff_id: UUID) -> None:
    await _reporter(work, person)
    step = _at(person, LeadPart.COLLEAGUE)
    if await work.session.get(Staff, staff_id) is None:
        raise Refusal(Outdated())
    _next(work, person, step, colleague=staff_id)


async def typed(work: Work, person: Person, step: TakingLead, text: str) -> None:
    who, words = await _reporter(work, person), text.strip()
    if not words:
        work.say(person, CaseTextEmpty())
        return
    match step.asking:
        case LeadPart.WHOM:
            await _whom(work, who, step, words)
        case LeadPart.COLLEAGUE:
            await _colleague(work, who, step, words)
        case LeadPart.REFERENCE:
            _reference(work, person, step, words)
        case LeadPart.RECEIVED:
            _received(work, person, step, words)
        case LeadPart.WORDS:
            await _file(work, who, step, words)


async def _whom(work: Work, who: Colleague, step: TakingLead, words: str) -> None:
    graduates = await finding.matching(work, who, words)
    units = [] if graduates else await _units(work, who, words)
    if len(graduates) == 1:
        _next(work, who.person, step, graduate=graduates[0].id)
    elif len(units) == 1:
        _next(work, who.person, step, unit=units[0].id)
    elif graduates or units:
        ids = tuple(one.id for one in graduates[:SHOWN]), tuple(one.id for one in units[:SHOWN])
        work.say(who.person, LeadWhich(part=LeadPart.WHOM, graduates=ids[0], units=ids[1]))
    else:
        work.say(who.person, LeadNotFound(part=LeadPart.WHOM))


async def _colleague(work: Work, who: Colleague, step: TakingLead, words: str) -> None:
    rows = await work.session.exec(
        select(Staff)
        .where(or_(col(Staff.name_key).in_({words, bare(words)}), Staff.number == words))
        .order_by(col(Staff.number), col(Staff.id))
        .limit(SHOWN)
    )
    found = rows.all()
    if len(found) == 1:
        _next(work, who.person, step, colleague=found[0].id)
    elif found:
        ids = tuple(one.id for one in found)
        work.say(who.person, LeadWhich(part=LeadPart.COLLEAGUE, colleagues=ids))
    else:
        work.say(who.person, LeadNotFound(part=LeadPart.COLLEAGUE))


def _reference(work: Work, person: Person, step: TakingLead, words: str) -> None:
    if len(words) > REFERENCE_MAX:
        work.say(person, CaseTextTooLong(most=REFERENCE_MAX))
    else:
        _next(work, person, step, reference=words)


def _received(work: Work, person: Person, step: TakingLead, words: str) -> None:
    """A day that has been."""
    on, _ = day(words)
    if on is None or on > work.rules.calendar.local(work.now).date():
        work.say(person, LeadNotFound(part=LeadPart.RECEIVED))
    else:
        _next(work, person, step, received_on=on)


async def _file(work: Work, who: Colleague, step: TakingLead, words: str) -> None:
    most = work.rules.privacy.text_max.statement
    if len(words) > most:
        work.session.add(
            Heard(person_id=who.person.id, text=work.seal(words), routed="staff_too_long", said_at=work.now)
        )
        work.say(who.person, CaseTextTooLong(most=most))
        return
    graduate = await work.session.get(Graduate, step.graduate) if step.graduate else None
    unit_id = graduate.unit_id if graduate else step.unit
    given = Given(
        kind=CaseKind.COMPLAINT,
        channel=step.channel,
        unit=await work.session.get_one(Unit, unit_id) if unit_id else await school(work.session),
        words=words,
        graduate=graduate,
        colleague=step.colleague,
        reference=step.reference,
        received_on=step.received_on,
    )
    case, new = await leads.take(work, who.person, given)
    who.person.close_step(TakingLead.hat)
    hidden = await desk.barred(work, who, case)
    work.say(who.person, LeadFiled(case=case.id, again=not new and not hidden, hidden=hidden))


def _ask(work: Work, person: Person, step: TakingLead) -> None:
    person.ask_for(step)
    work.say(person, LeadPartAsked(part=step.asking, channel=step.channel))


def _next(work: Work, person: Person, step: TakingLead, **known: object) -> None:
    asking = PARTS[PARTS.index(step.asking) + 1]
    _ask(work, person, step.model_copy(update=known | {"asking": asking}))


def _at(person: Person, part: LeadPart) -> TakingLead:
    """A button of a question that is not open any more is out of date."""
    step = person.staff_step
    if not isinstance(step, TakingLead) or step.asking is not part:
        raise Refusal(Outdated())
    return step


async def _reporter(work: Work, person: Person) -> Colleague:
    who = await rights.colleague(work, person)
    if who.staff is None or not any(role in work.rules.routing.may_file_complaints for role, _ in who.duties):
        raise NotYours
    return who


async def _units(work: Work, who: Colleague, words: str) -> Sequence[Unit]:
    found = await work.session.exec(
        select(Unit).where(Unit.name == words).order_by(col(Unit.path)).limit(SHOWN)
    )
    return [unit for unit in found.all() if _covers(who, unit)]


def _covers(who: Colleague, unit: Unit) -> bool:
    return any(over.covers(unit) for _, over in who.duties)
