"""texts of the office's own words, and to whom each was written."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "addressed",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_addressed_campaign_id")),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_addressed_graduate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_addressed_person_id")),
        sa.PrimaryKeyConstraint("campaign_id", "person_id", name=op.f("pk_addressed")),
        sa.UniqueConstraint("campaign_id", "graduate_id", name="uq_addressed_graduate"),
    )
    op.create_index(op.f("ix_addressed_graduate_id"), "addressed", ["graduate_id"], unique=False)
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_broadcast_campaign_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_broadcast_unit_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_broadcast_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_broadcast_campaign_id")),
    )
    op.create_index(op.f("ix_broadcast_unit_id"), "broadcast", ["unit_id"], unique=False)
    op.create_index(op.f("ix_broadcast_written_by_id"), "broadcast", ["written_by_id"], unique=False)


def downgrade() -> None:
    op.drop_table("broadcast")
    op.drop_table("addressed")
