"""The reading side of imports: files become clean typed rows, refusals and warnings; no table is touched."""

from actions.sheets.faults import Oddity, Reason, Refused, SheetError, SheetFault, Warning
from actions.sheets.leads import LeadRow, read_complaints, read_suspects
from actions.sheets.lines import Lines
from actions.sheets.official import OfficialRow, read_official
from actions.sheets.read import Sheet, digest_of, open_sheet
from actions.sheets.receipts import ReceiptRow, read_receipts
from actions.sheets.refused import refused_path, write_refused
from actions.sheets.roster import read_roster
from actions.sheets.row import RosterRow, fingerprint, key

__all__ = [
    "LeadRow",
    "Lines",
    "Oddity",
    "OfficialRow",
    "Reason",
    "ReceiptRow",
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
    "read_complaints",
    "read_official",
    "read_receipts",
    "read_roster",
    "read_suspects",
    "refused_path",
    "write_refused",
]
