"""What is shown of duties: which they are, of which unit, until when, and what was handed in; read-only."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from models.base import UUID
from models.calendar import CalendarDate
from models.messages.tasks import TaskAsIs, TaskCard, TaskHandedIn, TasksDue, TasksLate, TaskStating
from models.task import ONCE, HandIn, Task
from models.unit import Unit
from reports.calendar import line_of
from reports.facts import About, asks

TAIL = 3


async def duties(about: About, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """In the order given; each is the line of its event with the task's own day and unit."""
    rows = await about.session.exec(
        select(Task, CalendarDate, Unit)
        .join(CalendarDate, col(CalendarDate.id) == col(Task.calendar_date_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(Task.id).in_(ids))
    )
    found = {task.id: _line(about, task, row, unit) for task, row, unit in rows}
    return [found[one] for one in ids if one in found and found[one]["event"]]


def _line(about: About, task: Task, row: CalendarDate, unit: Unit) -> dict[str, Any]:
    """Without a day of its own where the document gives it no end."""
    line, ends = line_of(about, row), row.due_on is not None or task.round != ONCE
    past = task.state == "open" and task.due_at < about.now
    return line | {
        "task": task,
        "unit": unit,
        "due": task.due_on if ends else None,
        "target": task.target_on if ends else None,
        "late": past and ends and not row.awaits_word,
    }


async def _one(about: About, task_id: UUID) -> dict[str, Any]:
    (line,) = await duties(about, [task_id]) or [{"event": None}]
    made = select(HandIn).where(HandIn.task_id == task_id).order_by(col(HandIn.at).desc()).limit(TAIL)
    return {"one": line, "handed_in": (await about.session.exec(made)).all()}


@asks(TaskCard)
async def _card(about: About, said: TaskCard) -> dict[str, Any]:
    return await _one(about, said.task)


@asks(TaskStating)
async def _stating(about: About, said: TaskStating) -> dict[str, Any]:
    return await _one(about, said.task)


@asks(TaskHandedIn)
async def _handed_in(about: About, said: TaskHandedIn) -> dict[str, Any]:
    return await _one(about, said.task) | {"signers": about.rules.duties.signers}


@asks(TaskAsIs)
async def _as_is(about: About, said: TaskAsIs) -> dict[str, Any]:
    return await _one(about, said.task) | {"wanted": about.rules.duties.attempts}


@asks(TasksDue)
async def _due(about: About, said: TasksDue) -> dict[str, Any]:
    return {"duties": await duties(about, said.tasks)}


@asks(TasksLate)
async def _late(about: About, said: TasksLate) -> dict[str, Any]:
    return {"duties": await duties(about, said.tasks)}
