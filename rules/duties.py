"""Who the calendar means, how much trying is enough, and when somebody is reminded or told."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from rules.parts import Part
from rules.presets import Event, Month
from rules.routing import RoleName
from rules.sla import Term


class Name(Part):
    name: str
    name_en: str

    def in_locale(self, locale: str) -> str:
        return self.name_en if locale == "en" else self.name


class Party(Name):
    """Without roles it is somebody outside the school: what they do is shown, and nobody's duty here."""

    roles: tuple[RoleName, ...] = ()
    unit: Literal["class", "college", "school"] | None = None
    attempts: bool = False

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if bool(self.roles) != (self.unit is not None):
            raise ValueError("needs both roles and unit, or neither")
        return self


class Attempts(Part):
    """Enough for one graduate: so many, on so many days, by so many means."""

    count: int = Field(ge=1)
    days: int = Field(ge=1)
    means: int = Field(ge=1)


class Remind(Part):
    milestone: int = Field(ge=0)
    window: int = Field(ge=0)
    survey: int = Field(ge=0)
    monthly: int = Field(ge=0)
    weekly: int = Field(ge=0)
    other: int = Field(ge=0)


class Digest(Part):
    at: tuple[time, ...] = Field(min_length=1)
    every_day_in: tuple[Month, ...] = ()


class Notice(Part):
    after: Term
    to: tuple[RoleName, ...] = Field(min_length=1)


class Missed(Part):
    listed_days: int = Field(ge=1)

    @property
    def listed(self) -> timedelta:
        return timedelta(days=self.listed_days)


class Duties(Part):
    parties: Mapping[str, Party] = Field(alias="party")
    signers: Mapping[str, Name] = Field(alias="signer")
    attempts: Attempts
    remind: Remind
    notice: Notice
    missed: Missed
    digest: Digest

    def parties_of(self, event: Event) -> tuple[str, ...]:
        """Those of its parties who work at this school."""
        return tuple(who for who in event.who if self.parties[who].roles)

    def remind_before(self, event: Event) -> int:
        found: int = getattr(self.remind, event.freq or event.kind, self.remind.other)
        return found
