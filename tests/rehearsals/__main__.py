"""Writes the golden tables: look at the difference before it is committed."""

import asyncio
import os

from tests.rehearsals import golden, played, presets, table

os.environ["LC_ALL"] = "C.UTF-8"
for name in presets():
    golden(name).write_text(table(asyncio.run(played(name))), "utf-8")
