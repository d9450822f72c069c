"""A press alone is one short transaction: its statements are counted, whatever the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlmodel import select

from models.answer import Answer, AnswerKind
from tests.conversations.asking import asked
from tests.driving import Running
from tests.world import World

# The person, the update, the record, what was asked; then what is written, each table once.
FEW = 9


@contextmanager
def statements(app: Running) -> Iterator[list[str]]:
    """What is executed, savepoints too; begin and commit are not among them."""
    seen: list[str] = []
    engine = app.app.works.database.writer.sync_engine

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "FROM setting" not in statement:  # the clock, which is looked at from time to time
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


async def test_a_confirmation_is_few_round_trips(app: Running, world: World) -> None:
    await asked(app, world.lihua)
    await app.app.postman.stop(within=0)
    with statements(app) as seen:
        await world.lihua.phone.press("以上信息属实")
        await app.sandbox.updates.emptied()
    assert (await world.row(select(Answer))).kind is AnswerKind.CONFIRMED
    bells = 0 if app.app.works.database.sqlite else 1
    assert len(seen) <= FEW + bells, "\n".join(seen)
