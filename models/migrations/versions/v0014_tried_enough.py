"""Whether enough was tried is of the graduate and of what is registered, and no more of one reason to call."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TRIED = """
UPDATE graduate SET tried_at = (
    SELECT max(tried_at) FROM to_call WHERE to_call.graduate_id = graduate.id AND to_call.over_at IS NULL
)
"""
# Spoken to about the version that stands now.
HEARD = """
UPDATE graduate SET tried_at = (
    SELECT max(call_record.at) FROM call_record JOIN destination ON destination.id = call_record.destination_id
    WHERE call_record.graduate_id = graduate.id AND destination.number = graduate.version
    AND call_record.finding IN ('true', 'changed', 'false')
) WHERE tried_at IS NULL
"""


def upgrade() -> None:
    op.add_column("graduate", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(TRIED)
    op.execute(HEARD)
    op.drop_column("to_call", "tried_at")


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
