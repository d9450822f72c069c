"""Which column of a roster or of the national list is which, and what their words mean."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from rules.parts import Part, bare


class Level(StrEnum):
    DOCTOR = "doctor"
    MASTER = "master"
    SECOND_BACHELOR = "second_bachelor"
    BACHELOR = "bachelor"
    JUNIOR_COLLEGE = "junior_college"


class OfficialStatus(StrEnum):
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    CHANGED_SINCE = "changed_since"


class OfficialFeedback(StrEnum):
    NONE = "none"
    INACCURATE = "inaccurate"
    NEVER_SIGNED = "never_signed"


class Degree(Part):
    """`completer` (without a diploma) is None where the words do not say."""

    level: Level
    completer: bool | None = None


class DegreeRules(Part):
    codes: Mapping[str, Degree]
    levels: Mapping[Level, tuple[str, ...]]
    graduate_words: tuple[str, ...]
    completer_words: tuple[str, ...]

    def read(self, text: str) -> Degree | None:
        """A degree from its code or its words; None where they are not known."""
        words = bare(text)
        if words in self.codes:
            return self.codes[words]
        completer = self.completer(words)
        for ending in (*self.graduate_words, *self.completer_words):
            words = words.removesuffix(bare(ending))
        level = self._levels.get(words)
        return Degree(level=level, completer=completer) if level else None

    def completer(self, text: str) -> bool | None:
        """Whether the text ends in a word for completing without a diploma; None where it says nothing."""
        words = bare(text)
        if any(words.endswith(bare(word)) for word in self.completer_words):
            return True
        return False if any(words.endswith(bare(word)) for word in self.graduate_words) else None

    @cached_property
    def _levels(self) -> dict[str, Level]:
        return {bare(word): level for level, words in self.levels.items() for word in words}


class Sheet(Part):
    """The columns of one kind of sheet; of each group in `required` one column must be there."""

    required: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]]

    def match(self, header: str) -> str | None:
        return self._by_alias.get(bare(header))

    def missing(self, present: set[str]) -> tuple[tuple[str, ...], ...]:
        return tuple(group for group in self.required if not present.intersection(group))

    @cached_property
    def _by_alias(self) -> dict[str, str]:
        return {bare(alias): key for key, aliases in self.columns.items() for alias in aliases}

    @model_validator(mode="after")
    def _an_alias_names_one_column(self) -> Self:
        seen: dict[str, str] = {}
        for key, aliases in self.columns.items():
            for alias in aliases:
                if seen.setdefault(bare(alias), key) != key:
                    raise ValueError(f"{alias} names two columns")
        if unknown := [key for group in self.required for key in group if key not in self.columns]:
            raise ValueError(f"required names {unknown[0]}, which is no column")
        return self


class OfficialSheet(Sheet):
    statuses: Mapping[OfficialStatus, tuple[str, ...]]
    inaccurate: tuple[str, ...]
    never_signed_prefixes: tuple[str, ...]

    def status(self, text: str) -> OfficialStatus | None:
        words = bare(text)
        return next((key for key, known in self.statuses.items() if words in map(bare, known)), None)

    def feedback(self, text: str | None) -> OfficialFeedback | None:
        """None where the words are not known; an empty cell is no feedback."""
        words = bare(text or "")
        if not words:
            return OfficialFeedback.NONE
        if any(words.startswith(bare(prefix)) for prefix in self.never_signed_prefixes):
            return OfficialFeedback.NEVER_SIGNED
        return OfficialFeedback.INACCURATE if words in map(bare, self.inaccurate) else None


class ComplaintSheet(Sheet):
    channels: Mapping[str, tuple[str, ...]]

    def channel(self, text: str) -> str | None:
        words = bare(text)
        return next((key for key, known in self.channels.items() if words in map(bare, known)), None)


class Columns(Part):
    roster: Sheet
    official: OfficialSheet
    complaints: ComplaintSheet
    suspects: Sheet
    degrees: DegreeRules = Field(alias="degree")

    @property
    def required(self) -> tuple[tuple[str, ...], ...]:
        return self.roster.required

    def match(self, header: str) -> str | None:
        return self.roster.match(header)
