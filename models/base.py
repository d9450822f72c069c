"""Columns and helpers every row is made of: instants, choices, typed values, links and append-only tables."""

from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    Table,
    event,
    inspect,
)
from sqlalchemy.orm import InstanceState, make_transient_to_detached
from sqlalchemy.orm.util import identity_key
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, Relationship, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

E = TypeVar("E", bound=StrEnum)
R = TypeVar("R", bound=SQLModel)


def metadata() -> MetaData:
    return SQLModel.metadata


# A row's own model validates nothing: what would do so is not built, for every command would wait for it.
SQLModel.model_config["defer_build"] = True


class Value(BaseModel):
    """A frozen value kept inside a row; there are hundreds, each built when it is first used."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Tagged(Value):
    """A family of values told apart by `kind`; each module adds its own members."""

    kinds: ClassVar[dict[str, Any]]

    @classmethod
    def __pydantic_init_subclass__(cls, **arguments: Any) -> None:
        super().__pydantic_init_subclass__(**arguments)
        if Tagged in cls.__bases__:
            cls.kinds = {}
        elif "kind" in cls.model_fields:
            kind = cls.model_fields["kind"].default
            if kind in cls.kinds:
                raise TypeError(f"two values call themselves {kind}")
            cls.kinds[kind] = cls

    @classmethod
    def every(cls) -> dict[str, Any]:
        """All members by kind; a family in a package of its own is imported only as far as it is spoken of,
        for a short command would wait longer for all that can be said than for what it was asked."""
        package, _, module = cls.__module__.rpartition(".")
        if module == "base":
            for found in iter_modules(import_module(package).__path__):
                import_module(f"{package}.{found.name}")
        return cls.kinds

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self | None:
        """None for what an older release wrote and nobody knows any more: the rows beside it go on."""
        found: type[Self] | None = cls.kinds.get(data["kind"]) or cls.every().get(data["kind"])
        try:
            return found.model_validate(data) if found else None
        except ValidationError:
            return None


class InstantType(TypeDecorator[datetime]):
    """Aware UTC on both databases; SQLite would hand back naive values.

    There an instant is a text, and there are some thirty of them to a message: each is written and read
    in one step, not in three."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        return _instant_written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        return _instant_read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant must be aware")
    return value.astimezone(UTC)


def _instant_written(value: datetime | None) -> str | None:
    return None if value is None else _in_utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def _instant_read(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


class TypedType(TypeDecorator[Any]):
    """A value of a tagged family kept as JSON."""

    impl = JSON
    cache_ok = True

    def __init__(self, of: type[Tagged]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB  # with it come drivers that SQLite has no use for

        return dialect.type_descriptor(JSONB())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else value.model_dump(mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self.of.load(value)


def choice_type(of: type[E]) -> Enum:
    """A text column with a CHECK: plain String would come back as str and `is` would fail."""
    name = "".join("_" + c.lower() if c.isupper() else c for c in of.__name__).lstrip("_")
    return Enum(
        of,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name,
        values_callable=lambda members: [m.value for m in members],
    )


def Serial() -> Any:
    """A number that grows with each insert."""
    growing = BigInteger().with_variant(Integer, "sqlite")
    return Field(default=None, sa_type=growing, primary_key=True)


def Big(*, nullable: bool = False) -> Any:
    return Field(default=None if nullable else ..., sa_type=BigInteger, nullable=nullable)


def Id() -> Any:
    return Field(default_factory=uuid4, primary_key=True)


def Key(to: str, *, nullable: bool = False, index: bool = True, unique: bool = False) -> Any:
    """A foreign key; it is filled by the Link beside it."""
    target = to if "." in to else f"{to}.id"
    return Field(default=None, foreign_key=target, nullable=nullable, index=index, unique=unique)


def Link(key: str | None = None) -> Any:
    """The row behind a Key; never loaded silently."""
    arguments: dict[str, Any] = {"lazy": "raise"}
    if key:
        arguments["foreign_keys"] = f"[{key}]"
    return Relationship(sa_relationship_kwargs=arguments)


def Instant(*, nullable: bool = False, index: bool = False, default: Any = ...) -> Any:
    given = None if nullable and default is ... else default
    return Field(default=given, sa_type=InstantType, nullable=nullable, index=index)


def Choice(of: type[StrEnum], *, default: Any = ..., nullable: bool = False, index: bool = False) -> Any:
    given = None if nullable and default is ... else default
    return Field(default=given, sa_type=choice_type(of), nullable=nullable, index=index)


def Typed(of: type[Tagged], *, default: Any = ..., nullable: bool = False) -> Any:
    given = None if nullable and default is ... else default
    return Field(default=given, sa_type=TypedType(of), nullable=nullable)


async def held(session: AsyncSession, row: type[R], key: Any) -> R | None:
    """`session.get` without its detour, where the session has read the row already."""
    found: R | None = session.sync_session.identity_map.get(identity_key(row, key))
    if found is None:
        return await session.get(row, key)
    state: InstanceState[R] = inspect(found)
    return await session.get(row, key) if state.expired else found


def as_if_read(row: type[R], values: dict[str, Any]) -> R:
    """A row that is being written otherwise than by the session, as the session would have read it."""
    made: R = inspect(row).class_manager.new_instance()
    made.__dict__.update(values)
    make_transient_to_detached(made)
    return made


def append_only(row: type[SQLModel]) -> None:
    """Let the database itself refuse to change or delete what was recorded."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    for dialect, statements in append_only_ddl(table.name).items():
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def append_only_ddl(table: str) -> dict[str, list[str]]:
    sqlite = [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("update", "delete")
    ]
    postgresql = [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ]
    return {"sqlite": sqlite, "postgresql": postgresql}


__all__ = [
    "UUID",
    "Big",
    "Choice",
    "Id",
    "Instant",
    "Key",
    "Link",
    "Serial",
    "Tagged",
    "Typed",
    "Value",
    "append_only",
    "as_if_read",
    "datetime",
    "held",
    "metadata",
]
