"""Who may ask that something be put right, and after which cases it is offered."""

from pydantic import Field

from rules.cases import OutcomeName
from rules.parts import Part
from rules.routing import RoleName


class Rectify(Part):
    makers: tuple[RoleName, ...] = Field(min_length=1)
    furthest_days: int = Field(ge=1)
    text_max: int = Field(ge=20)
    kinds: tuple[str, ...]
    outcomes: tuple[OutcomeName, ...]
