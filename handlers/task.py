"""Duties: one opened, and what was signed, sealed and handed in, stated line by line by whoever did it."""

from collections.abc import Sequence
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from actions import calls, tasks
from actions.work import Work
from handlers.routes import Button, Facts, Keyboard, Routes, Small
from models.messages.queue import CallRecorded
from models.messages.tasks import Means, TaskCard, TaskHandedIn, TasksDue, TasksLate, TaskStating
from models.person import Person
from models.task import TaskState
from reports import tasks as _questions  # noqa: F401  its questions answer what the cards show


class TaskOpen(CallbackData, prefix="tko"):
    task: UUID


class TaskStated(CallbackData, prefix="tks"):
    """`stated`: one bit for each signature, then one for the seal."""

    task: UUID
    stated: Small


class TaskHandIn(CallbackData, prefix="tkh"):
    task: UUID
    stated: Small


class AttemptBy(CallbackData, prefix="atb"):
    graduate: UUID
    means: Means


async def opened(work: Work, person: Person, press: TaskOpen) -> None:
    await tasks.show(work, person, press.task)


async def stating(work: Work, person: Person, press: TaskStated) -> None:
    await tasks.state(work, person, press.task, press.stated)


async def handed_in(work: Work, person: Person, press: TaskHandIn) -> None:
    await tasks.hand_in(work, person, press.task, press.stated)


async def attempted(work: Work, person: Person, press: AttemptBy) -> None:
    await calls.tried_otherwise(work, person, press.graduate, press.means)


def on_card(said: TaskCard, facts: Facts) -> Keyboard:
    one = facts["one"]
    done = one["event"] is None or one["task"].state not in (TaskState.OPEN, TaskState.LAPSED)
    if done or said.missing or not said.mine:
        return None
    label = "task_handed_in" if one["event"].hands_in else "task_done"
    return [Button(label, TaskStated(task=said.task, stated=0))]


def on_stating(said: TaskStating, facts: Facts) -> Keyboard:
    """Each press states one line, or takes it back."""
    if (event := facts["one"]["event"]) is None:
        return None
    names = [one for step in facts["one"]["sign"] for one in step]
    lines = [("sign", name.name, name.name_en) for name in names]
    lines += [(f"seal_{event.seal}", "", "")] if event.seal else []
    buttons = []
    for bit, (label, name, name_en) in enumerate(lines):
        yes = "yes" if said.stated & 1 << bit else "no"
        turned = TaskStated(task=said.task, stated=said.stated ^ 1 << bit)
        buttons.append(Button(f"task_{label}_{yes}", turned, words={"name": name, "name_en": name_en}))
    return [*buttons, Button("task_record", TaskHandIn(task=said.task, stated=said.stated))]


def on_list(_: TasksDue | TasksLate, facts: Facts) -> Keyboard:
    return buttons_of(facts["duties"])


def buttons_of(duties: Sequence[Facts]) -> list[Button]:
    return [
        Button(
            "task_one",
            TaskOpen(task=one["task"].id),
            words={"title": one["title"], "title_en": one["title_en"], "unit": one["unit"].name},
        )
        for one in duties
    ]


def on_handed_in(said: TaskHandedIn, facts: Facts) -> Keyboard:
    record = facts["hand_in"]
    again = Button("task_state_again", TaskStated(task=said.task, stated=0))
    return None if record.complete else [again]


def on_recorded(said: CallRecorded, _: Facts) -> Keyboard:
    """Trying by another means counts beside the call."""
    return [
        Button(f"attempt_{means.value}", AttemptBy(graduate=said.graduate, means=means)) for means in Means
    ]


def routes(to: Routes) -> None:
    to.press(TaskOpen, opened)
    to.press(TaskStated, stating)
    to.press(TaskHandIn, handed_in)
    to.press(AttemptBy, attempted)
    to.shows(TaskCard, on_card)
    to.shows(TaskStating, on_stating)
    to.shows(TaskHandedIn, on_handed_in)
    to.shows(TasksDue, on_list)
    to.shows(TasksLate, on_list)
    to.shows(CallRecorded, on_recorded)
