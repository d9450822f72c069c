"""Texts by the platform's own interface: at the steps of a campaign, once, and never to whom it must not."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from actions import answers, invitations, switch, walking
from bot.letters import Texts
from models.answer import AnswerKind, Source
from models.ask import Ask
from models.campaign import Campaign
from models.case import Case, CaseKind
from models.dispatch import Dispatch, DispatchState, Failure
from models.event import Incident
from models.graduate import Graduate
from models.messages.campaign import Number
from models.outgoing import Outgoing
from models.person import Person, Unreachable
from models.staff import Invitation
from reports.campaigns import names
from rules.sms import counted
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.campaigning import launched, moved, ticked
from tests.conversations.test_broadcast import WORDS
from tests.conversations.test_broadcast import sent as text_sent
from tests.doors.opened import PUBLIC, begun, counts, dispatches
from tests.doors.platform import Platform, brought, post
from tests.doors.postoffice import PostOffice
from tests.driving import SCHOOL, Running, Time
from tests.web.browsing import digits_of, link_of
from tests.world import One, World

WANG, ZHAO = "+8613800000001", "+8613800000002"
TELEGRAM = {"queued": 1, "accepted": 1}


async def two(world: World) -> tuple[One, One]:
    """王芳 and 赵强 have no chat."""
    wang = await world.graduate(name="王芳", enrolled=False, mobile=WANG)
    return wang, await world.graduate(name="赵强", enrolled=False, mobile=ZHAO)


async def goes_on(app: Running) -> None:
    """The halt is over."""
    for courier in app.app.couriers:
        courier.halted_until = 0.0
    await app.settled()


@contextmanager
def nobody_lets_in(port: int) -> Iterator[None]:
    """Its queue of those who want to connect is full, as behind a firewall nobody says so."""
    with ExitStack() as kept:
        full = kept.enter_context(socket.socket())
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind(("127.0.0.1", port))
        full.listen(0)
        for _ in range(4):
            waits = kept.enter_context(socket.socket())
            waits.setblocking(False)
            waits.connect_ex(("127.0.0.1", port))
        yield


async def enrolled(app: Running, one: One, code: str) -> None:
    await typed(app, one, f"/start {code}")
    await pressed(app, one, "我知道了，继续")
    await typed(app, one, digits_of(app, one))


async def paused(app: Running, world: World, *, on: bool) -> None:
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.office.person_id)
        await (switch.pause_all if on else switch.resume_all)(work, person)
    await ticked(app)


async def test_whoever_has_no_chat_gets_the_text_of_the_list(
    app: Running, world: World, platform: Platform
) -> None:
    wang, zhao = await two(world)
    await begun(app, world)
    assert sorted(one["mobile"] for one in platform.texts) == ["13800000001", "13800000002"]
    (text,) = platform.to("13800000001")
    link = text["content"].rpartition(" ")[2]
    assert link.startswith(f"{PUBLIC}/j/")
    (made,) = await dispatches(app, wang)
    ask = await app.row(select(Ask).where(Ask.graduate_id == wang.id))
    rules = app.app.rules
    words = Texts(rules.sms, SCHOOL, rules.quiet.zone)
    assert text["content"] == words.ask("王芳", link, ask.deadline_at)
    assert counted(text["content"]) <= 70
    assert text["reference"] == made.id.hex
    assert (made.state, made.step, made.attempts) == (DispatchState.SENT, "ask", None)
    assert made.provider_id in ("m1", "m2")
    digest = invitations.digest_of(link.rpartition("/")[2])
    assert (await app.row(select(Invitation).where(Invitation.digest == digest))).id == made.invitation_id
    assert (await app.row(select(Graduate).where(Graduate.id == zhao.id))).asked_at is not None
    told = {"queued": 2, "accepted": 2}
    assert await counts(app) == {
        "all": {"queued": 3, "accepted": 3},
        "telegram": TELEGRAM,
        "sms": told,
        "email": {},
    }
    await typed(app, world.office, "/status")
    await world.office.phone.sees("短信：已交平台 2 · 已发出 2 · 未送达 0")
    for _ in range(3):
        await ticked(app)
    assert len(platform.texts) == 2


async def test_the_link_in_it_leads_to_the_card_and_the_answer_ends_the_texts(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    wang, _ = await two(world)
    await begun(app, world)
    code = platform.to("13800000001")[0]["content"].rpartition("/")[2]
    await enrolled(app, wang, code)
    await pressed(app, wang, "以上信息属实")
    await time.passes(days=3)
    assert [len(platform.to(one)) for one in ("13800000001", "13800000002")] == [1, 2]


async def test_the_next_step_follows_by_itself(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    wang, _ = await two(world)
    await begun(app, world)
    await time.passes(days=1, hours=23)
    assert len(platform.to("13800000001")) == 1
    await time.passes(hours=2)
    assert [one.step for one in await dispatches(app, wang)] == ["ask", "after_2"]
    links = {one["content"].rpartition(" ")[2] for one in platform.to("13800000001")}
    assert len(links) == 2


async def test_a_receipt_that_is_brought_says_that_a_number_is_dead(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    wang, zhao = await two(world)
    await begun(app, world)
    (first,), (second,) = await dispatches(app, wang), await dispatches(app, zhao)
    body = brought(
        {"reference": second.id.hex, "status": "失败", "reason": "空号"},
        {"msgid": first.provider_id, "status": "DELIVRD"},
    )
    assert await post(app.app.address, body) == (200, "success")
    await app.settled()
    states = [(await dispatches(app, one))[0].state for one in (wang, zhao)]
    assert states == [DispatchState.DELIVERED, DispatchState.FAILED]
    (case,) = await world.rows(select(Case).where(Case.graduate_id == zhao.id))
    assert (case.kind, case.reason) == (CaseKind.UNREACHABLE, "dead_number")
    assert (await counts(app))["sms"] == {"queued": 2, "accepted": 1, "unreachable": 1}
    await time.passes(days=3)
    assert len(platform.to("13800000002")) == 1, "a dead number is not written to again"
    assert len(platform.to("13800000001")) == 2


async def test_no_answer_in_time_is_unknown_and_never_sent_again(
    app: Running, world: World, platform: Platform
) -> None:
    platform.silent = True
    wang, _ = await two(world)
    await begun(app, world)
    assert [one.state for one in await dispatches(app, wang)] == [DispatchState.UNKNOWN]
    assert (await counts(app))["sms"] == {"queued": 2, "unknown": 2}
    platform.silent = False
    for _ in range(3):
        await ticked(app)
    assert len(platform.texts) == 2
    reference = platform.to("13800000001")[0]["reference"]
    await post(app.app.address, brought({"reference": reference, "status": "delivered"}))
    assert (await counts(app))["sms"] == {"queued": 2, "accepted": 1, "unknown": 1}


async def test_killed_between_the_call_and_the_record_it_is_unknown(
    app: Running, world: World, platform: Platform
) -> None:
    platform.silent = True
    wang, _ = await two(world)
    begins = asyncio.get_running_loop().create_task(begun(app, world))
    await platform.heard.wait()
    begins.cancel()
    await app.kill()
    platform.silent = False
    sent = len(platform.texts)
    await app.start()
    claimed = await app.rows(select(Dispatch).where(Dispatch.state == DispatchState.SENDING))
    assert {one.id for one in await dispatches(app, wang)} <= {one.id for one in claimed}
    await ticked(app)
    assert len(platform.texts) == sent, "while the lease holds nobody touches them"
    async with app.app.works.begin() as work:
        for one in await work.session.exec(select(Dispatch)):
            one.lease_until = work.now - timedelta(days=400)
    (courier,) = [one for one in app.app.couriers if one.carrier.channel.value == "sms"]
    courier._look_back_at = 0.0
    await ticked(app)
    states = {one.state for one in await app.rows(select(Dispatch))}
    assert states == {DispatchState.UNKNOWN}
    assert len(platform.texts) == sent
    assert (await counts(app))["sms"] == {"queued": 2, "unknown": 2}


async def test_a_gateway_that_is_away_loses_nothing(app: Running, world: World, platform: Platform) -> None:
    wang, _ = await two(world)
    port = platform.port
    await platform.site.stop()
    await begun(app, world)
    assert [one.state for one in await dispatches(app, wang)] == [DispatchState.QUEUED]
    assert (await counts(app))["sms"] == {"queued": 2, "waiting": 2}
    incident = await app.row(select(Incident).where(Incident.kind == "sms_halted"))
    assert "cannot be reached" in incident.detail
    await platform.open(port)
    await goes_on(app)
    assert len(platform.texts) == 2
    links = await app.rows(select(Invitation).where(col(Invitation.revoked_at).is_(None)))
    sent = {one["content"].rpartition("/")[2] for one in platform.texts}
    assert {one.digest for one in links} == {invitations.digest_of(code) for code in sent}
    assert (await counts(app))["sms"] == {"queued": 2, "accepted": 2}


async def test_a_connection_that_hangs_has_sent_nothing(
    app: Running, world: World, platform: Platform
) -> None:
    wang, _ = await two(world)
    port = platform.port
    await platform.site.stop()
    with nobody_lets_in(port):
        await begun(app, world)
    assert (await counts(app))["sms"] == {"queued": 2, "waiting": 2}
    assert [one.state for one in await dispatches(app, wang)] == [DispatchState.QUEUED]
    incident = await app.row(select(Incident).where(Incident.kind == "sms_halted"))
    assert incident.detail == "the gateway cannot be reached: ConnectionTimeoutError"
    await platform.open(port)
    await goes_on(app)
    assert (await counts(app))["sms"] == {"queued": 2, "accepted": 2}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, {"code": 0}), "the gateway answers 500"),
        ((502, "<html>Bad Gateway</html>"), "the gateway answers 502"),
        ((200, "<html>登录</html>"), "the gateway's answer cannot be read"),
        ((200, {"result": 0}), "the gateway's answer cannot be read"),
    ],
)
async def test_an_answer_that_says_nothing_costs_a_few_and_not_all(
    app: Running, world: World, platform: Platform, answer: tuple[int, dict[str, Any] | str], said: str
) -> None:
    (courier,) = [one for one in app.app.couriers if one.carrier.channel.value == "sms"]
    courier.carrier.per_second = 2.0
    platform.otherwise = answer
    for number in range(6):
        await world.graduate(name="某", enrolled=False, mobile=f"+861380000{number:04d}")
    await begun(app, world)
    lost = (await counts(app))["sms"]["unknown"]
    assert 0 < lost == len(platform.texts) <= 2
    assert (await app.row(select(Incident).where(Incident.kind == "sms_halted"))).detail == said
    for more in (1, 2):
        await goes_on(app)
        assert len(platform.texts) == lost + more, "after a halt one alone is risked"
    platform.otherwise, courier.carrier.per_second = None, 50.0
    await goes_on(app)
    assert (await counts(app))["sms"] == {"queued": 6, "unknown": lost + 2, "accepted": 4 - lost}


async def test_no_answer_twice_in_a_row_is_no_accident(
    app: Running, world: World, platform: Platform
) -> None:
    (courier,) = [one for one in app.app.couriers if one.carrier.channel.value == "sms"]
    courier.carrier.per_second = 2.0
    platform.silent = True
    for number in range(5):
        await world.graduate(name="某", enrolled=False, mobile=f"+861380000{number:04d}")
    await begun(app, world)
    assert (await counts(app))["sms"] == {"queued": 5, "unknown": 2, "waiting": 3}
    incident = await app.row(select(Incident).where(Incident.kind == "sms_halted"))
    assert incident.detail == "nothing is heard of 2 in a row"


async def test_one_that_is_not_heard_of_may_be_an_accident(
    app: Running, world: World, platform: Platform
) -> None:
    platform.silent = True
    await world.graduate(name="王芳", enrolled=False, mobile=WANG)
    await begun(app, world)
    assert (await counts(app))["sms"] == {"queued": 1, "unknown": 1}
    assert await app.rows(select(Incident)) == []


async def test_busy_is_tried_again_so_often_and_refused_is_not(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    wang, zhao = await two(world)
    platform.says = {
        "13800000001": (200, {"code": "503", "message": "busy"}),
        "13800000002": (200, {"code": 7, "message": "黑名单"}),
    }
    await begun(app, world)
    (failed,) = await dispatches(app, zhao)
    assert (failed.state, failed.reason) == (DispatchState.FAILED, Failure.BLACKLISTED)
    for minutes in (1, 5, 30, 120):
        assert (await dispatches(app, wang))[0].state is DispatchState.QUEUED
        await time.passes(minutes=minutes, seconds=1)
    assert len(platform.to("13800000001")) == 5
    (given_up,) = await dispatches(app, wang)
    assert (given_up.state, given_up.reason) == (DispatchState.FAILED, Failure.OTHER)
    assert (await counts(app))["sms"] == {"queued": 2, "refused": 2}


async def test_a_wrong_key_stops_all_and_blames_nobody(
    app: Running, world: World, platform: Platform
) -> None:
    wang, _ = await two(world)
    (courier,) = [one for one in app.app.couriers if one.carrier.channel.value == "sms"]
    courier.carrier.key = "quite another key"  # type: ignore[attr-defined]
    await begun(app, world)
    assert platform.texts == []
    assert [one.state for one in await dispatches(app, wang)] == [DispatchState.QUEUED]
    assert (await app.row(select(Incident).where(Incident.kind == "sms_halted"))).detail == (
        "the gateway says 401"
    )


async def test_nothing_leaves_at_night_or_while_paused(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    await two(world)
    await time.to("2024-07-08T22:00")
    await begun(app, world)
    assert platform.texts == []
    assert (await counts(app))["sms"] == {"queued": 2, "waiting": 2}
    await moved(app, world, "pause")
    await time.to("2024-07-09T09:30")
    assert platform.texts == []
    await paused(app, world, on=True)
    await moved(app, world, "resume")
    await ticked(app)
    assert platform.texts == []
    await paused(app, world, on=False)
    assert len(platform.texts) == 2


async def test_what_is_queued_is_looked_at_once_more_before_it_leaves(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    """Answered, removed, another number, and somebody who came by themselves in the night."""
    wang, zhao = await two(world)
    others = [
        await world.graduate(name=f"某{n}", enrolled=False, mobile=f"+861380000001{n}") for n in range(3)
    ]
    await time.to("2024-07-08T22:00")
    await begun(app, world)
    async with app.app.works.begin() as work:
        rows = {one.id: await work.session.get_one(Graduate, one.id) for one in (wang, zhao, *others)}
        await answers.give(work, rows[wang.id], AnswerKind.SEEKING, by=None, source=Source.PAGE)
        rows[zhao.id].removed_at = work.now
        rows[others[0].id].phone_digest = work.keys.digest("+8613800000099")
    await enrolled(app, others[1], await link_of(app, others[1]))
    await others[1].phone.sees("某1同学，江城理工学院目前登记的您的毕业去向是：")
    await time.to("2024-07-09T09:30")
    assert [one["mobile"] for one in platform.texts] == ["13800000012"]
    gone = [await dispatches(app, one) for one in (wang, zhao, others[0], others[1])]
    assert {one.state for rows_ in gone for one in rows_} == {DispatchState.CANCELLED}
    async with app.app.works.reading() as session:
        campaign = (await session.exec(select(Campaign))).one()
        reasons = [(one.name, why) async for one, _, _, _, why in names(session, campaign, Number.CANCELLED)]
    assert sorted(reasons) == [
        ("某0", "no_address"),
        ("某1", "said_elsewhere"),
        ("王芳", "ask_answered"),
        ("赵强", "removed"),
    ]


async def test_a_campaign_that_is_cancelled_takes_back_what_waits(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    await two(world)
    await time.to("2024-07-08T22:00")
    await begun(app, world)
    await moved(app, world, "cancel")
    for _ in range(4):
        await ticked(app)
    await time.to("2024-07-09T09:30")
    assert platform.texts == []
    assert (await counts(app))["sms"] == {"queued": 2, "cancelled": 2}


async def test_the_door_they_answered_through_last_comes_first(
    app: Running, world: World, platform: Platform
) -> None:
    """Both have a chat; one answered on the page the last time, and the register says something else now."""
    page = await world.graduate(name="周舟", mobile=WANG)
    chat = await world.graduate(name="吴桐", mobile=ZHAO)
    async with app.app.works.begin() as work:
        for one, source in ((page, Source.PAGE), (chat, Source.CHAT)):
            graduate = await work.session.get_one(Graduate, one.id)
            await answers.give(work, graduate, AnswerKind.CONFIRMED, by=None, source=source)
            graduate.answer = graduate.answer_id = graduate.answer_version = None
    await begun(app, world)
    assert [one["mobile"] for one in platform.texts] == ["13800000001"]
    steps = await app.rows(select(Outgoing.person_id).where(Outgoing.step == "ask"))
    assert chat.person_id in steps
    assert page.person_id not in steps


async def test_whose_chat_is_gone_is_texted_and_who_stopped_is_not(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    gone = await world.graduate(name="周舟", mobile=WANG)
    stopped = await world.graduate(name="吴桐", mobile=ZHAO)
    await typed(app, stopped, "停止")
    gone.phone.blocked = True
    await begun(app, world)
    assert platform.texts == [], "the chat is tried first, and says that it is gone"
    await time.passes(days=2, hours=1)
    assert [one["mobile"] for one in platform.texts] == ["13800000001"]
    parts = await counts(app)
    assert parts["sms"] == {"queued": 1, "accepted": 1}


async def test_whom_the_walk_finds_before_the_campaign_comes_to_them_is_accounted_for(
    app: Running, world: World
) -> None:
    """Asked before it began, and their chat is gone since: no card is for them, and a text is too early."""
    gone = await world.graduate(name="周舟", mobile=WANG)
    await asked(app, gone)
    await launched(app, world)
    async with app.app.works.begin() as work:
        (await work.session.get_one(Person, gone.person_id)).unreachable = Unreachable.BLOCKED
    async with app.app.works.begin() as work:
        await walking.look(work)
    await ticked(app)
    parts = await counts(app)
    assert parts["all"] == parts["telegram"] == {"queued": 2, "accepted": 1, "unreachable": 1}


@pytest.mark.parametrize("reason", ["已退订", "运营商黑名单"])
async def test_a_number_that_refuses_is_left_alone_and_the_mailbox_is_not(
    app: Running, world: World, platform: Platform, office: PostOffice, time: Time, reason: str
) -> None:
    keys = app.app.keys
    mail = {"email": keys.seal("wang@example.com"), "email_digest": keys.digest("wang@example.com")}
    wang = await world.graduate(name="王芳", enrolled=False, mobile=WANG, **mail)
    await begun(app, world)
    (text,) = platform.to("13800000001")
    refused = {"reference": text["reference"], "status": "失败", "reason": reason}
    assert (await post(app.app.address, brought(refused)))[0] == 200
    await time.passes(days=8)
    assert len(platform.texts) == 1
    assert office.to("wang@example.com")
    async with app.app.works.begin() as work:
        row = await work.session.get_one(Graduate, wang.id)
        row.phone, row.phone_digest = work.seal(ZHAO), work.keys.digest(ZHAO)
    await time.passes(days=9)
    assert platform.to("13800000002"), "another number has refused nothing"


async def test_a_stranger_who_stops_stops_nobody_else(app: Running, world: World, platform: Platform) -> None:
    """An account that nobody checked wants no more messages; the registered number still gets them."""
    stranger = await world.graduate(name="周舟", mobile=WANG, verified=False)
    await typed(app, stranger, "停止")
    await begun(app, world)
    assert [one["mobile"] for one in platform.texts] == ["13800000001"]


async def test_what_the_office_writes_in_chat_keeps_the_gap_to_a_text(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    page = await world.graduate(name="周舟", mobile=WANG)

    async def answered() -> None:
        async with app.app.works.begin() as work:
            graduate = await work.session.get_one(Graduate, page.id)
            await answers.give(work, graduate, AnswerKind.CONFIRMED, by=None, source=Source.PAGE)

    await answered()
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, page.id)
        graduate.answer = graduate.answer_id = graduate.answer_version = None
    await begun(app, world)
    assert len(platform.texts) == 1
    await answered()
    await time.passes(hours=23)
    await text_sent(app, world.office, "全体毕业生")
    page.phone.never_saw(WORDS)
    await time.passes(hours=26)
    await page.phone.sees(WORDS, times=1)


async def test_steps_by_two_doors_are_counted_together(
    app: Running, world: World, platform: Platform, time: Time
) -> None:
    """Two by text, then one in the chat: the third without an answer."""
    wang = await world.graduate(name="王芳", enrolled=False, mobile=WANG)
    await begun(app, world)
    await time.passes(days=2, hours=1)
    assert len(platform.texts) == 2
    await enrolled(app, wang, platform.texts[-1]["content"].rpartition("/")[2])
    assert (await app.row(select(Ask).where(Ask.graduate_id == wang.id))).call_at is None
    await time.passes(days=5)
    assert len(platform.texts) == 2
    assert (await app.row(select(Ask).where(Ask.graduate_id == wang.id))).call_at is not None
