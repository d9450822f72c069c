"""`quxiang sms`: the list for the school's own platform, and what the platform says became of it."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actions import dispatching, receipts, roster
from actions.dispatching import NotRunning, Round
from actions.next_steps import Because
from actions.receipts import Matched, Receipt
from actions.sheets import Refused, digest_of, read_receipts
from bot.commands.campaign import named
from bot.commands.desk import Desk, opened
from bot.commands.paced import Paced
from bot.commands.sheets import LISTED, refused_facts, refused_lines, takes_file
from bot.commands.talk import Declined, may_write, offers_json, show
from bot.commands.words import said, word
from bot.letters import Texts, TooLong
from models.dispatch import Channel, DispatchState, Failure
from reports.texts import TextSheet

if TYPE_CHECKING:
    from bot.commands import Commands

SUFFIXES = (".csv", ".xlsx")
A_LINK = "x" * 12
RECEIPT = 4.0


def add_to(commands: "Commands") -> None:
    verbs = commands.add_parser("sms").add_subparsers(metavar="VERB", required=True)
    out = verbs.add_parser("export", help="the list for the school's own platform")
    out.add_argument("--campaign", required=True, metavar="NAME", dest="name")
    out.add_argument("--cohort", type=int)
    out.add_argument("--out", required=True, type=Path, metavar="FILE")
    out.add_argument("--all", action="store_true", help="those with a chat, too")
    out.add_argument("--again", action="store_true", help="the latest list was not used")
    out.add_argument("--yes", action="store_true")
    offers_json(out)
    out.set_defaults(go=export)
    back = verbs.add_parser("import", help="the platform's receipts")
    takes_file(back)
    back.set_defaults(go=take_in)


async def export(arguments: Namespace) -> int:
    if arguments.out.suffix.lower() not in SUFFIXES:
        raise Declined(said("sms_suffix", known=said("between").join(SUFFIXES)))
    async with opened() as desk:
        base = f"{desk.settings.must('public_url')}/j/"
        texts = Texts(desk.works.rules.sms, desk.settings.must("school"), desk.works.rules.quiet.zone)
        round_ = Round(await named(desk, arguments), Channel.SMS, arguments.all, arguments.again)
        await _may_begin(desk, round_, texts, base)
        if not may_write(arguments, said("sms_again" if arguments.again else "sms_question")):
            return 1
        try:
            count = await _written(desk, round_, texts, base, arguments.out)
        except NotRunning as refused:
            raise _not_running(refused) from refused
        at = desk.works.rules.quiet.next_allowed(desk.works.clock.now())
        facts = _facts(arguments, desk, round_, count, at.isoformat())
    show(arguments, facts, _export_lines(facts))
    return 0


async def _may_begin(desk: Desk, round_: Round, texts: Texts, base: str) -> None:
    """What would be refused half-way through is refused before anything is written."""
    try:
        texts.ask("", base + A_LINK, desk.works.clock.now())
    except TooLong as error:
        facts = {"school": error.school, "link": error.link, "over": error.over}
        most = desk.works.rules.sms.maximum_characters
        raise Declined(said("sms_too_long", most=most, **facts)) from error
    try:
        async with desk.works.begin() as work:
            await dispatching.running(work, await desk.operator(work), round_.campaign_id)
            await dispatching.give_up(work, round_)
    except NotRunning as refused:
        raise _not_running(refused) from refused


def _not_running(refused: NotRunning) -> Declined:
    if refused.all_paused:
        return Declined(said("sms_all_paused"))
    return Declined(said("sms_not_running", state=word(f"campaign_{refused.state.value}")))


async def _written(desk: Desk, round_: Round, texts: Texts, base: str, out: Path) -> int:
    """The rows become exported, then the file takes its place: broken off between, nobody is texted twice."""
    try:
        with TextSheet(out) as sheet:
            while not round_.over:
                async with desk.works.begin() as work:
                    lines = await dispatching.prepare(work, await desk.operator(work), round_)
                for one in lines:
                    link = base + one.code
                    sheet.write(one.phone, texts.ask(one.name, link, one.deadline_at), link)
            sheet.whole()
            async with desk.works.begin() as work:
                if await dispatching.exported(work, await desk.operator(work), round_) != sheet.lines:
                    raise Declined(said("sms_interfered"))
        return sheet.lines
    except BaseException:
        async with desk.works.begin() as work:
            await dispatching.give_up(work, round_)
        raise


def _facts(arguments: Namespace, desk: Desk, round_: Round, count: int, at: str) -> dict[str, Any]:
    quiet = desk.works.rules.quiet
    return {
        "exported": count,
        "file": str(arguments.out),
        "left_out": {one.value: round_.left_out[one] for one in Because},
        "send_from": at,
        "hours": [f"{quiet.ends:%H:%M}", f"{quiet.starts:%H:%M}"],
    }


def _export_lines(facts: dict[str, Any]) -> Iterator[str]:
    yield said("sms_exported", count=facts["exported"], file=facts["file"])
    first, last = facts["hours"]
    yield said("sms_hours", first=first, last=last, at=facts["send_from"])
    for reason, count in facts["left_out"].items():
        if count:
            yield said("sms_left_out", reason=word(f"sms_{reason}"), count=count)


@dataclass
class Plan:
    """What a file of receipts says."""

    path: Path
    rows: int = 0
    unknown_columns: tuple[str, ...] = ()
    receipts: list[Receipt] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)
    said: Counter[DispatchState] = field(default_factory=Counter)
    matched: Counter[Matched] = field(default_factory=Counter)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "new": self.matched[Matched.NEWS],
            "unchanged": self.matched[Matched.KNOWN],
            "not_found": self.matched[Matched.NOT_FOUND],
            "unknown": dict(self.unknown),
            "unknown_reasons": dict(self.odd),
            "refused": refused_facts(self.refused),
        }


async def take_in(arguments: Namespace) -> int:
    async with opened() as desk:
        plan = _read(desk, arguments.file)
        digest = digest_of(arguments.file)
        async with desk.works.reading() as session:
            before = await receipts.first_seen(session, digest)
            plan.matched = await receipts.compare(session, plan.receipts, before)
        show(arguments, plan.facts, _import_lines(plan))
        if arguments.dry_run or not plan.matched[Matched.NEWS]:
            return 0
        if not may_write(arguments, said("sms_import_question", count=plan.matched[Matched.NEWS])):
            return 1
        await _taken_in(desk, plan, digest)
    return 0


def _read(desk: Desk, path: Path) -> Plan:
    lines = read_receipts(path, rules=desk.works.rules)
    plan = Plan(path, unknown_columns=lines.unknown)
    for line in lines:
        plan.rows += 1
        if isinstance(line, Refused):
            plan.refused.append(line)
        elif line.state is None:
            plan.unknown[line.status] += 1
        else:
            plan.odd.update([line.odd] if line.odd else [])
            reason = Failure(line.failure) if line.failure else None
            digest = desk.works.keys.digest(line.phone)
            plan.receipts.append(
                Receipt(digest, DispatchState(line.state), reason, line.at, line.provider_id)
            )
    return plan


async def _taken_in(desk: Desk, plan: Plan, digest: str) -> None:
    async with desk.works.begin() as work:
        by = await desk.operator(work)
        before = await receipts.first_seen(work.session, digest)
        batch = await roster.begin(
            work, by, kind=receipts.KIND, name=plan.path.name, digest=digest, cohort=None
        )
    paced: Paced[Receipt] = Paced(desk.works)
    counts: Counter[Matched] = Counter()
    for some in paced.batches(plan.receipts, lambda _: RECEIPT):
        async with paced.begin() as work:
            counts += await receipts.apply(work, some, before)
    async with desk.works.begin() as work:
        news = {"new": 0, "changed": counts[Matched.NEWS]}
        await roster.finish(work, by, batch.id, news)


def _import_lines(plan: Plan) -> Iterator[str]:
    facts = plan.facts
    counts = {key: facts[key] for key in ("rows", "new", "unchanged", "not_found")}
    yield said("sms_receipts", file=plan.path.name, **counts, refused=len(plan.refused))
    yield from refused_lines(plan.unknown_columns, ())
    for status, count in plan.unknown.most_common(LISTED):
        yield said("sms_unknown_status", status=status, count=count)
    for reason, count in plan.odd.most_common(LISTED):
        yield said("sms_unknown_reason", reason=reason, count=count)
    yield from refused_lines((), plan.refused)
