"""What somebody may see of themselves here, what can be done, and the end of reminders."""

from typing import Literal
from uuid import UUID

from models.messages.base import Say


class MyRecord(Say):
    """What is registered, what I answered, my cases, who looked."""

    kind: Literal["my_record"] = "my_record"
    graduate: UUID


class MyWaiting(Say):
    """The account has to be checked first: nothing personal."""

    kind: Literal["my_waiting"] = "my_waiting"


class HelpGraduate(Say):
    kind: Literal["help_graduate"] = "help_graduate"


class HelpStranger(Say):
    kind: Literal["help_stranger"] = "help_stranger"


class StopDone(Say):
    """Reminders have ended; the outcome of one's own dispute still comes."""

    kind: Literal["stop_done"] = "stop_done"


class StopLifted(Say):
    kind: Literal["stop_lifted"] = "stop_lifted"
