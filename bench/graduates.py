"""A made-up school of any size, written straight into the tables: everybody enrolled, nobody asked yet."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import SQLModel, col, select

from actions import tally
from actions.units import ensure_path, ensure_school
from bot.database import Works
from models.campaign import Campaign, CampaignState
from models.messages import Lane
from models.messages.campaign import CampaignAsk
from models.outgoing import Sending
from models.unit import Unit, UnitKind

SCHOOL = "江城理工学院"
COHORT = 2024
FIRST_ADDRESS = 1_000_000
AT_ONCE = 2000
IN_A_CLASS = 40
CLASSES = 250
BEGIN = datetime(2024, 7, 8, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
DEADLINE = BEGIN + timedelta(days=30)
Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """Everybody asked by this campaign: the message still due or long accepted, a reminder due some day."""

    campaign: UUID
    sending: Sending = Sending.DUE
    remind_at: datetime = BEGIN + timedelta(days=3)


async def enrolled(works: Works, count: int, *, already: int = 0, asked: Asked | None = None) -> None:
    """So many more graduates, each with a destination, a person, a chat and a checked binding."""
    units = await _classes(works, already + count)
    tables = SQLModel.metadata.tables
    for first in range(already, already + count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, already + count))
        made = [_one(number, units[number // IN_A_CLASS % len(units)], works.bot_id) for number in numbers]
        async with works.database.writer.begin() as connection:
            for name in ("graduate", "destination", "person", "chat", "binding"):
                await connection.execute(insert(tables[name]), [one[name] for one in made])
            if asked is not None:
                asks = [_ask(one, asked) for one in made]
                await connection.execute(insert(tables["ask"]), asks)
                sent = [_message(one, ask, asked, works.bot_id) for one, ask in zip(made, asks, strict=True)]
                await connection.execute(insert(tables["outgoing"]), sent)


async def folded(works: Works) -> None:
    """Counted, as the ticks of the minutes in which so many would have come have left it."""
    while True:
        async with works.begin() as work:
            if not await tally.fold(work):
                return


async def begun(works: Works, *, spread: bool = False) -> Campaign:
    """A campaign that runs; its job has still to spread it over the people, or has done so."""
    async with works.begin() as work:
        school = await ensure_school(work.session, SCHOOL)
        campaign = Campaign(
            name="confirm",
            cohort=COHORT,
            unit_id=school.id,
            state=CampaignState.RUNNING,
            deadline_at=DEADLINE,
            rules_digest=work.rules.digest,
            launched_at=work.now,
            spread_done_at=work.now if spread else None,
        )
        work.session.add(campaign)
    return campaign


async def _classes(works: Works, count: int) -> list[UUID]:
    wanted = min(CLASSES, count // IN_A_CLASS + 1)
    async with works.begin() as work:
        await ensure_school(work.session, SCHOOL)
        above = [(UnitKind.COLLEGE, "计算机学院"), (UnitKind.MAJOR, "软件工程")]
        for number in range(wanted):
            await ensure_path(work.session, [*above, (UnitKind.CLASS, f"软件{number:04d}")])
        found = await work.session.exec(
            select(Unit.id).where(Unit.kind == UnitKind.CLASS).order_by(col(Unit.name)).limit(CLASSES)
        )
        return list(found.all())


def _id(number: int, table: int) -> UUID:
    """Rising, for at random a million of them would spend the time of the measurement on filling indexes."""
    return UUID(int=(number << 80) + table, version=4)


def _one(number: int, unit: UUID, bot_id: int) -> dict[str, Row]:
    graduate, destination, person, chat, binding = (_id(number, table) for table in range(5))
    employer = f"长河电子科技{number % 300}有限公司"
    return {
        "graduate": {
            "id": graduate,
            "cohort": COHORT,
            "unit_id": unit,
            "roster_key": f"204200{number:08d}",
            "student_no": f"2020{number:08d}",
            "exam_no": f"204200{number:08d}",
            "name": f"学生{number}",
            "name_key": f"学生{number}",
            "degree": "本科生毕业",
            "completer": False,
            "version": 1,
            "official": "unknown",
            "created_at": BEGIN,
        },
        "destination": {
            "id": destination,
            "graduate_id": graduate,
            "number": 1,
            "code": "11",
            "code_name": "签劳动合同形式就业",
            "category": "employer",
            "employer": employer,
            "employer_key": employer,
            "uscc": "91420117981506162P",
            "location": "湖北省武汉市",
            "signed_on": date(2024, 6, 17),
            "enterer": "就业干事1",
            "signer": "学业导师1",
            "source": "roster",
            "registered_at": BEGIN,
        },
        "person": {
            "id": person,
            "locale": "zh_CN",
            "locale_chosen": False,
            "digit_tries": 0,
            "created_at": BEGIN,
        },
        "chat": {
            "id": chat,
            "bot_id": bot_id,
            "address": FIRST_ADDRESS + number,
            "person_id": person,
            "created_at": BEGIN,
        },
        "binding": {
            "id": binding,
            "graduate_id": graduate,
            "person_id": person,
            "verified": True,
            "bound_at": BEGIN,
        },
    }


def _ask(one: dict[str, Row], asked: Asked) -> Row:
    done = asked.sending is Sending.ACCEPTED
    return {
        "id": UUID(int=one["graduate"]["id"].int + 5),
        "graduate_id": one["graduate"]["id"],
        "campaign_id": asked.campaign,
        "version": 1,
        "state": "open",
        "deadline_at": DEADLINE,
        "opened_at": BEGIN,
        "asked_at": BEGIN if done else None,
        "sent_count": int(done),
        "next_step": "remind_1",
        "next_at": asked.remind_at,
    }


def _message(one: dict[str, Row], ask: Row, asked: Asked, bot_id: int) -> Row:
    card = CampaignAsk(
        graduate=one["graduate"]["id"],
        destination=one["destination"]["id"],
        ask=ask["id"],
        verified=True,
        several=False,
    )
    return {
        "bot_id": bot_id,
        "person_id": one["person"]["id"],
        "message": card,
        "lane": Lane.CAMPAIGN,
        "state": asked.sending,
        "due_at": BEGIN,
        "created_at": BEGIN,
        "replaces": f"card:{one['graduate']['id'].hex}",
        "campaign_id": asked.campaign,
        "ask_id": ask["id"],
        "step": "ask",
        "attempts": 0,
        "message_id": 1 if asked.sending is Sending.ACCEPTED else None,
    }
