"""Which fields of a destination matter, and which a graduate may say are wrong."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from rules.parts import Part
from rules.taxonomy import DestinationClass

MaterialField = Literal["class", "employer", "school", "signed_on"]
NameField = Literal["employer", "uscc", "school"]
CorrectableField = Literal[
    "code",
    "employer",
    "uscc",
    "position",
    "location",
    "signed_on",
    "contact_name",
    "contact_phone",
    "school",
    "country",
]


class Destinations(Part):
    material_fields: tuple[MaterialField, ...]
    names_in_dispute: tuple[NameField, ...]
    fields: Mapping[DestinationClass, tuple[CorrectableField, ...]] = Field(alias="correctable")

    def correctable(self, cls: DestinationClass) -> tuple[CorrectableField, ...]:
        return self.fields[cls]

    @model_validator(mode="after")
    def _every_class_is_listed(self) -> Self:
        if missing := [cls.value for cls in DestinationClass if cls not in self.fields]:
            raise ValueError(f"correctable.{missing[0]} is missing")
        return self
