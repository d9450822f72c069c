"""The words by which a part of a list is asked for."""

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

from rules.parts import Part, bare


class Lists(Part):
    """By the part's name: a state, or a kind of case."""

    words: Mapping[str, tuple[str, ...]]

    def meant(self, words: str) -> str | None:
        wanted = bare(words)
        return next((key for key, known in self.words.items() if wanted in map(bare, known)), None)

    @model_validator(mode="after")
    def _each_word_means_one_part(self) -> Self:
        every = [bare(word) for known in self.words.values() for word in known]
        if twice := sorted({word for word in every if every.count(word) > 1}):
            raise ValueError(f"lists {twice[0]} twice")
        return self
