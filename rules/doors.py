"""By which door a step of a campaign goes to whom."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from rules.parts import Part


class Door(StrEnum):
    TELEGRAM = "telegram"
    SMS = "sms"
    EMAIL = "email"


Order = tuple[Door, ...]


class Doors(Part):
    """The order of doors by where somebody answered last; of these the first that is open to them."""

    chat: Order = Field(min_length=1)
    page: Order = Field(min_length=1)
    nowhere: Order = Field(min_length=1)

    def after(self, source: str | None) -> Order:
        match source:
            case "chat":
                return self.chat
            case "page":
                return self.page
            case _:
                return self.nowhere

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for order in (self.chat, self.page, self.nowhere):
            if len(set(order)) < len(order):
                raise ValueError("names a door twice")
        return self
