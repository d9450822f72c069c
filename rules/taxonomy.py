"""Destination codes, their classes and their roll-ups, by cohort."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from rules.parts import Part, bare


class DestinationClass(StrEnum):
    EMPLOYER = "employer"
    CONSCRIPT = "conscript"
    STARTUP = "startup"
    FREELANCE = "freelance"
    STUDY = "study"
    STUDY_ABROAD = "study_abroad"
    SEEKING = "seeking"
    NOT_SEEKING = "not_seeking"
    UNKNOWN = "unknown"

    @property
    def settled(self) -> bool:
        return self not in (self.SEEKING, self.NOT_SEEKING, self.UNKNOWN)


class TopLevel(StrEnum):
    EMPLOYMENT = "employment"
    FURTHER_STUDY = "further_study"
    UNSETTLED = "unsettled"


class RollUp(Part):
    """A second-level class of one edition; `settled` ones are the addends of the settlement rate."""

    key: str
    name: str
    name_en: str
    settled: bool


class Edition(Part):
    key: str
    from_cohort: int
    to_cohort: int | None = None
    flexible: frozenset[str]
    rollups: tuple[RollUp, ...]

    def covers(self, cohort: int) -> bool:
        return self.from_cohort <= cohort and (self.to_cohort is None or cohort <= self.to_cohort)

    def rollup(self, key: str) -> RollUp | None:
        return next((one for one in self.rollups if one.key == key), None)

    @property
    def settlement(self) -> tuple[str, ...]:
        return tuple(one.key for one in self.rollups if one.settled)


class Listed(Part):
    """A code as the file lists it, good for every edition."""

    code: str
    name: str
    name_en: str
    cls: DestinationClass = Field(alias="class")
    l1: TopLevel
    rollups: Mapping[str, str]
    aliases: tuple[str, ...] = ()


class Code(Part):
    """A code as one cohort reads it."""

    code: str
    name: str
    name_en: str
    cls: DestinationClass
    l1: TopLevel
    l2: str
    rollups: Mapping[str, str]
    flexible: bool
    settled: bool


class Taxonomy(Part):
    edition_list: tuple[Edition, ...] = Field(alias="edition")
    listed: tuple[Listed, ...] = Field(alias="code")

    def edition(self, cohort: int) -> Edition | None:
        return next((one for one in self.edition_list if one.covers(cohort)), None)

    def codes(self, cohort: int) -> tuple[Code, ...]:
        """Every code of the cohort, in the file's order; none for a cohort no edition covers."""
        edition = self.edition(cohort)
        return tuple(self._codes[edition.key].values()) if edition else ()

    def code(self, cohort: int, code: str) -> Code | None:
        edition = self.edition(cohort)
        return self._codes[edition.key].get(bare(code)) if edition else None

    def by_name(self, cohort: int, name: str) -> Code | None:
        code = self._names.get(bare(name))
        return self.code(cohort, code) if code else None

    @cached_property
    def _codes(self) -> dict[str, dict[str, Code]]:
        return {
            edition.key: {one.code: _as_read(one, edition) for one in self.listed}
            for edition in self.edition_list
        }

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for one in self.listed:
            for name in (one.name, *one.aliases):
                names.setdefault(bare(name), one.code)
        return names

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        codes = [one.code for one in self.listed]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"lists code {twice[0]} twice")
        return self

    @model_validator(mode="after")
    def _an_alias_means_one_code(self) -> Self:
        bearers: dict[str, set[str]] = {}
        for one in self.listed:
            for name in (one.name, *one.aliases):
                bearers.setdefault(bare(name), set()).add(one.code)
        for alias in (alias for one in self.listed for alias in one.aliases):
            if len(bearers[bare(alias)]) > 1:
                raise ValueError(f"gives the alias {alias} to two codes")
        return self

    @model_validator(mode="after")
    def _every_code_rolls_up(self) -> Self:
        for edition in self.edition_list:
            for one in self.listed:
                rollup = edition.rollup(one.rollups.get(edition.key, ""))
                if rollup is None:
                    raise ValueError(f"code {one.code} has no known roll-up for edition {edition.key}")
                if rollup.settled != one.cls.settled:
                    raise ValueError(f"code {one.code} is settled in one place and not in another")
        return self

    @model_validator(mode="after")
    def _editions_stand_apart(self) -> Self:
        editions = sorted(self.edition_list, key=lambda one: one.from_cohort)
        for earlier, later in pairwise(editions):
            if earlier.covers(later.from_cohort):
                raise ValueError(f"editions {earlier.key} and {later.key} cover the same cohort")
        return self


def _as_read(one: Listed, edition: Edition) -> Code:
    return Code(
        code=one.code,
        name=one.name,
        name_en=one.name_en,
        cls=one.cls,
        l1=one.l1,
        l2=one.rollups[edition.key],
        rollups=one.rollups,
        flexible=one.code in edition.flexible,
        settled=one.cls.settled,
    )
