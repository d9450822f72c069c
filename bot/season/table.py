"""What happened on each day of a rehearsal, read from the rows it left."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import Answer
from models.calendar import CalendarDate
from models.case import Case
from models.event import Event
from models.outgoing import Outgoing, Sending
from models.task import Task, TaskState

Local = Callable[[datetime], datetime]


@dataclass
class Day:
    messages: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    opened: int = 0
    closed: int = 0
    met: int = 0
    missed: int = 0

    def facts(self) -> dict[str, Any]:
        return {
            "messages": dict(sorted(self.messages.items())),
            "answers": dict(sorted(self.answers.items())),
            "cases": {"opened": self.opened, "closed": self.closed},
            "duties": {"met": self.met, "missed": self.missed},
        }

    def add(self, other: "Day") -> None:
        self.messages += other.messages
        self.answers += other.answers
        self.opened += other.opened
        self.closed += other.closed
        self.met += other.met
        self.missed += other.missed


async def days_of(session: AsyncSession, local: Local, until: datetime) -> dict[date, Day]:
    """By local day; a duty is missed at its hard end, and never while its day awaits word."""
    days: defaultdict[date, Day] = defaultdict(Day)
    sent = select(Outgoing).where(Outgoing.state == Sending.ACCEPTED)
    for row in await session.exec(sent.order_by(col(Outgoing.id))):
        if row.settled_at is not None:
            days[local(row.settled_at).date()].messages[row.message.kind] += 1
    for said_at, kind in await session.exec(select(Answer.said_at, Answer.kind)):
        days[local(said_at).date()].answers[str(kind)] += 1
    for opened_at in await session.exec(select(Case.opened_at)):
        days[local(opened_at).date()].opened += 1
    for at in await session.exec(select(Event.at).where(Event.kind == "case_closed")):
        days[local(at).date()].closed += 1
    await _duties(session, days, local, until)
    return dict(days)


async def _duties(session: AsyncSession, days: dict[date, Day], local: Local, until: datetime) -> None:
    query = select(Task, CalendarDate).join(CalendarDate, col(CalendarDate.id) == col(Task.calendar_date_id))
    for task, row in await session.exec(query):
        if task.met_at is not None:
            days[local(task.met_at).date()].met += 1
        in_time = task.met_at is not None and task.met_at <= task.due_at
        ended = task.state is TaskState.CANCELLED or row.awaits_word
        if not in_time and not ended and task.due_at <= until:
            days[local(task.due_at).date()].missed += 1
