"""What most commands sit down at: settings, a database up to date, and the operator."""

import getpass
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from actions.units import ensure_school
from actions.work import Work
from bot.clock import Clock
from bot.commands.talk import Declined
from bot.commands.words import said
from bot.database import Database, Works, ping
from bot.migrate import migrate
from bot.rehearsal import set_rehearsal_clock
from bot.settings import Settings, WrongSetting, read
from models.event import Setting
from models.person import Chat, Person
from models.sealed import Keyring
from models.unit import Unit, UnitKind
from rules import load

KEY = "key_id"


@dataclass
class Desk:
    settings: Settings
    works: Works

    async def operator(self, work: Work) -> Person:
        """The system user who typed the command; every right over the whole school, by name in the audit."""
        name = getpass.getuser()
        found = (await work.session.exec(select(Person).where(Person.operator == name))).first()
        if found is None:
            found = Person(operator=name, created_at=work.now)
            work.session.add(found)
            await work.session.flush()
        return found


@asynccontextmanager
async def opened(settings: Settings | None = None) -> AsyncIterator[Desk]:
    """Migrates where needed, refuses a foreign secret, follows the database's clock."""
    settings = settings or read()
    if settings.rules is not None and not settings.rules.is_dir():
        raise WrongSetting(said("no_rules_folder", folder=settings.rules))
    rules = load(settings.rules)
    async with reached(settings) as database:
        await migrate(database)
        keys = Keyring.of(settings.key_material())
        works = Works(database, Clock(), rules, keys, bot_id_of(settings))
        await _check_in(works, settings)
        yield Desk(settings, works)


@asynccontextmanager
async def reached(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url)
    address = make_url(settings.database_url).render_as_string(hide_password=True)
    try:
        try:
            await ping(database)
        except _out_of_reach() as error:
            why = type(getattr(error, "orig", None) or error).__name__
            raise Declined(said("no_database", address=address, why=why)) from error
        yield database
    finally:
        await database.close()


def _out_of_reach() -> tuple[type[Exception], ...]:
    """The driver is there where PostgreSQL is used; a school on SQLite does not wait for its import."""
    driver = sys.modules.get("asyncpg")
    return (OSError, SQLAlchemyError, *([driver.PostgresError] if driver else []))


def bot_id_of(settings: Settings) -> int:
    number, _, _ = (settings.token or "").partition(":")
    return int(number) if number.isdigit() else 0


async def _check_in(works: Works, settings: Settings) -> None:
    await works.read_clock()
    async with works.reading() as session:
        root = (await session.exec(select(Unit).where(Unit.kind == UnitKind.SCHOOL).limit(1))).first()
        key = await session.get(Setting, KEY)
        if not works.bot_id:
            works.bot_id = (await session.exec(select(Chat.bot_id).limit(1))).first() or 0
    if key is not None and key.value != works.keys.key_id:
        raise WrongSetting(said("wrong_secret"))
    if settings.clock is not None:
        await set_rehearsal_clock(works, settings.clock)
    if key is None or root is None or (settings.school and root.name != settings.school):
        await _settle_in(works, settings, root)


async def _settle_in(works: Works, settings: Settings, root: Unit | None) -> None:
    name = settings.school or (root.name if root else settings.must("school"))
    async with works.begin() as work:
        await ensure_school(work.session, name)
        await work.session.merge(Setting(name=KEY, value=works.keys.key_id))
