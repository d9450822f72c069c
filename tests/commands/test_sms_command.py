"""`quxiang sms`: the list for the school's own platform, its receipts, and the equation in between."""

import csv
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import col, select

from actions import answers, invitations, page_sessions
from models.answer import AnswerKind, Source
from models.campaign import Campaign
from models.case import Case, CaseKind
from models.dispatch import Dispatch, DispatchState
from models.event import Event
from models.graduate import Graduate
from models.outgoing import Outgoing, Sending
from models.person import Binding, Chat, Person
from models.staff import Invitation
from reports.campaigns import by_channel, numbers
from rules import load
from rules.sms import counted
from tests.commands.line import Line, Ran
from tests.conversations.asking import typed
from tests.conversations.campaigning import launched, moved, own_rules, ticked
from tests.conversations.working import disputed
from tests.driving import Running, Time
from tests.world import One, World

PUBLIC = "https://qx.example.edu.cn"


@pytest.fixture
def line(running: Running) -> Line:
    return Line(running.settings.database_url, running.folder)


async def begun(running: Running, world: World) -> tuple[One, One]:
    """李华 in chat; 王芳 and 赵强 have no chat."""
    wang = await world.graduate(name="王芳", enrolled=False, mobile="+8613800000001")
    zhao = await world.graduate(name="赵强", enrolled=False, mobile="+8613800000002")
    await launched(running, world)
    await ticked(running)
    return wang, zhao


async def exported(line: Line, out: Path, *more: str) -> Ran:
    words = ("sms", "export", "--campaign", "confirm", "--yes", "--json", *more)
    return await line(*words, "--out", out, QUXIANG_PUBLIC_URL=PUBLIC)


def lines_of(out: Path) -> list[dict[str, str]]:
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def receipts(file: Path, *rows: tuple[str, ...]) -> Path:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([("手机号", "状态", "失败原因"), *rows])
    return file


async def taken(line: Line, file: Path) -> Ran:
    ran = await line("sms", "import", file, "--yes", "--json")
    assert ran.status == 0, ran.err
    return ran


async def counts(running: Running) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Not nothing, together and by channel; both balance."""
    async with running.app.works.reading() as session:
        campaign = (await session.exec(select(Campaign))).one()
        whole, parts = await numbers(session, campaign), await by_channel(session, campaign)
    assert whole["balanced"]
    assert all(one["balanced"] for one in parts.values())
    assert whole["queued"] == sum(one["queued"] for one in parts.values())
    return _some(whole), {key: _some(one) for key, one in parts.items()}


def _some(facts: dict[str, int | bool]) -> dict[str, int]:
    return {key: int(n) for key, n in facts.items() if n and key != "balanced"}


async def dispatches(running: Running, one: One) -> list[Dispatch]:
    query = select(Dispatch).where(Dispatch.graduate_id == one.id).order_by(col(Dispatch.created_at))
    return await running.rows(query)


async def test_the_list_holds_those_without_a_chat(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    wang, _ = await begun(running, world)
    out = tmp_path / "texts.csv"
    ran = await exported(line, out)
    assert ran.status == 0, ran.err
    assert ran.facts["exported"] == 2
    assert ran.facts["hours"] == ["09:00", "21:00"]
    assert out.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".texts")] == []
    rows = lines_of(out)
    assert {row["手机号"] for row in rows} == {"13800000001", "13800000002"}
    forbidden = load().phrases
    for row in rows:
        assert row["短信正文"].startswith("【江城理工学院】")
        assert row["短信正文"].endswith(" " + row["链接"])
        assert counted(row["短信正文"]) <= 70
        assert forbidden.found_in(row["短信正文"]) is None
        assert len(row["链接"].removeprefix(f"{PUBLIC}/j/")) == 12
    (made,) = await dispatches(running, wang)
    assert (made.state, made.step) == (DispatchState.EXPORTED, "ask")
    assert made.address_digest == running.app.keys.digest("+8613800000001")
    links = {invitations.digest_of(row["链接"].rpartition("/")[2]) for row in rows}
    assert links <= {one.digest for one in await world.rows(select(Invitation))}
    events = await world.rows(select(Event).where(Event.kind == "texts_exported"))
    assert [one.facts["count"] for one in events] == [2]


async def test_a_short_link_opens_the_conversation(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    wang, _ = await begun(running, world)
    await exported(line, tmp_path / "texts.csv")
    (row,) = [one for one in lines_of(tmp_path / "texts.csv") if one["手机号"] == "13800000001"]
    await typed(running, wang, f"/start {row['链接'].rpartition('/')[2]}")
    await wang.phone.sees("我们不会索要密码")


async def test_nobody_is_listed_twice_for_a_step(
    line: Line, running: Running, world: World, time: Time, tmp_path: Path
) -> None:
    wang, _ = await begun(running, world)
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    await exported(line, first)
    again = await exported(line, second)
    assert (again.facts["exported"], again.facts["left_out"]["waits"]) == (0, 2)
    await time.passes(days=2, hours=1)
    later = await exported(line, second)
    assert later.facts["exported"] == 2
    assert [one.step for one in await dispatches(running, wang)] == ["ask", "after_2"]


async def test_a_list_that_was_not_used_is_written_again(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    wang, _ = await begun(running, world)
    out = tmp_path / "texts.csv"
    await exported(line, out)
    old = {row["手机号"]: row["链接"] for row in lines_of(out)}
    await taken(line, receipts(tmp_path / "r.csv", ("13800000002", "已送达", "")))
    again = await exported(line, out, "--again")
    assert again.facts["exported"] == 1
    (row,) = lines_of(out)
    assert row["手机号"] == "13800000001"
    assert row["链接"] != old["13800000001"]
    assert [one.state for one in await dispatches(running, wang)] == [
        DispatchState.CANCELLED,
        DispatchState.EXPORTED,
    ]
    ended = await world.row(
        select(Invitation).where(
            Invitation.digest == invitations.digest_of(old["13800000001"].rpartition("/")[2])
        )
    )
    assert ended.revoked_at is not None
    together, _ = await counts(running)
    assert together == {"queued": 4, "accepted": 2, "unknown": 1, "cancelled": 1}
    await typed(running, world.office, "/status")
    await world.office.phone.sees("短信：已交平台 2 · 已发出 1 · 未送达 0")


async def test_the_equation_balances_after_export_receipts_and_answers(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    wang, _ = await begun(running, world)
    assert await counts(running) == (
        {"queued": 3, "accepted": 1, "unreachable": 2},
        {"telegram": {"queued": 3, "accepted": 1, "unreachable": 2}, "sms": {}, "email": {}},
    )
    await exported(line, tmp_path / "texts.csv")
    told = {"queued": 1, "accepted": 1}
    assert await counts(running) == (
        {"queued": 3, "accepted": 1, "unknown": 2},
        {"telegram": told, "sms": {"queued": 2, "unknown": 2}, "email": {}},
    )
    file = receipts(
        tmp_path / "r.csv", ("13800000001", "发送成功", ""), ("138 0000 0002", "发送失败", "空号")
    )
    assert (await taken(line, file)).facts["new"] == 2
    heard = {"queued": 3, "accepted": 2, "unreachable": 1}
    texts = {"queued": 2, "accepted": 1, "unreachable": 1}
    assert await counts(running) == (heard, {"telegram": told, "sms": texts, "email": {}})
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, wang.id)
        assert graduate.asked_at is not None
        await answers.give(work, graduate, AnswerKind.CONFIRMED, by=None, source=Source.PAGE)
    assert (await counts(running))[0] == heard
    shown = await line("campaign", "status", "confirm", "--json")
    assert set(shown.facts) == {
        *("queued", "accepted", "refused", "unreachable", "skipped", "cancelled", "unknown", "balanced")
    }
    by = await line("campaign", "status", "confirm", "--json", "--by-channel")
    assert by.facts["sms"] == {**dict.fromkeys(shown.facts, 0), **texts, "balanced": True}
    assert "短信：应发 2" in (await line("status")).out
    await typed(running, world.office, "/status")
    await world.office.phone.sees("短信：已交平台 2 · 已发出 1 · 未送达 0 · 空号停机 1 · 没有回执 0")
    assert "短信：应发 2" in (await line("campaign", "status", "confirm")).out
    listed = await line("campaign", "status", "confirm", "--list", "unreachable", "--json")
    assert [(one["name"], one["reason"]) for one in listed.facts] == [("赵强", "dead")]
    await moved(running, world, "cancel")
    for _ in range(3):
        await ticked(running)
    assert (await counts(running))[0] == heard


async def test_a_dead_number_is_out_of_reach_and_somebody_looks_for_another(
    line: Line, running: Running, world: World, time: Time, tmp_path: Path
) -> None:
    _, zhao = await begun(running, world)
    await exported(line, tmp_path / "texts.csv")
    await taken(line, receipts(tmp_path / "r.csv", ("13800000002", "空号", "")))
    await running.settled()
    (case,) = await world.rows(select(Case).where(Case.graduate_id == zhao.id))
    assert (case.kind, case.reason, case.owner_id) == (
        CaseKind.UNREACHABLE,
        "dead_number",
        world.counselor.id,
    )
    for _ in range(2):
        reach = await line("unreachable", "--json")
        assert reach.facts["unreachable"]["dead_number"] == 1
        await ticked(running)
    await time.passes(days=2, hours=1)
    later = await exported(line, tmp_path / "later.csv")
    assert later.facts["left_out"]["dead_number"] == 1
    assert [row["手机号"] for row in lines_of(tmp_path / "later.csv")] == ["13800000001"]
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, zhao.id)
        graduate.phone, graduate.phone_digest = (
            work.seal("+8613800000009"),
            work.keys.digest("+8613800000009"),
        )
    assert (await line("unreachable", "--json")).facts["unreachable"]["dead_number"] == 0


async def test_the_same_receipts_twice_change_nothing_and_unknown_words_are_listed(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    await begun(running, world)
    await exported(line, tmp_path / "texts.csv")
    file = receipts(
        tmp_path / "r.csv",
        ("13800000001", "已送达", ""),
        ("13800000002", "嗯", ""),
        ("13800000003", "已送达", ""),
        ("", "已送达", ""),
    )
    first = await taken(line, file)
    assert [first.facts[key] for key in ("rows", "new", "not_found")] == [4, 1, 1]
    assert first.facts["unknown"] == {"嗯": 1}
    assert [one["row"] for one in first.facts["refused"]] == [5]
    before = await world.rows(select(Event))
    second = await taken(line, file)
    assert [second.facts[key] for key in ("new", "unchanged")] == [0, 1]
    assert len(await world.rows(select(Event))) == len(before)
    other = receipts(tmp_path / "s.csv", ("13800000001", "失败", "关机"))
    assert (await taken(line, other)).facts["new"] == 0


async def test_a_receipt_of_another_text_is_not_matched(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    """From before we wrote, or under another number of the platform's; a mere date means all of that day."""
    wang, zhao = await begun(running, world)
    await exported(line, tmp_path / "texts.csv")
    async with running.app.works.begin() as work:
        query = select(Dispatch).where(Dispatch.graduate_id == wang.id)
        (await work.session.exec(query)).one().provider_id = "m1"
    titles = ("手机号", "状态", "时间", "流水号")
    for number, rows, found in (
        (1, [("13800000001", "空号", "2024-07-07 18:00", ""), ("13800000002", "空号", "2024-07-07", "")], 0),
        (2, [("13800000001", "空号", "2024-07-08 10:30", "m2")], 0),
        (
            3,
            [("13800000001", "已送达", "2024-07-08 10:30", "m1"), ("13800000002", "空号", "2024/7/8", "m3")],
            2,
        ),
    ):
        file = tmp_path / f"{number}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([titles, *rows])
        ran = await taken(line, file)
        assert (ran.facts["new"], ran.facts["not_found"]) == (found, len(rows) - found)
    assert [(await dispatches(running, one))[0].state for one in (wang, zhao)] == [
        DispatchState.DELIVERED,
        DispatchState.FAILED,
    ]


async def on_the_page(running: Running, one: One, *, verified: bool = True) -> None:
    """They opened a link in a browser and have no chat."""
    async with running.app.works.begin() as work:
        person = page_sessions.newcomer(work)
        work.session.add(Binding(graduate_id=one.id, person=person, verified=verified, bound_at=work.now))


async def test_whoever_has_an_account_and_no_chat_is_on_the_list(
    line: Line, running: Running, world: World, time: Time, tmp_path: Path
) -> None:
    """Known to the page alone, waiting to be checked there, and whoever blocked us in the chat."""
    page = await world.graduate(name="周舟", enrolled=False, mobile="+8613800000003")
    unchecked = await world.graduate(name="吴桐", enrolled=False, mobile="+8613800000004")
    gone = await world.graduate(name="孙丽", mobile="+8613800000005")
    gone.phone.blocked = True
    await on_the_page(running, page)
    await on_the_page(running, unchecked, verified=False)
    await begun(running, world)
    out = tmp_path / "a.csv"
    assert (await exported(line, out)).facts["exported"] == 4
    assert {row["手机号"][-1] for row in lines_of(out)} == set("1234"), "the chat of one has just been tried"
    await time.passes(days=2, hours=1)
    assert (await exported(line, out)).facts["exported"] == 5
    assert {row["手机号"][-1] for row in lines_of(out)} == set("12345")
    assert [one.step for one in await dispatches(running, gone)] == ["after_2"]


async def test_what_closes_a_number_is_said_of_whoever_a_chat_reaches_as_well(
    line: Line, running: Running, world: World, time: Time, tmp_path: Path
) -> None:
    wang, zhao = await begun(running, world)
    await exported(line, tmp_path / "a.csv")
    file = receipts(tmp_path / "r.csv", ("13800000001", "空号", ""), ("13800000002", "失败", "已退订"))
    assert (await taken(line, file)).facts["new"] == 2
    for one in (wang, zhao):
        async with running.app.works.begin() as work:
            person = Person(created_at=work.now)
            chat = Chat(bot_id=work.bot_id, address=one.phone.user_id, person=person, created_at=work.now)
            bound = Binding(graduate_id=one.id, person=person, verified=True, bound_at=work.now)
            work.session.add_all([chat, bound])
    await time.to("2024-07-10T09:59")
    ran = await exported(line, tmp_path / "b.csv", "--all")
    assert (ran.facts["left_out"]["dead_number"], ran.facts["left_out"]["takes_no_texts"]) == (1, 1)
    assert not {row["手机号"] for row in lines_of(tmp_path / "b.csv")} & {"13800000001", "13800000002"}


async def test_everyone_by_choice_and_the_chat_keeps_the_gap(
    line: Line, running: Running, world: World, time: Time, tmp_path: Path
) -> None:
    await begun(running, world)
    assert (await exported(line, tmp_path / "a.csv", "--all")).facts["exported"] == 2
    # The card of 李华 is an hour old: two days have to pass, by whichever door.
    await time.to("2024-07-10T09:30")
    assert (await exported(line, tmp_path / "b.csv", "--all")).facts["exported"] == 0
    assert (await line("pause", "--all")).status == 0
    await time.to("2024-07-10T11:00")
    stopped = await exported(line, tmp_path / "c.csv", "--all")
    assert (stopped.status, "全部发送已暂停" in stopped.err) == (1, True)


async def test_a_step_sent_by_text_is_not_said_again_in_chat(
    line: Line, running: Running, world: World, time: Time, tmp_path: Path
) -> None:
    wang, _ = await begun(running, world)
    await exported(line, tmp_path / "a.csv")
    code = next(row for row in lines_of(tmp_path / "a.csv") if row["手机号"] == "13800000001")["链接"]
    await typed(running, wang, f"/start {code.rpartition('/')[2]}")
    await wang.phone.press("我知道了，继续")
    await running.settled()
    await typed(running, wang, "0001")
    await wang.phone.sees("王芳同学", times=1)
    said = [
        (one.step, one.state)
        for one in await world.rows(select(Outgoing).where(col(Outgoing.step).is_not(None)))
        if one.person_id != world.lihua.person_id
    ]
    assert said == [("ask", Sending.ACCEPTED)]
    waits = await exported(line, tmp_path / "b.csv", "--all")
    assert waits.facts["exported"] == 0


async def test_who_answered_disputes_or_stopped_is_not_listed(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    wang, zhao = await begun(running, world)
    sun = await world.graduate(name="孙丽", mobile="+8613800000003")
    await typed(running, sun, "停止")
    async with running.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, wang.id)
        await answers.give(work, graduate, AnswerKind.SEEKING, by=None, source=Source.PAGE)
        gone = await work.session.get_one(Graduate, zhao.id)
        gone.removed_at = work.now
    await disputed(running, world, world.lihua)
    ran = await exported(line, tmp_path / "a.csv", "--all")
    assert (ran.facts["exported"], ran.facts["left_out"]["opted_out"]) == (0, 1)


async def test_what_cannot_be_is_said_in_one_sentence(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    await begun(running, world)
    words = ("sms", "export", "--campaign", "confirm", "--out", tmp_path / "a.csv", "--yes")
    nowhere = await line(*words)
    assert (nowhere.status, "QUXIANG_PUBLIC_URL" in nowhere.err) == (2, True)
    long = await line(*words, QUXIANG_PUBLIC_URL="https://" + "very-" * 12 + "long.example.edu.cn")
    assert (long.status, "链接" in long.err, len(long.err.splitlines())) == (1, True, 1)
    assert (await line(*words[:-2], tmp_path / "a.txt", "--yes", QUXIANG_PUBLIC_URL=PUBLIC)).status == 1
    await moved(running, world, "pause")
    paused = await line(*words, QUXIANG_PUBLIC_URL=PUBLIC)
    assert (paused.status, "已暂停" in paused.err) == (1, True)
    assert not (tmp_path / "a.csv").exists()
    assert await world.rows(select(Dispatch)) == []


async def test_a_short_signature_of_the_platform(
    line: Line, running: Running, world: World, tmp_path: Path
) -> None:
    await begun(running, world)
    rules = own_rules(tmp_path, ('# signature = "江城理工"', 'signature = "江城理工"'), of="sms.toml")
    words = ("sms", "export", "--campaign", "confirm", "--out", tmp_path / "a.xlsx", "--yes", "--json")
    ran = await line(*words, QUXIANG_PUBLIC_URL=PUBLIC, QUXIANG_RULES=str(rules))
    assert ran.status == 0, ran.err
    titles, *rows = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert titles == ["手机号", "短信正文", "链接"]
    assert all(str(row[1]).startswith("【江城理工】") for row in rows)
    assert {row[0] for row in rows} == {"13800000001", "13800000002"}


async def test_a_list_that_broke_off_is_taken_back(
    line: Line, running: Running, world: World, time: Time, tmp_path: Path
) -> None:
    wang, _ = await begun(running, world)
    nowhere = await exported(line, tmp_path / "no" / "such" / "a.csv")
    assert nowhere.status == 1
    assert (await exported(line, tmp_path / "a.csv")).facts["exported"] == 2
    async with running.app.works.begin() as work:
        for one in await work.session.exec(select(Dispatch)):
            one.state, one.left_at = DispatchState.PREPARED, None
    assert (await exported(line, tmp_path / "b.csv")).facts["exported"] == 0
    await time.passes(hours=2)
    assert (await exported(line, tmp_path / "b.csv")).facts["exported"] == 2
    assert [one.state for one in await dispatches(running, wang)] == [
        DispatchState.CANCELLED,
        DispatchState.EXPORTED,
    ]
