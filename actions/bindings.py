"""Which account answers for which graduate: bound, ended, and an unverified one checked by somebody else."""

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, or_, select

from actions import asks, contacts, disputes, followups, identity, page_sessions, rights, routing
from actions.work import Refusal, Work
from models.answer import OWN_WORDS, Answer, AnswerKind, ContactChange, ContactKind
from models.ask import AskState
from models.graduate import Destination, Graduate
from models.messages import Say
from models.messages.enrol import EnrolEnded, EnrolRejected, EnrolVerified
from models.messages.general import Outdated
from models.messages.page import PageEmpty
from models.person import Binding, Person
from models.staff import Role, Staff
from models.unit import Unit

MANY = 20


async def bind(work: Work, person: Person, graduate: Graduate, *, verified: bool) -> Binding:
    """A verified account is the only one; an unverified one may stand beside others until somebody looks."""
    live = await live_bindings(work, graduate)
    mine = next((one for one in live if one.person_id == person.id), None)
    if verified:
        await _end(work, [one for one in live if one is not mine], "another_account", EnrolEnded())
    if mine is None:
        mine = Binding(graduate=graduate, person=person, verified=False, bound_at=work.now)
        work.session.add(mine)
    if verified and not mine.verified:
        mine.verified, mine.verified_at = True, work.now
        await _count(work, person, graduate)
    work.record("enrolled", by=person, subject=mine.id, graduate=graduate.id, verified=verified)
    await work.session.flush()
    return mine


async def unbind(work: Work, person: Person, graduate: Graduate, why: str) -> None:
    """This account no longer answers for the graduate; what it said stays."""
    for binding in await live_bindings(work, graduate):
        if binding.person_id == person.id:
            binding.ended_at, binding.ended_why = work.now, why
            work.record("unbound", by=person, subject=binding.id, graduate=graduate.id, why=why)
            await page_sessions.show_only(work, person.id, PageEmpty())
    await work.session.flush()


async def verify_binding(work: Work, by: Person, binding: Binding) -> None:
    """Somebody other than the class counselor has checked who this account is; its answers count from now."""
    graduate = await _waiting_for_check(work, binding)
    staff = await _checker(work, by, graduate)
    live = await live_bindings(work, graduate)
    await _end(work, [one for one in live if one.verified], "another_account", EnrolEnded())
    binding.verified, binding.verified_at = True, work.now
    binding.verified_by_id = staff.id if staff else None
    await work.session.flush()
    person = await work.session.get_one(Person, binding.person_id)
    await _count(work, person, graduate)
    work.record("binding_verified", by=by, subject=binding.id, graduate=graduate.id)
    await _verify_number(work, by, graduate, person)
    work.say(person, EnrolVerified())
    await disputes.told(work, person, graduate)
    await asks.ask_now(work, person, graduate)


async def reject_binding(work: Work, by: Person, binding: Binding) -> None:
    """Not the graduate's: the account is let go, what it said counts no more, the right one is asked."""
    graduate = await _waiting_for_check(work, binding)
    await _checker(work, by, graduate)
    latest = await latest_answer(work, graduate)
    if latest is not None and latest.person_id == binding.person_id:
        await _take_back(work, graduate, latest)
    work.record("binding_rejected", by=by, subject=binding.id, graduate=graduate.id)
    await _end(work, [binding], "rejected", EnrolRejected())
    await asks.ask_on(work, graduate)


async def _waiting_for_check(work: Work, binding: Binding) -> Graduate:
    """Locked, as everybody who binds locks the graduate first; decided or ended meanwhile it is too late."""
    graduate = await work.session.get_one(Graduate, binding.graduate_id, with_for_update=True)
    await work.session.refresh(binding, with_for_update=True)
    if binding.verified or binding.ended_at is not None:
        raise Refusal(Outdated())
    return graduate


async def live_bindings(work: Work, graduate: Graduate) -> list[Binding]:
    found = await work.session.exec(
        select(Binding)
        .where(Binding.graduate_id == graduate.id, col(Binding.ended_at).is_(None))
        .order_by(col(Binding.bound_at).desc())
        .limit(MANY)
        .with_for_update()
    )
    return list(found)


async def latest_answer(work: Work, graduate: Graduate) -> Answer | None:
    return await work.session.get(Answer, graduate.answer_id) if graduate.answer_id else None


async def same_person(work: Work, person: Person, graduate: Graduate) -> bool:
    """Nobody else's graduate: not bound yet, or bound to another record of the same human being."""
    bound = [known for _, known in await identity.bindings(work, person)]
    return all(known.id == graduate.id or _one_human(known, graduate) for known in bound)


def _one_human(one: Graduate, other: Graduate) -> bool:
    if one.exam_no and one.exam_no == other.exam_no:
        return True
    return (
        one.name_key == other.name_key and bool(one.phone_digest) and one.phone_digest == other.phone_digest
    )


async def _end(work: Work, bindings: list[Binding], why: str, said: Say) -> None:
    """Flushed before anything else is written: a graduate has one verified account at a time."""
    for binding in bindings:
        binding.ended_at, binding.ended_why = work.now, why
        person = await work.session.get_one(Person, binding.person_id)
        work.record("binding_ended", by=person, subject=binding.id, graduate=binding.graduate_id, why=why)
        work.say(person, said)
        await page_sessions.show_only(work, person.id, said)
    await work.session.flush()


async def _checker(work: Work, by: Person, graduate: Graduate) -> Staff | None:
    unit = await work.session.get_one(Unit, graduate.unit_id)
    second = {Role(role) for role in work.rules.routing.second_persons}
    roles = second | {Role.OFFICE, Role.REVIEWER, Role.EMPLOYMENT_OFFICER}
    colleague = await rights.must(work, by, roles, unit)
    counselors = {one.id for one in await routing.counselors_of(work, graduate)}
    if colleague.staff is not None and colleague.staff.id in counselors:
        raise rights.NotYours
    return colleague.staff


async def _count(work: Work, person: Person, graduate: Graduate) -> None:
    """What the account said before counts now and ends the asking; what a stranger said goes."""
    latest = await latest_answer(work, graduate)
    if latest is None or graduate.answer_verified:
        return
    if latest.person_id == person.id:
        graduate.answer_verified = True
        _stands(work, graduate)
        await asks.close(work, graduate, AskState.ANSWERED, here=latest.source in OWN_WORDS)
        if latest.kind is AnswerKind.SEEKING:
            await followups.seeking(work, graduate)
    else:
        await _take_back(work, graduate, latest)


async def _verify_number(work: Work, by: Person, graduate: Graduate, person: Person) -> None:
    """The newest this very account has proven; what a stranger gave stays unchecked."""
    change = (
        await work.session.exec(
            select(ContactChange)
            .where(
                ContactChange.graduate_id == graduate.id,
                ContactChange.person_id == person.id,
                ContactChange.contact == ContactKind.OWN_PHONE,
                col(ContactChange.proven),
                col(ContactChange.verified_at).is_(None),
            )
            .order_by(col(ContactChange.given_at).desc())
            .limit(1)
        )
    ).first()
    if change is not None:
        await contacts.verified(work, by, change)


async def _take_back(work: Work, graduate: Graduate, refused: Answer) -> None:
    """The latest that somebody else gave stands again, but of nobody else let go."""
    still_bound = exists().where(
        col(Binding.graduate_id) == graduate.id,
        col(Binding.person_id) == col(Answer.person_id),
        col(Binding.ended_at).is_(None),
    )
    others = col(Answer.person_id).is_distinct_from(refused.person_id)
    await stand_again(work, graduate, others, or_(col(Answer.verified), still_bound))


async def stand_again(work: Work, graduate: Graduate, *which: ColumnElement[bool]) -> None:
    """The latest of these about this version; where there is none, the graduate is without an answer."""
    before = (
        await work.session.exec(
            select(Answer)
            .join(Destination, col(Destination.id) == col(Answer.destination_id))
            .where(
                Answer.graduate_id == graduate.id,
                Destination.number == graduate.version,
                *which,
            )
            .order_by(col(Answer.said_at).desc())
            .limit(1)
        )
    ).first()
    graduate.answer = before.kind if before else None
    graduate.answer_id = before.id if before else None
    graduate.answer_version = graduate.version if before else None
    graduate.answer_verified = before.verified if before else None
    _stands(work, graduate)


def _stands(work: Work, graduate: Graduate) -> None:
    """Which answer counts from now on, for whoever asks later what counted when."""
    answer = graduate.answer.value if graduate.answer else None
    verified = graduate.answer_verified is not False
    work.record("answer_stands", graduate=graduate.id, answer=answer, verified=verified)
