"""How Alembic runs our migrations: on the connection it is handed, types written out plainly."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

import models  # noqa: F401  registers every table
from models.base import InstantType, TypedType, metadata
from models.sealed import SealedType

PLAIN = {
    InstantType: "sa.DateTime(timezone=True)",
    SealedType: "sa.Text()",
    TypedType: 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
}


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """A migration must not change its meaning when our types do."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return PLAIN.get(type(item), False)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    render_as_batch=False,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
