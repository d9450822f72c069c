"""Somebody we talk with: locale, where the conversation stands, and the chats that reach them."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.base import UUID, Big, Choice, Id, Instant, Key, Link, Typed, datetime
from models.steps import Hat, Step

if TYPE_CHECKING:
    from models.graduate import Graduate


class Locale(StrEnum):
    ZH_CN = "zh_CN"
    EN = "en"


class Unreachable(StrEnum):
    NOT_ENROLLED = "not_enrolled"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    CHAT_NOT_FOUND = "chat_not_found"
    BAD_REQUEST = "bad_request"
    WRONG_PERSON = "wrong_person"
    OPTED_OUT = "opted_out"
    DECLINED = "declined"


class OutOfReach(StrEnum):
    """Why no message comes to a graduate: under the first of several reasons, in this order.

    What rules out more ways of reaching them stands before the rest."""

    DEAD_NUMBER = "dead_number"
    DEACTIVATED = "deactivated"
    BLOCKED = "blocked"
    CHAT_NOT_FOUND = "chat_not_found"
    WRONG_PERSON = "wrong_person"
    DECLINED = "declined"
    OPTED_OUT = "opted_out"
    UNANSWERED = "unanswered"
    NOT_ENROLLED = "not_enrolled"


class Person(SQLModel, table=True):
    """A teacher may be a graduate: one open question per hat, typed text goes to the one opened last.

    `nudge_at`: when an answer that is only half finished is asked about, once."""

    __table_args__ = (
        Index(
            "ix_person_nudge",
            "nudge_at",
            sqlite_where=text("nudge_at IS NOT NULL"),
            postgresql_where=text("nudge_at IS NOT NULL"),
        ),
    )

    id: UUID = Id()
    locale: Locale = Choice(Locale, default=Locale.ZH_CN)
    locale_chosen: bool = False
    graduate_step: Step | None = Typed(Step, nullable=True)
    staff_step: Step | None = Typed(Step, nullable=True)
    text_goes_to: Hat | None = Choice(Hat, nullable=True)
    nudge_at: datetime | None = Instant(nullable=True)
    stopped_at: datetime | None = Instant(nullable=True)
    unreachable: Unreachable | None = Choice(Unreachable, nullable=True)
    unreachable_at: datetime | None = Instant(nullable=True)
    digit_tries: int = 0
    locked_until: datetime | None = Instant(nullable=True)
    operator: str | None = Field(default=None, max_length=100, unique=True)
    created_at: datetime = Instant()

    def ask_for(self, step: Step) -> None:
        """Open a question; what is typed next answers it."""
        if step.hat is Hat.STAFF:
            self.staff_step = step
        else:
            self.graduate_step, self.nudge_at = step, None
        self.text_goes_to = Hat(step.hat)

    def step(self) -> Step | None:
        latest = self.staff_step if self.text_goes_to is Hat.STAFF else self.graduate_step
        return latest or self.graduate_step or self.staff_step

    def close_step(self, hat: Hat) -> None:
        if hat is Hat.STAFF:
            self.staff_step = None
        else:
            self.graduate_step = self.nudge_at = None
        if self.text_goes_to is hat:
            self.text_goes_to = None


class Chat(SQLModel, table=True):
    """How a person is reached: one private chat with one bot."""

    __table_args__ = (UniqueConstraint("bot_id", "address", name="uq_chat_bot_address"),)

    id: UUID = Id()
    bot_id: int = Big()
    address: int = Big()
    person_id: UUID = Key("person")
    person: Person = Link()
    created_at: datetime = Instant()


def _live(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class Binding(SQLModel, table=True):
    """This person answers for this graduate; unverified until somebody else has checked."""

    __table_args__ = (
        _live("uq_binding_pair", "graduate_id", "person_id", where="ended_at IS NULL"),
        _live("uq_binding_verified", "graduate_id", where="ended_at IS NULL AND verified"),
    )

    id: UUID = Id()
    graduate_id: UUID = Key("graduate")
    graduate: "Graduate" = Link()
    person_id: UUID = Key("person")
    person: Person = Link()
    verified: bool
    bound_at: datetime = Instant()
    verified_at: datetime | None = Instant(nullable=True)
    verified_by_id: UUID | None = Key("staff", nullable=True)
    ended_at: datetime | None = Instant(nullable=True)
    ended_why: str | None = Field(default=None, max_length=40)
