"""One unit of work: the rows, one instant, the rules, and everything that must be said afterwards."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.answer import Answer, Source
from models.ask import Ask
from models.base import as_if_read
from models.event import Event, Incident, Setting
from models.graduate import Destination, Graduate
from models.messages import Lane, Say
from models.outgoing import Outgoing, Sending
from models.page import PageSession
from models.person import Binding, Person
from models.sealed import Keyring
from rules import Rules

FIRST_NUMBER = 1001
ANSWER, APPEND, QUEUE = insert(Answer), insert(Event), insert(Outgoing)
ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
NEXT_NUMBER = text(
    "INSERT INTO setting (name, value) VALUES (:name, :first) ON CONFLICT (name) "
    "DO UPDATE SET value = CAST(CAST(setting.value AS INTEGER) + 1 AS VARCHAR(20)) RETURNING value"
)


ON_THE_PAGE = "page"

# How a message ended, and why.
Fate = tuple[Sending, str]


class Refusal(Exception):
    """Expected and worth forgetting: undoes what the action did and says why."""

    def __init__(self, said: Say) -> None:
        super().__init__(said.kind)
        self.said = said


def _state(here: bool, ask_id: UUID | None) -> Sending:
    """What is shown has arrived; a card of an ask is settled as every other, for the ask to hear of it."""
    if not here:
        return Sending.DUE
    return Sending.CLAIMED if ask_id else Sending.ACCEPTED


@dataclass
class Ahead:
    """Rows this work has read and holds, for many people at once; an action finds them here first.

    They are the session's own, so what one action changes the next one sees; what it adds it enters."""

    graduates: set[UUID] = field(default_factory=set)
    records: dict[tuple[UUID, UUID], tuple[Graduate, Destination]] = field(default_factory=dict)
    bindings: dict[tuple[UUID, UUID], Binding] = field(default_factory=dict)
    asks: dict[UUID, Ask | None] = field(default_factory=dict)
    answers: dict[UUID, Answer] = field(default_factory=dict)
    without_change: set[UUID] = field(default_factory=set)


@dataclass
class Work:
    """Given to every action as its first argument; committed by whoever began it.

    With a `page`, what is said to its person is shown there instead of being sent."""

    session: AsyncSession
    now: datetime
    rules: Rules
    keys: Keyring
    bot_id: int
    spoke: bool = False
    ahead: Ahead = field(default_factory=Ahead)
    page: PageSession | None = None
    place: UUID | None = None
    shown: list[Say] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)

    def say(
        self,
        to: Person,
        message: Say,
        *,
        at: datetime | None = None,
        replaces: str | None = None,
        ask_id: UUID | None = None,
        campaign_id: UUID | None = None,
        step: str | None = None,
        lane: Lane | None = None,
    ) -> None:
        """Queue a message in this transaction; `replaces` names what it takes the place of."""
        here, by = self.shows(to), lane or message.lane
        if here:
            self.shown.append(message)
        self.said.append(
            {
                "bot_id": self.bot_id,
                "person_id": to.id,
                "message": message,
                "lane": by,
                "state": _state(here, ask_id),
                "reason": ON_THE_PAGE if here else None,
                "claimed_by": ON_THE_PAGE if here and ask_id else None,
                "settled_at": self.now if here else None,
                "due_at": self._leaves(message, at or self.now),
                "created_at": self.now,
                # Only in a chat something takes the place of something: there the card is put right later.
                "replaces": None if here else replaces,
                "ask_id": ask_id,
                "campaign_id": campaign_id,
                "step": step,
                "plan": self.rules.plan_version if step or by is Lane.CAMPAIGN else None,
                "attempts": 0,
            }
        )
        self.spoke = self.spoke or not here

    def shows(self, to: Person) -> bool:
        """Whether what is said to them is on the screen in front of them."""
        return self.page is not None and self.page.person_id == to.id

    @property
    def door(self) -> Source:
        """Through which of the two somebody answers."""
        return Source.PAGE if self.page is not None else Source.CHAT

    def leave_out(
        self,
        to: Person,
        message: Say,
        fate: Fate,
        *,
        ask_id: UUID,
        campaign_id: UUID | None,
        step: str,
    ) -> None:
        """A step that will not be said stands in the queue all the same, over at once, with the reason."""
        state, reason = fate
        self.session.add(
            Outgoing(
                bot_id=self.bot_id,
                person_id=to.id,
                message=message,
                lane=Lane.CAMPAIGN,
                state=state,
                reason=reason,
                due_at=self.now,
                created_at=self.now,
                settled_at=self.now,
                ask_id=ask_id,
                campaign_id=campaign_id,
                step=step,
                plan=self.rules.plan_version,
            )
        )

    def _leaves(self, message: Say, at: datetime) -> datetime:
        """Nobody is alerted at night, but for what cannot wait; a campaign's hours are the postman's."""
        waits = message.lane is Lane.ALERT and not message.urgent
        return self.rules.quiet_alerts.next_allowed(at) if waits else at

    def record(
        self,
        kind: str,
        *,
        by: Person | None = None,
        subject: UUID | None = None,
        graduate: UUID | None = None,
        **facts: str | int | bool | None,
    ) -> None:
        """Append to the audit: ids and enums only."""
        self.events.append(
            {
                "at": self.now,
                "kind": kind,
                "actor_id": by.id if by else None,
                "subject_id": subject,
                "graduate_id": graduate,
                "facts": facts,
            }
        )

    async def alone_at(self, what: str) -> None:
        """Wait until no other process is at the same, and see all it did; SQLite has one writer anyway."""
        if self.session.get_bind().dialect.name == "postgresql":
            await self.session.execute(ALONE, {"what": f"quxiang.{what}"})

    def answer(self, **given: Any) -> Answer:
        """Append what a graduate said, every column of it; like the audit all of a unit in one statement.

        The session holds it at once, as it would have read it. What it points at is flushed already, and
        nothing that may be rolled back to a savepoint comes between."""
        row = {"id": uuid4(), "said_at": self.now, **given}
        self.answers.append(row)
        answer = as_if_read(Answer, row)
        self.session.add(answer)
        return answer

    def write_answers(self, *_: object) -> None:
        """Before anything that points at them."""
        answers, self.answers = self.answers, []
        if answers:
            self.session.sync_session.connection().execute(ANSWER, answers)

    def write(self, *_: object) -> None:
        """Answers, audit and messages, one statement each: when the work ends, or before anything is read."""
        self.write_answers()
        events, self.events = self.events, []
        said, self.said = self.said, []
        session = self.session.sync_session
        if said:
            session.flush()  # the rows they speak of come first
        for statement, rows in ((APPEND, events), (QUEUE, said)):
            if rows:
                session.connection().execute(statement, rows)

    async def next_number(self, of: str) -> int:
        """The next short number people can say on the telephone."""
        connection = await self.session.connection()
        taken = await connection.execute(NEXT_NUMBER, {"name": f"next_{of}", "first": str(FIRST_NUMBER + 1)})
        return int(taken.scalar_one()) - 1

    async def kept(self, name: str) -> str | None:
        """How far something has come, for whoever goes on with it."""
        found = await self.session.get(Setting, name)
        return found.value if found else None

    async def keep(self, name: str, value: str) -> None:
        await self.session.merge(Setting(name=name, value=value))

    async def incident(self, kind: str, detail: str, raw: str | None = None) -> Incident:
        incident = Incident(
            number=await self.next_number("incident"),
            kind=kind,
            detail=detail[:2000],
            raw=self.keys.seal(raw) if raw else None,
            at=self.now,
        )
        self.session.add(incident)
        return incident

    def seal(self, plain: str | None) -> str | None:
        return self.keys.seal(plain) if plain else None

    def open(self, sealed: str | None) -> str | None:
        return self.keys.open(sealed) if sealed else None
