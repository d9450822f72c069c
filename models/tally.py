"""How often each standing occurs in each unit; the database itself notes whose may have changed.

A standing is all that is counted of one graduate, or of one case, as one text. Whatever writes a row that
bears upon it leaves `Touched` behind; a tick compares and moves the counts, a reader does so in its head."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from sqlalchemy import (
    DDL,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    case,
    cast,
    event,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlmodel import Field, SQLModel, col

from models.answer import AnswerKind, Source
from models.base import UUID, Serial, metadata
from models.case import Case, CaseState, Outcome
from models.dispatch import Dispatch
from models.dispute import Dispute
from models.followup import CallAnsweredBy, CallRecord, ToCall
from models.graduate import Graduate
from models.official import Feedback, Official, OfficialState
from models.outgoing import Outgoing
from models.person import Binding, OutOfReach, Person
from models.reach import out_of_reach
from models.staff import Invitation

QUEUED = "queued"
GRADUATE, CASE = "graduate", "case"


class Touched(SQLModel, table=True):
    """This graduate or case may be counted wrongly.

    Often twice: with a constraint, one touched again while it is being counted would be lost."""

    id: int | None = Serial()
    subject_id: UUID


class Counted(SQLModel, table=True):
    """Where this graduate or case is counted now."""

    subject_id: UUID = Field(primary_key=True)
    unit_id: UUID
    standing: str = Field(max_length=200)


class Tally(SQLModel, table=True):
    """How many stand so in this unit and all that lies under it."""

    unit_id: UUID = Field(primary_key=True)
    standing: str = Field(primary_key=True, max_length=200)
    n: int


class MessageMove(SQLModel, table=True):
    """So many messages more, or fewer, in this state; many moves become one."""

    __tablename__ = "message_move"

    id: int | None = Serial()
    state: str = Field(max_length=32)
    n: int


@dataclass(frozen=True)
class Standing:
    """Of one graduate."""

    answer: AnswerKind | None
    answer_verified: bool
    asked: bool
    official: Official
    disputed_there: bool
    bound: bool
    enrolled: bool
    out_of_reach: OutOfReach | None
    phoned: bool

    @classmethod
    def of(cls, text: str) -> Self:
        answer, verified, asked, official, disputed, bound, reason, phoned = text.split("/")[1:]
        return cls(
            AnswerKind(answer) if answer else None,
            verified == "1",
            asked == "1",
            Official(official),
            disputed == "1",
            bound != "0",
            bound == "2",
            OutOfReach(reason) if reason else None,
            phoned == "1",
        )

    @property
    def answered(self) -> bool:
        return self.answer is not None and self.answer_verified


@dataclass(frozen=True)
class CaseStanding:
    """Of one case; `source` where it is a dispute's."""

    state: CaseState
    outcome: Outcome | None
    source: Source | None
    dispute_closed: bool
    reopened: bool

    @classmethod
    def of(cls, text: str) -> Self:
        state, outcome, source, closed, reopened = text.split("/")[1:]
        return cls(
            CaseState(state),
            Outcome(outcome) if outcome else None,
            Source(source) if source else None,
            closed == "1",
            reopened == "1",
        )


def present(some: Collection[UUID] | Select[Any] | None = None) -> CompoundSelect[Any]:
    """(subject_id, unit_id, standing) as the rows say it now; of some, or of all."""
    people, cases = _people(), _cases()
    if some is None:
        return union_all(people, cases)
    return union_all(people.where(col(Graduate.id).in_(some)), cases.where(col(Case.id).in_(some)))


@cache
def _people() -> Select[Any]:
    """Built once, for every tick counts some: building it costs more than asking."""
    standing = _text(
        literal(GRADUATE),
        col(Graduate.answer),
        _flag(col(Graduate.answer_verified).is_not(False)),
        _flag(col(Graduate.asked_at).is_not(None)),
        col(Graduate.official),
        _flag(_latest_feedback() == Feedback.NEVER_SIGNED),
        _bound(),
        out_of_reach(),
        _flag(_phoned()),
    )
    people: Any = select(
        col(Graduate.id).label("subject_id"), col(Graduate.unit_id).label("unit_id"), standing
    )
    return people.where(col(Graduate.removed_at).is_(None))  # type: ignore[no-any-return]


@cache
def _cases() -> Select[Any]:
    standing = _text(
        literal(CASE),
        col(Case.state),
        col(Case.outcome),
        col(Dispute.source),
        _flag(col(Dispute.closed_at).is_not(None)),
        _flag(col(Dispute.reopened) > 0),
    )
    cases: Any = select(col(Case.id), col(Case.unit_id), standing)
    return cases.outerjoin(Dispute, col(Dispute.case_id) == col(Case.id))  # type: ignore[no-any-return]


def _text(*parts: Any) -> ColumnElement[str]:
    first, *rest = (func.coalesce(cast(part, String), "") for part in parts)
    whole: Any = first
    for part in rest:
        whole = whole + "/" + part
    return cast(whole, String).label("standing")


def _flag(what: ColumnElement[bool]) -> ColumnElement[str]:
    return case((what, "1"), else_="0")


def _latest_feedback() -> Any:
    return (
        select(OfficialState.__table__.c.feedback)  # type: ignore[attr-defined]
        .where(col(OfficialState.graduate_id) == col(Graduate.id))
        .order_by(col(OfficialState.imported_at).desc())
        .limit(1)
        .correlate(Graduate)
        .scalar_subquery()
    )


def _bound() -> ColumnElement[int]:
    """0 for nobody, 1 for an unchecked account, 2 for a checked one."""
    live = (col(Binding.graduate_id) == col(Graduate.id), col(Binding.ended_at).is_(None))
    bound = select(func.coalesce(func.max(case((col(Binding.verified), 2), else_=1)), 0)).where(*live)
    return bound.correlate(Graduate).scalar_subquery()


def _phoned() -> ColumnElement[bool]:
    return exists().where(
        col(CallRecord.graduate_id) == col(Graduate.id),
        col(CallRecord.answered_by) == CallAnsweredBy.GRADUATE,
    )


def _touch(subject: str) -> str:
    return f"INSERT INTO touched (subject_id) {subject}"


def _state(row: str) -> str:
    return f"CASE WHEN {row}.state IN ('due', 'claimed') THEN '{QUEUED}' ELSE {row}.state END"


ITSELF, ITS_CASE = _touch("VALUES (NEW.id)"), _touch("VALUES (NEW.case_id)")
ITS_GRADUATE = _touch("SELECT NEW.graduate_id WHERE NEW.graduate_id IS NOT NULL")
THEIR_GRADUATES = _touch(
    "SELECT graduate_id FROM binding WHERE person_id = NEW.id AND ended_at IS NULL UNION "
    "SELECT graduate_id FROM invitation WHERE used_by_id = NEW.id AND graduate_id IS NOT NULL"
)
ONE_MORE = f"INSERT INTO message_move (state, n) VALUES ({_state('NEW')}, 1)"
MOVED = (
    f"INSERT INTO message_move (state, n) SELECT state, n FROM (SELECT {_state('OLD')} AS state, -1 AS n "
    f"UNION ALL SELECT {_state('NEW')}, 1) AS moved WHERE {_state('OLD')} <> {_state('NEW')}"
)
NOTED: list[tuple[type[SQLModel], str, str]] = [
    (Graduate, "INSERT", ITSELF),
    (
        Graduate,
        "UPDATE OF unit_id, removed_at, asked_at, answer, answer_verified, official, phone_digest",
        ITSELF,
    ),
    (Binding, "INSERT", ITS_GRADUATE),
    (Binding, "UPDATE OF verified, ended_at", ITS_GRADUATE),
    (Person, "UPDATE OF unreachable, stopped_at", THEIR_GRADUATES),
    (Invitation, "UPDATE OF used_by_id", ITS_GRADUATE),
    (OfficialState, "INSERT", ITS_GRADUATE),
    (CallRecord, "INSERT", ITS_GRADUATE),
    (ToCall, "INSERT", ITS_GRADUATE),
    (ToCall, "UPDATE OF why, over_at", ITS_GRADUATE),
    (Case, "INSERT", ITSELF),
    (Case, "UPDATE OF unit_id, state, outcome", ITSELF),
    (Dispatch, "UPDATE OF state", ITS_GRADUATE),
    (Dispute, "INSERT", ITS_CASE),
    (Dispute, "UPDATE OF closed_at, reopened", ITS_CASE),
    (Outgoing, "INSERT", ONE_MORE),
    (Outgoing, "UPDATE OF state", MOVED),
]


def noted_ddl(table: str, when: str, does: str) -> dict[str, list[str]]:
    name = f"{table}_{when.split()[0].lower()}_counts"
    return {
        "sqlite": [f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {does}; END"],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {does}; RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
    }


for row, when, does in NOTED:
    for dialect, statements in noted_ddl(str(row.__tablename__), when, does).items():
        for statement in statements:
            ddl = DDL(statement)  # type: ignore[no-untyped-call]
            event.listen(metadata(), "after_create", ddl.execute_if(dialect=dialect))
