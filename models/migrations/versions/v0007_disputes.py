"""Disputes to the end: heard by telephone, and one open change of the register for each."""

import sqlalchemy as sa
from alembic import op

from models.migrations.reshaping import widen

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SOURCES = ("chat", "page", "register", "staff")
BY_TELEPHONE = ("telephone",)


def upgrade() -> None:
    for table in ("answer", "dispute"):
        widen(table, "source", "source", SOURCES, BY_TELEPHONE)
    where = sa.text("kind = 'register_change' AND state != 'closed'")
    op.create_index(
        "uq_register_change_open",
        "cases",
        ["parent_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
