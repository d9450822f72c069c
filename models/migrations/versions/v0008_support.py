"""Support and its log, and rectification tasks."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.reshaping import refuse_changes

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PROGRESS = (
    *("not_started", "resume", "seeking", "interview"),
    *("intent", "settled_said", "paused", "not_needed"),
)
SEALED = ("text", "wish", "recommended", "next_step", "feedback")


def upgrade() -> None:
    _support()
    _helpers()
    _log()
    _rectifications()


def _support() -> None:
    moments = ("asked_at", "offered_at", "accepted_at", "declined_at", "next_check_at", "ended_at")
    _table(
        "support",
        _key("graduate_id", "graduate"),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("unsettled", "hard", "poor")),
        _moment("opened_at"),
        _moment("logged_at"),
        *(_moment(name, nullable=True) for name in moments),
        sa.Column("progress", _choice("progress", *PROGRESS), nullable=False),
        _key("case_id", "cases", nullable=True),
        indexed=("graduate_id", "case_id"),
    )
    _partial("uq_support_live", "support", ["graduate_id"], "ended_at IS NULL", unique=True)
    checked = "ended_at IS NULL AND next_check_at IS NOT NULL"
    _partial("ix_support_check", "support", ["next_check_at"], checked)


def _helpers() -> None:
    _table(
        "support_helper",
        _key("support_id", "support"),
        _key("staff_id", "staff"),
        _key("added_by_id", "staff", nullable=True),
        _moment("since"),
        _moment("ended_at", nullable=True),
        indexed=("support_id", "staff_id"),
    )
    live = "uq_support_helper_live"
    _partial(live, "support_helper", ["support_id", "staff_id"], "ended_at IS NULL", unique=True)


def _log() -> None:
    _table(
        "support_entry",
        _key("support_id", "support"),
        _key("staff_id", "staff"),
        sa.Column("form", _choice("form", "one", "many"), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in SEALED),
        sa.Column("progress", _choice("progress", *PROGRESS), nullable=False),
        _moment("at"),
        indexed=("support_id", "staff_id", "at"),
    )
    _table(
        "support_sync",
        _key("support_id", "support"),
        _key("staff_id", "staff"),
        _moment("at"),
        indexed=("support_id", "staff_id"),
    )
    refuse_changes("support_entry")
    refuse_changes("support_sync")


def _rectifications() -> None:
    _table(
        "rectification",
        _key("case_id", "cases"),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=False),
        _key("named_id", "staff"),
        _key("maker_id", "staff"),
        _moment("made_at"),
        _moment("done_at", nullable=True),
        _key("checked_by_id", "staff", nullable=True),
        _moment("checked_at", nullable=True),
        _moment("completed_at", nullable=True),
        sa.UniqueConstraint("case_id", name=op.f("uq_rectification_case_id")),
        indexed=("named_id",),
    )


def _table(name: str, *parts: Any, indexed: tuple[str, ...]) -> None:
    """References are columns that know where they point: the constraint takes its name from the table."""
    to = {part.name: part.info["to"] for part in parts if isinstance(part, sa.Column) and "to" in part.info}
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, table in to.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def _key(name: str, to: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable, info={"to": to})


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
