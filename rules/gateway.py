"""The SMS platform's own HTTP interface: what it is sent, how both sides sign, what its answers mean."""

import hashlib
import hmac
from collections.abc import Mapping
from string import Formatter
from typing import Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import Field, field_validator, model_validator

from rules.parts import Part

KNOWN = ("phone", "text", "reference", "timestamp", "nonce")
NEEDED = ("phone", "text", "timestamp", "nonce")
HERE = ("127.0.0.1", "::1", "localhost")


class Answer(Part):
    """Where an answer in JSON says what became of one text; a dot leads inwards."""

    status: str
    taken: tuple[str, ...] = Field(min_length=1)
    busy: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    id: str | None = None
    reason: str | None = None


class Callback(Part):
    """Where a receipt that is brought to us says what; `receipts` names the list where it brings several."""

    receipts: str | None = None
    reference: str | None = None
    id: str | None = None
    phone: str | None = None
    status: str
    reason: str | None = None
    timestamp: str = "timestamp"
    nonce: str = "nonce"
    signature: str = "sign"
    window_seconds: int = Field(ge=10, le=3600)
    answer: str
    requests_a_minute: int = Field(ge=1)
    failures_a_minute: int = Field(ge=1)

    @model_validator(mode="after")
    def _says_which_text(self) -> Self:
        if not (self.reference or self.id or self.phone):
            raise ValueError("a receipt needs reference, id or phone, or nobody knows which text it is about")
        return self


class Gateway(Part):
    address: str
    body: Literal["form", "json"]
    per_second: float = Field(gt=0, le=50)
    within_seconds: int = Field(ge=1, le=60)
    retry_minutes: tuple[int, ...]
    signature: str = "sign"
    fields: Mapping[str, str]
    answer: Answer
    callback: Callback | None = None

    @field_validator("address")
    @classmethod
    def _encrypted(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
            raise ValueError("must begin with https://, for numbers and personal links go there")
        return address

    @field_validator("fields")
    @classmethod
    def _filled(cls, fields: Mapping[str, str]) -> Mapping[str, str]:
        named = {name for text in fields.values() for name in _places(text)}
        if unknown := sorted(named - set(KNOWN)):
            raise ValueError(f"nothing is known to put in place of {{{unknown[0]}}}")
        if missing := [name for name in NEEDED if name not in named]:
            raise ValueError(f"one of them has to hold {{{missing[0]}}}")
        return fields

    @model_validator(mode="after")
    def _signs_all_but_itself(self) -> Self:
        if self.signature in self.fields:
            raise ValueError(f"{self.signature} is the signature and cannot be a field as well")
        return self

    def filled(self, key: str, **facts: str) -> dict[str, str]:
        """All that is sent for one text, signed."""
        fields = {name: text.format_map(facts) for name, text in self.fields.items()}
        return fields | {self.signature: signature(key, fields)}


def signature(key: str, fields: Mapping[str, str]) -> str:
    return hmac.digest(key.encode(), canonical(fields).encode(), hashlib.sha256).hex()


def canonical(fields: Mapping[str, str]) -> str:
    """Encoded, so that no value can pass for another name and value."""
    pairs = sorted(fields.items())
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def _places(text: str) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise ValueError(f"{text} has a brace too many or too few") from error
