"""The tree of units: province, school, college or residential college, major, class."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import UUID, Choice, Id, Key


class UnitKind(StrEnum):
    PROVINCE = "province"
    SCHOOL = "school"
    COLLEGE = "college"
    RESIDENTIAL = "residential"
    MAJOR = "major"
    CLASS = "class"


class Unit(SQLModel, table=True):
    """`path` is the ids from the root down, so that "under this unit" is one prefix match."""

    __table_args__ = (UniqueConstraint("parent_id", "name", name="uq_unit_parent_name"),)

    id: UUID = Id()
    parent_id: UUID | None = Key("unit", nullable=True)
    kind: UnitKind = Choice(UnitKind)
    name: str = Field(max_length=200)
    path: str = Field(max_length=400, index=True, unique=True)

    @classmethod
    def under(cls, parent: "Unit | None", kind: UnitKind, name: str) -> "Unit":
        unit = cls(kind=kind, name=name, path="", parent_id=parent.id if parent else None)
        unit.path = f"{parent.path if parent else '/'}{unit.id.hex}/"
        return unit

    def covers(self, other: "Unit") -> bool:
        return other.path.startswith(self.path)

    @property
    def ids_above(self) -> list[UUID]:
        """Its own id and those of all above it."""
        return [UUID(one) for one in self.path.strip("/").split("/")]

    @property
    def paths_above(self) -> list[str]:
        """Its own path and those of all above it."""
        steps = self.path.strip("/").split("/")
        return ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
