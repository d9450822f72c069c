"""One person behind two doors: a chat joins whom the page knows, and the page whom a chat knows."""

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from actions import calling, identity, page_sessions
from actions.work import Work
from models.graduate import Graduate
from models.messages import Lane
from models.outgoing import Outgoing, Sending
from models.person import Binding, Chat, Person, Unreachable
from models.steps import Hat

# What found no chat, or a chat that is gone: it is told on the page instead.
UNTOLD = (Sending.UNREACHABLE, Sending.REFUSED)


async def verified_other(work: Work, person: Person, graduate: Graduate) -> Person | None:
    found = await work.session.exec(
        select(Person)
        .join(Binding, col(Binding.person_id) == col(Person.id))
        .where(
            Binding.graduate_id == graduate.id,
            col(Binding.ended_at).is_(None),
            col(Binding.verified),
            Person.id != person.id,
        )
        .with_for_update(of=Person)
    )
    return found.first()


def without_chat(person: Person) -> bool:
    return person.unreachable is Unreachable.NOT_ENROLLED


def reached(person: Person) -> bool:
    """Whether what we say arrives by itself; everybody else has to come, or is telephoned."""
    return not without_chat(person) and person.unreachable not in calling.GONE


async def joined(work: Work, person: Person, other: Person, graduate: Graduate) -> Person:
    """The one account from now on, proven twice in the same way; only the page knew it."""
    if work.page is not None:
        return _page_joins(work, person, other, graduate)
    if await identity.bindings(work, person):
        # Another record of the same human being hangs on this chat: the browsers come to it instead.
        await page_sessions.move_all(work, other, person)
        await _tell_in_chat(work, other, person)
        return person
    return await _chat_joins(work, person, other, graduate)


def _page_joins(work: Work, person: Person, other: Person, graduate: Graduate) -> Person:
    assert work.page is not None
    person.close_step(Hat.GRADUATE)
    other.digit_tries = 0
    _in_their_language(person, other)
    work.page.person_id = other.id
    work.record("page_joined", by=other, graduate=graduate.id)
    return other


async def _chat_joins(work: Work, person: Person, other: Person, graduate: Graduate) -> Person:
    person.close_step(Hat.GRADUATE)
    await work.session.execute(
        update(Chat)
        .where(col(Chat.person_id) == person.id)
        .values(person_id=other.id)
        .execution_options(synchronize_session=False)
    )
    other.unreachable = other.unreachable_at = None
    _in_their_language(person, other)
    await _tell_in_chat(work, other, other)
    work.record("chat_joined", by=other, subject=person.id, graduate=graduate.id)
    return other


def _in_their_language(person: Person, known: Person) -> None:
    """As it is spoken at the door they came in by, unless another one was chosen before and none here."""
    if person.locale_chosen or not known.locale_chosen:
        known.locale, known.locale_chosen = person.locale, person.locale_chosen


async def _tell_in_chat(work: Work, before: Person, now: Person) -> None:
    """What waited for the page goes to the chat."""
    await work.session.execute(
        update(Outgoing)
        .where(*untold(), col(Outgoing.person_id) == before.id)
        .values(person_id=now.id, state=Sending.DUE, due_at=work.now, reason=None, settled_at=None)
        .execution_options(synchronize_session=False)
    )
    work.spoke = True


def untold() -> tuple[ColumnElement[bool], ...]:
    """Of a campaign nothing: its card is asked for by opening the page."""
    return col(Outgoing.state).in_(UNTOLD), col(Outgoing.lane) != Lane.CAMPAIGN
