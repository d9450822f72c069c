"""What any conversation may have to say."""

from typing import Literal

from models.messages.base import Say


class Apology(Say):
    """Something of ours failed; the number leads the operator to the incident."""

    kind: Literal["apology"] = "apology"
    number: int


class Outdated(Say):
    """A button of another time."""

    kind: Literal["outdated"] = "outdated"


class NotUnderstood(Say):
    kind: Literal["not_understood"] = "not_understood"


class NothingOpen(Say):
    """/cancel with nothing to cancel."""

    kind: Literal["nothing_open"] = "nothing_open"


class Cancelled(Say):
    kind: Literal["cancelled"] = "cancelled"


class NotYours(Say):
    """The right to do this is not there."""

    kind: Literal["not_yours"] = "not_yours"


class LanguageChoice(Say):
    kind: Literal["language_choice"] = "language_choice"


class LanguageChosen(Say):
    kind: Literal["language_chosen"] = "language_chosen"
