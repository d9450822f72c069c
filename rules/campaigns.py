"""Campaigns and their two ladders: who is asked and reminded, when, and what gives way to what."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from rules.parts import MonthDay, Part, aware, in_year
from rules.quiet import Quiet
from rules.routing import RoleName

# All who are asked by one launch have the same ladder, and every message looks at it.
SPANS_KEPT = 100


class Ladder(StrEnum):
    """The one counts from the launch, the other back from the day the school aims at."""

    CONFIRM = "confirm"
    AUGUST = "august"


class Audience(StrEnum):
    """`unconfirmed_or_changed` adds those whose destination changed after they had answered."""

    UNANSWERED = "unanswered"
    UNCONFIRMED_OR_CHANGED = "unconfirmed_or_changed"


class Step(Part):
    """Of the ladder whose days it gives; the hour is the launch's own unless one is given."""

    key: str
    audience: Audience
    days_after_launch: int | None = Field(default=None, ge=0)
    days_before_target: int | None = Field(default=None, ge=0)
    time: clock_time | None = None
    invites_changes: bool = True

    @model_validator(mode="after")
    def _has_one_moment(self) -> Self:
        if (self.days_after_launch is None) == (self.days_before_target is None):
            raise ValueError(f"step {self.key} needs one of days_after_launch, days_before_target")
        if self.time is None and self.days_before_target is not None:
            raise ValueError(f"step {self.key} needs a time")
        return self

    @property
    def ladder(self) -> Ladder:
        return Ladder.AUGUST if self.days_after_launch is None else Ladder.CONFIRM


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
    deadline_milestone: str
    offered_days_before: int | None = Field(default=None, ge=1)
    launched_late_days: int = Field(ge=1)
    minimum_gap_hours: int = Field(ge=1)
    maximum_messages: int = Field(ge=1)
    gives_way_on: MonthDay
    stop_on: Literal["any_answer"]
    second_person_over: int = Field(ge=0)
    second_persons: tuple[RoleName, ...] = Field(min_length=1)
    messages_per_second: float = Field(gt=0)
    auto_pause: AutoPause
    steps: tuple[Step, ...] = Field(alias="step", min_length=1)

    @model_validator(mode="after")
    def _is_climbed_in_order(self) -> Self:
        if wrong := next(self._wrong(), None):
            raise ValueError(f"campaign {self.name} {wrong}")
        return self

    def _wrong(self) -> Iterator[str]:
        if self.steps[0].days_after_launch != 0:
            yield "needs an ask as its first step: days_after_launch = 0"
        if len({step.key for step in self.steps}) != len(self.steps):
            yield "has two steps with one key"
        for ladder in Ladder:
            days = [_days(step) for step in self.steps if step.ladder is ladder]
            if len(days) > self.maximum_messages:
                yield f"has more than {self.maximum_messages} steps on the ladder {ladder}"
            if sorted(set(days)) != days:
                yield f"has steps out of order on the ladder {ladder}"


def _days(step: Step) -> int:
    return step.days_after_launch if step.days_after_launch is not None else -(step.days_before_target or 0)


class CampaignFile(Part):
    campaigns: Mapping[str, CampaignPlan] = Field(alias="campaign")


@dataclass(frozen=True, slots=True)
class Span:
    """What the steps count from; without a target there is no August: it was launched after it."""

    begins_at: datetime
    target_on: date | None
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """`passed`: the steps before it that nobody heard of in time; of several, only the latest is said."""

    step_key: str
    at: datetime
    passed: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    step: Step


@dataclass(frozen=True, slots=True)
class Campaign:
    """A plan together with the quiet hours it obeys; everything here is pure."""

    values: CampaignPlan
    quiet: Quiet
    _laid_out: dict[Span, tuple[Moment, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def name(self) -> str:
        return self.values.name

    @property
    def deadline_milestone(self) -> str:
        return self.values.deadline_milestone

    @property
    def launched_late_days(self) -> int:
        return self.values.launched_late_days

    @property
    def gap(self) -> timedelta:
        return timedelta(hours=self.values.minimum_gap_hours)

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

    def invites_changes(self, span: Span, key: str, now: datetime) -> bool:
        """Up to the day of the last step that does: the same step, said later, does not any more."""
        if not self.step(key).invites_changes or span.target_on is None:
            return self.step(key).invites_changes
        days = [-_days(one) for one in self.steps if one.ladder is Ladder.AUGUST and one.invites_changes]
        today = now.astimezone(self.quiet.zone).date()
        return not days or today <= span.target_on - timedelta(days=min(days))

    def deadline(self, launched_at: datetime, update_deadline: datetime) -> datetime:
        """The update deadline; launched after it, the end of the day so many days after the launch."""
        if aware(launched_at) <= update_deadline:
            return update_deadline.astimezone(UTC)
        day = launched_at.astimezone(self.quiet.zone) + timedelta(days=self.launched_late_days)
        return day.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)

    def ends_at(self, messages: int, now: datetime, per_second: float | None = None) -> datetime:
        """By pace, the planned one unless another is known, over as many days as the quiet hours leave."""
        left = timedelta(seconds=messages / (per_second or self.values.messages_per_second))
        return self.quiet.done_at(now, left)

    def moments(self, span: Span) -> tuple[Moment, ...]:
        """Every step of both ladders in its order, none past the deadline.

        Of August's steps before it began only the latest is left: that is where it begins."""
        if span not in self._laid_out:
            if len(self._laid_out) == SPANS_KEPT:
                self._laid_out.clear()
            self._laid_out[span] = self._lay_out(span)
        return self._laid_out[span]

    def _lay_out(self, span: Span) -> tuple[Moment, ...]:
        august = self._august(span)
        found = [*self._confirm(span, august[0].at if august else None), *_standing(august, span.begins_at)]
        return tuple(one for one in found if one.at <= span.deadline)

    def first_step(self, span: Span, now: datetime, *, last_sent_at: datetime | None = None) -> Due | None:
        """The step that stands now, for somebody not asked so far; the deadline is the postman's to see."""
        return self._next(span, (), now, last_sent_at, {})

    def next_step(
        self,
        span: Span,
        done: Collection[str],
        now: datetime,
        *,
        last_sent_at: datetime | None = None,
        sent: Mapping[Ladder, int] | None = None,
    ) -> Due | None:
        """What is to be sent next to one silent person, and when; `at` <= `now` means at once.

        `done` are the steps that are over, sent or not; `sent` is how many messages of each ladder
        they were sent. A step too early waits for the gap; it is not left out."""
        due = self._next(span, done, now, last_sent_at, sent or {})
        return due if due and due.at <= span.deadline else None

    def left_over(self, span: Span, done: Collection[str]) -> tuple[str, ...]:
        """At the deadline: what nobody will hear of any more."""
        return tuple(one.step.key for one in self._ahead(span, done))

    def is_last(self, span: Span, key: str) -> bool:
        return self.moments(span)[-1].step.key == key

    def plan(self, span: Span) -> tuple[Due, ...]:
        """The whole ladder of somebody who never answers."""
        dues: list[Due] = []
        sent: Counter[Ladder] = Counter()
        last_at, now = None, span.begins_at
        while due := self.next_step(
            span, [one.step_key for one in dues], now, last_sent_at=last_at, sent=sent
        ):
            dues.append(due)
            sent[self.step(due.step_key).ladder] += 1
            last_at = now = due.at
        return tuple(dues)

    def _next(
        self,
        span: Span,
        done: Collection[str],
        now: datetime,
        last_sent_at: datetime | None,
        sent: Mapping[Ladder, int],
    ) -> Due | None:
        ahead = self._ahead(span, done)
        open_to = [one for one in ahead if sent.get(one.step.ladder, 0) < self.maximum_messages]
        if not open_to:
            return None
        free_at = last_sent_at + self.gap if last_sent_at else now
        at = self.quiet.next_allowed(max(open_to[0].at, free_at, now))
        current = [one for one in open_to if one.at <= at][-1]
        return Due(current.step.key, at, tuple(one.step.key for one in ahead if one.at < current.at))

    def _ahead(self, span: Span, done: Collection[str]) -> tuple[Moment, ...]:
        """The steps still to come: one earlier than a step that is over is past."""
        moments = self.moments(span)
        over = [place for place, one in enumerate(moments) if one.step.key in done]
        return moments[over[-1] + 1 :] if over else moments

    def _august(self, span: Span) -> list[Moment]:
        if span.target_on is None:
            return []
        steps = [step for step in self.steps if step.ladder is Ladder.AUGUST]
        return [Moment(self._before(span.target_on, step), step) for step in steps]

    def _before(self, target_on: date, step: Step) -> datetime:
        day = target_on - timedelta(days=step.days_before_target or 0)
        local = datetime.combine(day, step.time or clock_time.min, self.quiet.zone)
        return self.quiet.next_allowed(local)

    def _confirm(self, span: Span, august_at: datetime | None) -> list[Moment]:
        """They give way once August begins, by the calendar or by its ladder, whichever comes first."""
        if august_at is None or span.target_on is None:
            until = None
        elif span.begins_at >= august_at:
            return []
        else:
            month = in_year(self.values.gives_way_on, span.target_on.year)
            until = min(august_at, datetime.combine(month, clock_time.min, self.quiet.zone))
        steps = [step for step in self.steps if step.ladder is Ladder.CONFIRM]
        found = [Moment(self._after(span.begins_at, step), step) for step in steps]
        return [one for one in found if one.step is self.ask or until is None or one.at < until]

    def _after(self, begins_at: datetime, step: Step) -> datetime:
        local = begins_at.astimezone(self.quiet.zone) + timedelta(days=step.days_after_launch or 0)
        moment = datetime.combine(local.date(), step.time or local.time(), self.quiet.zone)
        return self.quiet.next_allowed(moment)


def _standing(august: Sequence[Moment], begins_at: datetime) -> Sequence[Moment]:
    before = sum(one.at <= begins_at for one in august)
    return august[max(0, before - 1) :]
