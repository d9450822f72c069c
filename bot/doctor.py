"""Looks at what usually goes wrong; each finding comes with what to do next."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp_socks import ProxyConnector
from sqlmodel import col, select

from actions import stranded
from actions.coverage import uncovered_units
from actions.staff import classes_without_counselor
from actions.units import joined, names_of
from bot.clock import Clock
from bot.database import Works
from bot.doctor_doors import doors
from bot.network import ON_THE_WAY
from bot.settings import Settings
from bot.vault import evidence_folder, names_in
from models.event import STOPPED, Incident, Setting
from models.evidence import Evidence
from models.unit import Unit

LAST_BACKUP = "last_backup"
TELEGRAM = "https://api.telegram.org"
WITHIN = 15
DRIFT = timedelta(seconds=30)
TERMS_REACH = timedelta(days=30)
BACKUP_EVERY = timedelta(days=1)
DISK_LEAST = 1 << 30
WAITING_MOST = 100
FAILED_LATELY = 3600
LISTED = 20


@dataclass(frozen=True)
class Finding:
    """`say` names the sentence; the facts go into it."""

    check: str
    sound: bool
    say: str
    facts: dict[str, Any]


def _found(check: str, trouble: str | None = None, **facts: Any) -> Finding:
    return Finding(check, trouble is None, f"{check}_{trouble or 'sound'}", facts)


async def examine(settings: Settings, works: Works) -> AsyncIterator[Finding]:
    async for finding in _telegram(settings):
        yield finding
    async for check, trouble, facts in doors(settings, works.rules):
        yield _found(check, trouble, **facts)
    yield _disk(settings)
    yield _holidays(works)
    async with works.reading() as session:
        stopped = select(Incident).where(Incident.kind == STOPPED, col(Incident.settled_at).is_(None))
        yield _intake((await session.exec(stopped)).first())
        yield _backup(await session.get(Setting, LAST_BACKUP), works.clock.now())
        without = await classes_without_counselor(session)
        yield _units("counselors", without, [joined(await names_of(session, u)) for u in without[:LISTED]])
        uncovered = await uncovered_units(session, works.rules.routing)
        yield _units("disputes", uncovered, [joined(await names_of(session, u)) for u in uncovered[:LISTED]])
        yield _owners(await stranded.numbers(session))
        yield _papers(settings, (await session.exec(select(Evidence.id))).all())


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    for name in ("token", "school", "contact"):
        if not getattr(settings, name):
            yield _found("setting", "missing", name=name.upper())
    if not settings.token:
        return
    connector = ProxyConnector.from_url(settings.proxy) if settings.proxy else None
    timeout = aiohttp.ClientTimeout(total=WITHIN)
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            async with session.get(_method(settings, "getMe")) as answer:
                said, date = await _object(answer), answer.headers.get("Date")
            async with session.get(_method(settings, "getWebhookInfo")) as again:
                waiting = await _object(again)
    except ON_THE_WAY as error:
        yield _found("telegram", "unreachable", why=type(error).__name__)
        return
    if said.get("ok") is not True:
        yield _found("telegram", "refused", status=answer.status)
    else:
        yield _found("telegram", name=said["result"].get("username", ""))
    if waiting.get("ok") is True:
        yield _updates(waiting["result"])
    yield _clock(date)


def _method(settings: Settings, name: str) -> str:
    return f"{settings.telegram_api or TELEGRAM}/bot{settings.token}/{name}"


def _updates(info: dict[str, Any]) -> Finding:
    """After many failures of a webhook Telegram brings everything late, and says so only here."""
    pending, failed_at = int(info.get("pending_update_count", 0)), float(info.get("last_error_date", 0))
    failed = Clock().now().timestamp() - failed_at < FAILED_LATELY
    trouble = "failing" if failed else "waiting" if pending > WAITING_MOST else None
    return _found("updates", trouble, pending=pending, why=info.get("last_error_message", ""))


async def _object(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    with suppress(ValueError, aiohttp.ClientError):
        said = await answer.json(content_type=None)
        if isinstance(said, dict):
            return said
    return {}


def _clock(date: str | None) -> Finding:
    """Compared with the other side's clock, to a second."""
    there = None
    with suppress(ValueError, TypeError):
        there = parsedate_to_datetime(date) if date else None
    if there is None:
        return _found("clock", "unknown")
    off = abs(Clock().now() - there)
    return _found("clock", "off" if off > DRIFT else None, seconds=int(off.total_seconds()))


def _disk(settings: Settings) -> Finding:
    folder = (settings.sqlite_file or Path("x")).absolute().parent
    free = shutil.disk_usage(folder).free
    return _found("disk", "short" if free < DISK_LEAST else None, megabytes=free >> 20, folder=folder)


def _holidays(works: Works) -> Finding:
    """Terms reach a few weeks ahead: a year nobody has told us of has only its weekends off."""
    calendar = works.rules.calendar
    ahead = calendar.local(works.clock.now()).date() + TERMS_REACH
    return _found("holidays", "unknown" if calendar.unknown_year(ahead) else None, year=ahead.year)


def _intake(stopped: Incident | None) -> Finding:
    """What `quxiang run` has noticed by itself."""
    if stopped is None:
        return _found("intake")
    return _found("intake", "stopped", number=stopped.number, why=stopped.detail)


def _backup(last: Setting | None, now: datetime) -> Finding:
    if last is None:
        return _found("backup", "never")
    age = now - datetime.fromisoformat(last.value)
    hours = int(age.total_seconds() // 3600)
    return _found("backup", "old" if age > BACKUP_EVERY else None, hours=hours)


def _owners(numbers: Sequence[int]) -> Finding:
    """Open cases that nobody had when a working day ended."""
    listed = [str(one) for one in numbers[:LISTED]]
    return _found("owners", "missing" if numbers else None, count=len(numbers), names=listed)


def _papers(settings: Settings, ids: Sequence[UUID]) -> Finding:
    """Each has its file, and there is a page on which somebody can look at one."""
    folder = evidence_folder(settings).absolute()
    lost = len(set(ids) - set(names_in(folder)))
    if ids and not lost and not settings.public_url:
        return _found("evidence", "page")
    return _found("evidence", "missing" if lost else None, count=lost or len(ids), folder=folder)


def _units(check: str, units: list[Unit], names: list[str]) -> Finding:
    return _found(check, "missing" if units else None, count=len(units), names=names)
