"""What no message may say, in any spelling, and the few places where the same words do no harm."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from rules.parts import Part, bare

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]+")


class Group(Part):
    """Phrases that do one harm; `zh_CN` and `en` say how the same thing is worded without it."""

    key: str
    zh_CN: str
    en: str
    phrases: tuple[str, ...] = Field(min_length=1)


class Allowed(Part):
    """These exact words may stand although a phrase is in them, and why."""

    words: str
    why: str = Field(min_length=1)


@dataclass(frozen=True)
class Found:
    phrase: str
    group: Group


class Phrases(Part):
    groups: tuple[Group, ...] = Field(alias="group", min_length=1)
    allowed: tuple[Allowed, ...] = Field(alias="allow", default=())

    def found_in(self, text: str) -> Found | None:
        """The phrase that stands first; spaces, punctuation, case and full-width forms hide nothing."""
        found = [
            (place, one)
            for han, form in ((True, bare(text)), (False, _spelled(text)))
            for place, one in self._in(form, han=han)
        ]
        return min(found, key=lambda each: each[0])[1] if found else None

    @property
    def every(self) -> Sequence[str]:
        return [phrase for group in self.groups for phrase in group.phrases]

    def group(self, phrase: str) -> Group | None:
        return next((one for one in self.groups if phrase in one.phrases), None)

    def _in(self, form: str, *, han: bool) -> Iterator[tuple[float, Found]]:
        harmless = [span for words in self._harmless if _is_han(words) is han for span in _spans(words, form)]
        for phrase, found in self._sought.items():
            if _is_han(phrase) is not han:
                continue
            for start, end in _spans(phrase, form):
                if not any(first <= start and end <= last for first, last in harmless):
                    yield start / len(form), found

    @cached_property
    def _sought(self) -> dict[str, Found]:
        return {_form(phrase): Found(phrase, group) for group in self.groups for phrase in group.phrases}

    @cached_property
    def _harmless(self) -> tuple[str, ...]:
        return tuple(_form(one.words) for one in self.allowed)

    @model_validator(mode="after")
    def _each_phrase_says_something_once(self) -> Self:
        seen: set[str] = set()
        for phrase in self.every:
            if not bare(phrase):
                raise ValueError(f"the phrase {phrase!r} has no letter")
            if _form(phrase) in seen:
                raise ValueError(f"lists {phrase} twice")
            seen.add(_form(phrase))
        return self

    @model_validator(mode="after")
    def _what_is_allowed_is_an_exact_exception(self) -> Self:
        for one in self.allowed:
            inside = [phrase for phrase in self._sought if phrase in _form(one.words)]
            if not inside:
                raise ValueError(f"allows {one.words!r}, in which there is no phrase")
            if _form(one.words) in inside:
                raise ValueError(f"allows {one.words!r}, which is a phrase itself")
        return self


def _form(words: str) -> str:
    return bare(words) if _is_han(words) else _spelled(words)


def _is_han(words: str) -> bool:
    return _HAN.search(words) is not None


def _spelled(text: str) -> str:
    """Word by word: without its gaps "for elsewhere" would hold a threat."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return f" {' '.join(_WORD.findall(folded))} "


def _spans(words: str, form: str) -> Iterator[tuple[int, int]]:
    start = form.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = form.find(words, start + 1)
