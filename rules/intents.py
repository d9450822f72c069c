"""Whole messages that mean one thing."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from rules.parts import Part, bare


class Intent(StrEnum):
    STOP = "stop"
    HELP = "help"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    LANGUAGE = "language"
    MY = "my"


class Intents(Part):
    words: Mapping[Intent, tuple[str, ...]] = Field(alias="intent")

    def match(self, text: str) -> Intent | None:
        """The intent only where the whole message is one of its words."""
        return self._by_word.get(bare(text))

    @cached_property
    def _by_word(self) -> dict[str, Intent]:
        return {bare(word): intent for intent, words in self.words.items() for word in words}

    @model_validator(mode="after")
    def _a_word_means_one_thing(self) -> Self:
        seen: dict[str, Intent] = {}
        for intent, words in self.words.items():
            for word in words:
                if not bare(word):
                    raise ValueError(f"{intent} has a word without a letter")
                if seen.setdefault(bare(word), intent) is not intent:
                    raise ValueError(f"{word} means two things")
        return self
