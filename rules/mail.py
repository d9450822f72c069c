"""E-mail to the registered addresses: from whom, how fast, and what a refusal means."""

from email.utils import parseaddr
from typing import Literal

from pydantic import Field, field_validator

from rules.parts import Part

Bounce = Literal["dead", "refused", "other"]


class Bounces(Part):
    """What a server says that refuses a recipient for good begins so: its detailed code, else the plain."""

    dead: tuple[str, ...]
    refused: tuple[str, ...]

    def read(self, code: int, said: str) -> Bounce:
        detail = said.strip().partition(" ")[0]
        word = detail if detail.startswith("5.") else str(code)
        if any(_begins(word, one) for one in self.dead):
            return "dead"
        return "refused" if any(_begins(word, one) for one in self.refused) else "other"


class Mail(Part):
    sender: str | None = Field(default=None, alias="from")
    reply_to: str | None = None
    per_second: float = Field(gt=0, le=50)
    within_seconds: int = Field(ge=1, le=120)
    retry_minutes: tuple[int, ...]
    bounces: Bounces

    @field_validator("sender", "reply_to")
    @classmethod
    def _address(cls, given: str | None) -> str | None:
        if given is not None and "@" not in parseaddr(given)[1]:
            raise ValueError("must be an e-mail address such as Office <jiuye@example.edu.cn>")
        return given


def _begins(word: str, with_: str) -> bool:
    """5.1 is the beginning of 5.1.1, and not of 5.10.0."""
    return word == with_ or word.startswith(with_ + ".")
