"""Two gentle words outside the ladders: the way to the national register, and a half-finished answer."""

from datetime import timedelta

from pydantic import Field, field_validator

from rules.parts import Part


class Pointer(Part):
    after_days: tuple[int, ...] = Field(max_length=2)

    @field_validator("after_days")
    @classmethod
    def _in_order(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if sorted(set(days)) != list(days) or any(one < 1 for one in days):
            raise ValueError("must be days after the answer, each later than the one before")
        return days


class Unfinished(Part):
    after_hours: int = Field(ge=1)

    @property
    def after(self) -> timedelta:
        return timedelta(hours=self.after_hours)


class Nudges(Part):
    pointer: Pointer
    unfinished: Unfinished
