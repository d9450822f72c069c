"""Enrolling: a link or a student number, the notice, and then the proof of who somebody is."""

from uuid import UUID

from sqlmodel import col, or_, select

from actions import asks, calling, conflicts, delivery, identity, invitations, proving, staff, tries
from actions.bindings import bind, live_bindings, reject_binding, unbind, verify_binding
from actions.sheets.clean import TooLong, identifier
from actions.work import Refusal, Work
from models.graduate import Graduate
from models.messages.enrol import (
    EnrolDeclined,
    EnrolLinkRevoked,
    EnrolLinkUnknown,
    EnrolLinkUsed,
    EnrolNameAsked,
    EnrolNotFound,
    EnrolNotice,
    EnrolNumberAsked,
)
from models.messages.general import Outdated
from models.person import Person, Unreachable
from models.staff import Invitation
from models.steps import Hat
from models.steps.enrol import AskingIdentity, AskingName, AskingNumber, ReadingNotice
from rules.parts import bare

SAME_NUMBER = 10


async def start(work: Work, person: Person, code: str) -> None:
    if not code:
        await _without_code(work, person)
        return
    invitation = await invitations.find(work, code)
    if invitation is None:
        work.record("link_unknown", by=person)
        work.say(person, EnrolLinkUnknown())
    elif invitation.staff_id is not None:
        await staff.join(work, person, invitation)
    else:
        await _opened(work, person, invitation)


async def continued(work: Work, person: Person, invitation_id: UUID | None) -> None:
    """「我知道了，继续」: what the notice was for is asked, whenever the button is pressed."""
    if proving.locked(work, person):
        return
    work.record("notice_read", by=person, version=work.rules.privacy.notice_version)
    if person.unreachable is Unreachable.DECLINED:
        person.unreachable = person.unreachable_at = None
    if invitation_id is None:
        await _ask_number(work, person)
        return
    invitation = await work.session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None or invitation.graduate_id is None:
        raise Refusal(Outdated())
    graduate = await _usable(work, person, invitation)
    if graduate is not None:
        await proving.ask(work, person, graduate, invitation)


async def declined(work: Work, person: Person, invitation_id: UUID | None) -> None:
    """「不用这个方式」: remembered, without any penalty; the link stays good."""
    invitation = await work.session.get(Invitation, invitation_id) if invitation_id else None
    graduate_id = invitation.graduate_id if invitation else None
    work.record("declined", by=person, subject=invitation_id, graduate=graduate_id)
    person.close_step(Hat.GRADUATE)
    if not await identity.bindings(work, person):
        await delivery.unreachable(work, person, Unreachable.DECLINED)
        if graduate_id is not None:
            await calling.failed(work, await work.session.get_one(Graduate, graduate_id))
    work.say(person, EnrolDeclined(invitation=invitation_id))


async def notice_again(work: Work, person: Person, step: ReadingNotice, text: str) -> None:
    """Typed under the notice: a student number where one will be asked for, else the notice once more."""
    if step.invitation is None and any(sign.isdigit() for sign in text):
        await number_given(work, person, text)
    else:
        work.say(person, EnrolNotice(invitation=step.invitation))


async def number_given(work: Work, person: Person, text: str) -> None:
    """Whether somebody has the number is not told; the name is asked either way."""
    if proving.locked(work, person):
        return
    number = _number(text)
    found = await work.session.exec(
        select(Graduate.id)
        .where(
            or_(col(Graduate.student_no) == number, col(Graduate.exam_no) == number),
            col(Graduate.removed_at).is_(None),
        )
        .order_by(col(Graduate.cohort).desc())
        .limit(SAME_NUMBER)
    )
    person.ask_for(AskingName(graduates=tuple(found) if number else ()))
    work.say(person, EnrolNameAsked())


def _number(text: str) -> str | None:
    """What grows too long once it is narrowed is nobody's number."""
    try:
        return identifier(text[:40])[0]
    except TooLong:
        return None


async def name_given(work: Work, person: Person, step: AskingName, text: str) -> None:
    if proving.locked(work, person):
        return
    found = [await work.session.get_one(Graduate, one) for one in step.graduates]
    graduate = next((one for one in found if _key(one.name) == _key(text)), None)
    if graduate is None:
        await _not_found(work, person, found)
    elif not await welcomed_back(work, person, graduate) and not await conflicts.refused(
        work, person, graduate
    ):
        await proving.ask(work, person, graduate, None)


def _key(name: str) -> str:
    """As the roster keys names; one of signs alone stays as it is."""
    return bare(name) or name.strip()


async def _not_found(work: Work, person: Person, found: list[Graduate]) -> None:
    person.ask_for(AskingNumber())
    if left := await proving.wrong(work, person, found[0] if found else None, tries.NAME):
        work.say(person, EnrolNotFound(left=left))


async def _without_code(work: Work, person: Person) -> None:
    if await staff.greeted(work, person):
        return
    bound = await identity.bindings(work, person)
    for _, graduate in bound:
        await asks.card(work, person, graduate)
    if bound:
        return
    if not proving.locked(work, person):
        person.ask_for(ReadingNotice())
        work.say(person, EnrolNotice())


async def _ask_number(work: Work, person: Person) -> None:
    person.ask_for(AskingNumber())
    work.say(person, EnrolNumberAsked())


async def _opened(work: Work, person: Person, invitation: Invitation) -> None:
    """From its first opening a link is this account's; the notice comes before anything else."""
    if await _usable(work, person, invitation) is None or proving.locked(work, person):
        return
    invitation.used_by_id = person.id
    person.ask_for(ReadingNotice(invitation=invitation.id))
    work.record("link_opened", by=person, subject=invitation.id, graduate=invitation.graduate_id)
    work.say(person, EnrolNotice(invitation=invitation.id))


async def _usable(work: Work, person: Person, invitation: Invitation) -> Graduate | None:
    """The graduate of a link that this account may go on with; otherwise it has been told why not."""
    graduate = await work.session.get_one(Graduate, invitation.graduate_id)
    if await invitations.held_by_another(work, invitation, person):
        await conflicts.raise_case(work, person, graduate, conflicts.SECOND_ACCOUNT, EnrolLinkUsed())
    elif await conflicts.refused(work, person, graduate) or await welcomed_back(work, person, graduate):
        pass
    elif invitation.used_at is not None and await _waiting(work, person, graduate):
        await asks.card(work, person, graduate)
    elif (over := invitations.over(work, invitation)) is not None:
        work.say(person, over)
    elif graduate.removed_at is not None:
        work.say(person, EnrolLinkRevoked())
    else:
        return graduate
    return None


async def _waiting(work: Work, person: Person, graduate: Graduate) -> bool:
    return any(one.person_id == person.id for one in await live_bindings(work, graduate))


async def welcomed_back(work: Work, person: Person, graduate: Graduate) -> bool:
    """Already verified for this graduate: the card is shown, nothing is asked twice."""
    mine = [one for one in await live_bindings(work, graduate) if one.person_id == person.id]
    if not any(one.verified for one in mine):
        return False
    if isinstance(person.graduate_step, ReadingNotice | AskingName | AskingNumber | AskingIdentity):
        person.close_step(Hat.GRADUATE)
    await asks.card(work, person, graduate)
    return True


__all__ = [
    "bind",
    "continued",
    "declined",
    "name_given",
    "notice_again",
    "number_given",
    "reject_binding",
    "start",
    "unbind",
    "verify_binding",
]
