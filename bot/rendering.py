"""Words: a message kind and a locale become text and buttons; nothing personal is kept here."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.fitting import fitted
from handlers.routes import Button, Keyboard, RemoveKeyboard, Routes, ShareContact
from models.messages import Say
from models.person import Locale
from models.sealed import Keyring
from reports.facts import facts_of
from rules import Rules

TEXTS = Path(__file__).parent / "texts"
# As it goes to Telegram: a model of every button would cost as much as the words.
Markup = dict[str, Any]
COMMAND = re.compile(r"(?:(发送|send|Send) )?(?<![\w/<.])/(my|language|stop|cancel|help|start)\b", re.ASCII)


@dataclass(frozen=True)
class Rendered:
    text: str
    markup: Markup | None


@dataclass(frozen=True)
class Shown:
    """On the page: the text as HTML, and of each button its label, its data or its address."""

    text: str
    buttons: list[tuple[str, str | None, str | None]]


@dataclass(frozen=True)
class School:
    """What every text may name."""

    name: str
    contact: str
    public_url: str | None = None
    bot: str = "quxiang_bot"


class Words:
    """One environment per locale, loaded once; StrictUndefined so that a missing word is a failing test."""

    def __init__(self, routes: Routes, rules: Rules, keys: Keyring, school: School, zone: ZoneInfo) -> None:
        self.routes = routes
        self.rules = rules
        self.keys = keys
        self.school = school
        self.zone = zone
        self.environments = {locale: self._environment(locale) for locale in Locale}
        self.labels = {locale: _labels(TEXTS / locale.value) for locale in Locale}

    async def render(self, session: AsyncSession, message: Say, locale: Locale, now: datetime) -> Rendered:
        text, keyboard = await self._said(session, message, locale, now, [f"{message.kind}.j2"])
        return Rendered(text, self._markup(keyboard, locale))

    async def on_page(self, session: AsyncSession, message: Say, locale: Locale, now: datetime) -> Shown:
        """The same words and buttons; what only a telephone can do is worded again for the page."""
        names: list[str | Template] = [f"page/{message.kind}.j2", f"{message.kind}.j2"]
        text, keyboard = await self._said(session, message, locale, now, names)
        buttons = keyboard if isinstance(keyboard, Sequence) else ()
        return Shown(
            self._with_words(text, locale),
            [
                (self.label(one.label, locale, **one.words), one.press.pack() if one.press else None, one.url)
                for one in buttons
            ],
        )

    async def _said(
        self, session: AsyncSession, message: Say, locale: Locale, now: datetime, names: list[str | Template]
    ) -> tuple[str, Keyboard]:
        facts = await facts_of(session, message, rules=self.rules, keys=self.keys, now=now)
        facts["locale"] = locale.value
        template = self.environments[locale].select_template(names)
        text = fitted(template.render(now=now, **facts).strip())
        show = self.routes.keyboards.get(type(message))
        return text, show(message, facts) if show else None

    def _with_words(self, text: str, locale: Locale) -> str:
        """A command in a text can be pressed here, too."""

        def button(found: re.Match[str]) -> str:
            verb = self.label("page_press", locale) if found[1] else ""
            label = self.label(f"page_{found[2]}", locale)
            key = f'<button class="word" name="command" value="{found[2]}">{label}</button>'
            return f"{verb.capitalize() if found[1] == 'Send' else verb} {key}".strip()

        return COMMAND.sub(button, text)

    def label(self, key: str, locale: Locale, **words: Any) -> str:
        return self.labels[locale][key].format(**words)

    def _markup(self, keyboard: Keyboard, locale: Locale) -> Markup | None:
        if keyboard is None:
            return None
        if isinstance(keyboard, RemoveKeyboard):
            return {"remove_keyboard": True}
        if isinstance(keyboard, ShareContact):
            key = {"text": self.label(keyboard.label, locale), "request_contact": True}
            return {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}
        rows: list[list[dict[str, Any]]] = []
        pair = False
        for button in keyboard:
            if pair and button.small:
                rows[-1].append(self._button(button, locale))
            else:
                rows.append([self._button(button, locale)])
            pair = button.small and len(rows[-1]) == 1
        return {"inline_keyboard": rows} if rows else None

    def _button(self, button: Button, locale: Locale) -> dict[str, Any]:
        text = self.label(button.label, locale, **button.words)
        if button.press is not None:
            return {"text": text, "callback_data": button.press.pack()}
        return {"text": text, "url": button.url}

    def _environment(self, locale: Locale) -> Environment:
        environment = Environment(
            loader=FileSystemLoader([TEXTS / locale.value]),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(school=self.school, label=lambda key: self.labels[locale][key])
        environment.filters.update(
            day=lambda value: _day(self._local(value), locale),
            moment=lambda value: f"{_day(self._local(value), locale)} {self._local(value):%H:%M}",
            stamp=lambda value: f"{_date_only(self._local(value), locale)} {self._local(value):%H:%M}",
            clock=lambda value: f"{self._local(value):%H:%M}",
            date=lambda value: _date(value, locale),
            on_day=lambda value: _day(value, locale),
            opened=lambda sealed: self.keys.open(sealed) if sealed else "",
        )
        return environment

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)


def _labels(folder: Path) -> dict[str, str]:
    labels: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        labels |= tomllib.loads(file.read_text("utf-8"))
    return labels


def _day(value: date, locale: Locale) -> str:
    if locale is Locale.EN:
        return f"{value:%a} {value.day} {value:%B}"
    weekday = "一二三四五六日"[value.weekday()]
    return f"{value.month}月{value.day}日（周{weekday}）"


def _date_only(value: date, locale: Locale) -> str:
    return f"{value.day} {value:%B}" if locale is Locale.EN else f"{value.month}月{value.day}日"


def _date(value: date, locale: Locale) -> str:
    if locale is Locale.EN:
        return f"{value.day} {value:%B} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"
