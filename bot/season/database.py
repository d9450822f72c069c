"""A database for one task alone: every statement runs where it stands, without a hop to another thread."""

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite
from sqlalchemy.util.concurrency import await_

from bot.database import Database
from bot.sqlite import OneHop, OneHopConnection


class AtOnceConnection(OneHopConnection):
    __slots__ = ()

    def hand_over(self, run: Callable[[sqlite3.Connection], Any]) -> Any:
        return await_(self._here(run))

    async def _here(self, run: Callable[[sqlite3.Connection], Any]) -> Any:
        return run(self._connection._conn)

    def commit(self) -> None:
        self._end(sqlite3.Connection.commit)

    def rollback(self) -> None:
        self._end(sqlite3.Connection.rollback)

    def _end(self, end: Callable[[sqlite3.Connection], None]) -> None:
        self.begin_first = None
        if not self.idle:
            self.hand_over(end)
            self.idle = True


class AtOnce(OneHop):
    connection = AtOnceConnection


class AloneDatabase(Database):
    """Nobody waits while it works: for a rehearsal, never for a product that serves people."""

    def _driver(self) -> OneHop:
        return AtOnce(aiosqlite, sqlite3)

    async def _open(self, *place: Any, **given: Any) -> aiosqlite.Connection:
        return await super()._open(*place, **{**given, "check_same_thread": False})
