"""A roster's line as columns: the graduate's, with personal values sealed, and the destination's."""

import secrets
import time
from typing import Any
from uuid import UUID

from actions.roster_diff import Change
from actions.sheets import RosterRow, key
from models.official import Official
from models.sealed import Keyring
from rules import DestinationClass, Rules
from rules.parts import bare

ROSTER = "roster"
STUDY = (DestinationClass.STUDY, DestinationClass.STUDY_ABROAD)

# Told apart without unsealing: plain columns by value, sealed ones by digest where there is one.
PLAIN = (
    "student_no",
    "exam_no",
    "name",
    "gender",
    "degree",
    "level",
    "completer",
    "graduation_on",
    "counselor",
    "counselor_no",
)
SEALED = ("phone", "parent_phone", "email")
# Of these somebody may have checked a newer one than the roster's.
CHECKED = ("phone", "parent_phone")
REGISTERED = (
    "code",
    "code_name",
    "category",
    "employer",
    "uscc",
    "employer_nature",
    "industry",
    "location",
    "position",
    "signed_on",
    "contact_phone_digest",
    "country",
    "school",
    "enterer",
    "enterer_no",
    "signer",
    "signer_no",
)


def roster_key(row: RosterRow) -> str:
    """The number itself for those without a 考生号; the level tells two degrees of one person apart."""
    kind, *parts = key(row)
    return f"{kind}:{':'.join(parts)}"


def about_graduate(row: RosterRow, mark: str, keys: Keyring) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    values |= {"roster_key": roster_key(row), "name_key": bare(row.name) or row.name, "fingerprint": mark}
    for name in SEALED:
        plain = getattr(row, name)
        values[name] = keys.seal(plain) if plain else None
        values[f"{name}_digest"] = keys.digest(plain) if plain else None
    values |= {f"roster_{name}_digest": values[f"{name}_digest"] for name in CHECKED}
    values["hardship"] = keys.seal(row.hardship) if row.hardship else None
    return values


def about_destination(row: RosterRow, cohort: int, rules: Rules, keys: Keyring) -> dict[str, Any]:
    known = rules.taxonomy.code(cohort, row.code) if row.code else None
    cls = known.cls if known else DestinationClass.UNKNOWN
    return {
        "code": row.code,
        "code_name": row.code_name or (known.name if known else None),
        "category": cls.value,
        "employer": row.employer,
        "employer_key": bare(row.employer) or row.employer if row.employer else None,
        "uscc": row.uscc,
        "employer_nature": row.employer_nature,
        "industry": row.industry,
        "location": row.location,
        "position": row.position,
        "signed_on": row.signed_on,
        "contact_name": keys.seal(row.contact_name) if row.contact_name else None,
        "contact_phone": keys.seal(row.contact_phone) if row.contact_phone else None,
        "contact_phone_digest": keys.digest(row.contact_phone) if row.contact_phone else None,
        "country": row.country,
        # For study at home the register's form names the school in the employer's column.
        "school": row.school or (row.employer if cls in STUDY else None),
        "enterer": row.enterer,
        "enterer_no": row.enterer_no,
        "signer": row.signer,
        "signer_no": row.signer_no,
        "source": ROSTER,
    }


def in_order() -> UUID:
    """A version 7 id: rows made together stay together in every index that holds it."""
    made = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | secrets.randbits(76)
    return UUID(int=made & ~(3 << 62) | 2 << 62)


class Prepared:
    """Sealed and ready before the transaction begins; that is where the time goes."""

    def __init__(self, change: Change, cohort: int, rules: Rules, keys: Keyring) -> None:
        self.row, self.graduate_id = change.row, change.graduate_id or in_order()
        self.is_new = change.graduate_id is None
        self.graduate = about_graduate(change.row, change.fingerprint, keys)
        self.destination = about_destination(change.row, cohort, rules, keys)

    def new_graduate(self, cohort: int, unit_id: UUID) -> dict[str, Any]:
        return self.graduate | {
            "id": self.graduate_id,
            "cohort": cohort,
            "unit_id": unit_id,
            "version": 1,
            "official": Official.UNKNOWN,
        }

    def first_destination(self, import_id: UUID) -> dict[str, Any]:
        made = {"id": in_order(), "graduate_id": self.graduate_id, "number": 1, "import_id": import_id}
        return self.destination | made
