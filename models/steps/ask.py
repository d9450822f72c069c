"""Questions of the ask card that are answered by typing; each carries what was said before it.

`given` is what was typed and looked wrong: it can still be kept as it is."""

from typing import Literal
from uuid import UUID

from models.steps.base import Step


class ClaimingField(Step):
    """The right value of one field."""

    kind: Literal["claiming_field"] = "claiming_field"
    destination: UUID
    field: str
    given: str | None = None


class ClaimingEmployer(Step):
    kind: Literal["claiming_employer"] = "claiming_employer"
    destination: UUID
    given: str | None = None


class ClaimingUscc(Step):
    kind: Literal["claiming_uscc"] = "claiming_uscc"
    destination: UUID
    name: str
    given: str | None = None


class ClaimingSigned(Step):
    kind: Literal["claiming_signed"] = "claiming_signed"
    destination: UUID
    name: str
    uscc: str | None = None
    given: str | None = None


class ClaimingLeft(Step):
    kind: Literal["claiming_left"] = "claiming_left"
    destination: UUID
    given: str | None = None


class ClaimingName(Step):
    """The employer's, school's or project's name behind a class; `settled` when the record had none."""

    kind: Literal["claiming_name"] = "claiming_name"
    destination: UUID
    cls: str
    settled: bool = False
    given: str | None = None
