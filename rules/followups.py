"""What follows when something about a graduate has changed."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from rules.parts import Part

FollowupKind = Literal[
    "own_phone", "parent_phone", "employer_contact", "left_job", "terminated", "changed_employer"
]


class Followup(Part):
    """`unverified_after_days` without a check, the follow-up becomes a case of `case_kind`."""

    counselor_told: bool
    recheck_after_days: int = Field(ge=1)
    unverified_after_days: int = Field(ge=1)
    case_kind: str


class FollowupFile(Part):
    followups: Mapping[FollowupKind, Followup] = Field(alias="followup")
