"""Dispatches: what leaves by text message and e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CHANNELS = ("sms", "email")
STATES = (
    "prepared",
    "exported",
    "queued",
    "sending",
    "sent",
    "delivered",
    "failed",
    "unknown",
    "cancelled",
)
FAILURES = ("dead", "off", "refused", "blacklisted", "other")
ITS_GRADUATE = "INSERT INTO touched (subject_id) SELECT NEW.graduate_id WHERE NEW.graduate_id IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("ask_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("channel", _choice("channel", CHANNELS), nullable=False),
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=True),
        sa.Column("state", _choice("dispatch_state", STATES), nullable=False),
        sa.Column("reason", _choice("failure", FAILURES), nullable=True),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_dispatch_graduate_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_dispatch_campaign_id")),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_dispatch_ask_id")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_dispatch_invitation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
    )
    for column in ("graduate_id", "ask_id", "batch", "provider_id"):
        op.create_index(op.f(f"ix_dispatch_{column}"), "dispatch", [column], unique=False)
    op.create_index("ix_dispatch_campaign", "dispatch", ["campaign_id", "channel", "state"], unique=False)
    op.create_index("ix_dispatch_address", "dispatch", ["address_digest", "left_at"], unique=False)
    live = sa.text("state <> 'cancelled'")
    op.create_index(
        "uq_dispatch_step",
        "dispatch",
        ["ask_id", "step"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    _note_changes("dispatch", "UPDATE OF state")


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _note_changes(table: str, when: str) -> None:
    """As the models' own triggers: whose row changes may be counted wrongly."""
    name = f"{table}_{when.split()[0].lower()}_counts"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {ITS_GRADUATE}; END")
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {ITS_GRADUATE}; RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
