"""Failures on order: what Telegram does on a bad day, for the next calls or at random."""

import random
from dataclasses import dataclass, field
from typing import Any

from sandbox.refusals import Refused, too_many

BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
KINDS = frozenset({"drop", "accepted_then_timeout"})
DESCRIPTIONS = {
    "400": "Bad Request: chat not found",
    "401": "Unauthorized",
    "403": "Forbidden: bot was blocked by the user",
    "409": "Conflict: terminated by other getUpdates request",
    "500": "Internal Server Error",
}


@dataclass
class Fault:
    method: str | None
    kind: str
    times: int = 1
    args: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not self.kind.isdigit():
            raise ValueError(f"no such fault: {self.kind}")

    def matches(self, method: str) -> bool:
        # The intake's own polling must not eat a fault that was meant for "whatever is sent next".
        if self.method is None:
            return method.lower() != "getupdates"
        return self.method.lower() == method.lower()

    def refusal(self) -> Refused:
        if self.kind == "429":
            return too_many(self.args.get("retry_after", 1))
        described = self.args.get("description") or DESCRIPTIONS.get(self.kind, f"Error {self.kind}")
        return Refused(int(self.kind), described)


@dataclass
class Chance:
    fault: Fault
    probability: float
    dice: random.Random


class Faults:
    """Queued and random failures, latency, and the switch that turns the rate limits off."""

    def __init__(self) -> None:
        self.unlimited = False
        self.latency = 0.0
        self.queued: list[Fault] = []
        self.chances: list[Chance] = []

    def next(self, method: str | None, kind: str, times: int = 1, **args: Any) -> None:
        self.queued.append(Fault(method, kind, times, args))

    def rate(
        self, kind: str, probability: float, seed: int, *, method: str | None = None, **args: Any
    ) -> None:
        self.chances.append(Chance(Fault(method, kind, 0, args), probability, random.Random(seed)))

    def clear(self) -> None:
        self.queued.clear()
        self.chances.clear()
        self.latency = 0.0

    def take(self, method: str) -> Fault | None:
        return self._due(method) or self._drawn(method)

    def _due(self, method: str) -> Fault | None:
        for fault in self.queued:
            if fault.matches(method):
                fault.times -= 1
                if fault.times <= 0:
                    self.queued.remove(fault)
                return fault
        return None

    def _drawn(self, method: str) -> Fault | None:
        for chance in self.chances:
            if chance.fault.matches(method) and chance.dice.random() < chance.probability:
                return chance.fault
        return None
