"""The answer page: a link opened there, the work done there ended, and what waited for somebody to come."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy import select as joined
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import (
    asks,
    bindings,
    conflicts,
    delivery,
    destinations,
    disputes,
    doors,
    enrolment,
    identity,
    invitations,
    knocking,
    mine,
    page_sessions,
    proving,
)
from actions.conversation import PROOF, PROVING
from actions.delivery import Outcome, Result
from actions.work import ON_THE_PAGE, Refusal, Work
from models.answer import Answer
from models.ask import Ask
from models.base import datetime
from models.graduate import Destination, Graduate
from models.messages import Say
from models.messages.ask import AskRecord, AskUnbound
from models.messages.dispute import DisputeOutcome
from models.messages.enrol import EnrolNameAsked, EnrolNotice, EnrolNumberAsked
from models.messages.general import LanguageChoice, NothingOpen, Outdated
from models.messages.mine import (
    HelpGraduate,
    HelpStranger,
    MyRecord,
    MyWaiting,
    StopDone,
    StopFirst,
    StopLifted,
)
from models.messages.page import PageClosed, PageEmpty
from models.outgoing import Outgoing, Sending
from models.page import PageSession
from models.person import Binding, Chat, Person, Unreachable
from models.staff import Invitation
from models.steps import Hat
from models.steps.enrol import AskingIdentity, AskingName, AskingNumber, ReadingNotice
from models.unit import Unit

MANY = 10
# Asked for at any time, and about no question that is open.
ASIDE = (
    HelpGraduate,
    HelpStranger,
    LanguageChoice,
    MyRecord,
    MyWaiting,
    NothingOpen,
    Outdated,
    StopDone,
    StopFirst,
    StopLifted,
)


def _is_bound(person_id: object) -> ColumnElement[bool]:
    theirs = aliased(Binding)
    return exists().where(col(theirs.person_id) == person_id, col(theirs.ended_at).is_(None))


def is_known(person_id: object) -> ColumnElement[bool]:
    """Whether this person was told apart from a stranger for at least one record."""
    theirs = aliased(Binding)
    return exists().where(
        col(theirs.person_id) == person_id, col(theirs.verified), col(theirs.ended_at).is_(None)
    )


# Whatever the card and the answers to it speak of comes along: a screen is one question.
SCREEN = (
    joined(
        PageSession,
        Person,
        and_(
            exists().where(col(Outgoing.person_id) == col(Person.id), *doors.untold()),
            _is_bound(col(Person.id)),
        ),
        is_known(col(Person.id)),
        Graduate,
        Unit,
        Destination,
        Ask,
        Answer,
    )
    .join(Person, col(Person.id) == col(PageSession.person_id))
    .outerjoin(Binding, and_(col(Binding.person_id) == col(Person.id), col(Binding.ended_at).is_(None)))
    .outerjoin(Graduate, col(Graduate.id) == col(Binding.graduate_id))
    .outerjoin(Unit, col(Unit.id) == col(Graduate.unit_id))
    .outerjoin(
        Destination,
        and_(
            col(Destination.graduate_id) == col(Graduate.id),
            col(Destination.number) == col(Graduate.version),
        ),
    )
    .outerjoin(Ask, and_(col(Ask.graduate_id) == col(Graduate.id), col(Ask.version) == col(Graduate.version)))
    .outerjoin(Answer, col(Answer.id) == col(Graduate.answer_id))
    .where(*page_sessions.LIVE)
    .limit(MANY)
)
# By graduate: the answer that counts, and whether this account answers for them at all.
Standing = Mapping[UUID, UUID | None]


async def opens(session: AsyncSession, code: str, now: datetime) -> bool:
    """Whether a link leads to a graduate: of any other nothing is told, not even why."""
    found = await session.exec(
        select(Invitation.id)
        .join(Graduate, col(Graduate.id) == col(Invitation.graduate_id))
        .where(
            Invitation.digest == invitations.digest_of(code),
            col(Invitation.revoked_at).is_(None),
            col(Invitation.expires_at) > now,
            col(Graduate.removed_at).is_(None),
        )
    )
    return found.first() is not None


async def suits(work: Work, person: Person, code: str | None) -> bool:
    """The browser of somebody else, who shares the telephone, begins anew."""
    bound = await identity.bindings(work, person)
    if code is None or not bound:
        return not bound
    invitation = await invitations.find(work, code)
    return invitation is not None and any(one.id == invitation.graduate_id for _, one in bound)


async def enter(work: Work, person: Person, code: str | None) -> None:
    """The notice has been read: who is known is shown their record, everybody else is asked to prove it."""
    if code is None:
        await enrolment.continued(work, person, None)
        return
    invitation = await invitations.find(work, code)
    if invitation is None or invitations.over(work, invitation, here=True) is not None:
        work.say(person, PageEmpty())
        return
    graduate = await work.session.get_one(Graduate, invitation.graduate_id)
    work.record("page_opened", by=person, subject=invitation.id, graduate=graduate.id)
    live = await bindings.live_bindings(work, graduate)
    if any(one.person_id == person.id for one in live):
        person.close_step(Hat.GRADUATE)
        await asks.card(work, person, graduate)
    elif not proving.locked(work, person) and not await conflicts.refused(work, person, graduate):
        work.record("notice_read", by=person, version=work.rules.privacy.notice_version)
        await proving.ask(work, person, graduate, invitation)


def is_proving(person: Person) -> bool:
    return isinstance(person.graduate_step, PROVING)


async def standing(work: Work, person: Person) -> Standing:
    return {graduate.id: graduate.answer_id for _, graduate in await identity.bindings(work, person)}


async def close(work: Work, before: Standing) -> None:
    """What the page shows from now on, what the ask hears of it, and what the chat's card says now."""
    if work.shown and all(isinstance(one, ASIDE) for one in work.shown):
        assert work.page is not None
        await set_aside(work, await work.session.get_one(Person, work.page.person_id))
    session, work.page = work.page, None
    assert session is not None
    shown, work.shown = work.shown, []
    page_sessions.prolong(work, session)
    if shown:
        session.shown = [message.model_dump(mode="json") for message in shown]
    await _asks_hear(work, session.person_id)
    person = await work.session.get_one(Person, session.person_id)
    if not await _has_chat(work, person):
        if person.unreachable in (None, Unreachable.DECLINED):
            person.unreachable, person.unreachable_at = Unreachable.NOT_ENROLLED, work.now
        return
    for graduate_id, answer_id in before.items():
        await _put_right(work, person, graduate_id, answer_id)


async def set_aside(work: Work, person: Person) -> None:
    """Another screen took the place of the question: it is over, for what is typed below that is no answer.

    What was answered before is kept; the proof of who they are is asked for again."""
    if not isinstance(person.graduate_step, PROOF):
        person.close_step(Hat.GRADUATE)
        return
    match person.graduate_step:
        case AskingIdentity() as step:
            await proving.asked(work, person, step)
        case AskingName():
            work.say(person, EnrolNameAsked())
        case AskingNumber():
            work.say(person, EnrolNumberAsked())
        case ReadingNotice() as step:
            work.say(person, EnrolNotice(invitation=step.invitation))
        case step:
            knocking.waits(work, person, step)


async def _asks_hear(work: Work, person_id: UUID) -> None:
    """A card that was shown counts as every card that arrived."""
    found = await work.session.exec(
        select(Outgoing.id).where(
            Outgoing.person_id == person_id,
            Outgoing.state == Sending.CLAIMED,
            Outgoing.claimed_by == ON_THE_PAGE,
        )
    )
    outcomes = [
        Outcome(row_id=row, result=Result.ACCEPTED, at=work.now, by=ON_THE_PAGE) for row in found if row
    ]
    if outcomes:
        await delivery.record(work, outcomes)


async def _has_chat(work: Work, person: Person) -> bool:
    if doors.without_chat(person):
        return False
    found = await work.session.exec(select(Chat.id).where(Chat.person_id == person.id).limit(1))
    return found.first() is not None


async def _put_right(work: Work, person: Person, graduate_id: UUID, answer_id: UUID | None) -> None:
    """The newest card in the chat, where there is one, says what was answered here; menus stay here."""
    graduate = await work.session.get_one(Graduate, graduate_id)
    place = await asks.newest_place(work, person, graduate)
    if place is None:
        return
    bound = {one.id: binding for binding, one in await identity.bindings(work, person)}
    if graduate_id not in bound:
        work.say(person, AskUnbound(), replaces=place)
    elif graduate.answer_id != answer_id and bound[graduate_id].verified:
        current = await destinations.current(work, graduate)
        record = AskRecord(graduate=graduate.id, destination=current.id, answer=graduate.answer_id)
        work.say(person, record, replaces=place)


async def shown(session: AsyncSession, cookie: str, now: datetime) -> list[Any]:
    """The session, its person, if there is news, if they are known; no further question is needed."""
    return list((await session.execute(SCREEN, page_sessions.of(cookie, now))).all())


async def news(work: Work, person: Person) -> None:
    """All that no chat took, the oldest first; shown, it has arrived."""
    bound = await identity.bindings(work, person)
    if not bound:
        await mine.show(work, person)
        return
    found = await work.session.exec(
        select(Outgoing)
        .where(Outgoing.person_id == person.id, *doors.untold())
        .order_by(col(Outgoing.id))
        .limit(MANY)
        .with_for_update()
    )
    for row in found.all():
        row.state, row.reason, row.settled_at = Sending.ACCEPTED, ON_THE_PAGE, work.now
        if isinstance(row.message, Say) and row.message not in work.shown:
            work.shown.append(row.message)
        if isinstance(row.message, DisputeOutcome):
            await disputes.seen(work, row.message.dispute)
    await set_aside(work, person)
    if not work.shown:
        await mine.show(work, person)


async def card(work: Work, person: Person) -> None:
    """「返回核对」: every record of this account, from a screen that led nowhere."""
    await set_aside(work, person)
    if work.shown:
        return
    bound = await identity.bindings(work, person)
    for _, graduate in bound:
        await asks.card(work, person, graduate)
    if not bound:
        work.say(person, PageEmpty())


async def leave(work: Work, _: Person) -> None:
    """「退出」: this browser is forgotten."""
    assert work.page is not None
    work.page.ended_at = work.now


async def shut(work: Work, person: Person, graduate_id: UUID) -> None:
    """「不是我打开的」: from the chat, every browser is out and no link opens the page again."""
    graduate, verified = await mine.held(work, person, graduate_id)
    if not verified:
        raise Refusal(Outdated())
    await page_sessions.end_all(work, person.id)
    await invitations.revoke_all(work, graduate)
    await conflicts.raise_case(work, person, graduate, conflicts.STRANGER_ON_PAGE)
    work.record("page_shut", by=person, graduate=graduate.id)
    work.say(person, PageClosed())
