"""What a later migration does to a table that is there: another choice allowed, no change of its rows."""

import sqlalchemy as sa
from alembic import op


def sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(one) for one in values)})"


def widen(table: str, name: str, column: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """The choices of a column, with some more behind those that it has."""
    before, after = among(column, old), among(column, (*old, *new))
    if sqlite():
        rewrite(table, before, after)
        return
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, after)


def rewrite(table: str, old: str, new: str) -> None:
    """SQLite changes no constraint; what it keeps is the statement, which does not touch what is stored.

    This is the way its documentation gives for changes that leave the content as it is."""
    bind = op.get_bind()
    found = bind.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
    sql = found.scalar_one()
    if sql.count(old) != 1:
        raise RuntimeError(f"{table}: {old!r} stands in it {sql.count(old)} times.")
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    bind.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": sql.replace(old, new), "name": table},
    )
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = RESET"))


def refuse_changes(table: str) -> None:
    if sqlite():
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
