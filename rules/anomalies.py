"""The thresholds of the anomaly rules, by their number in the domain's list."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from rules.parts import Part


class Severity(StrEnum):
    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


class Anomaly(Part):
    """One rule: its title, how grave it is, and its numbers and words by name."""

    severity: Severity
    zh_CN: str
    en: str
    enabled: bool = True
    numbers: Mapping[str, int | float] = Field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    switches: Mapping[str, bool] = Field(default_factory=dict)


class AnomalyFile(Part):
    anomalies: Mapping[str, Anomaly] = Field(alias="anomaly")
