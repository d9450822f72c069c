"""One hop to the driver's thread for a whole statement: what a statement costs there is the hop."""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import aiosqlite
from sqlalchemy import Dialect, Uuid
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import immutabledict
from sqlalchemy.util.concurrency import await_

Ask = Callable[[sqlite3.Connection], sqlite3.Cursor]
# One key stands in every row that belongs to a graduate: read from its text again it costs ten times as much.
KEYS_KEPT = 10_000


@lru_cache(KEYS_KEPT)
def _key(text: str) -> UUID:
    return UUID(text)


class KeptUuid(Uuid[UUID]):
    """A key as SQLite holds it, a text; whoever reads it again gets the same one."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return lambda text: None if text is None else _key(text)


class OneHopCursor(AsyncAdapt_aiosqlite_cursor):
    """Opened, executed, read and closed in the thread at once, where the stock one asks four times."""

    __slots__ = ("_asked",)
    _awaitable_cursor_close = False

    def __init__(self, adapt_connection: "OneHopConnection") -> None:
        self._adapt_connection: OneHopConnection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._soft_closed_memoized = immutabledict()
        self._asked: Sequence[Any] = (None, -1, None)

    description = property(lambda self: self._asked[0])
    rowcount = property(lambda self: self._asked[1])
    lastrowid = property(lambda self: self._asked[2])
    arraysize = 1

    def execute(self, operation: Any, parameters: Any = None) -> None:
        self._ask(lambda connection: connection.execute(operation, parameters or ()))

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        self._ask(lambda connection: connection.executemany(operation, seq_of_parameters))

    def _ask(self, ask: Ask) -> None:
        rows, *self._asked = self._adapt_connection.ask(ask)
        self._rows = deque(rows)

    def close(self) -> None:
        self._rows.clear()


class OneHopConnection(AsyncAdapt_aiosqlite_connection):
    """BEGIN rides with the first statement; what was begun by none is ended by none."""

    __slots__ = ("begin_first", "idle")
    _cursor_cls: Any = OneHopCursor

    def __init__(self, dbapi: Any, connection: aiosqlite.Connection) -> None:
        super().__init__(dbapi, connection)  # type: ignore[arg-type]
        self.begin_first: str | None = None
        self.idle = True

    def ask(self, ask: Ask) -> list[Any]:
        begin, self.begin_first, self.idle = self.begin_first, None, False

        def run(connection: sqlite3.Connection) -> list[Any]:
            if begin:
                connection.execute(begin)
            cursor = ask(connection)
            rows = cursor.fetchall() if cursor.description else []
            asked = [rows, cursor.description, cursor.rowcount, cursor.lastrowid]
            cursor.close()
            return asked

        try:
            answer: list[Any] = self.hand_over(run)
        except Exception as error:  # noqa: BLE001  raised again, as the stock driver words it
            self._handle_exception(error)
        return answer

    def hand_over(self, run: Callable[[sqlite3.Connection], Any]) -> Any:
        connection: Any = self._connection
        return await_(connection._execute(run, connection._conn))

    def commit(self) -> None:
        self.begin_first = None
        if not self.idle:
            super().commit()
            self.idle = True

    def rollback(self) -> None:
        self.begin_first = None
        if not self.idle:
            super().rollback()
            self.idle = True


class OneHop(AsyncAdapt_aiosqlite_dbapi):
    """The driver as SQLAlchemy sees it, with connections of ours."""

    connection: type[OneHopConnection] = OneHopConnection

    def connect(self, *place: Any, **given: Any) -> OneHopConnection:
        opened = given.pop("async_creator_fn")
        return self.connection(self, await_(opened(*place, **given)))


def driver() -> OneHop:
    return OneHop(aiosqlite, sqlite3)
