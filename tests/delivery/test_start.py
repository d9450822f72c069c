"""What a start costs: the newest revision is known without Alembic, and nothing is imported for nothing."""

import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from bot.migrate import MIGRATIONS, head

HEAVY = ("aiogram", "aiohttp", "alembic", "sqlalchemy", "sqlmodel", "jinja2")


def test_the_newest_revision_is_known_without_alembic() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == head()


@pytest.mark.parametrize(
    ("module", "never"),
    [("check_rules", HEAVY), ("status", ("aiogram", "aiohttp", "alembic", "jinja2", "asyncpg"))],
)
def test_a_command_imports_nothing_it_does_not_use(module: str, never: tuple[str, ...]) -> None:
    asked = f"import sys, bot.__main__, bot.commands.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert {*never}.isdisjoint(done.stdout.split())
