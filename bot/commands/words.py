"""The command line's sentences (`bot/texts/*/commands.toml`), Chinese unless the shell speaks English."""

import os
import tomllib
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).parent.parent / "texts"


def locale() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if spoken.lower().startswith("en") else "zh_CN"


@cache
def _sentences(of: str) -> dict[str, str]:
    return tomllib.loads((TEXTS / of / "commands.toml").read_text("utf-8"))


def said(key: str, **facts: object) -> str:
    return _sentences(locale())[f"cli_{key}"].format(**facts)


def word(key: str) -> str:
    """A plain word, or the key itself where nobody has worded it."""
    return _sentences(locale()).get(f"cli_{key}", key.partition("_")[2])
