"""The one question a dispute leaves open: anything to add."""

from typing import ClassVar, Literal
from uuid import UUID

from models.steps.base import Hat, Step


class AddingStatement(Step):
    """`objection` after an outcome was not agreed to."""

    kind: Literal["adding_statement"] = "adding_statement"
    hat: ClassVar[Hat] = Hat.GRADUATE
    dispute: UUID
    objection: bool = False
