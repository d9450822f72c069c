"""One line of the table: ours beside a peer or a limit of the same run, and whether it was reached."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Line:
    what: str
    unit: str
    ours: float
    peer: str
    peers: float
    at_least: float | None = None
    at_most: float | None = None
    holds: bool = True

    @property
    def ratio(self) -> float:
        return self.ours / self.peers

    @property
    def reached(self) -> bool:
        high = self.at_least is None or self.ratio >= self.at_least
        return high and (self.at_most is None or self.ratio <= self.at_most) and self.holds

    @property
    def facts(self) -> dict[str, object]:
        return asdict(self) | {"ratio": round(self.ratio, 3), "reached": self.reached}

    def __str__(self) -> str:
        ours = f"{self.what}: {self.ours:.3g} {self.unit}"
        return f"{ours}\n    {self.peer}: {self.peers:.3g} {self.unit}; × {self.ratio:.2f}{self._said()}"

    def _said(self) -> str:
        if self.at_least is None and self.at_most is None:
            return ""
        bound = f"≥ {self.at_least:.2g}" if self.at_least is not None else f"≤ {self.at_most:.2g}"
        return f", {bound} {'reached' if self.reached else 'NOT REACHED'}"


@dataclass(frozen=True)
class Skipped:
    """A line that could not be measured here, and why."""

    what: str
    why: str

    @property
    def facts(self) -> dict[str, object]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.what}\n    SKIPPED: {self.why}"
