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
    """Reminders have ended; the outcome of one's own dispute still comes.

    `by_page`: it cannot be sent to them; they look here."""

    kind: Literal["stop_done"] = "stop_done"
    by_page: bool = False


class StopFirst(Say):
    """On the page, before it is known whose reminders are to end."""

    kind: Literal["stop_first"] = "stop_first"


class StopLifted(Say):
    kind: Literal["stop_lifted"] = "stop_lifted"
