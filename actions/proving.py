"""The proof of who somebody is: their own number shared, its last four digits, or a new one to check."""

import re
from datetime import timedelta

from actions import (
    asks,
    bindings,
    conflicts,
    contacts,
    disowning,
    disputes,
    doors,
    followups,
    invitations,
    knocking,
    same_place,
    tries,
)
from actions.cases import note, open_case
from actions.conversation import outdated
from actions.shared_number import is_number, normal_forms
from actions.sheets.clean import narrow
from actions.sheets.phones import phone
from actions.work import Work
from models.answer import ContactChange, ContactKind
from models.case import CaseKind, NoteKind
from models.followup import FollowUpKind
from models.graduate import Graduate
from models.messages.enrol import (
    EnrolDigitsLocked,
    EnrolDone,
    EnrolFourDigits,
    EnrolIdentity,
    EnrolLocked,
    EnrolMoved,
    EnrolNotOwn,
    EnrolShareNew,
    EnrolUnverified,
    EnrolWaiting,
    EnrolWrongDigits,
)
from models.person import Binding, Person
from models.staff import Invitation
from models.steps import Hat
from models.steps.enrol import AskingIdentity
from models.steps.page import WaitingForChat

FOUR_DIGITS = re.compile(r"[0-9]{4}").fullmatch


async def ask(work: Work, person: Person, graduate: Graduate, invitation: Invitation | None) -> None:
    """A link tells whether there is a number to compare with; a student number typed by anybody does not."""
    step = AskingIdentity(graduate=graduate.id, invitation=invitation.id if invitation else None)
    person.ask_for(step)
    await asked(work, person, step)


async def asked(work: Work, person: Person, step: AskingIdentity) -> None:
    """On the page nobody can share a number: without one to compare with, a new one is all there is."""
    graduate = await work.session.get_one(Graduate, step.graduate)
    digits = step.invitation is None or graduate.phone_digest is not None
    work.say(person, EnrolIdentity(digits=digits))
    if digits or work.page is not None:
        work.say(person, EnrolMoved())


async def moved(work: Work, person: Person) -> None:
    if not isinstance(person.graduate_step, AskingIdentity):
        await outdated(work, person)
    elif not locked(work, person):
        person.ask_for(person.graduate_step)
        work.record("number_moved", by=person, graduate=person.graduate_step.graduate)
        work.say(person, EnrolShareNew())


async def shared(work: Work, person: Person, number: str, *, own: bool) -> bool:
    """False when nobody asked for a number here: then the contact is about something else."""
    step = person.graduate_step
    if not isinstance(step, AskingIdentity):
        return False
    if locked(work, person):
        return True
    if not own:
        work.record("contact_not_own", by=person, graduate=step.graduate)
        work.say(person, EnrolNotOwn())
        return True
    graduate = await _held(work, person, step)
    if graduate is not None:
        await _compare(work, person, step, graduate, number)
    return True


async def digits(work: Work, person: Person, step: AskingIdentity, text: str) -> None:
    typed = narrow(text)
    if locked(work, person):
        return
    number = phone(text)[0] if work.page is not None else None
    if number is None and not FOUR_DIGITS(typed):
        work.say(person, EnrolFourDigits())
        return
    graduate = await _held(work, person, step)
    if graduate is None or not await _may_try(work, person, graduate):
        return
    if number is not None and not is_number(work, number, graduate.phone_digest):
        await _other_number(work, person, step, graduate, number)
        return
    registered = work.open(graduate.phone)
    if number is None and registered is None and step.invitation is not None:
        await asked(work, person, step)  # nothing to compare with is no wrong try
        return
    if number is None and (registered is None or registered.partition(";")[0][-4:] != typed):
        await wrong(work, person, graduate)
        return
    other = await _answered_by_another(work, person, graduate)
    if other is not None and work.page is not None and step.invitation is not None:
        await knocking.knock(work, person, step, other)
    elif other is not None or await conflicts.vouched_by_counselor(work, graduate):
        await second_account(work, person, step, graduate)
    else:
        await _bind_verified(work, person, step, graduate)


async def _other_number(
    work: Work, person: Person, step: AskingIdentity, graduate: Graduate, number: str
) -> None:
    """On the page a new number is typed, which proves nothing: somebody looks, and nothing is shown."""
    taken = await _answered_by_another(work, person, graduate)
    binding = await _bind_unverified(work, person, step, graduate)
    await _number_to_check(work, binding, graduate, number, proven=False)
    if taken:
        await conflicts.raise_case(work, person, graduate, conflicts.SECOND_ACCOUNT, binding=binding)
    await followups.unchecked(work, graduate, binding)


async def _may_try(work: Work, person: Person, graduate: Graduate) -> bool:
    """Not while somebody is to check this very account, and not after too many tries from any account."""
    live = await bindings.live_bindings(work, graduate)
    if any(one.person_id == person.id and not one.verified for one in live):
        work.record("digits_refused", by=person, graduate=graduate.id)
        work.say(person, EnrolWaiting())
        return False
    if (until := await tries.locked_until(work, graduate)) is not None:
        work.say(person, EnrolDigitsLocked(until=until))
        return False
    return True


async def wrong(work: Work, person: Person, graduate: Graduate | None, what: str = tries.DIGITS) -> int:
    """One try less; the last one locks the account for a while and is looked into. Gives the tries left."""
    person.digit_tries += 1
    left = work.rules.privacy.digit_tries - person.digit_tries
    work.record(what, by=person, graduate=graduate.id if graduate else None, left=left)
    spent = graduate is not None and await tries.locked_until(work, graduate) is not None
    if graduate is not None and (spent or left <= 0):
        await conflicts.raise_case(work, person, graduate, conflicts.WRONG_DIGITS)
    if left > 0:
        if graduate is not None and isinstance(person.graduate_step, AskingIdentity):
            work.say(person, EnrolWrongDigits(left=left))
        return left
    person.digit_tries = 0
    person.locked_until = work.now + timedelta(minutes=work.rules.privacy.lock_minutes)
    work.say(person, EnrolLocked(until=person.locked_until))
    return 0


def locked(work: Work, person: Person) -> bool:
    """While an account is locked nothing can be tried, and it is told until when."""
    until = person.locked_until
    if until is None or until <= work.now:
        return False
    work.say(person, EnrolLocked(until=until))
    return True


async def _held(work: Work, person: Person, step: AskingIdentity) -> Graduate | None:
    """The graduate, locked, while the way to them is still open; otherwise it has been said why not."""
    graduate = await work.session.get_one(Graduate, step.graduate, with_for_update=True)
    if step.invitation is not None:
        invitation = await work.session.get_one(Invitation, step.invitation, with_for_update=True)
        if (over := invitations.over(work, invitation, here=work.page is not None)) is not None:
            person.close_step(Hat.GRADUATE)
            work.say(person, over)
            return None
    return None if await conflicts.refused(work, person, graduate) else graduate


async def _compare(work: Work, person: Person, step: AskingIdentity, graduate: Graduate, number: str) -> None:
    matches = is_number(work, number, graduate.phone_digest)
    vouched = await conflicts.vouched_by_counselor(work, graduate)
    taken = await _answered_by_another(work, person, graduate)
    if matches and not vouched and (step.invitation is not None or not taken):
        await _bind_verified(work, person, step, graduate)
        return
    binding = await _bind_unverified(work, person, step, graduate)
    if binding.verified:
        return
    if not matches:
        await _number_to_check(work, binding, graduate, number)
    if taken or vouched:
        await conflicts.raise_case(work, person, graduate, conflicts.SECOND_ACCOUNT, binding=binding)
    await followups.unchecked(work, graduate, binding)


async def _answered_by_another(work: Work, person: Person, graduate: Graduate) -> Person | None:
    """The account with a chat that this one cannot simply be one with."""
    other = await doors.verified_other(work, person, graduate)
    return other if other is not None and not doors.without_chat(other) else None


async def second_account(
    work: Work, person: Person, step: AskingIdentity | WaitingForChat, graduate: Graduate
) -> None:
    """They may answer, and somebody looks before it counts."""
    binding = await _bind_unverified(work, person, step, graduate)
    await conflicts.raise_case(work, person, graduate, conflicts.SECOND_ACCOUNT, binding=binding)
    await followups.unchecked(work, graduate, binding)


async def _bind_verified(work: Work, person: Person, step: AskingIdentity, graduate: Graduate) -> None:
    other = await doors.verified_other(work, person, graduate)
    if other is not None and doors.without_chat(other):
        person = await doors.joined(work, person, other, graduate)
    await bindings.bind(work, person, graduate, verified=True)
    await _close(work, person, step, verified=True)
    await same_place.look(work, person, graduate)
    work.say(person, EnrolDone(graduate=graduate.id))
    if other is not None:
        await disowning.tell(work, person, graduate)
    await disputes.told(work, person, graduate)
    await asks.ask_now(work, person, graduate)


async def _bind_unverified(
    work: Work, person: Person, step: AskingIdentity | WaitingForChat, graduate: Graduate
) -> Binding:
    binding = await bindings.bind(work, person, graduate, verified=False)
    await _close(work, person, step, verified=False)
    work.say(person, EnrolUnverified())
    await asks.ask_now(work, person, graduate)
    return binding


async def _close(
    work: Work, person: Person, step: AskingIdentity | WaitingForChat, *, verified: bool
) -> None:
    """A link ends with its use; its sisters, and the tries, only when the right person has come."""
    person.close_step(Hat.GRADUATE)
    if verified:
        person.digit_tries = 0
    if step.invitation is None or work.page is not None:
        return  # a browser forgets: on the page a link opens again, with the digits, until it is too old
    invitation = await work.session.get_one(Invitation, step.invitation)
    invitations.use(work, invitation, person)
    if verified:
        await invitations.revoke_others(work, invitation)


async def _number_to_check(
    work: Work, binding: Binding, graduate: Graduate, shared: str, *, proven: bool = True
) -> None:
    """No failed try: the number is theirs, as Telegram proves; only the register does not know it yet."""
    number = normal_forms(shared)[0]
    change = ContactChange(
        graduate=graduate,
        person_id=binding.person_id,
        contact=ContactKind.OWN_PHONE,
        phone=work.seal(number),
        phone_digest=work.keys.digest(number),
        proven=proven,
        given_at=work.now,
    )
    work.session.add(change)
    case = await contacts.open_case_of(work, binding, ContactKind.OWN_PHONE)
    if case is not None:
        await note(work, case, NoteKind.ANSWERED)
        return
    case = await open_case(
        work,
        CaseKind.CONTACT_CHANGE,
        unit_id=graduate.unit_id,
        graduate=graduate,
        reason=FollowUpKind.OWN_PHONE.value,
        binding=binding,
    )
    await followups.open_followup(work, graduate, FollowUpKind.OWN_PHONE, contact_change=change, case=case)
