"""Text messages: how long one may be, and what the words of the platform's receipts mean."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from rules.columns import Sheet
from rules.gateway import Gateway
from rules.parts import Part, bare

Status = Literal["sent", "delivered", "failed"]
Failure = Literal["dead", "off", "refused", "blacklisted", "other"]


class ReceiptSheet(Sheet):
    statuses: Mapping[Status, tuple[str, ...]]
    reasons: Mapping[Failure, tuple[str, ...]]

    def read(self, status: str, reason: str | None = None) -> tuple[Status, Failure | None] | None:
        """None where the status is not known; some platforms write the reason in its place."""
        known = self._statuses.get(bare(status))
        if known is None:
            why = self._reasons.get(bare(status))
            return ("failed", why) if why else None
        return (known, self.why(reason) or "other") if known == "failed" else (known, None)

    def why(self, reason: str | None) -> Failure | None:
        return self._reasons.get(bare(reason or ""))

    @cached_property
    def _statuses(self) -> dict[str, Status]:
        return {bare(word): status for status, words in self.statuses.items() for word in words}

    @cached_property
    def _reasons(self) -> dict[str, Failure]:
        return {bare(word): why for why, words in self.reasons.items() for word in words}

    @model_validator(mode="after")
    def _a_word_means_one_thing(self) -> Self:
        seen: set[str] = set()
        for words in (*self.statuses.values(), *self.reasons.values()):
            for word in words:
                if bare(word) in seen:
                    raise ValueError(f"{word} means two things")
                seen.add(bare(word))
        return self


class Sms(Part):
    maximum_characters: int = Field(ge=20)
    signature: str | None = Field(default=None, min_length=2, max_length=20)
    receipts: ReceiptSheet
    gateway: Gateway | None = None

    def fits(self, text: str) -> bool:
        return counted(text) <= self.maximum_characters


def counted(text: str) -> int:
    """As the platforms count: in units of UTF-16, of which a rare character takes two."""
    return len(text.encode("utf-16-le")) // 2
