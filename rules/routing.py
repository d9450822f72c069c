"""Who owns which case, and who may not."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from rules.parts import Part

RoleName = Literal[
    "counselor",
    "class_tutor",
    "employment_officer",
    "data_entry",
    "college_deputy",
    "college_head",
    "party_head",
    "admin_head",
    "office",
    "school_head",
    "reviewer",
    "discipline",
    "admin",
]


class Act(StrEnum):
    CREATED = "created"
    SIGNED = "signed"
    ENTERED = "entered"
    APPROVED = "approved"


class Routing(Part):
    """`dispute_owners` are looked for up the unit tree, then `dispute_fallback` in their order."""

    implicating_acts: tuple[Act, ...]
    countersignature_above_college: Literal["signer", "unit"]
    dispute_owners: tuple[RoleName, ...] = Field(min_length=1)
    dispute_fallback: tuple[RoleName, ...]
    second_persons: tuple[RoleName, ...] = Field(min_length=1)
    pressure_to: tuple[RoleName, ...] = Field(min_length=1)
    may_file_complaints: tuple[RoleName, ...]
    complaints_to: tuple[RoleName, ...] = Field(min_length=1)
    class_roles: tuple[RoleName, ...]
    ladder: tuple[RoleName, ...] = Field(min_length=1)
    stand_ins: tuple[RoleName, ...]
    may_look: tuple[RoleName, ...]
    may_look_independent: tuple[RoleName, ...]
    views_to: tuple[RoleName, ...]
    overdue_to: tuple[RoleName, ...]
    stranded_to: tuple[RoleName, ...] = Field(min_length=1)
    away_at_most: int = Field(ge=1)
    digest_to: tuple[RoleName, ...]
    call_list: tuple[RoleName, ...]
    may_call: tuple[RoleName, ...]
    call_objections_to: tuple[RoleName, ...]
    default_owner: RoleName
    owners: Mapping[str, RoleName]

    @property
    def independent(self) -> tuple[RoleName, ...]:
        """Who owns, in this order, what may concern colleagues themselves."""
        return (*self.dispute_owners, *self.dispute_fallback)

    def pool(self, role: RoleName) -> tuple[RoleName, ...]:
        """Who sees and may take what nobody owns: the role itself, then whoever stands in for it."""
        if role in self.independent:
            return self.independent
        return tuple(dict.fromkeys((role, *self.stand_ins)))

    def owner_role(self, case_kind: str) -> RoleName:
        return self.owners.get(case_kind, self.default_owner)
