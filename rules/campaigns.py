"""Campaigns and their ladders: who is asked, reminded and asked a last time, and when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from rules.parts import MonthDay, Part, aware, in_year
from rules.quiet import Quiet
from rules.routing import RoleName


class StepKind(StrEnum):
    ASK = "ask"
    REMINDER = "reminder"
    LAST = "last"


class Audience(StrEnum):
    """`unconfirmed_or_changed` adds those whose destination changed after they had answered."""

    UNANSWERED = "unanswered"
    UNCONFIRMED_OR_CHANGED = "unconfirmed_or_changed"


class Step(Part):
    """The ask has no moment of its own; every other step has exactly one of the three."""

    key: str
    kind: StepKind
    text: str
    audience: Audience
    after_days: int | None = Field(default=None, ge=1)
    on: MonthDay | None = None
    days_before_deadline: int | None = Field(default=None, ge=0)
    time: clock_time | None = None

    @model_validator(mode="after")
    def _has_one_moment(self) -> Self:
        given = [one for one in (self.after_days, self.on, self.days_before_deadline) if one is not None]
        if len(given) != (0 if self.kind is StepKind.ASK else 1):
            raise ValueError(
                f"step {self.key} needs one of after_days, on, days_before_deadline; an ask none"
            )
        if self.time is None and (self.on or self.days_before_deadline is not None):
            raise ValueError(f"step {self.key} needs a time")
        return self


class Share(Part):
    """Of the last `of_last`, once there are `at_least`: more than this share of them is too many."""

    of_last: int = Field(ge=1)
    at_least: int = Field(ge=1)
    share: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        if self.at_least > self.of_last:
            raise ValueError(f"at_least ({self.at_least}) is more than of_last ({self.of_last})")
        return self

    def passed(self, count: int, of: int) -> bool:
        return of >= self.at_least and count > self.share * of


class AutoPause(Part):
    """Refused sends among those that were settled; "not me" among the answers: each since it last began."""

    refused: Share
    not_me: Share


class CampaignPlan(Part):
    name: str
    scope: Literal["everyone", "settled", "unsettled"]
    deadline_milestone: str
    launched_late_days: int = Field(ge=1)
    minimum_gap_days: int = Field(ge=1)
    maximum_messages: int = Field(ge=1)
    stop_on: Literal["any_answer"]
    second_person_over: int = Field(ge=0)
    second_persons: tuple[RoleName, ...] = Field(min_length=1)
    messages_per_second: float = Field(gt=0)
    auto_pause: AutoPause
    steps: tuple[Step, ...] = Field(alias="step", min_length=1)

    @model_validator(mode="after")
    def _begins_with_its_only_ask(self) -> Self:
        if [step.kind for step in self.steps].count(StepKind.ASK) != 1 or self.steps[
            0
        ].kind is not StepKind.ASK:
            raise ValueError(f"campaign {self.name} needs one ask, as its first step")
        if len({step.key for step in self.steps}) != len(self.steps):
            raise ValueError(f"campaign {self.name} has two steps with one key")
        return self


class CampaignFile(Part):
    campaigns: Mapping[str, CampaignPlan] = Field(alias="campaign")


@dataclass(frozen=True, slots=True)
class Due:
    step_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Campaign:
    """A plan together with the quiet hours it obeys; everything here is pure."""

    values: CampaignPlan
    quiet: Quiet

    @property
    def name(self) -> str:
        return self.values.name

    @property
    def scope(self) -> str:
        return self.values.scope

    @property
    def deadline_milestone(self) -> str:
        return self.values.deadline_milestone

    @property
    def launched_late_days(self) -> int:
        return self.values.launched_late_days

    @property
    def minimum_gap_days(self) -> int:
        return self.values.minimum_gap_days

    @property
    def maximum_messages(self) -> int:
        return self.values.maximum_messages

    @property
    def stop_on(self) -> str:
        return self.values.stop_on

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.values.steps

    @property
    def ask(self) -> Step:
        return self.steps[0]

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)

    def deadline(self, launched_at: datetime, update_deadline: datetime) -> datetime:
        """The update deadline; launched after it, the end of the day so many days after the launch."""
        if aware(launched_at) <= update_deadline:
            return update_deadline.astimezone(UTC)
        day = launched_at.astimezone(self.quiet.zone) + timedelta(days=self.launched_late_days)
        return day.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)

    def ends_at(self, messages: int, now: datetime, per_second: float | None = None) -> datetime:
        """By pace, the planned one unless another is known, over as many days as the quiet hours leave."""
        left = timedelta(seconds=messages / (per_second or self.values.messages_per_second))
        at = self.quiet.next_allowed(now)
        while (closes := self.quiet.next_closing(at)) is not None and at + left > closes:
            left -= closes - at
            at = self.quiet.next_allowed(closes)
        return at + left

    def next_step(
        self,
        asked_at: datetime | None,
        last_sent_at: datetime | None,
        steps_done: Collection[str],
        deadline: datetime,
        now: datetime,
    ) -> Due | None:
        """What is to be sent next to one silent person, and when; `at` <= `now` means at once.

        `steps_done` are the keys of the steps that were sent, in any order, with or without the ask."""
        if asked_at is None:
            return self._in_time(self.ask, self.quiet.next_allowed(now), deadline)
        ahead = self._within_budget(self._ahead(asked_at, steps_done, deadline), steps_done)
        if not ahead:
            return None
        free_at = max(last_sent_at or asked_at, asked_at) + timedelta(days=self.minimum_gap_days)
        at = self.quiet.next_allowed(max(ahead[0][0], free_at, now))
        latest = [step for moment, step in ahead if moment <= at][-1]
        return self._in_time(latest, at, deadline)

    def plan(self, asked_at: datetime, deadline: datetime) -> tuple[Due, ...]:
        """The whole ladder of somebody who never answers, the ask first."""
        dues = [Due(self.ask.key, asked_at)]
        while due := self.next_step(
            asked_at, dues[-1].at, [one.step_key for one in dues], deadline, dues[-1].at
        ):
            dues.append(due)
        return tuple(dues)

    def _in_time(self, step: Step, at: datetime, deadline: datetime) -> Due | None:
        return Due(step.key, at) if at <= deadline else None

    def _ahead(
        self, asked_at: datetime, done: Collection[str], deadline: datetime
    ) -> list[tuple[datetime, Step]]:
        """The steps still to come in order of their moments: one earlier than a sent one is past."""
        moments = [(self._moment(step, asked_at, deadline), step) for step in self.steps[1:]]
        inside = sorted((one for one in moments if asked_at < one[0] <= deadline), key=lambda one: one[0])
        sent = [place for place, (_, step) in enumerate(inside) if step.key in done]
        return inside[sent[-1] + 1 :] if sent else inside

    def _within_budget(
        self, ahead: list[tuple[datetime, Step]], done: Collection[str]
    ) -> list[tuple[datetime, Step]]:
        """One message is kept for the last step: it is the one that names the day."""
        left = self.maximum_messages - len({*done, self.ask.key})
        last = [one for one in ahead if one[1].kind is StepKind.LAST]
        if left <= 0:
            return []
        return last if last and left == len(last) else ahead

    def _moment(self, step: Step, asked_at: datetime, deadline: datetime) -> datetime:
        zone = self.quiet.zone
        if step.after_days is not None:
            local = asked_at.astimezone(zone) + timedelta(days=step.after_days)
            moment = datetime.combine(local.date(), step.time or local.time(), zone)
        else:
            day = deadline.astimezone(zone).date()
            if step.on is not None:
                day = in_year(step.on, day.year)
            else:
                day -= timedelta(days=step.days_before_deadline or 0)
            moment = datetime.combine(day, step.time or clock_time.min, zone)
        return self.quiet.next_allowed(moment)
