"""Two ladders: what they count back from, the version that planned a row, and when a nudge is due."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DUE = sa.text("next_at IS NOT NULL")
OPEN_AND_DUE = sa.text("state = 'open' AND next_at IS NOT NULL")
NUDGED = sa.text("nudge_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("ask", sa.Column("target_on", sa.Date(), nullable=True))
    op.add_column("ask", sa.Column("plan", sa.String(length=16), nullable=True))
    op.add_column("outgoing", sa.Column("plan", sa.String(length=16), nullable=True))
    op.add_column("person", sa.Column("nudge_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_ask_due", table_name="ask", sqlite_where=OPEN_AND_DUE, postgresql_where=OPEN_AND_DUE)
    _index("ix_ask_due", "ask", "next_at", DUE)
    _index("ix_ask_plan", "ask", "plan", DUE)
    _index("ix_person_nudge", "person", "nudge_at", NUDGED)
    # Of no known version: the ladder plans each of them anew.
    op.execute("UPDATE ask SET plan = '' WHERE next_at IS NOT NULL")


def _index(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table, name in (("person", "ix_person_nudge"), ("ask", "ix_ask_plan"), ("ask", "ix_ask_due")):
        op.drop_index(name, table_name=table)
    op.create_index(
        "ix_ask_due", "ask", ["next_at"], sqlite_where=OPEN_AND_DUE, postgresql_where=OPEN_AND_DUE
    )
    for table, column in (
        ("person", "nudge_at"),
        ("outgoing", "plan"),
        ("ask", "plan"),
        ("ask", "target_on"),
    ):
        op.drop_column(table, column)
