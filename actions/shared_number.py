"""The number of a shared contact in the register's form, written with its + or without."""

import phonenumbers

from actions.sheets.phones import phone
from actions.work import Work


def normal_forms(shared: str) -> list[str]:
    """What the number may mean, the likeliest first: Telegram writes 8613…, +8613… and, rarely, 13…"""
    digits = "".join(sign for sign in shared if sign.isdigit())
    abroad, home = phone(f"+{digits}")[0], phone(digits)[0]
    found = [form for form in (abroad, home) if form]
    found.sort(key=lambda form: not phonenumbers.is_valid_number(phonenumbers.parse(form)))
    return list(dict.fromkeys(found)) or [f"+{digits}"]


def is_number(work: Work, shared: str, registered: str | None) -> bool:
    """Whether a shared number is the one behind the registered digest."""
    return registered is not None and any(
        work.keys.digest(form) == registered for form in normal_forms(shared)
    )
