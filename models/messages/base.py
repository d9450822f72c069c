"""What can be said: each kind is a value of ids and enums, worded in `bot/texts/<locale>/<kind>.j2`."""

from enum import StrEnum
from typing import ClassVar

from models.base import Tagged


class Lane(StrEnum):
    """Who goes first when a second has room for few; and what may be sent again after a crash."""

    REPLY = "reply"
    ALERT = "alert"
    CAMPAIGN = "campaign"


class Say(Tagged):
    """The base of every message; its fields are ids and enums, never names or texts of people.

    `urgent`: an alert that does not wait for the end of the quiet hours; `after_answer`: a step that
    speaks to somebody whose ask is answered, where every other step ends with the answer."""

    kind: str
    lane: ClassVar[Lane] = Lane.REPLY
    urgent: ClassVar[bool] = False
    after_answer: ClassVar[bool] = False
