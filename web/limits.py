"""How much is taken from one browser, by one link, from one address: buckets in bounded memory."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

MOST = 20_000
SALT = secrets.token_bytes(16)


class Bucket:
    """So many at once, and so many again in each `seconds`; of the least used one nothing is remembered."""

    def __init__(self, size: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self.size, self.seconds, self.clock = size, seconds, clock
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """One more, where there is room for it."""
        left = self._now(key)
        self._keep(key, left - 1 if left >= 1 else left)
        return left >= 1

    def has_room(self, key: str) -> bool:
        return self._now(key) >= 1

    def _now(self, key: str) -> float:
        left, at = self._left.get(_name(key), (float(self.size), self.clock()))
        return min(self.size, left + (self.clock() - at) * self.size / self.seconds)

    def _keep(self, key: str, left: float) -> None:
        name = _name(key)
        self._left[name] = (left, self.clock())
        self._left.move_to_end(name)
        while len(self._left) > MOST:
            self._left.popitem(last=False)


def _name(key: str) -> bytes:
    """Neither an address nor a code lies about in memory."""
    return hashlib.blake2b(key.encode(), key=SALT, digest_size=16).digest()
