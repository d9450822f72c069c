"""One line of a roster, cleaned: who, what is registered, and who had a hand in it."""

import hashlib
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter

from actions.sheets.faults import Warning


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line as it will be compared and kept; it describes a person, so its repr shows the line alone."""

    line: int
    student_no: str | None = field(repr=False)
    exam_no: str | None = field(repr=False)
    name: str = field(repr=False)
    gender: str | None = field(repr=False)
    college: str = field(repr=False)
    major: str | None = field(repr=False)
    class_name: str | None = field(repr=False)
    degree: str | None = field(repr=False)
    level: str | None = field(repr=False)
    completer: bool = field(repr=False)
    graduation_on: date | None = field(repr=False)
    phone: str | None = field(repr=False)
    parent_phone: str | None = field(repr=False)
    email: str | None = field(repr=False)
    hardship: str | None = field(repr=False)
    counselor: str | None = field(repr=False)
    counselor_no: str | None = field(repr=False)
    code: str | None = field(repr=False)
    code_name: str | None = field(repr=False)
    signed_on: date | None = field(repr=False)
    employer: str | None = field(repr=False)
    uscc: str | None = field(repr=False)
    employer_nature: str | None = field(repr=False)
    industry: str | None = field(repr=False)
    location: str | None = field(repr=False)
    position: str | None = field(repr=False)
    contact_name: str | None = field(repr=False)
    contact_phone: str | None = field(repr=False)
    country: str | None = field(repr=False)
    school: str | None = field(repr=False)
    enterer: str | None = field(repr=False)
    enterer_no: str | None = field(repr=False)
    signer: str | None = field(repr=False)
    signer_no: str | None = field(repr=False)
    warnings: tuple[Warning, ...] = field(default=(), repr=False)


_MATERIAL = attrgetter(*(part.name for part in fields(RosterRow) if part.name not in ("line", "warnings")))


def key(row: RosterRow) -> tuple[str, ...]:
    """Who and which course of study; 考生号 with the level tells two degrees of one person apart."""
    if row.exam_no:
        return ("exam_no", row.exam_no, row.level or "")
    return ("student_no", row.student_no or "")


def fingerprint(row: RosterRow) -> str:
    """Equal for equal contents, wherever the line stands."""
    return hashlib.sha256(repr(_MATERIAL(row)).encode()).hexdigest()
