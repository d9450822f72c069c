"""A body in JSON or as a form, read so that it can be signed: every value by one name, as it was written."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

FIELDS_MOST = 5000


def parsed(body: bytes) -> Any:
    """JSON with its numbers as they were written; ValueError where a name stands twice, or it is none."""
    try:
        return json.loads(
            body, object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=_no_number
        )
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def form(body: bytes) -> dict[str, str]:
    text = body.decode("utf-8")
    return _once(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MOST, errors="strict"))


def flat(value: Any) -> dict[str, str]:
    """What is nested is named by dots; ValueError where two would have one name."""
    pairs: list[tuple[str, str]] = []
    for pair in _walk("", value):
        pairs.append(pair)
        if len(pairs) > FIELDS_MOST:
            raise ValueError("too many fields")
    return _once(pairs)


def _walk(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            yield from _walk(f"{name}.{key}" if name else str(key), one)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    else:
        yield name, "" if value is None else str(value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(word: str) -> str:
    raise ValueError(f"{word} is no number")
