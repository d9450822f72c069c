"""How the process stands: one flat table for all that comes in, and what is imported left to no collector."""

import ast
import asyncio
import json
import os
import sys
from pathlib import Path

from handlers import routes
from sandbox import Sandbox
from tests.driving import CONTACT, SCHOOL

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ("bot", "handlers", "scheduler", "web", "actions", "reports", "models", "rules")
TOLD = """
import asyncio, gc, json, os
from bot.app import App
from bot.commands.run import live
from bot.settings import read

async def main():
    app = App(read())
    living = asyncio.get_running_loop().create_task(live(app))
    await app.started.wait()
    print(json.dumps([gc.get_freeze_count(), *gc.get_threshold()]))
    app.stop()
    await living

asyncio.run(main())
"""


def test_nothing_walks_from_router_to_router() -> None:
    """A hundred filters ahead of the right one cost nine tenths of the rate."""
    taken = set[str]()
    for file in (file for name in PRODUCT for file in (ROOT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aiogram"):
                taken |= {one.name for one in node.names}
    assert "Bot" in taken
    assert not taken & {"Router", "Dispatcher", "BaseMiddleware", "F"}


def test_a_button_is_found_by_its_prefix_whatever_else_there_is() -> None:
    table = routes()
    for prefix, (button, _) in table.presses.items():
        assert button.__prefix__ == prefix
    assert len(table.presses) > 50


async def test_what_was_imported_is_frozen(sandbox: Sandbox, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUXIANG_")}
    given = {
        "PYTHONPATH": str(ROOT),
        "QUXIANG_TOKEN": sandbox.token,
        "QUXIANG_SCHOOL": SCHOOL,
        "QUXIANG_CONTACT": CONTACT,
        "QUXIANG_TELEGRAM_API": sandbox.url,
        "QUXIANG_LISTEN": "127.0.0.1:0",
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", TOLD),
        cwd=tmp_path,
        env=kept | given,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await child.communicate()
    assert child.returncode == 0
    frozen, *thresholds = json.loads(out)
    assert frozen > 100_000
    assert thresholds == [20_000, 20, 100]
