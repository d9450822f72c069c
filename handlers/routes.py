"""Where an update goes: one flat table, buttons by prefix, text by the person's open step."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from actions.work import Work
from models.messages import Say
from models.person import Person
from models.steps import Step

C = TypeVar("C", bound=CallbackData)
S = TypeVar("S", bound=Step)
M = TypeVar("M", bound=Say)

Facts = Mapping[str, Any]
# What a client sends as a number must fit a column, or the press is as good as out of date.
Small = Annotated[int, Field(ge=0, le=2**31 - 1)]


@dataclass(frozen=True)
class Contact:
    """A phone number shared in chat; `own` when it is the sender's and was not forwarded."""

    phone: str
    own: bool


@dataclass(frozen=True)
class File:
    kind: str
    name: str
    size: int
    file_id: str
    caption: str = ""


@dataclass(frozen=True)
class Button:
    """`label` is a key of labels.toml; exactly one of press and url. A label is never a sentence in code.

    A small one stands beside the small one before it."""

    label: str
    press: CallbackData | None = None
    url: str | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    small: bool = False


@dataclass(frozen=True)
class ShareContact:
    """A reply keyboard with one key that shares the sender's own number."""

    label: str


class RemoveKeyboard:
    """The reply keyboard goes away: what it was for is done."""


Keyboard = Sequence[Button] | ShareContact | RemoveKeyboard | None
Press = Callable[[Work, Person, C], Awaitable[None]]
Text = Callable[[Work, Person, S, str], Awaitable[None]]
Command = Callable[[Work, Person, str], Awaitable[None]]
Shared = Callable[[Work, Person, Contact], Awaitable[None]]
Sent = Callable[[Work, Person, File], Awaitable[None]]
Intent = Callable[[Work, Person, str], Awaitable[bool]]
ReadsAhead = Callable[[Work, Sequence[tuple[Person, CallbackData]]], Awaitable[None]]
Takes = Callable[..., Awaitable[None]]
Shows = Callable[[M, Facts], Keyboard]


@dataclass
class Routes:
    """Filled once at start by every module's `routes(to)`.

    `reads_ahead` loads what many people's presses will need, before the first of them is acted on."""

    presses: dict[str, tuple[type[CallbackData], Takes]] = field(default_factory=dict)
    texts: dict[type[Step], Takes] = field(default_factory=dict)
    commands: dict[str, Command] = field(default_factory=dict)
    keyboards: dict[type[Say], Callable[..., Keyboard]] = field(default_factory=dict)
    contact: Shared | None = None
    file: Sent | None = None
    other_text: Command | None = None
    outdated: Command | None = None
    intent: Intent | None = None
    reads_ahead: ReadsAhead | None = None

    def press(self, button: type[C], act: Press[C]) -> None:
        if button.__prefix__ in self.presses:
            raise ValueError(f"two buttons share the prefix {button.__prefix__}")
        self.presses[button.__prefix__] = (button, act)

    def text(self, step: type[S], act: Text[S]) -> None:
        self.texts[step] = act

    def command(self, name: str, act: Command) -> None:
        self.commands[name] = act

    def shows(self, message: type[M], keyboard: Shows[M]) -> None:
        self.keyboards[message] = keyboard


def turns(page: int, pages: int, to: Callable[[int], CallbackData], words: str = "queue") -> list[Button]:
    """One back and one further, where there is one."""
    before = [Button(f"{words}_before", to(page - 1))] if page else []
    return [*before, *([Button(f"{words}_after", to(page + 1))] if page + 1 < pages else [])]
