"""How many messages Telegram takes: thirty a second in all, and short bursts in one chat."""

from dataclasses import dataclass, field

from sandbox.refusals import too_many


@dataclass
class Bucket:
    """A token bucket that stays shut for a while once it ran over."""

    capacity: float
    per_second: float
    level: float = field(init=False)
    filled_at: float | None = None
    shut_until: float = 0.0

    def __post_init__(self) -> None:
        self.level = self.capacity

    def refill(self, now: float) -> None:
        since = now - self.filled_at if self.filled_at is not None else 0.0
        self.level = min(self.capacity, self.level + since * self.per_second)
        self.filled_at = now

    def check(self, now: float, penalty: float) -> None:
        if now < self.shut_until:
            raise too_many(self.shut_until - now)
        self.refill(now)
        if self.level < 1:
            self.shut_until = now + penalty
            raise too_many(penalty)

    def take(self) -> None:
        self.level -= 1


class Rates:
    def __init__(self, penalty: float = 3.0) -> None:
        self.penalty = penalty
        self.bot = Bucket(30, 30)
        self.chats: dict[int, Bucket] = {}

    def admit(self, chat_id: int | None, now: float) -> None:
        """Refuses with 429, or counts one call; a refused call is counted nowhere."""
        self.bot.check(now, self.penalty)
        if chat_id is not None:
            chat = self.chats.setdefault(chat_id, Bucket(3, 1))
            chat.check(now, self.penalty)
            chat.take()
        self.bot.take()
