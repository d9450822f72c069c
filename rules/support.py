"""Who is to be helped to find work, by the words of the roster and the class of the destination."""

from datetime import date, time

from pydantic import Field

from rules.parts import MonthDay, Part, bare, in_year
from rules.routing import RoleName
from rules.taxonomy import DestinationClass


class Support(Part):
    cohorts: int = Field(ge=1)
    looked_through_from: time
    graduated_on: MonthDay
    first_check_days: int = Field(ge=1)
    check_days: tuple[int, ...] = Field(min_length=1)
    text_max: int = Field(ge=20)
    picked: int = Field(ge=1)
    unsettled: tuple[DestinationClass, ...]
    hard: tuple[str, ...]
    poor: tuple[str, ...]
    other: tuple[str, ...]
    none: tuple[str, ...]
    may_look: tuple[RoleName, ...]
    may_add: tuple[RoleName, ...]
    may_inspect: tuple[RoleName, ...]
    oversees: tuple[RoleName, ...]

    def has_left(self, graduated: date | None, cohort: int, today: date) -> bool:
        return today > (graduated or in_year(self.graduated_on, cohort))

    def is_hard(self, category: str | None) -> bool:
        return self._says(category, self.hard)

    def is_poor(self, category: str | None) -> bool:
        return self._says(category, self.poor) or (
            self._says(category, self.other) and not self.is_hard(category)
        )

    def _says(self, category: str | None, words: tuple[str, ...]) -> bool:
        plain = bare(category or "")
        if any(bare(one) in plain for one in self.none):
            return False
        return any(bare(one) in plain for one in words)
