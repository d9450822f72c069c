"""Evidence: what is known of each file, and the links by which colleagues open one."""

import sqlalchemy as sa
from alembic import op

from models.migrations.reshaping import widen

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

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
    "asked",
    "replied",
    "looked_into",
    "called",
    "released",
    "linked",
    "withdrawn",
)


def upgrade() -> None:
    widen("note", "note_kind", "kind", NOTES, ("evidence",))
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("paper", sa.String(length=40), nullable=False),
        sa.Column("media", _media(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kept_digest", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_evidence_graduate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evidence_person_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    for column in ("graduate_id", "case_id", "digest", "kept_digest", "keep_until"):
        op.create_index(op.f(f"ix_evidence_{column}"), "evidence", [column])
    _links()


def _links() -> None:
    op.create_table(
        "evidence_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_evidence_link_staff_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_link_case_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_link_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_evidence_link_digest")),
    )
    op.create_index(op.f("ix_evidence_link_evidence_id"), "evidence_link", ["evidence_id"])
    op.create_index(op.f("ix_evidence_link_expires_at"), "evidence_link", ["expires_at"])


def _media() -> sa.Enum:
    return sa.Enum("jpeg", "pdf", name="media", native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
