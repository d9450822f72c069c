"""the first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = [
    "answer",
    "attempt",
    "calendar_change",
    "call_record",
    "destination",
    "event",
    "hand_in",
    "note",
    "official_state",
    "seal",
    "statement",
]
NOTED = [
    (
        "graduate",
        "INSERT",
        "INSERT INTO touched (subject_id) VALUES (NEW.id)",
    ),
    (
        "graduate",
        "UPDATE OF unit_id, removed_at, asked_at, answer, answer_verified, official",
        "INSERT INTO touched (subject_id) VALUES (NEW.id)",
    ),
    (
        "binding",
        "INSERT",
        "INSERT INTO touched (subject_id) SELECT NEW.graduate_id WHERE NEW.graduate_id IS NOT NULL",
    ),
    (
        "binding",
        "UPDATE OF verified, ended_at",
        "INSERT INTO touched (subject_id) SELECT NEW.graduate_id WHERE NEW.graduate_id IS NOT NULL",
    ),
    (
        "person",
        "UPDATE OF unreachable",
        "INSERT INTO touched (subject_id) SELECT graduate_id FROM binding WHERE person_id = NEW.id AND ended_at IS NULL UNION SELECT graduate_id FROM invitation WHERE used_by_id = NEW.id AND graduate_id IS NOT NULL",
    ),
    (
        "invitation",
        "UPDATE OF used_by_id",
        "INSERT INTO touched (subject_id) SELECT NEW.graduate_id WHERE NEW.graduate_id IS NOT NULL",
    ),
    (
        "official_state",
        "INSERT",
        "INSERT INTO touched (subject_id) SELECT NEW.graduate_id WHERE NEW.graduate_id IS NOT NULL",
    ),
    (
        "call_record",
        "INSERT",
        "INSERT INTO touched (subject_id) SELECT NEW.graduate_id WHERE NEW.graduate_id IS NOT NULL",
    ),
    (
        "cases",
        "INSERT",
        "INSERT INTO touched (subject_id) VALUES (NEW.id)",
    ),
    (
        "cases",
        "UPDATE OF unit_id, state, outcome",
        "INSERT INTO touched (subject_id) VALUES (NEW.id)",
    ),
    (
        "dispute",
        "INSERT",
        "INSERT INTO touched (subject_id) VALUES (NEW.case_id)",
    ),
    (
        "dispute",
        "UPDATE OF closed_at, reopened",
        "INSERT INTO touched (subject_id) VALUES (NEW.case_id)",
    ),
    (
        "outgoing",
        "INSERT",
        "INSERT INTO message_move (state, n) VALUES (CASE WHEN NEW.state IN ('due', 'claimed') THEN 'queued' ELSE NEW.state END, 1)",
    ),
    (
        "outgoing",
        "UPDATE OF state",
        "INSERT INTO message_move (state, n) SELECT state, n FROM (SELECT CASE WHEN OLD.state IN ('due', 'claimed') THEN 'queued' ELSE OLD.state END AS state, -1 AS n UNION ALL SELECT CASE WHEN NEW.state IN ('due', 'claimed') THEN 'queued' ELSE NEW.state END, 1) AS moved WHERE CASE WHEN OLD.state IN ('due', 'claimed') THEN 'queued' ELSE OLD.state END <> CASE WHEN NEW.state IN ('due', 'claimed') THEN 'queued' ELSE NEW.state END",
    ),
]


def upgrade() -> None:
    op.create_table(
        "allotment",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.Column("paused_until", sa.Float(), nullable=False),
        sa.Column("taken", sa.Float(), nullable=False),
        sa.Column("taken_by", sa.String(length=60), nullable=False),
        sa.Column("others_at", sa.Float(), nullable=False),
        sa.Column("reported_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_allotment")),
    )
    op.create_table(
        "counted",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_counted")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("graduate_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_at"), "event", ["at"], unique=False)
    op.create_index(op.f("ix_event_graduate_id"), "event", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_event_kind"), "event", ["kind"], unique=False)
    op.create_index("ix_event_subject", "event", ["subject_id", "id"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=True),
        sa.Column("counts", sa.String(), nullable=False),
        sa.Column("by_person_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_file_digest"), "import_batch", ["file_digest"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=2000), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_incident_number")),
    )
    op.create_index(op.f("ix_incident_kind"), "incident", ["kind"], unique=False)
    op.create_table(
        "incoming",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
        sa.UniqueConstraint("bot_id", "update_id", name="uq_incoming_update"),
    )
    op.create_index(op.f("ix_incoming_at"), "incoming", ["at"], unique=False)
    op.create_table(
        "message_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_move")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "locale",
            sa.Enum("zh_CN", "en", name="locale", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("locale_chosen", sa.Boolean(), nullable=False),
        sa.Column("graduate_step", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("staff_step", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column(
            "text_goes_to",
            sa.Enum("graduate", "staff", name="hat", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "unreachable",
            sa.Enum(
                "not_enrolled",
                "blocked",
                "deactivated",
                "chat_not_found",
                "bad_request",
                "wrong_person",
                "opted_out",
                "declined",
                name="unreachable",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("unreachable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digit_tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("operator", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("operator", name=op.f("uq_person_operator")),
    )
    op.create_table(
        "seal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "tally",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.String(length=200), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "standing", name=op.f("pk_tally")),
    )
    op.create_table(
        "touched",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touched")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "province",
                "school",
                "college",
                "residential",
                "major",
                "class",
                name="unit_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("parent_id", "name", name="uq_unit_parent_name"),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_path"), "unit", ["path"], unique=True)
    op.create_table(
        "calendar_date",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("preset", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("laid_out_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_calendar_date_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_calendar_date_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_date")),
    )
    op.create_index(
        op.f("ix_calendar_date_confirmed_by_id"), "calendar_date", ["confirmed_by_id"], unique=False
    )
    op.create_index(op.f("ix_calendar_date_school_id"), "calendar_date", ["school_id"], unique=False)
    op.create_index(
        "uq_calendar_date_live",
        "calendar_date",
        ["cohort", "key"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "chat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_chat_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
        sa.UniqueConstraint("bot_id", "address", name="uq_chat_bot_address"),
    )
    op.create_index(op.f("ix_chat_person_id"), "chat", ["person_id"], unique=False)
    op.create_table(
        "graduate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("roster_key", sa.String(length=80), nullable=False),
        sa.Column("student_no", sa.String(length=40), nullable=True),
        sa.Column("exam_no", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("gender", sa.String(length=20), nullable=True),
        sa.Column("degree", sa.String(length=60), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("completer", sa.Boolean(), nullable=False),
        sa.Column("graduation_on", sa.Date(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_digest", sa.String(length=64), nullable=True),
        sa.Column("parent_phone", sa.Text(), nullable=True),
        sa.Column("parent_phone_digest", sa.String(length=64), nullable=True),
        sa.Column("roster_phone_digest", sa.String(length=64), nullable=True),
        sa.Column("roster_parent_phone_digest", sa.String(length=64), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_digest", sa.String(length=64), nullable=True),
        sa.Column("hardship", sa.Text(), nullable=True),
        sa.Column("counselor", sa.String(length=200), nullable=True),
        sa.Column("counselor_no", sa.String(length=40), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "confirmed",
                "changed",
                "disputed",
                "not_me",
                "seeking",
                "settled",
                "further_study",
                "not_seeking",
                name="answer_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("answer_version", sa.Integer(), nullable=True),
        sa.Column("answer_verified", sa.Boolean(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "official",
            sa.Enum(
                "unknown",
                "confirmed",
                "unconfirmed",
                "changed",
                name="official",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("official_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_graduate_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graduate")),
        sa.UniqueConstraint("cohort", "roster_key", name="uq_graduate_roster_key"),
    )
    op.create_index(op.f("ix_graduate_answer"), "graduate", ["answer"], unique=False)
    op.create_index(op.f("ix_graduate_cohort"), "graduate", ["cohort"], unique=False)
    op.create_index(op.f("ix_graduate_email_digest"), "graduate", ["email_digest"], unique=False)
    op.create_index(op.f("ix_graduate_exam_no"), "graduate", ["exam_no"], unique=False)
    op.create_index(op.f("ix_graduate_name_key"), "graduate", ["name_key"], unique=False)
    op.create_index(
        op.f("ix_graduate_parent_phone_digest"), "graduate", ["parent_phone_digest"], unique=False
    )
    op.create_index(op.f("ix_graduate_phone_digest"), "graduate", ["phone_digest"], unique=False)
    op.create_index("ix_graduate_unit_id", "graduate", ["unit_id", "official_at"], unique=False)
    op.create_index(
        "uq_graduate_student_no",
        "graduate",
        ["cohort", "student_no", "level"],
        unique=True,
        sqlite_where=sa.text("student_no IS NOT NULL"),
        postgresql_where=sa.text("student_no IS NOT NULL"),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("number", name=op.f("uq_staff_number")),
    )
    op.create_index(op.f("ix_staff_name_key"), "staff", ["name_key"], unique=False)
    op.create_index(op.f("ix_staff_person_id"), "staff", ["person_id"], unique=True)
    op.create_table(
        "attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column(
            "means",
            sa.Enum("message", "visit", name="means", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_attempt_graduate_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_attempt_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_graduate_id"), "attempt", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_attempt_staff_id"), "attempt", ["staff_id"], unique=False)
    op.create_table(
        "binding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_binding_graduate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_binding_person_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["staff.id"], name=op.f("fk_binding_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding")),
    )
    op.create_index(op.f("ix_binding_graduate_id"), "binding", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_binding_person_id"), "binding", ["person_id"], unique=False)
    op.create_index(op.f("ix_binding_verified_by_id"), "binding", ["verified_by_id"], unique=False)
    op.create_index(
        "uq_binding_pair",
        "binding",
        ["graduate_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_binding_verified",
        "binding",
        ["graduate_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND verified"),
        postgresql_where=sa.text("ended_at IS NULL AND verified"),
    )
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar_date_id", sa.Uuid(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("was_due_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_calendar_change_by_id")),
        sa.ForeignKeyConstraint(
            ["calendar_date_id"], ["calendar_date.id"], name=op.f("fk_calendar_change_calendar_date_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
    )
    op.create_index(op.f("ix_calendar_change_by_id"), "calendar_change", ["by_id"], unique=False)
    op.create_index(
        op.f("ix_calendar_change_calendar_date_id"), "calendar_change", ["calendar_date_id"], unique=False
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "paused",
                "cancelled",
                "finished",
                name="campaign_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules_digest", sa.String(length=64), nullable=False),
        sa.Column("launched_by_id", sa.Uuid(), nullable=True),
        sa.Column("second_staff_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "alarm",
            sa.Enum("refused", "not_me", name="alarm", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("spread_after_id", sa.Uuid(), nullable=True),
        sa.Column("spread_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_after_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["launched_by_id"], ["person.id"], name=op.f("fk_campaign_launched_by_id")),
        sa.ForeignKeyConstraint(["second_staff_id"], ["staff.id"], name=op.f("fk_campaign_second_staff_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_campaign_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(op.f("ix_campaign_launched_by_id"), "campaign", ["launched_by_id"], unique=False)
    op.create_index(op.f("ix_campaign_second_staff_id"), "campaign", ["second_staff_id"], unique=False)
    op.create_index(op.f("ix_campaign_unit_id"), "campaign", ["unit_id"], unique=False)
    op.create_index(
        "uq_campaign_live",
        "campaign",
        ["name", "cohort"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'running', 'paused')"),
        postgresql_where=sa.text("state IN ('waiting', 'running', 'paused')"),
    )
    op.create_table(
        "contact_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "contact",
            sa.Enum(
                "own_phone",
                "parent_phone",
                "employer_contact",
                name="contact_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_digest", sa.String(length=64), nullable=True),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_contact_change_graduate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_change_person_id")),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["staff.id"], name=op.f("fk_contact_change_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_change")),
    )
    op.create_index(op.f("ix_contact_change_graduate_id"), "contact_change", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_contact_change_person_id"), "contact_change", ["person_id"], unique=False)
    op.create_index(op.f("ix_contact_change_phone_digest"), "contact_change", ["phone_digest"], unique=False)
    op.create_index(
        op.f("ix_contact_change_verified_by_id"), "contact_change", ["verified_by_id"], unique=False
    )
    op.create_table(
        "destination",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("code_name", sa.String(length=100), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("employer", sa.String(length=300), nullable=True),
        sa.Column("employer_key", sa.String(length=300), nullable=True),
        sa.Column("uscc", sa.String(length=40), nullable=True),
        sa.Column("employer_nature", sa.String(length=100), nullable=True),
        sa.Column("industry", sa.String(length=100), nullable=True),
        sa.Column("location", sa.String(length=200), nullable=True),
        sa.Column("position", sa.String(length=100), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("contact_phone_digest", sa.String(length=64), nullable=True),
        sa.Column("country", sa.String(length=100), nullable=True),
        sa.Column("school", sa.String(length=300), nullable=True),
        sa.Column("creator_staff_id", sa.Uuid(), nullable=True),
        sa.Column("enterer", sa.String(length=200), nullable=True),
        sa.Column("enterer_no", sa.String(length=40), nullable=True),
        sa.Column("signer", sa.String(length=200), nullable=True),
        sa.Column("signer_no", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_staff_id"], ["staff.id"], name=op.f("fk_destination_creator_staff_id")
        ),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_destination_graduate_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_destination_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
        sa.UniqueConstraint("graduate_id", "number", name="uq_destination_version"),
    )
    op.create_index(
        op.f("ix_destination_contact_phone_digest"), "destination", ["contact_phone_digest"], unique=False
    )
    op.create_index(
        op.f("ix_destination_creator_staff_id"), "destination", ["creator_staff_id"], unique=False
    )
    op.create_index(op.f("ix_destination_employer_key"), "destination", ["employer_key"], unique=False)
    op.create_index(op.f("ix_destination_graduate_id"), "destination", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_destination_import_id"), "destination", ["import_id"], unique=False)
    op.create_index(op.f("ix_destination_uscc"), "destination", ["uscc"], unique=False)
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "counselor",
                "class_tutor",
                "employment_officer",
                "data_entry",
                "college_deputy",
                "college_head",
                "party_head",
                "admin_head",
                "office",
                "school_head",
                "reviewer",
                "discipline",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_duty_staff_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_staff_id"), "duty", ["staff_id"], unique=False)
    op.create_index(op.f("ix_duty_unit_id"), "duty", ["unit_id"], unique=False)
    op.create_index(
        "uq_duty_live",
        "duty",
        ["staff_id", "role", "unit_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_duty_one_data_entry",
        "duty",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("role = 'data_entry' AND ended_at IS NULL"),
        postgresql_where=sa.text("role = 'data_entry' AND ended_at IS NULL"),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by_id", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_invitation_graduate_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitation_staff_id")),
        sa.ForeignKeyConstraint(["used_by_id"], ["person.id"], name=op.f("fk_invitation_used_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitation_digest")),
    )
    op.create_index(op.f("ix_invitation_graduate_id"), "invitation", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_invitation_staff_id"), "invitation", ["staff_id"], unique=False)
    op.create_index(op.f("ix_invitation_used_by_id"), "invitation", ["used_by_id"], unique=False)
    op.create_table(
        "official_state",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unknown",
                "confirmed",
                "unconfirmed",
                "changed",
                name="official",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "feedback",
            sa.Enum(
                "wrong_info",
                "never_signed",
                name="feedback",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_official_state_graduate_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_official_state_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_state")),
    )
    op.create_index(op.f("ix_official_state_graduate_id"), "official_state", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_official_state_import_id"), "official_state", ["import_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar_date_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "met",
                "lapsed",
                "cancelled",
                name="task_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_staff_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar_date_id"], ["calendar_date.id"], name=op.f("fk_task_calendar_date_id")
        ),
        sa.ForeignKeyConstraint(["told_staff_id"], ["staff.id"], name=op.f("fk_task_told_staff_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("calendar_date_id", "unit_id", "party", "round", name="uq_task_round"),
    )
    op.create_index(op.f("ix_task_calendar_date_id"), "task", ["calendar_date_id"], unique=False)
    op.create_index(
        "ix_task_late",
        "task",
        ["late_at"],
        unique=False,
        sqlite_where=sa.text("late_at IS NOT NULL AND told_at IS NULL"),
        postgresql_where=sa.text("late_at IS NOT NULL AND told_at IS NULL"),
    )
    op.create_index("ix_task_open", "task", ["state", "opens_on"], unique=False)
    op.create_index(op.f("ix_task_told_staff_id"), "task", ["told_staff_id"], unique=False)
    op.create_index(op.f("ix_task_unit_id"), "task", ["unit_id"], unique=False)
    op.create_table(
        "ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "stopped",
                "expired",
                "cancelled",
                name="ask_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_count", sa.Integer(), nullable=False),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.String(length=40), nullable=True),
        sa.Column("next_step", sa.String(length=40), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_ask_campaign_id")),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_ask_graduate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
    )
    op.create_index(op.f("ix_ask_campaign_id"), "ask", ["campaign_id"], unique=False)
    op.create_index(
        "ix_ask_due",
        "ask",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND next_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND next_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_ask_graduate_id"), "ask", ["graduate_id"], unique=False)
    op.create_index(
        "uq_ask_open",
        "ask",
        ["graduate_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "hand_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("signed", sa.JSON(), nullable=False),
        sa.Column("unsigned", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=True),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_hand_in_staff_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_hand_in_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in")),
    )
    op.create_index(op.f("ix_hand_in_staff_id"), "hand_in", ["staff_id"], unique=False)
    op.create_index(op.f("ix_hand_in_task_id"), "hand_in", ["task_id"], unique=False)
    op.create_table(
        "left_out",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "claimed",
                "accepted",
                "refused",
                "unknown",
                "skipped",
                "cancelled",
                "unreachable",
                "superseded",
                name="sending",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_left_out_campaign_id")),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_left_out_graduate_id")),
        sa.PrimaryKeyConstraint("campaign_id", "graduate_id", name=op.f("pk_left_out")),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("said", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_watch_campaign_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_watch_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("campaign_id", "person_id", name="uq_watch_person"),
    )
    op.create_index(op.f("ix_watch_campaign_id"), "watch", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_watch_person_id"), "watch", ["person_id"], unique=False)
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("destination_id", sa.Uuid(), nullable=False),
        sa.Column("ask_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "confirmed",
                "changed",
                "disputed",
                "not_me",
                "seeking",
                "settled",
                "further_study",
                "not_seeking",
                name="answer_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("claim", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "chat",
                "page",
                "register",
                "staff",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_answer_ask_id")),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destination.id"], name=op.f("fk_answer_destination_id")
        ),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_answer_graduate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_ask_id"), "answer", ["ask_id"], unique=False)
    op.create_index(op.f("ix_answer_destination_id"), "answer", ["destination_id"], unique=False)
    op.create_index(op.f("ix_answer_graduate_id"), "answer", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_answer_person_id"), "answer", ["person_id"], unique=False)
    op.create_index(op.f("ix_answer_said_at"), "answer", ["said_at"], unique=False)
    op.create_table(
        "outgoing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "lane",
            sa.Enum(
                "reply",
                "alert",
                "campaign",
                name="lane",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "claimed",
                "accepted",
                "refused",
                "unknown",
                "skipped",
                "cancelled",
                "unreachable",
                "superseded",
                name="sending",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces", sa.String(length=80), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("ask_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.String(length=40), nullable=True),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_outgoing_ask_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_outgoing_campaign_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outgoing_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
    )
    op.create_index(op.f("ix_outgoing_ask_id"), "outgoing", ["ask_id"], unique=False)
    op.create_index(
        "ix_outgoing_campaign",
        "outgoing",
        ["campaign_id", "state", "settled_at"],
        unique=False,
        sqlite_where=sa.text("campaign_id IS NOT NULL"),
        postgresql_where=sa.text("campaign_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outgoing_claimed",
        "outgoing",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'claimed'"),
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index(
        "ix_outgoing_due",
        "outgoing",
        ["lane", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'due' AND lane <> 'campaign'"),
        postgresql_where=sa.text("state = 'due' AND lane <> 'campaign'"),
    )
    op.create_index(
        "ix_outgoing_due_campaign",
        "outgoing",
        ["campaign_id", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'due' AND lane = 'campaign'"),
        postgresql_where=sa.text("state = 'due' AND lane = 'campaign'"),
    )
    op.create_index(op.f("ix_outgoing_person_id"), "outgoing", ["person_id"], unique=False)
    op.create_index("ix_outgoing_replaces", "outgoing", ["person_id", "replaces"], unique=False)
    op.create_index(
        "uq_outgoing_step",
        "outgoing",
        ["ask_id", "step"],
        unique=True,
        sqlite_where=sa.text("step IS NOT NULL"),
        postgresql_where=sa.text("step IS NOT NULL"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "dispute",
                "contact_change",
                "change_request",
                "unreachable",
                "identity_conflict",
                "message",
                "evidence_pending",
                "record_problem",
                name="case_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "working",
                "awaiting_review",
                "closed",
                name="case_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("binding_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("counselor_may_see", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_contact_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "phone_check",
                "material_check",
                "employer_callback",
                "other",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "confirmed_false",
                "confirmed_true",
                "was_true_now_ended",
                "employer_mix_up",
                "unresolved",
                "done",
                "register_corrected",
                "no_change_needed",
                "not_reached",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("closer_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("rules_digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(closed_at IS NULL) = (state != 'closed')", name=op.f("ck_cases_closed_once")),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR reviewer_id != closer_id", name=op.f("ck_cases_second_person_reviews")
        ),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_cases_answer_id")),
        sa.ForeignKeyConstraint(["binding_id"], ["binding.id"], name=op.f("fk_cases_binding_id")),
        sa.ForeignKeyConstraint(["closer_id"], ["staff.id"], name=op.f("fk_cases_closer_id")),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_cases_graduate_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_cases_owner_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["staff.id"], name=op.f("fk_cases_reviewer_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_cases_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index(op.f("ix_cases_answer_id"), "cases", ["answer_id"], unique=False)
    op.create_index(op.f("ix_cases_binding_id"), "cases", ["binding_id"], unique=False)
    op.create_index(op.f("ix_cases_closer_id"), "cases", ["closer_id"], unique=False)
    op.create_index(op.f("ix_cases_graduate_id"), "cases", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_cases_owner_id"), "cases", ["owner_id"], unique=False)
    op.create_index(
        "ix_cases_pool",
        "cases",
        ["unit_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state != 'closed'"),
        postgresql_where=sa.text("state != 'closed'"),
    )
    op.create_index(
        "ix_cases_queue",
        "cases",
        ["owner_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("state != 'closed'"),
        postgresql_where=sa.text("state != 'closed'"),
    )
    op.create_index(op.f("ix_cases_reviewer_id"), "cases", ["reviewer_id"], unique=False)
    op.create_index(op.f("ix_cases_unit_id"), "cases", ["unit_id"], unique=False)
    op.create_table(
        "call_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("destination_id", sa.Uuid(), nullable=True),
        sa.Column(
            "answered_by",
            sa.Enum(
                "graduate",
                "parent",
                "employer",
                "nobody",
                "dead_number",
                "refused",
                name="call_answered_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "finding",
            sa.Enum(
                "true",
                "changed",
                "false",
                "not_reached",
                "to_check",
                name="call_finding",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_call_record_case_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["call_record.id"], name=op.f("fk_call_record_corrects_id")),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destination.id"], name=op.f("fk_call_record_destination_id")
        ),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_call_record_graduate_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_call_record_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_record")),
    )
    op.create_index(op.f("ix_call_record_at"), "call_record", ["at"], unique=False)
    op.create_index(op.f("ix_call_record_case_id"), "call_record", ["case_id"], unique=False)
    op.create_index(op.f("ix_call_record_corrects_id"), "call_record", ["corrects_id"], unique=False)
    op.create_index(op.f("ix_call_record_graduate_id"), "call_record", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_call_record_staff_id"), "call_record", ["staff_id"], unique=False)
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column("destination_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("sentence", sa.String(length=40), nullable=False),
        sa.Column("official_sentence", sa.Boolean(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "chat",
                "page",
                "register",
                "staff",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("without_counselor", sa.Boolean(), nullable=False),
        sa.Column("counselor_implicated", sa.Boolean(), nullable=False),
        sa.Column(
            "pressure",
            sa.Enum(
                "yes", "no", "not_said", name="pressure", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "agreed", "rejected", name="verdict", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("hands", sa.JSON(), nullable=False),
        sa.Column("counselors", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_dispute_answer_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dispute_case_id")),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["destination.id"], name=op.f("fk_dispute_destination_id")
        ),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_dispute_graduate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_answer_id"), "dispute", ["answer_id"], unique=False)
    op.create_index(op.f("ix_dispute_case_id"), "dispute", ["case_id"], unique=True)
    op.create_index(op.f("ix_dispute_destination_id"), "dispute", ["destination_id"], unique=False)
    op.create_index(op.f("ix_dispute_filed_at"), "dispute", ["filed_at"], unique=False)
    op.create_index(op.f("ix_dispute_graduate_id"), "dispute", ["graduate_id"], unique=False)
    op.create_index(
        "ix_dispute_quiet",
        "dispute",
        ["quiet_until"],
        unique=False,
        sqlite_where=sa.text("quiet_until IS NOT NULL"),
        postgresql_where=sa.text("quiet_until IS NOT NULL"),
    )
    op.create_index(
        "uq_dispute_open",
        "dispute",
        ["destination_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "followup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "own_phone",
                "parent_phone",
                "employer_contact",
                "left_job",
                "terminated",
                "changed_employer",
                name="follow_up_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("contact_change_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
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
    op.create_index(op.f("ix_followup_case_id"), "followup", ["case_id"], unique=False)
    op.create_index(op.f("ix_followup_contact_change_id"), "followup", ["contact_change_id"], unique=False)
    op.create_index(
        "ix_followup_due",
        "followup",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(op.f("ix_followup_graduate_id"), "followup", ["graduate_id"], unique=False)
    op.create_table(
        "heard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("graduate_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("routed", sa.String(length=20), nullable=True),
        sa.Column("route_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_heard_case_id")),
        sa.ForeignKeyConstraint(["graduate_id"], ["graduate.id"], name=op.f("fk_heard_graduate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_heard_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard")),
    )
    op.create_index(op.f("ix_heard_case_id"), "heard", ["case_id"], unique=False)
    op.create_index(op.f("ix_heard_graduate_id"), "heard", ["graduate_id"], unique=False)
    op.create_index(op.f("ix_heard_person_id"), "heard", ["person_id"], unique=False)
    op.create_index(
        "ix_heard_unrouted",
        "heard",
        ["route_by"],
        unique=False,
        sqlite_where=sa.text("routed IS NULL"),
        postgresql_where=sa.text("routed IS NULL"),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "note",
                "claimed",
                "contacted",
                "handed_over",
                "escalated",
                "settled",
                "approved",
                "returned",
                "reopened",
                "agreed",
                "opened",
                "answered",
                "reachable",
                name="note_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "method",
            sa.Enum(
                "phone_check",
                "material_check",
                "employer_callback",
                "other",
                name="method",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "confirmed_false",
                "confirmed_true",
                "was_true_now_ended",
                "employer_mix_up",
                "unresolved",
                "done",
                "register_corrected",
                "no_change_needed",
                "not_reached",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_note_answer_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_note_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_note_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_answer_id"), "note", ["answer_id"], unique=False)
    op.create_index(op.f("ix_note_at"), "note", ["at"], unique=False)
    op.create_index(op.f("ix_note_case_id"), "note", ["case_id"], unique=False)
    op.create_index(op.f("ix_note_staff_id"), "note", ["staff_id"], unique=False)
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "statement",
                "pressure",
                "withdrawal",
                "objection",
                name="statement_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_statement_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_dispute_id"), "statement", ["dispute_id"], unique=False)

    for table in APPEND_ONLY:
        _refuse_changes(table)
    for table, when, does in NOTED:
        _note_changes(table, when, does)


def _refuse_changes(table: str) -> None:
    """Written out here: a migration must not change when the models do."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _note_changes(table: str, when: str, does: str) -> None:
    name = f"{table}_{when.split()[0].lower()}_counts"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {does}; END")
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {does}; RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    raise NotImplementedError("the first schema has nothing below it")
