"""Which papers bear out a destination, how much of them is taken, and how long they are kept."""

from collections.abc import Mapping
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from rules.parts import Part
from rules.taxonomy import DestinationClass

MEGABYTE = 1024 * 1024


class Limits(Part):
    file_mb: int = Field(ge=1, le=50)
    files_at_once: int = Field(ge=1, le=20)
    # A page lists so many.
    files_of_one: int = Field(ge=1, le=60)
    pages: int = Field(ge=1)
    pixels: int = Field(ge=1_000_000, le=200_000_000)
    longest_side: int = Field(ge=500)
    quality: int = Field(ge=30, le=95)
    uploads_an_hour: int = Field(ge=1)
    uploads_side_by_side: int = Field(ge=1)
    seconds: int = Field(ge=10)

    @property
    def file_bytes(self) -> int:
        return self.file_mb * MEGABYTE


class Paper(Part):
    """A kind of paper; a refused one bears out no destination."""

    key: str = Field(max_length=40)
    zh_CN: str
    en: str
    refused: bool = False

    def named(self, locale: str) -> str:
        return self.en if locale == "en" else self.zh_CN


class PaperSet(Part):
    """Any one of them will do, or all are needed together."""

    papers: tuple[str, ...] = Field(min_length=1)
    all: bool = False


class Need(Part):
    """One of the sets."""

    codes: tuple[str, ...] = ()
    classes: tuple[DestinationClass, ...] = ()
    sets: tuple[PaperSet, ...] = Field(min_length=1)

    @property
    def papers(self) -> tuple[str, ...]:
        return tuple(paper for one in self.sets for paper in one.papers)


class EvidenceRules(Part):
    keep_years: int = Field(ge=3)
    link_minutes: int = Field(ge=1, le=60)
    goes_to: tuple[str, ...]
    shown_in: tuple[str, ...]
    limits: Limits
    papers: tuple[Paper, ...] = Field(alias="paper", min_length=1)
    needs: tuple[Need, ...] = Field(alias="need")

    def paper(self, key: str) -> Paper | None:
        return self._by_key.get(key)

    def need(self, code: str | None, category: str | None) -> Need | None:
        """The code goes before its class."""
        by_code = next((one for one in self.needs if code and code in one.codes), None)
        return by_code or next((one for one in self.needs if category in one.classes), None)

    @cached_property
    def _by_key(self) -> Mapping[str, Paper]:
        return {one.key: one for one in self.papers}

    @model_validator(mode="after")
    def _papers_are_told_apart(self) -> Self:
        keys = [one.key for one in self.papers]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"lists the paper {twice[0]} twice")
        return self

    @model_validator(mode="after")
    def _what_is_needed_is_taken(self) -> Self:
        for key in (paper for need in self.needs for paper in need.papers):
            found = self.paper(key)
            if found is None:
                raise ValueError(f"a destination needs {key}, which is no paper")
            if found.refused:
                raise ValueError(f"a destination needs {key}, which is refused")
        return self

    @model_validator(mode="after")
    def _a_code_has_one_need(self) -> Self:
        codes = [code for need in self.needs for code in need.codes]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"says twice what code {twice[0]} needs")
        return self
