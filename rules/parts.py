"""The frozen model every rule file is made of, its one error, and the normal form of words."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class RulesError(ValueError):
    """A rule file says something that cannot be: one sentence naming the file and the key."""


class Part(BaseModel):
    # Most are parts of a file, and are built with it.
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


# A leap year, so that 02-29 stands; any other year is put in when the day is asked for.
_ANY_LEAP_YEAR = "2000"


def _month_day(text: str) -> str:
    if not re.fullmatch(r"\d\d-\d\d", text):
        raise ValueError("must be a month and a day such as 08-30")
    date.fromisoformat(f"{_ANY_LEAP_YEAR}-{text}")
    return text


MonthDay = Annotated[str, AfterValidator(_month_day)]


def in_year(month_day: str, year: int) -> date:
    """That day of that year; a 29 February that the year lacks is the 28th."""
    try:
        return date.fromisoformat(f"{year:04}-{month_day}")
    except ValueError:
        return date(year, 2, 28)


def bare(text: str) -> str:
    """Letters and digits only, full-width forms folded, so that two spellings of one word are equal."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def aware(instant: datetime) -> datetime:
    """Refuses a moment without a zone: a naive one would be read in the machine's own zone."""
    if instant.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return instant
