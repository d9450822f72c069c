"""What a graduate types for one field: read if it can be, and if not, what is wrong with it."""

from dataclasses import dataclass

from stdnum.cn import uscc as usccs
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from actions.sheets import clean, when
from actions.work import Work
from models.messages.change import Problem

DATES = frozenset({"signed_on", "left_on"})
LONGEST = 10_000


@dataclass(frozen=True)
class Wrong:
    """`keepable` when it may be filed as typed all the same."""

    problem: Problem
    keepable: bool = True


def read(work: Work, field: str, text: str) -> str | Wrong:
    """Never guessed: a value as typed, tidied, or what is wrong with it."""
    plain = clean.text(text, LONGEST)
    if plain is None or not any(sign.isalnum() for sign in plain):
        return Wrong(Problem.EMPTY, keepable=False)
    if len(plain) > work.rules.privacy.text_max.field:
        return Wrong(Problem.TOO_LONG, keepable=False)
    if field == "uscc":
        return _uscc(plain)
    if field in DATES:
        return _day(work, plain)
    return plain


def _uscc(plain: str) -> str | Wrong:
    number = clean.narrow(plain).replace("-", "").upper()
    try:
        return usccs.validate(number)
    except InvalidLength:
        return Wrong(Problem.USCC_LENGTH)
    except InvalidChecksum:
        return Wrong(Problem.USCC_CHECK)
    except ValidationError:
        return Wrong(Problem.USCC_SIGNS)


def _day(work: Work, plain: str) -> str | Wrong:
    found, _ = when.day(plain)
    if found is None:
        return Wrong(Problem.NO_DATE)
    if found > work.rules.calendar.local(work.now).date():
        return Wrong(Problem.FUTURE_DATE)
    return found.isoformat()
