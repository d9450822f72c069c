"""What an error means for the row, for the pace and for the whole postman."""

from datetime import datetime, timedelta

from actions.delivery import Outcome, Result
from actions.delivery_claims import Letter
from bot.clock import Clock
from bot.delivery_errors import Failure, Trouble
from bot.delivery_sending import Sent
from bot.pace import Pacing
from models.messages import Lane
from models.person import Unreachable

LONG = 600.0
STORM = 5
LONGEST_STORM = 30.0


def real_time(clock: Clock) -> datetime:
    """For promises between machines, such as a lease: moving the product's clock must not end them."""
    return clock.now() - clock.offset


def shut_out(pace: Pacing, clock: Clock, retry_after: float) -> datetime | None:
    """Everything pauses; and until when, where it is so long that somebody should know."""
    opens = pace.pause(retry_after, for_all=True)
    return real_time(clock) + timedelta(seconds=retry_after) if opens and retry_after > LONG else None


class Verdicts:
    """`halted` says why nothing is sent any more: Telegram does not know this bot."""

    def __init__(self, clock: Clock, pace: Pacing, name: str) -> None:
        self.clock, self.pace, self.name = clock, pace, name
        self.halted: str | None = None
        self.failures = 0
        self.storm = 0.0

    def sent(self, letter: Letter, sent: Sent) -> Outcome:
        self.failures, self.storm = 0, 0.0
        if not sent.as_plain_text:
            return self._outcome(letter, Result.ACCEPTED, message_id=sent.message_id)
        kind = letter.message.kind
        return self._outcome(
            letter, Result.ACCEPTED, message_id=sent.message_id, incident="plain_text", reason=kind
        )

    def returned(self, letter: Letter) -> Outcome:
        return self._outcome(letter, Result.RETURNED)

    def not_rendered(self, letter: Letter, error: Exception, *, away: bool) -> Outcome:
        if away:
            return self.returned(letter)
        reason = f"{letter.message.kind}: {type(error).__name__}"
        return self._outcome(letter, Result.LATER, reason=reason, incident="not_rendered")

    def failed(self, letter: Letter, failed: Failure) -> Outcome:
        match failed.trouble:
            case Trouble.SENT:
                return self._outcome(letter, Result.ACCEPTED, message_id=failed.message_id)
            case Trouble.THROTTLED:
                return self._throttled(letter, failed.retry_after)
            case Trouble.UNAUTHORIZED:
                first, self.halted = self.halted is None, failed.reason
                incident = "unauthorized" if first else None
                return self._outcome(letter, Result.RETURNED, reason=failed.reason, incident=incident)
            case Trouble.NOT_SENT | Trouble.PERHAPS:
                return self._unsure(letter, failed)
            case Trouble.REFUSED | Trouble.UNCHANGED | Trouble.UNEDITABLE | Trouble.MARKUP:
                return self._outcome(letter, Result.REFUSED, why=failed.why, reason=failed.reason)

    def _throttled(self, letter: Letter, retry_after: float) -> Outcome:
        until = shut_out(self.pace, self.clock, retry_after)
        return self._outcome(letter, Result.RETURNED, resumes_at=until)

    def _unsure(self, letter: Letter, failed: Failure) -> Outcome:
        """A second copy of a reply does no harm; a campaign message that may have arrived is not repeated."""
        self.failures += 1
        if self.failures >= STORM and not self.pace.resumes_in():
            # Nothing comes through: knocking with every queued row would only use up their tries.
            self.failures, self.storm = 0, min(self.storm * 2 or 1.0, LONGEST_STORM)
            self.pace.pause(self.storm)
        doubtful = failed.trouble is Trouble.PERHAPS and letter.lane is Lane.CAMPAIGN
        return self._outcome(letter, Result.UNKNOWN if doubtful else Result.LATER, reason=failed.reason)

    def _outcome(
        self,
        letter: Letter,
        result: Result,
        *,
        message_id: int | None = None,
        why: Unreachable | None = None,
        reason: str | None = None,
        incident: str | None = None,
        resumes_at: datetime | None = None,
    ) -> Outcome:
        return Outcome(
            row_id=letter.row_id,
            result=result,
            at=self.clock.now(),
            by=self.name,
            message_id=message_id,
            why=why,
            reason=reason,
            incident=incident,
            resumes_at=resumes_at,
        )
