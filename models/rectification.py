"""What has to be put right: the goal, how, by when, by whom; and the second person who looked."""

from datetime import date

from sqlmodel import Field, SQLModel

from models.base import UUID, Id, Instant, Key, datetime
from models.sealed import Sealed


class Rectification(SQLModel, table=True):
    """Behind a case of its own. `completed_at`: somebody who neither did nor made it has passed it."""

    id: UUID = Id()
    case_id: UUID = Key("cases", unique=True, index=False)
    goal: str | None = Sealed()
    measure: str | None = Sealed()
    deadline: date = Field()
    named_id: UUID = Key("staff")
    maker_id: UUID = Key("staff", index=False)
    made_at: datetime = Instant()
    done_at: datetime | None = Instant(nullable=True)
    checked_by_id: UUID | None = Key("staff", nullable=True, index=False)
    checked_at: datetime | None = Instant(nullable=True)
    completed_at: datetime | None = Instant(nullable=True)
