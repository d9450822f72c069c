"""The hours in which nobody is written to first."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.parts import Part, aware


class QuietHours(Part):
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet from `starts` on, loud again at `ends` exactly; equal ones mean no quiet hours."""

    starts: time
    ends: time
    zone: ZoneInfo

    def allows(self, instant: datetime) -> bool:
        clock = aware(instant).astimezone(self.zone).time()
        if self.starts <= self.ends:
            return not self.starts <= clock < self.ends
        return self.ends <= clock < self.starts

    def next_allowed(self, instant: datetime) -> datetime:
        """The instant itself where it is allowed, else the end of the quiet hours it falls in."""
        if self.allows(instant):
            return instant.astimezone(UTC)
        local = instant.astimezone(self.zone)
        # Where clocks are set back an hour comes twice; the end then lies in the same of the two.
        end = datetime.combine(local.date(), self.ends, self.zone).replace(fold=local.fold)
        return (end if end > local else end + timedelta(days=1)).astimezone(UTC)

    def next_closing(self, instant: datetime) -> datetime | None:
        """When the quiet hours after this instant begin; None where there are none."""
        if self.starts == self.ends:
            return None
        local = instant.astimezone(self.zone)
        closes = datetime.combine(local.date(), self.starts, self.zone)
        return (closes if closes > local else closes + timedelta(days=1)).astimezone(UTC)
