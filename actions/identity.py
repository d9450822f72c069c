"""Who is writing to us, and for which graduates or duties they may speak."""

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from actions.work import Work
from models.graduate import Graduate
from models.person import Binding, Chat, Locale, Person

# Asked for every update: built once, for building it costs as much as asking.
KNOWN = (
    select(Chat.address, Person)
    .join(Person, col(Chat.person_id) == col(Person.id))
    .where(Chat.bot_id == bindparam("bot_id"), col(Chat.address).in_(bindparam("addresses", expanding=True)))
    .order_by(col(Person.id))
    .with_for_update(of=Person)
)


async def sender(work: Work, address: int, language: str | None) -> Person:
    """The person behind a chat, locked; an unknown one is taken in."""
    return (await senders(work, {address: language}))[address]


async def senders(work: Work, languages: Mapping[int, str | None]) -> dict[int, Person]:
    """By address, locked in one order; `languages` is what each client says of itself."""
    people = await _known(work, languages)
    unknown = {address: languages[address] for address in languages if address not in people}
    return people | await _taken_in(work, unknown) if unknown else people


async def _known(work: Work, addresses: Iterable[int]) -> dict[int, Person]:
    found = await work.session.exec(KNOWN, params={"bot_id": work.bot_id, "addresses": list(addresses)})
    return dict(found.all())


async def _taken_in(work: Work, unknown: Mapping[int, str | None]) -> dict[int, Person]:
    made: dict[int, Person] = {}
    try:
        async with work.session.begin_nested():
            for address, language in unknown.items():
                made[address] = Person(locale=locale_of(language), created_at=work.now)
                work.session.add(
                    Chat(bot_id=work.bot_id, address=address, person=made[address], created_at=work.now)
                )
    except IntegrityError:  # the same newcomer on another process
        made = await _known(work, unknown)
        if made.keys() != unknown.keys():
            raise
    return made


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
