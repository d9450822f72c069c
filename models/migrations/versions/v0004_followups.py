"""chains of follow-ups, the call list, and one reason for whoever is not reached."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = ("own_phone", "parent_phone", "employer_contact", "left_job", "terminated", "changed_employer")
KINDS = (*BEFORE, "needs_help", "still_seeking", "unverified_phone", "snoozed")
ITSELF = "INSERT INTO touched (subject_id) VALUES (NEW.id)"
ITS_GRADUATE = "INSERT INTO touched (subject_id) SELECT NEW.graduate_id WHERE NEW.graduate_id IS NOT NULL"
THEIR_GRADUATES = (
    "INSERT INTO touched (subject_id) "
    "SELECT graduate_id FROM binding WHERE person_id = NEW.id AND ended_at IS NULL UNION "
    "SELECT graduate_id FROM invitation WHERE used_by_id = NEW.id AND graduate_id IS NOT NULL"
)
NOTED = [
    (
        "graduate",
        "UPDATE OF unit_id, removed_at, asked_at, answer, answer_verified, official, phone_digest",
        ITSELF,
    ),
    ("person", "UPDATE OF unreachable, stopped_at", THEIR_GRADUATES),
    ("to_call", "INSERT", ITS_GRADUATE),
    ("to_call", "UPDATE OF why, over_at", ITS_GRADUATE),
]


def upgrade() -> None:
    _more_kinds()
    op.create_table(
        "followup_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("followup_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", _choice("step_state", "taken", "skipped"), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["followup_id"], ["followup.id"], name=op.f("fk_followup_step_followup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup_step")),
    )
    op.create_index(op.f("ix_followup_step_followup_id"), "followup_step", ["followup_id"], unique=False)
    _refuse_changes("followup_step")
    op.create_table(
        "to_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("why", _choice("call_why", "unanswered", "channels"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_to_call_graduate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_to_call")),
    )
    op.create_index(
        "uq_to_call_live",
        "to_call",
        ["graduate_id", "why"],
        unique=True,
        sqlite_where=sa.text("over_at IS NULL"),
        postgresql_where=sa.text("over_at IS NULL"),
    )
    op.add_column("call_record", sa.Column("phone_digest", sa.String(length=64), nullable=True))
    op.add_column("ask", sa.Column("call_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ask_call",
        "ask",
        ["call_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND call_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND call_at IS NOT NULL"),
    )
    for table, when, does in NOTED:
        _note_changes(table, when, does)
    _count_anew()


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _more_kinds() -> None:
    """SQLite changes no CHECK: the table is made anew; no trigger hangs on it and nothing points to it yet."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_followup_follow_up_kind"), "followup", type_="check")
        op.create_check_constraint(
            op.f("ck_followup_follow_up_kind"), "followup", sa.column("kind").in_(KINDS)
        )
        op.add_column("followup", sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        op.alter_column("followup", "round", server_default=None)
        op.add_column("followup", sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
        return
    op.rename_table("followup", "followup_before")
    for index in ("case_id", "contact_change_id", "due", "graduate_id"):
        op.drop_index(f"ix_followup_{index}", "followup_before")
    op.create_table(
        "followup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _choice("follow_up_kind", *KINDS), nullable=False),
        sa.Column("contact_change_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_followup_case_id")),
        sa.ForeignKeyConstraint(
            ["contact_change_id"], ["contact_change.id"], name=op.f("fk_followup_contact_change_id")
        ),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_followup_graduate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup")),
    )
    kept = "id, graduate_id, kind, contact_change_id, case_id, stage, opened_at, due_at, done_at, result"
    op.execute(f"INSERT INTO followup ({kept}, round) SELECT {kept}, 1 FROM followup_before")
    op.drop_table("followup_before")
    for index in ("case_id", "contact_change_id", "graduate_id"):
        op.create_index(op.f(f"ix_followup_{index}"), "followup", [index], unique=False)
    op.create_index("ix_followup_due", "followup", ["due_at"], sqlite_where=sa.text("done_at IS NULL"))


def _refuse_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _note_changes(table: str, when: str, does: str) -> None:
    name = f"{table}_{when.split()[0].lower()}_counts"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {does}; END")
        return
    op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {does}; RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _count_anew() -> None:
    """What is counted of a graduate is written otherwise now: a tick counts everybody again."""
    op.execute("DELETE FROM tally")
    op.execute("DELETE FROM counted")
    op.execute("INSERT INTO touched (subject_id) SELECT id FROM graduate UNION ALL SELECT id FROM cases")


def downgrade() -> None:
    raise NotImplementedError("a newer schema is not undone: restore a backup")
