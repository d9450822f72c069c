"""`make chaos`: killed at random moments under a bad Telegram, and every message accounted for."""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.campus import CONFIRM, LOG, Campus
from models.outgoing import Outgoing, Sending
from sandbox import Sandbox
from tests.databases import Templates

FAULTS: dict[str, dict[str, float]] = {
    "429": {"retry_after": 1},
    "502": {},
    "drop": {},
    "accepted_then_timeout": {"after": 0.2},
}
IN_DOUBT = ("drop", "accepted_then_timeout")
DURING_START = 0.15
START = 1.5
AT_MOST = 6.0
LATENCY = 0.03
ARRIVED = (Sending.ACCEPTED, Sending.UNKNOWN)
OPEN = (Sending.DUE, Sending.CLAIMED)
TO_THE_END = 180.0
LOOK = 1.5
PUT_OFF = timedelta(minutes=1)
STOP_WITHIN = 15.0


@dataclass(frozen=True)
class Plan:
    recipients: int = 10_000
    kills: int = 200
    seed: int = 1
    pace: float = 150.0
    faulty: float = 0.005
    presses: int = 2


@dataclass
class Verdict:
    """What must hold, each with what was found."""

    checks: list[tuple[bool, str]] = field(default_factory=list)

    def check(self, holds: bool, found: str) -> None:
        self.checks.append((holds, found))

    @property
    def holds(self) -> bool:
        return all(holds for holds, _ in self.checks)

    def __str__(self) -> str:
        return "\n".join(f"{'holds ' if holds else 'BROKEN'}  {found}" for holds, found in self.checks)


class Chaos:
    def __init__(self, plan: Plan, campus: Campus) -> None:
        self.plan, self.campus, self.sandbox = plan, campus, campus.sandbox
        self.dice = random.Random(plan.seed)
        self.begun: set[int] = set()
        self.pressed: set[int] = set()
        self.died: list[int | None] = []

    async def run(self) -> Verdict:
        await self.campus.open()
        await self.campus.ask(self.plan.recipients)
        self._bad_day()
        for kill in range(self.plan.kills):
            await self._live_and_die(self.plan.kills - kill)
        await self._live_on()
        verdict = await self._verdict()
        await self.campus.close()
        return verdict

    def _bad_day(self) -> None:
        self.sandbox.faults.latency = LATENCY
        for number, (kind, given) in enumerate(FAULTS.items()):
            seed = self.plan.seed * len(FAULTS) + number
            self.sandbox.faults.rate(kind, self.plan.faulty, seed, method="sendMessage", **given)

    # One life.

    async def _live_and_die(self, left: int) -> None:
        process = self.campus.start(self.plan.pace)
        if self.dice.random() < DURING_START:
            await asyncio.sleep(self.dice.uniform(0, START))
        else:
            await self._until_sent(process, self._share(left))
            await asyncio.sleep(self.dice.uniform(0, LATENCY))
        if process.exitcode is not None:
            self.died.append(process.exitcode)
        process.kill()
        await asyncio.to_thread(process.join)
        self.begun |= begun_without_outcome(self.campus.journal)

    def _share(self, left: int) -> int:
        """So many sends that the last life, too, finds something to send."""
        waiting = sum(not phone.shown for phone in self.sandbox.phones.values())
        return round(self.dice.uniform(0, 2) * waiting / (left + 1))

    async def _until_sent(self, process: ForkServerProcess, more: int) -> None:
        wanted, until = len(self.sandbox.calls) + more, time.monotonic() + AT_MOST
        presses = self.plan.presses
        while len(self.sandbox.calls) < wanted and time.monotonic() < until and process.exitcode is None:
            await asyncio.sleep(0.01)
            if presses and self.dice.random() < 0.1:
                presses -= 1
                await self._press()

    async def _press(self) -> None:
        """Somebody answers in the middle of it all."""
        phones = [phone for phone in self.sandbox.phones.values() if phone.shown]
        for phone in self.dice.sample(phones, min(len(phones), 10)):
            if phone.user_id not in self.pressed and CONFIRM in phone.buttons():
                self.pressed.add(phone.user_id)
                await phone.press(CONFIRM)
                return

    async def _live_on(self) -> None:
        """The bad day is over: one last life carries what is left, and is asked to stop."""
        self.sandbox.faults.clear()
        before = len(self.sandbox.calls)
        process, until = self.campus.start(self.plan.pace), time.monotonic() + TO_THE_END
        while len(self.sandbox.calls) == before:
            await asyncio.sleep(LATENCY)
        while process.exitcode is None and time.monotonic() < until and await self._unfinished():
            await asyncio.sleep(LOOK)
            # What was put off; nobody has to sit through it.
            await self.campus.works.read_clock()
            await self.campus.works.keep_clock(self.campus.works.clock.offset + PUT_OFF)
        process.terminate()
        await asyncio.to_thread(process.join, STOP_WITHIN)
        self.last_exit = process.exitcode

    async def _unfinished(self) -> bool:
        states = await self.campus.states()
        answered = await self.campus.answers()
        return bool(states[Sending.DUE] or states[Sending.CLAIMED] or len(answered) < len(self.pressed))

    # What became of it all.

    async def _verdict(self) -> Verdict:
        verdict, rows, cards = Verdict(), await self.campus.rows(), self.campus.cards()
        doubled = sum(count > 1 for count in cards.values())
        verdict.check(doubled == 0, f"{doubled} campaign messages doubled")
        lost = [one for one in self.sandbox.phones if not cards[one] and _untraced(rows.get(one))]
        verdict.check(not lost, f"{len(lost)} lost without trace")
        wrong = sum(row.state not in ARRIVED for one, row in rows.items() if cards[one])
        verdict.check(wrong == 0, f"{wrong} arrived and stand as something else")
        self._unknown(verdict, list(rows.values()))
        numbers = await self.campus.numbers()
        counted = ", ".join(f"{name} {count}" for name, count in numbers.items())
        verdict.check(bool(numbers["balanced"]), f"the equation: {counted}")
        answers, pressed = await self.campus.answers(), Counter(self.pressed)
        verdict.check(answers == pressed, f"{len(pressed)} answered meanwhile: {answers.total()} answers")
        states = await self.campus.states()
        left = sum(states[state] for state in OPEN)
        verdict.check(left == 0, f"{left} messages of any kind not settled")
        verdict.check(not self.died, f"{len(self.died)} processes ended by themselves")
        verdict.check(self.last_exit == 0, f"the last process, asked to stop, ended with {self.last_exit}")
        return verdict

    def _unknown(self, verdict: Verdict, rows: list[Outgoing]) -> None:
        unknown = {row.id for row in rows if row.state is Sending.UNKNOWN}
        begun = {row.id for row in rows if row.reason == "begun_without_outcome"}
        journalled = self.begun & {row.id for row in rows}
        injected = sum(call.outcome in IN_DOUBT for call in self.sandbox.calls)
        most = f"{len(journalled)} in flight when killed + {injected} injected"
        verdict.check(len(unknown) <= len(journalled) + injected, f"{len(unknown)} unknown ≤ {most}")
        same = (
            f"{len(begun)} of them begun without an outcome = {len(journalled)} by the killed ones' journals"
        )
        verdict.check(begun == journalled, same)
        others = len(unknown - begun)
        verdict.check(others <= injected, f"{others} of them otherwise ≤ {injected} injected")


def _untraced(row: Outgoing | None) -> bool:
    return row is None or row.state in (Sending.ACCEPTED, *OPEN)


def begun_without_outcome(journal: Path) -> set[int]:
    """Read here as it stands on the disk, before the product tidies it; of each row the last line counts."""
    last: dict[int, bool] = {}
    for raw in journal.read_bytes().split(b"\n")[:-1] if journal.exists() else ():
        line = json.loads(raw)
        if "begun" in line:
            last[line["begun"]] = True
        elif "outcome" in line:
            last[line["outcome"]["row_id"]] = False
    return {row_id for row_id, is_open in last.items() if is_open}


async def chaos(plan: Plan, url: str, folder: Path) -> Verdict:
    async with Sandbox(paced=False) as sandbox:
        return await Chaos(plan, Campus(url, folder, sandbox)).run()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--recipients", type=int, default=Plan.recipients)
    parser.add_argument("--kills", type=int, default=Plan.kills)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    given = parser.parse_args()
    plan = Plan(recipients=given.recipients, kills=given.kills, seed=given.seed)
    what = f"{plan.kills} kills over {plan.recipients:,} recipients on {given.database}"
    print(f"seed {plan.seed}: {what}", flush=True)
    begun_at = time.monotonic()
    with TemporaryDirectory() as kept:
        folder = Path(kept)
        with Templates(folder).empty(given.database, folder) as url:
            verdict = asyncio.run(chaos(plan, url, folder))
        if not verdict.holds:
            print((folder / LOG).read_text()[-4000:], file=sys.stderr)
    ended = "all holds" if verdict.holds else f"BROKEN; seen again with --seed {plan.seed}"
    print(verdict, f"{time.monotonic() - begun_at:.0f} s; {ended}", sep="\n")
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
