"""`quxiang backup FILE` and `quxiang restore FILE`."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.backup import BackupRefused, load, save
from bot.commands.desk import opened, reached
from bot.commands.talk import Declined, may_write, offers_json, show
from bot.commands.words import said
from bot.settings import read
from bot.vault import evidence_folder
from models.event import Setting

if TYPE_CHECKING:
    from bot.commands import Commands

LAST = "last_backup"


def add_to(commands: "Commands") -> None:
    out = commands.add_parser("backup")
    out.add_argument("file", type=Path)
    offers_json(out)
    out.set_defaults(go=back_up)
    back = commands.add_parser("restore")
    back.add_argument("file", type=Path)
    back.add_argument("--force", action="store_true")
    back.add_argument("--yes", action="store_true")
    offers_json(back)
    back.set_defaults(go=restore)


async def back_up(arguments: Namespace) -> int:
    async with opened() as desk:
        now = desk.works.clock.now()
        papers = evidence_folder(desk.settings)
        made = await save(desk.works.database, arguments.file, now, papers)
        if made.missing:
            lacking = {"file": arguments.file, "count": made.missing, "folder": papers.absolute()}
            raise Declined(said("backup_papers_missing", **lacking))
        async with desk.works.begin() as work:
            await work.session.merge(Setting(name=LAST, value=now.isoformat()))
            work.record("backup_made", by=await desk.operator(work), rows=made.rows)
    said_of = {"rows": made.rows, "papers": made.papers}
    show(arguments, said_of, [said("backed_up", file=arguments.file, **said_of), said("secret_apart")])
    return 0


async def restore(arguments: Namespace) -> int:
    """Without --force only into an empty database, so nothing can be lost and nobody is asked."""
    if not arguments.file.is_file():
        raise Declined(said("no_file", file=arguments.file, why=said("no_such_file")))
    if arguments.force and not may_write(arguments, said("restore_question")):
        return 1
    settings = read()
    async with reached(settings) as database:
        try:
            papers = evidence_folder(settings)
            rows, files = await load(database, arguments.file, papers, force=arguments.force)
        except BackupRefused as no:
            raise Declined(said(f"restore_{no.fault}", file=arguments.file)) from no
    lines = [said("restored", rows=rows, papers=files), said("secret_apart")]
    show(arguments, {"rows": rows, "papers": files}, lines)
    return 0
