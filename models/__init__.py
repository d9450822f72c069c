"""Rows, values and their invariants."""

from models import (
    answer,
    ask,
    calendar,
    campaign,
    case,
    dispute,
    event,
    followup,
    graduate,
    messages,
    official,
    outgoing,
    person,
    staff,
    steps,
    unit,
)

__all__ = [
    "answer",
    "ask",
    "calendar",
    "campaign",
    "case",
    "dispute",
    "event",
    "followup",
    "graduate",
    "messages",
    "official",
    "outgoing",
    "person",
    "staff",
    "steps",
    "unit",
]
