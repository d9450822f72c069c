"""What can be said, by conversation; each kind is worded in `bot/texts/<locale>/<kind>.j2`."""

from models.messages.base import Lane, Say

__all__ = ["Lane", "Say"]
