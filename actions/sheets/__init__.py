"""The reading side of imports: files become clean typed rows, refusals and warnings; no table is touched."""

from actions.sheets.faults import Oddity, Reason, Refused, SheetError, SheetFault, Warning
from actions.sheets.lines import Lines
from actions.sheets.official import OfficialRow, read_official
from actions.sheets.read import Sheet, digest_of, open_sheet
from actions.sheets.refused import refused_path, write_refused
from actions.sheets.roster import read_roster
from actions.sheets.row import RosterRow, fingerprint, key

__all__ = [
    "Lines",
    "Oddity",
    "OfficialRow",
    "Reason",
    "Refused",
    "RosterRow",
    "Sheet",
    "SheetError",
    "SheetFault",
    "Warning",
    "digest_of",
    "fingerprint",
    "key",
    "open_sheet",
    "read_official",
    "read_roster",
    "refused_path",
    "write_refused",
]
