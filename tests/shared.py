"""What all apps of one test worker share: a test pays for what it tells, not for compiling again."""

import pickle
import ssl
import tomllib
from functools import cache
from typing import Any

from jinja2 import BaseLoader, BytecodeCache, Environment, Template
from jinja2.bccache import Bucket
from sqlalchemy.util import LRUCache

from bot.database import Database

_dialects: dict[str, tuple[Any, LRUCache[Any, Any]]] = {}


def compiles_for_all(database: Database) -> None:
    """A statement's text is kept by dialect; later apps take this one's, which has met its server."""
    dialect = database.writer.sync_engine.dialect
    _dialects[dialect.name] = dialect, LRUCache(10_000)


def compiled_once(database: Database) -> Database:
    """Every engine comes with a dialect and an empty cache of its own: a fifth of a conversation's time."""
    for engine in (database.writer.sync_engine, database.reader.sync_engine):
        if engine.dialect.name in _dialects:
            dialect, cache = _dialects[engine.dialect.name]
            engine.dialect = engine.pool._dialect = dialect
            engine._compiled_cache = cache
    return database


class _Templates(BytecodeCache):
    """By name and content of the source, and by what of its environment is compiled in."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[Any, ...], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self.compiled.get(self._key(bucket)):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[self._key(bucket)] = bucket.bytecode_to_string()

    def _key(self, bucket: Bucket) -> tuple[Any, ...]:
        made_for = bucket.environment
        options = made_for.autoescape, made_for.trim_blocks, made_for.lstrip_blocks
        return bucket.key, bucket.checksum, *options


_templates = _Templates()
_load = BaseLoader.load
_loads = tomllib.loads


def _loaded(self: BaseLoader, environment: Environment, name: str, given: Any = None) -> Template:
    environment.bytecode_cache = environment.bytecode_cache or _templates
    return _load(self, environment, name, given)


@cache
def _parsed(text: str) -> bytes:
    return pickle.dumps(_loads(text))


def make_once() -> None:
    """Templates, TOML and the trusted authorities are read for every app: two thirds of its start."""
    BaseLoader.load = _loaded  # type: ignore[assignment, method-assign]
    tomllib.loads = lambda text, **_: pickle.loads(_parsed(text))
    ssl.create_default_context = cache(ssl.create_default_context)  # type: ignore[assignment]
