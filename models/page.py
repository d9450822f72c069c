"""A browser in which somebody answers on the page: whose it is, until when, and what it shows now."""

from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.base import UUID, Id, Instant, Key, Link, datetime
from models.person import Person


class PageSession(SQLModel, table=True):
    """Of its cookie only the digest is kept, and of what it shows only kinds and ids, as in every message."""

    __tablename__ = "page_session"

    id: UUID = Id()
    digest: str = Field(max_length=64, unique=True)
    person_id: UUID = Key("person")
    person: Person = Link()
    shown: list[Any] = Field(default_factory=list, sa_type=JSON)
    opened_at: datetime = Instant()
    expires_at: datetime = Instant()
    ended_at: datetime | None = Instant(nullable=True)
