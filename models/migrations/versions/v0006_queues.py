"""Queues: graver kinds of cases, frozen terms and clocks, absences."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from models.migrations.reshaping import among, rewrite, sqlite, widen

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = (
    "dispute",
    "contact_change",
    "change_request",
    "unreachable",
    "identity_conflict",
    "message",
    "evidence_pending",
    "record_problem",
)
NEW_KINDS = (
    "field_correction",
    "support",
    "complaint",
    "anomaly",
    "finding",
    "rectification",
    "register_change",
)
OUTCOMES = (
    "confirmed_false",
    "confirmed_true",
    "was_true_now_ended",
    "employer_mix_up",
    "unresolved",
    "done",
    "register_corrected",
    "no_change_needed",
    "not_reached",
)
NEW_OUTCOMES = ("substantiated", "partly", "unfounded", "passed_on")
NOTES = (
    "note",
    "claimed",
    "contacted",
    "handed_over",
    "escalated",
    "settled",
    "approved",
    "returned",
    "reopened",
    "agreed",
    "opened",
    "answered",
    "reachable",
)
NEW_NOTES = ("asked", "replied", "looked_into", "called", "released", "linked", "withdrawn")
SEVERITIES = ("urgent", "high", "normal")
CHANNELS = (
    "supervision",
    "government",
    "register",
    "ministry",
    "province",
    "letter",
    "third_party",
    "chat",
    "telephone",
    "other",
)
ASKED = ("graduate", "employer", "parent", "colleague", "document", "register")
INSTANTS = ("next_step_by", "review_by", "waiting_since", "escalate_at", "own_by")


def upgrade() -> None:
    widen("cases", "case_kind", "kind", KINDS, NEW_KINDS)
    widen("cases", "outcome", "outcome", OUTCOMES, NEW_OUTCOMES)
    widen("note", "outcome", "outcome", OUTCOMES, NEW_OUTCOMES)
    widen("note", "note_kind", "kind", NOTES, NEW_NOTES)
    _choice("cases", "severity", "severity", SEVERITIES, default="normal")
    _choice("cases", "channel", "channel", CHANNELS)
    _choice("note", "asked", "asked", ASKED)
    for name in INSTANTS:
        op.add_column("cases", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("staff", sa.Column("away_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_staff_away_until"), "staff", ["away_until"])
    _required("cases", "terms", sa.JSON(), "'{}'")
    _parent()
    _index("ix_cases_escalate", "escalate_at")
    _index("ix_cases_unowned", "own_by")
    _begin_clocks()


def _begin_clocks() -> None:
    """What is open is looked at by the first tick, under the rules in force then."""
    op.execute("UPDATE cases SET severity = 'urgent' WHERE kind = 'dispute'")
    op.execute("UPDATE cases SET review_by = settled_at WHERE state = 'awaiting_review'")
    op.execute(
        "UPDATE cases SET escalate_at = CASE WHEN state = 'awaiting_review' THEN settled_at "
        "WHEN first_contact_at IS NULL AND first_contact_by < due_at THEN first_contact_by "
        "ELSE due_at END WHERE state != 'closed'"
    )
    op.execute("UPDATE cases SET own_by = first_contact_by WHERE state != 'closed' AND owner_id IS NULL")


def _parent() -> None:
    if sqlite():
        op.add_column("cases", sa.Column("parent_id", sa.Uuid(), nullable=True))
        rewrite(
            "cases",
            "CONSTRAINT uq_cases_number",
            "CONSTRAINT fk_cases_parent_id FOREIGN KEY(parent_id) REFERENCES cases (id), \n\t"
            "CONSTRAINT uq_cases_number",
        )
    else:
        op.add_column("cases", sa.Column("parent_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f("fk_cases_parent_id"), "cases", "cases", ["parent_id"], ["id"])
    op.create_index(op.f("ix_cases_parent_id"), "cases", ["parent_id"])


def _index(name: str, column: str) -> None:
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, "cases", [column], sqlite_where=where, postgresql_where=where)


def _choice(table: str, column: str, name: str, values: tuple[str, ...], default: str | None = None) -> None:
    if default is None:
        op.add_column(table, sa.Column(column, sa.String(length=32), nullable=True))
    else:
        _required(table, column, sa.String(length=32), f"'{default}'")
    if not sqlite():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, among(column, values))
        return
    last = {"cases": "ck_cases_case_state", "note": "ck_note_method"}[table]
    check = f"CONSTRAINT ck_{table}_{name} CHECK ({among(column, values)})"
    rewrite(table, f"CONSTRAINT {last}", f"{check}, \n\tCONSTRAINT {last}")


def _required(table: str, column: str, kind: sa.types.TypeEngine[Any], default: str) -> None:
    """With a default for the rows that are there, and none for those that come."""
    made = sa.Column(column, kind, nullable=False, server_default=sa.text(default))
    op.add_column(table, made)
    if sqlite():
        # A row that was there has the default from the statement alone, until it is written.
        op.execute(f"UPDATE {table} SET {column} = {default}")
        rewrite(table, f" DEFAULT {default} NOT NULL", " NOT NULL")
    else:
        op.alter_column(table, column, server_default=None)


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
