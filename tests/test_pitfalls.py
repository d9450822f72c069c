"""Every known pitfall is held by a test that exists, or has a reason why it is none of ours."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PITFALLS: dict[str, list[str] | str] = tomllib.loads((ROOT / "tests/pitfalls.toml").read_text("utf-8"))


def test_each_is_named_once() -> None:
    assert list(PITFALLS) == [str(number) for number in range(1, 50)]


def test_what_holds_it_exists() -> None:
    for number, held in PITFALLS.items():
        for place in held if isinstance(held, list) else []:
            file, _, name = place.partition("::")
            parts = ast.parse((ROOT / file).read_text("utf-8")).body
            assert name in {getattr(part, "name", None) for part in parts}, (number, place)
