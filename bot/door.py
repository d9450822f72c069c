"""The second door: what is done on the page goes to the same handlers, in one unit of work like an update."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from actions import page_sessions, pages, same_place
from actions.work import Refusal, Work
from bot.database import Works, away, busy
from bot.fields import Field, field_of, title_of
from bot.hearing import Hearing, command_of, keep
from bot.logs import where
from bot.rendering import Shown, Words
from handlers.general import Language
from handlers.routes import Routes
from models.messages import Say
from models.messages.enrol import EnrolLocked, EnrolNotFound, EnrolNotice
from models.messages.general import Apology
from models.person import Locale, Person
from models.steps.enrol import AskingName, AskingNumber

log = logging.getLogger(__name__)
TRIES = 3
# A graduate's own; whatever else somebody types is answered with what can be done here.
COMMANDS = frozenset({"my", "language", "stop", "cancel", "help", "start"})
# Whose number and name go together is tried here; digits are counted by the record they belong to.
GUESSING = (AskingNumber, AskingName)
FAILED = (EnrolNotFound, EnrolLocked)
Act = Callable[[Work, Person], Awaitable[None]]
T = TypeVar("T")


@dataclass(frozen=True)
class Screen:
    """What a browser shows now: the messages, what may be typed, if there is news, if papers are taken, and
    if a way back has to be offered because nothing here leads on."""

    locale: str
    title: str
    said: list[Shown]
    field: Field | None
    news: bool
    papers: bool
    back: bool


@dataclass(frozen=True)
class Done:
    """Of an act: the cookie from now on (none: begin again), whether a link or a name was wrong,
    and whether nobody may try one for a while."""

    cookie: str | None
    failed: bool = False
    waits: bool = False


async def tried(unit: Callable[[], Awaitable[T]]) -> T:
    left = TRIES
    while True:
        try:
            return await unit()
        except Exception as error:  # what passes by itself is tried again, the rest goes on up
            left -= 1
            if not (busy(error) and left):
                raise


class Door:
    def __init__(self, works: Works, routes: Routes, words: Words) -> None:
        self.works, self.words = works, words
        self.hearing = Hearing(routes)
        self._notices: dict[str, str] = {}

    async def notice(self, locale: str) -> str:
        """The same for everybody, so it is worded once."""
        if locale not in self._notices:
            async with self.works.reading() as session:
                now = self.works.clock.now()
                shown = await self.words.on_page(session, EnrolNotice(), Locale(locale), now)
            self._notices[locale] = shown.text
        return self._notices[locale]

    def label(self, key: str, locale: str, **words: object) -> str:
        return self.words.label(key, Locale(locale), **words)

    def language(self, locale: str) -> str:
        """What the switch presses: the same button as in the chat."""
        return Language(locale=Locale(locale)).pack()

    async def begin(self, code: str | None, cookie: str | None, locale: str) -> Done:
        """A link, or none: without a cookie in the answer it opens nothing."""
        if code is not None:
            async with self.works.reading() as session:
                if not await pages.opens(session, code, self.works.clock.now()):
                    return Done(None, failed=True)
        return await tried(lambda: self._begun(code, cookie, Locale(locale)))

    async def _begun(self, code: str | None, cookie: str | None, locale: Locale) -> Done:
        async with self.works.begin() as work:
            held = await page_sessions.held(work, cookie) if cookie else None
            if held is not None and await pages.suits(work, held[1], code):
                work.page, person = held
                fresh = page_sessions.renew(work, work.page)
            else:
                person = page_sessions.newcomer(work)
                person.locale = locale
                fresh = page_sessions.begin(work, person)
                await work.session.flush()
            before = await pages.standing(work, person)
            await pages.enter(work, person, code)
            await pages.close(work, before)
        return Done(fresh)

    async def do(self, cookie: str, act: Act) -> Done:
        """What another part of the page does for the same browser."""
        return await self._done(cookie, act, None, may_guess=True)

    async def press(self, cookie: str, data: str, *, may_guess: bool) -> Done:
        async def act(work: Work, person: Person) -> None:
            await self.hearing.pressed(work, person, data)

        return await self._done(cookie, act, None, may_guess)

    async def write(self, cookie: str, text: str, *, may_guess: bool, address: str) -> Done:
        if command := command_of(text):
            return await self.command(cookie, command[0])

        async def act(work: Work, person: Person) -> None:
            work.place = same_place.place_of(work, address)
            await self.hearing.written(work, person, text)

        return await self._done(cookie, act, text, may_guess)

    async def command(self, cookie: str, name: str) -> Done:
        async def act(work: Work, person: Person) -> None:
            await self.hearing.written(work, person, f"/{name if name in COMMANDS else 'help'}")

        acts: dict[str, Act] = {"news": pages.news, "card": pages.card, "leave": pages.leave}
        return await self._done(cookie, acts.get(name, act), None, may_guess=True)

    async def _done(self, cookie: str, act: Act, text: str | None, may_guess: bool) -> Done:
        try:
            return await tried(lambda: self._acted(cookie, act, text, may_guess))
        except Exception as error:  # whatever it was, a browser is answered and the operator told
            if away(error):
                raise
            return await self._apologised(cookie, text, error)

    async def _acted(self, cookie: str, act: Act, text: str | None, may_guess: bool) -> Done:
        try:
            return await self._unit(cookie, act, may_guess)
        except Refusal as refusal:
            said = refusal.said

        async def refused(work: Work, person: Person) -> None:
            keep(work, person, text)
            work.say(person, said)

        return await self._unit(cookie, refused, may_guess)

    async def _unit(self, cookie: str, act: Act, may_guess: bool) -> Done:
        """One transaction: whatever is undone with it was never done."""
        async with self.works.begin() as work:
            held = await page_sessions.held(work, cookie)
            if held is None:
                return Done(None)
            work.page, person = held
            if not may_guess and isinstance(person.graduate_step, GUESSING):
                return Done(cookie, waits=True)
            guesses = isinstance(person.graduate_step, AskingName)
            before = await pages.standing(work, person)
            await act(work, person)
            failed = guesses and any(isinstance(one, FAILED) for one in work.shown)
            await pages.close(work, before)
        return Done(cookie, failed)

    async def _apologised(self, cookie: str, text: str | None, error: Exception) -> Done:
        log.error("an act on the page failed: %s", type(error).__name__, exc_info=error)

        async def sorry(work: Work, person: Person) -> None:
            incident = await work.incident("crash", where(error), text)
            work.say(person, Apology(number=incident.number))

        return await self._unit(cookie, sorry, may_guess=True)

    async def screen(self, cookie: str) -> Screen | None:
        now = self.works.clock.now()
        async with self.works.reading() as session:
            found = await pages.shown(session, cookie, now)
            if not found:
                return None
            page, person, news, known, *_ = found[0]
            messages = [message for one in page.shown if (message := Say.load(one)) is not None]
            said = [await self.words.on_page(session, one, person.locale, now) for one in messages]
        back = not pages.is_proving(person) and not any(one.buttons for one in said)
        named = partial(self.words.label, locale=person.locale)
        field = field_of(person.graduate_step, messages, named)
        title = title_of(field, messages, named)
        return Screen(person.locale.value, title, said, field, bool(news), bool(known), back)
