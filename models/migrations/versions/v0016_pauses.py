"""Shut out by Telegram: for how long, so that a clock put back cannot make it longer."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    made = sa.Column("paused_for", sa.Float(), nullable=False, server_default=sa.text("0"))
    with op.batch_alter_table("allotment") as allotment:
        allotment.add_column(made)
    # Of a window that is open it is not known any more: it ends as it would have.
    op.execute("UPDATE allotment SET paused_for = paused_until")
    with op.batch_alter_table("allotment") as allotment:
        allotment.alter_column("paused_for", server_default=None)


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
