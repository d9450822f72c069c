"""One line of the table."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Line:
    what: str
    unit: str
    ours: float
    peer: str
    peers: float

    @property
    def ratio(self) -> float:
        return self.ours / self.peers

    @property
    def facts(self) -> dict[str, object]:
        return asdict(self) | {"ratio": round(self.ratio, 3)}

    def __str__(self) -> str:
        ours = f"{self.what:<72} {self.ours:>9.3f} {self.unit:<6}"
        return f"{ours} {self.peer} {self.peers:.3f}  ×{self.ratio:.2f}"
