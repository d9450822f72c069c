"""What a colleague may see of somebody's support and do with it: the card, helpers, the offer, the module."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlmodel import col, select

from actions import desk, identity, paging, records, rights, supports
from actions.rights import Colleague
from actions.work import Refusal, Work
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.support import (
    SupportCard,
    SupportColleagues,
    SupportHelperAdded,
    SupportLastHelper,
    SupportLeft,
    SupportNotFound,
    SupportOffer,
    SupportOffered,
    SupportSynced,
    SupportVerb,
    SupportYours,
)
from models.person import Person
from models.staff import Duty, Staff
from models.steps.support import AddingHelper
from models.support import Support, SupportHelper, SupportSync
from models.unit import Unit
from rules.parts import bare

PAGE = 8
MANY = 200
HELPING = (SupportVerb.LOG, SupportVerb.OFFER, SupportVerb.ADD, SupportVerb.LEAVE, SupportVerb.SYNC)


class NotThere(Refusal):
    """As if there were none: that somebody is helped is nobody else's business."""

    def __init__(self) -> None:
        super().__init__(SupportNotFound())


async def open_card(work: Work, person: Person, support_id: UUID) -> None:
    who, support, graduate, verbs = await _looked_at(work, person, support_id)
    await _show(work, who, support, graduate, verbs)


async def _show(
    work: Work, who: Colleague, support: Support, graduate: Graduate, verbs: Sequence[SupportVerb]
) -> None:
    unit = await work.session.get_one(Unit, graduate.unit_id)
    desk.viewed(work, who, graduate.id, support.id, unit)
    said = SupportCard(support=support.id, graduate=graduate.id, verbs=tuple(verbs), reader=who.me.id)
    work.say(who.person, said)


async def doing(
    work: Work, person: Person, support_id: UUID, verb: SupportVerb
) -> tuple[Colleague, Support, Graduate]:
    who, support, graduate, verbs = await _looked_at(work, person, support_id)
    if verb not in verbs:
        raise Refusal(Outdated())
    return who, support, graduate


async def _looked_at(
    work: Work, person: Person, support_id: UUID
) -> tuple[Colleague, Support, Graduate, tuple[SupportVerb, ...]]:
    who = await rights.colleague(work, person)
    support = await work.session.get(Support, support_id)
    if support is None or who.staff is None:
        raise NotThere
    # Graduates come before what hangs on them, wherever both are locked.
    graduate = await work.session.get_one(Graduate, support.graduate_id, with_for_update=True)
    await work.session.refresh(support, with_for_update=True)
    unit = await work.session.get_one(Unit, graduate.unit_id)
    helps = await helping(work, who, support, unit)
    if not (helps or who.holds(work.rules.support.may_look, unit)):
        raise NotThere
    return who, support, graduate, await _verbs(work, who, support, graduate, unit)


async def helping(work: Work, who: Colleague, support: Support, unit: Unit) -> bool:
    """Named as a helper, and still with a duty over the graduate."""
    here = any(over.covers(unit) for _, over in who.duties)
    return here and any(one.id == who.me.id for one in await supports.helpers(work, support))


async def _verbs(
    work: Work, who: Colleague, support: Support, graduate: Graduate, unit: Unit
) -> tuple[SupportVerb, ...]:
    if support.ended_at is not None:
        return ()
    if not await helping(work, who, support, unit):
        return (SupportVerb.ADD,) if who.holds(work.rules.support.may_add, unit) else ()
    known = support.offered_at is not None or await _reached(work, graduate) is None
    return tuple(one for one in HELPING if not (known and one is SupportVerb.OFFER))


async def _reached(work: Work, graduate: Graduate) -> Person | None:
    """By an account that somebody vouches for, and that takes and wants such messages."""
    person = await identity.person_of(work, graduate)
    if person is None or person.stopped_at is not None or person.unreachable is not None:
        return None
    return person if await records.is_verified(work, person, graduate) else None


async def offer(work: Work, person: Person, support_id: UUID) -> None:
    """Once, in words that are always the same, and at no hour of the night."""
    _, support, graduate = await doing(work, person, support_id, SupportVerb.OFFER)
    reader = await _reached(work, graduate)
    if reader is not None:
        support.offered(work.now)
        said = SupportOffer(support=support.id, graduate=graduate.id)
        work.say(reader, said, at=work.rules.quiet.next_allowed(work.now))
        work.record("support_offered", by=person, subject=support.id, graduate=graduate.id)
    work.say(person, SupportOffered(support=support.id, graduate=graduate.id, told=reader is not None))


async def sync(work: Work, person: Person, support_id: UUID) -> None:
    """「已同步到精准帮扶模块」: all that is logged by now."""
    who, support, graduate = await doing(work, person, support_id, SupportVerb.SYNC)
    work.session.add(SupportSync(support_id=support.id, staff_id=who.me.id, at=work.now))
    work.record("support_synced", by=person, subject=support.id, graduate=graduate.id)
    work.say(person, SupportSynced(support=support.id, graduate=graduate.id))


async def leave(work: Work, person: Person, support_id: UUID) -> None:
    """「结束我的帮扶」: the last one stays until there is another."""
    who, support, graduate = await doing(work, person, support_id, SupportVerb.LEAVE)
    if len(await supports.helpers(work, support)) == 1:
        work.say(person, SupportLastHelper(support=support.id))
        return
    query = select(SupportHelper).where(
        SupportHelper.support_id == support.id,
        SupportHelper.staff_id == who.me.id,
        col(SupportHelper.ended_at).is_(None),
    )
    for one in (await work.session.exec(query.with_for_update())).all():
        one.ended_at = work.now
    work.record("support_left", by=person, subject=support.id, graduate=graduate.id)
    work.say(person, SupportLeft(support=support.id, graduate=graduate.id))


async def begin_adding(work: Work, person: Person, support_id: UUID) -> None:
    person.ask_for(AddingHelper(support=support_id))
    await colleagues(work, person, uuid4(), 0)


async def colleagues(work: Work, person: Person, view: UUID, page: int) -> None:
    """Whoever works here for this class and does not help yet."""
    _, support, graduate = await doing(work, person, _adding(person).support, SupportVerb.ADD)
    found = await _eligible(work, support, graduate)
    page, pages = paging.within(page, len(found), PAGE)
    ids = tuple(one.id for one in found[page * PAGE : (page + 1) * PAGE])
    said = SupportColleagues(view=view, support=support.id, colleagues=ids, page=page, pages=pages)
    work.say(person, said, replaces=f"support_add:{view}")


async def add(work: Work, person: Person, staff_id: UUID) -> None:
    await _add(work, person, _adding(person), staff_id)


def _adding(person: Person) -> AddingHelper:
    """The button names only the colleague: whose helper it is stands in the open question."""
    step = person.staff_step
    if not isinstance(step, AddingHelper):
        raise Refusal(Outdated())
    return step


async def typed(work: Work, person: Person, step: AddingHelper, text: str) -> None:
    """A name or 工号 of one who could be chosen; of several, or nobody, the list is shown again."""
    _, support, graduate = await doing(work, person, step.support, SupportVerb.ADD)
    words = {text.strip(), bare(text)}
    named = [one for one in await _eligible(work, support, graduate) if {one.number, one.name_key} & words]
    if len(named) == 1:
        await _add(work, person, step, named[0].id)
    else:
        await colleagues(work, person, uuid4(), 0)


async def _add(work: Work, person: Person, step: AddingHelper, staff_id: UUID) -> None:
    who, support, graduate = await doing(work, person, step.support, SupportVerb.ADD)
    chosen = next((one for one in await _eligible(work, support, graduate) if one.id == staff_id), None)
    if chosen is None:
        raise Refusal(Outdated())
    person.close_step(AddingHelper.hat)
    await supports.helped_by(work, support, chosen, who.me)
    work.say(person, SupportHelperAdded(support=support.id, graduate=graduate.id, staff=chosen.id))
    await rights.tell(work, chosen, SupportYours(support=support.id, graduate=graduate.id, staff=who.me.id))


async def _eligible(work: Work, support: Support, graduate: Graduate) -> list[Staff]:
    unit = await work.session.get_one(Unit, graduate.unit_id)
    helping = {one.id for one in await supports.helpers(work, support)}
    rows = await work.session.exec(
        select(Staff)
        .join(Duty, col(Duty.staff_id) == col(Staff.id))
        .join(Unit, col(Unit.id) == col(Duty.unit_id))
        .where(
            col(Duty.ended_at).is_(None),
            col(Unit.path).in_(unit.paths_above),
            col(Staff.person_id).is_not(None),
        )
        .order_by(col(Staff.name), col(Staff.number), col(Staff.id))
        .limit(MANY)
    )
    return list({one.id: one for one in rows if one.id not in helping}.values())
