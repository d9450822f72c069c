"""Chains: what follows when something changed or stays open, who hears of it, and what ends it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from rules.parts import Part
from rules.routing import RoleName

FollowupKind = Literal[
    "own_phone",
    "parent_phone",
    "employer_contact",
    "left_job",
    "terminated",
    "changed_employer",
    "needs_help",
    "still_seeking",
    "unverified_phone",
    "snoozed",
]


class Does(StrEnum):
    """`check` becomes a case unless somebody has checked, `case` in any case; `ladder` says nothing."""

    TELL = "tell"
    CHECK = "check"
    ASK = "ask"
    CASE = "case"
    OFFER_HELP = "offer_help"
    LADDER = "ladder"


class Ends(StrEnum):
    """In the order of the file the first that is true is the result."""

    REMOVED = "removed"
    VERIFIED = "verified"
    CASE_CLOSED = "case_closed"
    MATERIAL = "material"
    REGISTERED = "registered"
    DISPUTED = "disputed"
    ANSWERED = "answered"
    ASK_CLOSED = "ask_closed"
    OPTED_OUT = "opted_out"


TO_THE_GRADUATE = frozenset({Does.ASK, Does.OFFER_HELP})
TO_A_CASE = frozenset({Does.CHECK, Does.CASE})


class Wait(Part):
    days: int | None = Field(default=None, ge=1)
    hours: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.days is None) is (self.hours is None):
            raise ValueError("needs one of days, hours")
        return self

    @property
    def span(self) -> timedelta:
        return timedelta(days=self.days or 0, hours=self.hours or 0)


class Step(Part):
    """`after` counts from the beginning of the chain, `after_step` from when the step before was taken."""

    key: str = Field(min_length=1, max_length=20)
    does: Does
    after: Wait | None = None
    after_step: Wait | None = None
    at_most: int = Field(default=1, ge=1)
    to: tuple[Literal["owner"] | RoleName, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.after is None) is (self.after_step is None):
            raise ValueError(f"step {self.key} needs one of after, after_step")
        if self.at_most > 1 and self.after is None:
            raise ValueError(f"step {self.key} comes again and needs after")
        if bool(self.to) is not (self.does is Does.TELL):
            raise ValueError(f"step {self.key}: to belongs to what tells somebody, and there it is needed")
        return self


@dataclass(frozen=True, slots=True)
class Moment:
    """One step, for the `round`-th time."""

    step: Step
    round: int

    def due(self, since: datetime, last_at: datetime | None) -> datetime | None:
        """None while the step it waits for has not been taken; a time taken late moves the next one on."""
        if self.step.after is not None:
            span = self.step.after.span
            at = since + span * self.round
            return max(at, last_at + span) if last_at and self.round > 1 else at
        if last_at is None or self.step.after_step is None:
            return None
        return last_at + self.step.after_step.span


class Chain(Part):
    """`told` hear of it when it begins; what nobody has checked by its step becomes a case of `case`."""

    told: tuple[RoleName, ...] = ()
    case: str | None = None
    ends: tuple[Ends, ...] = Field(min_length=1)
    steps: tuple[Step, ...] = Field(alias="step", min_length=1)

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        keys = [step.key for step in self.steps]
        if len(set(keys)) != len(keys):
            raise ValueError("two steps have one key")
        if self.steps[0].after is None:
            raise ValueError(f"step {keys[0]} is the first and needs after")
        spans = [one.step.after.span * one.round for one in self.moments() if one.step.after]
        if any(later <= earlier for earlier, later in pairwise(spans)):
            raise ValueError("a step comes before the one ahead of it")
        if self.case is None and any(step.does in TO_A_CASE for step in self.steps):
            raise ValueError("a step opens a case and the key case is missing")
        return self

    def moments(self) -> Iterator[Moment]:
        return (Moment(step, number) for step in self.steps for number in range(1, step.at_most + 1))

    def at(self, key: str, number: int) -> Moment:
        """Where a chain stands; a step that the rules have no more begins anew."""
        known = (one for one in self.moments() if one.step.key == key and one.round == number)
        return next(known, next(self.moments()))

    def following(self, moment: Moment) -> Moment | None:
        found = list(self.moments())
        place = found.index(moment) + 1
        return found[place] if place < len(found) else None


class CallList(Part):
    """So many unanswered steps, or failed channels, and the graduate is to be telephoned."""

    steps_unanswered: int = Field(ge=1)
    after: Wait
    channels_failed: int = Field(ge=1)
    refusals: int = Field(ge=1)


class Followups(Part):
    call_list: CallList
    chains: Mapping[FollowupKind, Chain] = Field(alias="chain")

    @model_validator(mode="after")
    def _all_are_there(self) -> Self:
        if missing := [kind for kind in get_args(FollowupKind) if kind not in self.chains]:
            raise ValueError(f"there is no chain {', '.join(missing)}")
        added = [step.key for step in self.chains["snoozed"].steps if step.does in TO_THE_GRADUATE]
        if added:
            raise ValueError(f"chain snoozed: step {added[0]} would say more than was chosen")
        return self
