"""The hours in which nobody is written to first."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.parts import Part, aware


class Hours(Part):
    starts: time
    ends: time


class QuietHours(Hours):
    """Alerts that can wait keep the same hours where they are given none of their own."""

    alerts: Hours | None = None


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

    def done_at(self, begins: datetime, takes: timedelta) -> datetime:
        """When so much sending is done, over as many days as the quiet hours leave."""
        at, left = self.next_allowed(begins), takes
        while (closes := self.next_closing(at)) is not None and at + left > closes:
            left -= closes - at
            at = self.next_allowed(closes)
        return at + left
