"""The first of each cohort by an index; nobody is late by a day that no document gives."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Of what comes once: a rhythm has no day of its own in the calendar either.
ENDLESS = """
UPDATE task SET late_at = NULL WHERE round = 0 AND told_at IS NULL
AND calendar_date_id IN (SELECT id FROM calendar_date WHERE due_on IS NULL)
"""


def upgrade() -> None:
    op.drop_index("ix_graduate_cohort", table_name="graduate")
    op.create_index("ix_graduate_cohort", "graduate", ["cohort", "created_at"])
    op.execute(ENDLESS)


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
