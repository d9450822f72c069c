"""Questions about a changed contact; what was typed before is kept sealed and named by its id."""

from typing import Literal
from uuid import UUID

from models.steps.base import Step


class AskingOwnPhone(Step):
    kind: Literal["contact_own_phone"] = "contact_own_phone"
    graduate: UUID


class AskingParentPhone(Step):
    kind: Literal["contact_parent_phone"] = "contact_parent_phone"
    graduate: UUID


class AskingContactName(Step):
    kind: Literal["contact_name"] = "contact_name"
    graduate: UUID


class AskingContactNumber(Step):
    """`name` is the text in which the new person was given; none when the person is the same."""

    kind: Literal["contact_number"] = "contact_number"
    graduate: UUID
    name: UUID | None = None
