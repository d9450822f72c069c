"""Sealed columns: a key id and ciphertext, with a keyed digest of the normal form for exact match."""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

NONCE = 12
KEY_ID = 8
# What a sealed file begins with; the key's id comes next.
FILE = b"qx1:"


class WrongSecret(Exception):
    """The key material at hand is not the one that sealed this value."""


class Keyring(BaseModel):
    """Keys derived from QUXIANG_SECRET; one key id today, room for rotation."""

    model_config = ConfigDict(frozen=True)
    key_id: str
    sealing: bytes
    digesting: bytes

    @classmethod
    def of(cls, secret: str) -> "Keyring":
        def derive(purpose: str) -> bytes:
            return hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)

        return cls(key_id=derive("id").hex()[:KEY_ID], sealing=derive("seal"), digesting=derive("digest"))

    def seal(self, plain: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = nonce + _cipher(self.sealing).encrypt(nonce, plain.encode(), None)
        return f"{self.key_id}:{urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str) -> str:
        key_id, _, token = sealed.partition(":")
        try:
            whole = urlsafe_b64decode(token)
            return _cipher(self.sealing).decrypt(whole[:NONCE], whole[NONCE:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise WrongSecret(f"sealed with key {key_id}, opened with {self.key_id}") from error

    def seal_file(self, plain: bytes, name: bytes) -> bytes:
        """For a file that is kept under this name, and opens under no other."""
        nonce = os.urandom(NONCE)
        return FILE + self.key_id.encode() + nonce + _cipher(self.sealing).encrypt(nonce, plain, name)

    def open_file(self, sealed: bytes, name: bytes) -> bytes:
        head = len(FILE) + KEY_ID
        try:
            nonce, rest = sealed[head : head + NONCE], sealed[head + NONCE :]
            return _cipher(self.sealing).decrypt(nonce, rest, name)
        except (InvalidTag, ValueError) as error:
            key_id = sealed[len(FILE) : head].decode("ascii", "replace")
            raise WrongSecret(f"sealed with key {key_id}, opened with {self.key_id}") from error

    def code(self, of: UUID) -> str:
        """Of a link: made anew from the key whenever it is shown, so that no row and no message holds it."""
        return self.digest(f"link:{of.hex}")[:48]

    def digest(self, normal_form: str) -> str:
        return hmac.digest(self.digesting, normal_form.encode(), "sha256").hex()


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    """Making one anew costs more than sealing a telephone number."""
    return AESGCM(key)


class SealedType(TypeDecorator[str]):
    """Ciphertext at rest; who may read asks the keyring, so a row read by chance shows nothing."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and ":" not in value:
            raise ValueError("seal a personal value before it is stored")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(value)


def Sealed() -> Any:
    return Field(default=None, sa_type=SealedType, nullable=True)


def Digest() -> Any:
    """The keyed digest beside a sealed value, for exact match only."""
    return Field(default=None, max_length=64, index=True, nullable=True)
