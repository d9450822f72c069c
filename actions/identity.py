"""Who is writing to us, and for which graduates or duties they may speak."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from actions.work import Work
from models.graduate import Graduate
from models.person import Binding, Chat, Locale, Person


async def sender(work: Work, address: int, language: str | None) -> Person:
    """The person behind a chat, locked; an unknown one is taken in."""
    known = await _known(work, address)
    if known is not None:
        return known
    try:
        async with work.session.begin_nested():
            person = Person(locale=locale_of(language), created_at=work.now)
            work.session.add(Chat(bot_id=work.bot_id, address=address, person=person, created_at=work.now))
        return person
    except IntegrityError:  # the same newcomer on another process
        found = await _known(work, address)
        if found is None:
            raise
        return found


async def _known(work: Work, address: int) -> Person | None:
    return (
        await work.session.exec(
            select(Person)
            .join(Chat, col(Chat.person_id) == col(Person.id))
            .where(Chat.bot_id == work.bot_id, Chat.address == address)
            .with_for_update(of=Person)
        )
    ).first()


def locale_of(language: str | None) -> Locale:
    return Locale.ZH_CN if language is None or language.lower().startswith("zh") else Locale.EN


async def bindings(work: Work, person: Person) -> list[tuple[Binding, Graduate]]:
    """For whom this person answers now, the latest first."""
    rows = await work.session.exec(
        select(Binding, Graduate)
        .join(Graduate, col(Graduate.id) == col(Binding.graduate_id))
        .where(Binding.person_id == person.id, col(Binding.ended_at).is_(None))
        .order_by(col(Binding.bound_at).desc())
        .limit(10)
    )
    return list(rows.all())


async def person_of(work: Work, graduate: Graduate) -> Person | None:
    """Who answers for a graduate: the verified account first, else the latest unverified one."""
    return (
        await work.session.exec(
            select(Person)
            .join(Binding, col(Binding.person_id) == col(Person.id))
            .where(Binding.graduate_id == graduate.id, col(Binding.ended_at).is_(None))
            .order_by(col(Binding.verified).desc(), col(Binding.bound_at).desc())
            .limit(1)
        )
    ).first()
