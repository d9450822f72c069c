"""Leads: the door, the number and the day of a complaint or a finding, and who is kept from it."""

import sqlalchemy as sa
from alembic import op

from models.migrations.reshaping import refuse_changes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

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


def upgrade() -> None:
    op.create_table(
        "lead",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("channel", _channel(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("hands", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_lead_case_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_lead_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("digest", name=op.f("uq_lead_digest")),
    )
    op.create_index(op.f("ix_lead_case_id"), "lead", ["case_id"], unique=True)
    op.create_index(op.f("ix_lead_reference"), "lead", ["reference"])
    op.create_index(op.f("ix_lead_import_id"), "lead", ["import_id"])
    refuse_changes("lead")


def _channel() -> sa.Enum:
    return sa.Enum(*CHANNELS, name="channel", native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
