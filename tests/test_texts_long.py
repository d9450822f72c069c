"""However much was written, every message fits; a dispute stays open to whoever looks into it."""

import html
import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.fitting import MOST, fitted
from bot.rendering import Markup
from models.answer import Answer, EmployerClaim, Heard
from models.case import Case, Note, NoteKind
from models.dispute import Dispute, Statement, StatementKind
from models.graduate import Destination, Graduate
from models.messages import Say
from models.person import Locale
from models.staff import Staff
from tests.conversations.working import disputed
from tests.driving import Running
from tests.test_texts import KINDS, _filled, _one_of_each
from tests.world import World

LONG = "我没有签过这份协议，<请>核实&答复。" * 220
NAME = "买买提·阿不都热合曼🎓" * 2 + "买买提·阿不都"
EMPLOYER = "江城精密机械制造<集团>有限责任公司" * 15


def seen(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def test_what_fits_is_left_alone() -> None:
    text = "<b>" + "&lt;" * MOST + "</b>"
    assert fitted(text) == text


@pytest.mark.parametrize("text", ["x" * 5000, "<b>" + "&amp;" * 5000 + "</b>", "🎓" * 5000])
def test_what_does_not_fit_is_cut_and_stays_well_formed(text: str) -> None:
    cut = fitted(text)
    assert len(seen(cut)) <= MOST
    assert seen(cut).endswith("…")
    assert cut.count("<b>") == cut.count("</b>")
    assert not re.search(r"&(?!amp;)", cut)


def test_a_link_is_closed_by_its_name() -> None:
    cut = fitted('<i>a</i><a href="https://x.example/?a=1&amp;b=2">' + "x" * 5000 + "</a>")
    assert cut.endswith("</a>\n…")


async def test_every_kind_fits_at_its_longest(world: World) -> None:
    app = world.running.app
    sample = await _one_of_each(world)
    await _grown(world, sample)
    failed = []
    for kind in KINDS:
        for locale in Locale:
            async with app.works.reading() as session:
                message = _filled(Say.kinds[kind], sample)
                shown = await app.words.render(session, message, locale, app.clock.now())
            if len(seen(shown.text)) > MOST:
                failed.append(f"{kind} {locale}: {len(seen(shown.text))}")
            if shown.markup and not _fits(shown.markup):
                failed.append(f"{kind} {locale}: keyboard")
    assert not failed, "\n".join(failed)


def _fits(markup: Markup) -> bool:
    """Under a hundred buttons Telegram already refuses the whole when their data is long."""
    rows = markup.get("inline_keyboard", [])
    weight = len(json.dumps(markup, ensure_ascii=False, separators=(",", ":")).encode())
    return sum(map(len, rows)) <= 100 and max(map(len, rows), default=0) <= 8 and weight <= 9_000


async def test_a_dispute_with_many_long_statements_opens(app: Running, world: World) -> None:
    case = await disputed(app, world, world.lihua, alone=True)
    for number in range(16):
        await world.lihua.phone.send(f"第{number}次：" + LONG[:3900])
        await app.settled()
    reviewer = world.reviewer.phone
    added = [one for one in reviewer.shown if "补充了说明" in one.text]
    assert len(added) == 16
    assert "查看全部经过" in added[-1].labels()
    for command in (f"/case {case.number}", "/queue"):
        await reviewer.send(command)
        await app.settled()
        card = reviewer.shown[-1].text
        assert "第15次" in card
        assert "第13次" in card
        assert "第12次" not in card
        assert "另有 13 条，见全部经过" in card
    await reviewer.press("查看全部经过")
    await reviewer.sees("的全部经过")
    await app.settled()
    assert "第0次" in reviewer.shown[-1].text
    assert "下一页" in reviewer.shown[-1].labels()


async def _grown(world: World, sample: dict[str, UUID]) -> None:
    """Everything a person may write, as long as it may be."""
    now = world.running.now
    async with world.running.app.works.begin() as work:
        get: Any = work.session.get_one
        (await get(Graduate, sample["graduate"])).name = NAME
        (await get(Staff, sample["staff"])).name = NAME
        case, long = await get(Case, sample["case"]), work.seal(LONG)
        case.finding = long
        dispute = await get(Dispute, sample["dispute"])
        answer = Answer(**(await get(Answer, sample["answer"])).model_dump(exclude={"id", "claim"}))
        answer.claim = EmployerClaim(name=EMPLOYER)
        case.answer = answer
        work.session.add(answer)
        for number in range(30):
            at = now + timedelta(seconds=number)
            kind = StatementKind.PRESSURE if number % 3 == 0 else StatementKind.STATEMENT
            work.session.add(Statement(dispute=dispute, kind=kind, text=long, said_at=at))
            work.session.add(
                Note(case=case, kind=NoteKind.REOPENED, staff_id=sample["staff"], text=long, at=at)
            )
            work.session.add(Heard(person_id=sample["person"], text=long, case=case, said_at=at))
        old = await get(Destination, sample["destination"])
        given = old.model_dump(exclude={"id", "number"}) | {
            "employer": EMPLOYER,
            "employer_key": EMPLOYER[:100],
        }
        newer = Destination(**given, number=old.number + 1)
        work.session.add(newer)
        (await get(Graduate, sample["graduate"])).version = newer.number
        note = Note(case=case, kind=NoteKind.NOTE, staff_id=sample["staff"], text=long, at=now)
        statement = Statement(dispute=dispute, kind=StatementKind.OBJECTION, text=long, said_at=now)
        work.session.add_all([note, statement])
        await work.session.flush()
        sample |= {"answer": answer.id, "destination": newer.id, "note": note.id, "statement": statement.id}
