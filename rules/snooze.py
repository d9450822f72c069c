"""When a graduate may ask to be reminded later."""

from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Literal

from pydantic import Field

from rules.parts import Part, aware
from rules.quiet import Quiet

SnoozeKey = Literal["tonight", "tomorrow_morning", "three_days"]


class SnoozeChoice(Part):
    key: SnoozeKey
    days: int = Field(ge=0)
    time: clock_time


class Snooze(Part):
    at_least_minutes: int = Field(ge=0)
    choices: tuple[SnoozeChoice, ...] = Field(alias="choice")

    def snooze_options(
        self, now: datetime, deadline: datetime | None, quiet: Quiet
    ) -> list[tuple[SnoozeKey, datetime]]:
        """The choices that are still ahead, before the deadline and outside quiet hours."""
        soonest = aware(now) + timedelta(minutes=self.at_least_minutes)
        moments = [(choice.key, _moment(choice, now, quiet)) for choice in self.choices]
        return [
            (key, at)
            for key, at in moments
            if soonest <= at and (deadline is None or at <= deadline) and quiet.allows(at)
        ]


def _moment(choice: SnoozeChoice, now: datetime, quiet: Quiet) -> datetime:
    day = now.astimezone(quiet.zone).date() + timedelta(days=choice.days)
    return datetime.combine(day, choice.time, quiet.zone).astimezone(UTC)
