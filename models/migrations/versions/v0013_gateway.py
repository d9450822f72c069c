"""The gateway and e-mail: what we send ourselves is claimed, and who wants no more e-mail is noted."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, kind in (
        ("due_at", sa.DateTime(timezone=True)),
        ("attempts", sa.Integer()),
        ("claimed_by", sa.String(length=60)),
        ("lease_until", sa.DateTime(timezone=True)),
    ):
        op.add_column("dispatch", sa.Column(name, kind, nullable=True))
    _partial("ix_dispatch_queued", "dispatch", ["channel", "due_at"], "state = 'queued'")
    _partial("ix_dispatch_settled", "dispatch", ["campaign_id", "settled_at"], "batch IS NULL")
    _partial("ix_dispatch_sending", "dispatch", ["lease_until"], "state = 'sending'")
    op.add_column("campaign", sa.Column("walked_after_id", sa.Uuid(), nullable=True))
    op.add_column("campaign", sa.Column("walked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "unsubscribed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("dispatch_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_unsubscribed_graduate_id")),
        sa.ForeignKeyConstraint(["dispatch_id"], ["dispatch.id"], name=op.f("fk_unsubscribed_dispatch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsubscribed")),
    )
    op.create_index(op.f("ix_unsubscribed_address_digest"), "unsubscribed", ["address_digest"], unique=False)
    _partial("uq_unsubscribed_live", "unsubscribed", ["graduate_id"], "ended_at IS NULL", unique=True)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    which = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=which, postgresql_where=which)


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
