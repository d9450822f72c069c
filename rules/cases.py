"""What each kind of case is: how grave, whether its owner hears of it at once, and how it ends."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from rules.parts import Part

SeverityName = Literal["urgent", "high", "normal"]
OutcomeName = Literal[
    "confirmed_false",
    "confirmed_true",
    "was_true_now_ended",
    "employer_mix_up",
    "unresolved",
    "done",
    "register_corrected",
    "no_change_needed",
    "not_reached",
    "substantiated",
    "partly",
    "unfounded",
    "passed_on",
]


class CaseRule(Part):
    """`alert`: at once, or with the next digest. `told`: the graduate hears how it ended.
    `looked_into`: it cannot be settled before somebody wrote down who was asked and what was seen.
    `changes_register`: once passed by the second person, these are a task for whoever enters the data.

    `closes`: by hand, with one of the outcomes; or when a later import shows the register corrected."""

    severity: SeverityName = "normal"
    alert: Literal["at_once", "digest"] = "digest"
    outcomes: tuple[OutcomeName, ...] = Field(min_length=1)
    review: Literal["never", "always"] = "never"
    told: bool = False
    looked_into: bool = False
    changes_register: tuple[OutcomeName, ...] = ()
    closes: Literal["by_hand", "by_register"] = "by_hand"


class CaseRules(Part):
    """The reason of a case, where it has rules of its own, goes before its kind."""

    default: CaseRule
    kinds: Mapping[str, CaseRule] = Field(alias="kind")

    def of(self, kind: str, reason: str = "") -> CaseRule:
        return self.kinds.get(reason) or self.kinds.get(kind) or self.default
