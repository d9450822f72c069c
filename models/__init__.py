"""Rows, values and their invariants."""

from models import (
    answer,
    ask,
    campaign,
    case,
    dispute,
    event,
    followup,
    graduate,
    messages,
    official,
    outgoing,
    pace,
    person,
    staff,
    steps,
    unit,
)

__all__ = [
    "answer",
    "ask",
    "campaign",
    "case",
    "dispute",
    "event",
    "followup",
    "graduate",
    "messages",
    "official",
    "outgoing",
    "pace",
    "person",
    "staff",
    "steps",
    "unit",
]
