"""Changed contacts: told by the graduate, kept sealed beside the register, and checked by somebody."""

from sqlmodel import col, select

from actions import cases, followups, identity, mine, rights
from actions.heard import keep
from actions.sheets.phones import phone
from actions.work import Refusal, Work
from models.answer import ContactChange, ContactKind, Heard
from models.base import UUID
from models.case import Case, CaseKind, NoteKind
from models.followup import FollowUpKind
from models.graduate import Graduate
from models.messages.contact import (
    ContactAgain,
    ContactKept,
    ContactMenu,
    ContactNameAsked,
    ContactNumberAsked,
    ContactOwnAsked,
    ContactParentAsked,
    ContactRefused,
    ContactSame,
    ContactWaiting,
    Flaw,
)
from models.messages.general import Outdated
from models.person import Binding, Person
from models.staff import Role
from models.steps import Hat
from models.steps.contact import AskingContactName, AskingContactNumber, AskingOwnPhone, AskingParentPhone
from models.unit import Unit

AskingNumber = AskingOwnPhone | AskingParentPhone | AskingContactNumber
WHICH: dict[type[AskingNumber], ContactKind] = {
    AskingOwnPhone: ContactKind.OWN_PHONE,
    AskingParentPhone: ContactKind.PARENT_PHONE,
    AskingContactNumber: ContactKind.EMPLOYER_CONTACT,
}
REFUSED = "refused_input"
NAME = "contact_name"


async def open_menu(work: Work, person: Person, graduate_id: UUID) -> None:
    graduate, _ = await mine.held(work, person, graduate_id)
    await menu(work, person, graduate)


async def menu(work: Work, person: Person, graduate: Graduate) -> None:
    """「联系方式变了」"""
    _, verified = await mine.held(work, person, graduate.id)
    work.say(person, ContactMenu(graduate=graduate.id) if verified else ContactWaiting())


async def chosen(work: Work, person: Person, graduate_id: UUID, which: ContactKind) -> None:
    graduate, verified = await mine.held(work, person, graduate_id)
    if verified:
        await ask(work, person, graduate, which)
    else:
        work.say(person, ContactWaiting())


async def ask(work: Work, person: Person, graduate: Graduate, which: ContactKind) -> None:
    match which:
        case ContactKind.OWN_PHONE:
            person.ask_for(AskingOwnPhone(graduate=graduate.id))
            work.say(person, ContactOwnAsked(graduate=graduate.id))
        case ContactKind.PARENT_PHONE:
            person.ask_for(AskingParentPhone(graduate=graduate.id))
            work.say(person, ContactParentAsked(graduate=graduate.id))
        case ContactKind.EMPLOYER_CONTACT:
            person.ask_for(AskingContactName(graduate=graduate.id))
            work.say(person, ContactNameAsked(graduate=graduate.id))


async def named(work: Work, person: Person, step: AskingContactName, text: str) -> None:
    """The contact person's name; the number is asked next."""
    graduate, _ = await mine.held(work, person, step.graduate)
    plain = " ".join(text.split())
    if not any(sign.isalpha() for sign in plain):
        await refuse(work, person, graduate, ContactKind.EMPLOYER_CONTACT, text, Flaw.NO_NAME)
    elif len(plain) > work.rules.privacy.text_max.field:
        await refuse(work, person, graduate, ContactKind.EMPLOYER_CONTACT, text, Flaw.TOO_LONG)
    else:
        kept = keep(work, person, graduate, plain, routed=NAME)
        person.ask_for(AskingContactNumber(graduate=graduate.id, name=kept.id))
        work.say(person, ContactNumberAsked(graduate=graduate.id, named=True))


async def same(work: Work, person: Person, graduate_id: UUID) -> None:
    """「联系人没变」, then 「号码没变」: only of the question that is open now."""
    step = person.graduate_step
    graduate, _ = await mine.held(work, person, graduate_id)
    match step:
        case AskingContactName(graduate=about) if about == graduate_id:
            person.ask_for(AskingContactNumber(graduate=graduate_id))
            work.say(person, ContactNumberAsked(graduate=graduate_id, named=False))
        case AskingContactNumber(graduate=about, name=UUID() as name) if about == graduate_id:
            await save(work, person, graduate, ContactKind.EMPLOYER_CONTACT, None, name=name)
        case _:
            raise Refusal(Outdated())


async def numbered(work: Work, person: Person, step: AskingNumber, text: str) -> None:
    """A typed number, read if it can be; the question stays open where it cannot."""
    graduate, _ = await mine.held(work, person, step.graduate)
    which = WHICH[type(step)]
    number, _ = phone(text)
    if number is not None:
        await save(work, person, graduate, which, number, name=name_of(step))
        return
    too_long = len(text) > work.rules.privacy.text_max.field
    await refuse(work, person, graduate, which, text, Flaw.TOO_LONG if too_long else Flaw.NO_NUMBER)


async def refuse(
    work: Work, person: Person, graduate: Graduate, which: ContactKind, text: str, flaw: Flaw
) -> None:
    """Nothing typed is lost; what might be a number after all may be filed as it is."""
    kept = keep(work, person, graduate, text, routed=REFUSED)
    work.record("input_refused", by=person, graduate=graduate.id, problem=flaw.value)
    keepable = flaw is Flaw.NO_NUMBER and any(sign.isdigit() for sign in text)
    said = ContactRefused(graduate=graduate.id, which=which, flaw=flaw, heard=kept.id if keepable else None)
    work.say(person, said)


async def as_typed(work: Work, person: Person, heard_id: UUID) -> None:
    """「就这样保存」: only while its question is open."""
    step = person.graduate_step
    kept = await work.session.get(Heard, heard_id)
    if kept is None or kept.person_id != person.id or not isinstance(step, AskingNumber):
        raise Refusal(Outdated())
    if kept.graduate_id != step.graduate or kept.routed != REFUSED:
        raise Refusal(Outdated())
    graduate, _ = await mine.held(work, person, step.graduate)
    typed = work.open(kept.text)
    await save(work, person, graduate, WHICH[type(step)], typed, name=name_of(step), normal=False)


async def save(
    work: Work,
    person: Person,
    graduate: Graduate,
    which: ContactKind,
    number: str | None,
    *,
    name: UUID | None = None,
    proven: bool = False,
    normal: bool = True,
) -> None:
    """A change, its case and its follow-up; the register stays as it is until somebody has checked."""
    person.close_step(Hat.GRADUATE)
    digest = work.keys.digest(number) if number and normal else None
    if digest is not None and digest == _registered(graduate, which):
        work.record("contact_same", by=person, graduate=graduate.id, contact=which.value)
        work.say(person, ContactSame(which=which))
        return
    person_named = await work.session.get_one(Heard, name) if name else None
    change = ContactChange(
        graduate=graduate,
        person_id=person.id,
        contact=which,
        name=person_named.text if person_named else None,
        phone=work.seal(number),
        phone_digest=digest,
        proven=proven,
        given_at=work.now,
    )
    work.session.add(change)
    case = await _case(work, person, graduate, which)
    await followups.open_followup(work, graduate, FollowUpKind(which.value), contact_change=change, case=case)
    work.record("contact_changed", by=person, subject=change.id, graduate=graduate.id, contact=which.value)
    work.say(person, ContactKept(graduate=graduate.id, contact=change.id, case=case.id))


async def _case(work: Work, person: Person, graduate: Graduate, which: ContactKind) -> Case:
    """Another number of the same account before the first was checked joins the same case."""
    binding = next(one for one, known in await identity.bindings(work, person) if known.id == graduate.id)
    case = await open_case_of(work, binding, which)
    if case is None:
        return await cases.open_case(
            work,
            CaseKind.CONTACT_CHANGE,
            unit_id=graduate.unit_id,
            graduate=graduate,
            reason=which.value,
            binding=binding,
        )
    await cases.note(work, case, NoteKind.ANSWERED)
    owner = await cases.owner_of(work, case)
    if owner is not None:
        await rights.tell(work, owner, ContactAgain(case=case.id, graduate=graduate.id))
    return case


async def open_case_of(work: Work, binding: Binding, which: ContactKind) -> Case | None:
    found = await work.session.exec(
        select(Case)
        .where(
            Case.binding_id == binding.id,
            Case.kind == CaseKind.CONTACT_CHANGE,
            Case.reason == which.value,
            col(Case.closed_at).is_(None),
        )
        .order_by(col(Case.opened_at).desc())
        .limit(1)
        .with_for_update()
    )
    return found.first()


async def verified(work: Work, by: Person, contact_change: ContactChange) -> None:
    """Somebody at work over this unit has checked it: from now on it is the number we call."""
    graduate = await work.session.get_one(Graduate, contact_change.graduate_id, with_for_update=True)
    unit = await work.session.get_one(Unit, graduate.unit_id)
    colleague = await rights.must(work, by, list(Role), unit)
    if not await _checked_account(work, contact_change):
        return
    if contact_change.verified_at is None:
        contact_change.verified_at = work.now
        contact_change.verified_by_id = colleague.staff.id if colleague.staff else None
        _take_over(graduate, contact_change)
        facts = {"contact": contact_change.contact.value}
        work.record("contact_verified", by=by, subject=contact_change.id, graduate=graduate.id, **facts)
    await followups.close(work, graduate, FollowUpKind(contact_change.contact.value), result="verified")


async def _checked_account(work: Work, change: ContactChange) -> bool:
    """Whoever gave it is, or was, the graduate: a stranger's number must never become theirs."""
    if change.person_id is None:
        return True
    mine = select(Binding.id).where(
        Binding.graduate_id == change.graduate_id, Binding.person_id == change.person_id
    )
    return (await work.session.exec(mine.where(col(Binding.verified)).limit(1))).first() is not None


def _take_over(graduate: Graduate, change: ContactChange) -> None:
    """The employer's contact belongs to the register's own line, which only an import changes."""
    match change.contact:
        case ContactKind.OWN_PHONE:
            if graduate.phone_digest != change.phone_digest:
                # Nobody has been rung there yet.
                graduate.tried_at = None
            graduate.phone, graduate.phone_digest = change.phone, change.phone_digest
        case ContactKind.PARENT_PHONE:
            graduate.parent_phone, graduate.parent_phone_digest = change.phone, change.phone_digest
        case ContactKind.EMPLOYER_CONTACT:
            pass


def _registered(graduate: Graduate, which: ContactKind) -> str | None:
    match which:
        case ContactKind.OWN_PHONE:
            return graduate.phone_digest
        case ContactKind.PARENT_PHONE:
            return graduate.parent_phone_digest
        case ContactKind.EMPLOYER_CONTACT:
            return None


def name_of(step: AskingNumber) -> UUID | None:
    return step.name if isinstance(step, AskingContactNumber) else None
