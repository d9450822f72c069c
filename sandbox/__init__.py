"""A Telegram of our own: a strict Bot API server and the phones of those who talk to the bot."""

from sandbox.clock import Clock, RealClock
from sandbox.faults import Faults
from sandbox.phones import Phone
from sandbox.server import Call, Sandbox
from sandbox.shown import Button, Shown

__all__ = ["Button", "Call", "Clock", "Faults", "Phone", "RealClock", "Sandbox", "Shown"]
