"""Steps the clock from what is due to what is due, lets people act on what reached them, and counts."""

import heapq
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, literal, union_all
from sqlmodel import col, select

from actions import delivery, identity
from actions.delivery import Outcome, Result
from actions.delivery_claims import Letter, claim
from actions.work import Refusal
from bot.commands.desk import Desk
from bot.database import Works
from bot.migrate import migrate
from bot.season import school
from bot.season.clock import StandingClock
from bot.season.colleagues import Colleagues
from bot.season.database import AloneDatabase
from bot.season.graduates import Act, Somebody, opens_link
from bot.season.table import Day, days_of
from bot.settings import Settings
from models.ask import Ask, AskState
from models.followup import FollowUp
from models.messages import Lane
from models.messages.survey import SurveyOffer
from models.outgoing import Outgoing, Sending
from models.sealed import Keyring
from rules import Calendar, Rules
from scheduler.jobs import JOBS, run

# Midnight, the office's opening, its lists and its close: what hangs on days or hours is looked for then.
NIGHT = time(0, 6)
BEATS = (NIGHT, time(8, 31), time(9, 1), time(14, 1), time(17, 6))
# Once a day is as good as every few seconds, where nobody looks at it in between.
NIGHTLY = (
    "counts_folded",
    "events_sealed",
    "updates_forgotten",
    "browsers_forgotten",
    "evidence_let_go",
    "texts_addressed",
)
# What waits for an instant of its own, and the job that looks for it.
WAITING = {
    "": (col(Outgoing.due_at), col(Outgoing.state) == Sending.DUE),
    "ladder_due": (col(Ask.next_at), col(Ask.state) == AskState.OPEN),
    "followups_due": (col(FollowUp.due_at), col(FollowUp.done_at).is_(None)),
}
SPREAD = "campaigns_spread"
FIRST, LAUNCH, COLLEAGUES_BEGIN = time(9, 0), time(10, 0), time(9, 30)
AT_WORK = "rehearsal"
A_MINUTE = 60.0
ROOM = dict.fromkeys(Lane, 500)
BOT = 7
TICK = timedelta(milliseconds=1)


@dataclass
class Season:
    preset: str
    first: date
    last: date
    people: int
    days: dict[date, Day]
    refused: int

    @property
    def total(self) -> Day:
        whole = Day()
        for day in self.days.values():
            whole.add(day)
        return whole


@dataclass
class Stage:
    """The made-up school while its season runs."""

    works: Works
    clock: StandingClock
    school: school.School
    cohort: int
    colleagues: Colleagues
    plans: list[tuple[datetime, int, Somebody, Act]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    refused: int = 0
    launch_at: datetime | None = None
    offer: SurveyOffer | None = None

    def plan(self, at: datetime, one: Somebody, does: Act) -> None:
        heapq.heappush(self.plans, (at, next(self.numbers), one, does))

    async def look(self, jobs: Collection[str]) -> None:
        """What is due is done and said, until nothing follows from it."""
        for job in JOBS:
            if job.name in jobs:
                await run(job, self.works)
        while await self._carry():
            pass

    async def _carry(self) -> bool:
        async with self.works.begin() as work:
            letters, more = await claim(work, AT_WORK, A_MINUTE, ROOM)
        if letters:
            outcomes = [self._handed_over(letter) for letter in letters]
            async with self.works.begin() as work:
                await delivery.record(work, outcomes)
        return more

    def _handed_over(self, letter: Letter) -> Outcome:
        """Telegram takes it at once, or says that nobody is there any more."""
        now, one = self.clock.now(), self.school.graduates.get(letter.chat)
        if isinstance(letter.message, SurveyOffer):
            self.offer = letter.message
        why = one.refuses() if one else None
        if one is not None and why is None and (does := one.hears(letter.message)):
            self.plan(_awake(self.works.rules, now + one.after()), one, does)
        return Outcome(
            row_id=letter.row_id,
            result=Result.REFUSED if why else Result.ACCEPTED,
            at=now,
            by=AT_WORK,
            message_id=None if why else letter.row_id,
            why=why,
        )

    async def act(self) -> None:
        """Whatever was planned for now or earlier; the office launches its campaign on the first day."""
        if self.launch_at is not None and self.launch_at <= self.clock.now():
            self.launch_at = None
            await school.launched(self.works, self.cohort)
        if self.offer is not None:
            await school.pressed_send(self.works, self.offer)
            self.offer = None
        while self.plans and self.plans[0][0] <= self.clock.now():
            _, _, one, does = heapq.heappop(self.plans)
            try:
                async with self.works.begin() as work:
                    person = await identity.sender(work, one.address, "zh")
                    if person.unreachable is None or does is opens_link:
                        await does(work, person, one)
            except Refusal:
                self.refused += 1

    async def next_due(self, until: datetime) -> tuple[datetime, Collection[str]]:
        """The nearest instant that a row waits for, somebody planned, or the day brings; and its jobs."""
        now, beat = self.clock.now(), _next_beat(self.works.rules.calendar, self.clock.now())
        async with self.works.reading() as session:
            found = dict((await session.execute(_waiting_for(now))).all())
        waited_for = {name: at for name, at in found.items() if at is not None}
        # A tick of the clock at least, so that what is planned for this very moment does not stop it.
        planned = [max(self.plans[0][0], now + TICK)] if self.plans else []
        launch = [self.launch_at] if self.launch_at else []
        at = min([until, beat, *planned, *launch, *waited_for.values()])
        if (clock := self.works.rules.calendar.local(at).time()) in BEATS:
            return at, {job.name for job in JOBS if clock == NIGHT or job.name not in NIGHTLY}
        return at, {SPREAD} if at == self.launch_at else {
            name for name, one in waited_for.items() if one <= at
        }


def _waiting_for(now: datetime) -> Any:
    """What is past already waits for a beat; only what comes is stepped to."""
    return union_all(
        *(
            select(literal(name), func.min(column)).where(which, column > now)
            for name, (column, which) in WAITING.items()
        )
    )


def _awake(rules: Rules, at: datetime) -> datetime:
    return rules.quiet.next_allowed(at)


def _next_beat(calendar: Calendar, now: datetime) -> datetime:
    local = calendar.local(now)
    days, beats = (local.date(), local.date() + timedelta(days=1)), sorted((*BEATS, COLLEAGUES_BEGIN))
    return next(at for day in days for beat in beats if (at := calendar.at(day, beat)) > now)


async def rehearse(
    rules: Rules, preset: str, first: date, last: date, *, people: int = 60, seed: int = 1
) -> Season:
    """From nine in the morning of the first day to the end of the last; nothing of it stays."""
    with TemporaryDirectory(prefix="quxiang-") as folder:
        async with _stage(rules, Path(folder), preset, first, people, seed) as stage:
            until = rules.calendar.end_of_day(last)
            await _season(stage, first, until)
            async with stage.works.reading() as session:
                days = await days_of(session, rules.calendar.local, until)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    refused = stage.refused + stage.colleagues.refused
    return Season(preset, first, last, people, {day: days.get(day, Day()) for day in every}, refused)


@asynccontextmanager
async def _stage(
    rules: Rules, folder: Path, preset: str, first: date, people: int, seed: int
) -> AsyncIterator[Stage]:
    clock = StandingClock(rules.calendar.at(first, FIRST))
    database = AloneDatabase(f"sqlite+aiosqlite:///{folder / 'season.db'}")
    works = Works(database, clock, rules, Keyring.of(f"rehearsal {seed}"), BOT)
    try:
        await migrate(database)
        desk = Desk(Settings.model_construct(school=school.SCHOOL), works)
        cohort = cohort_of(rules, first)
        made = await school.founded(desk, folder, cohort, preset, people, seed)
        yield Stage(works, clock, made, cohort, Colleagues(works, seed))
    finally:
        await database.close()


def cohort_of(rules: Rules, day: date) -> int:
    return next(year for year in (day.year, day.year + 1) if day <= rules.calendar.season(year)[1])


async def _season(stage: Stage, first: date, until: datetime) -> None:
    calendar = stage.works.rules.calendar
    stage.launch_at = calendar.at(first, LAUNCH)
    for one in stage.school.graduates.values():
        if one.enrols_after is not None:
            day = first + timedelta(days=one.enrols_after)
            at = calendar.at(day, FIRST) + timedelta(minutes=one.chance.randrange(1, 50))
            stage.plan(at, one, opens_link)
    while stage.clock.now() < until:
        at, jobs = await stage.next_due(until)
        stage.clock.to(at)
        local = calendar.local(at)
        await stage.act()
        if local.time() == COLLEAGUES_BEGIN:
            await _office_hours(stage, local.date())
        await stage.look(jobs)


async def _office_hours(stage: Stage, day: date) -> None:
    rules = stage.works.rules
    works = rules.calendar.is_workday(day)
    if works or day.month in rules.duties.digest.every_day_in:
        await stage.colleagues.work_through(day, at_home=not works)
