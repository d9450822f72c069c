"""A text of the office's own words, from /broadcast to the equation: written, held against the list, sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from actions import asks, brake, campaigns, replanning
from actions.rights import NotYours
from actions.work import Work
from handlers.broadcast import Again, Start
from handlers.campaign import CampaignDo
from models.answer import Heard
from models.broadcast import Addressed, Broadcast
from models.campaign import Alarm, Campaign, CampaignState, LeftOut
from models.graduate import Graduate
from models.messages import Lane
from models.messages.broadcast import BroadcastText
from models.messages.campaign import Number
from models.messages.general import Outdated
from models.outgoing import Outgoing, Sending
from models.person import Binding, Person
from models.staff import Duty, Role
from models.steps.broadcast import WritingText
from reports.campaigns import names, numbers
from sandbox import Sandbox
from tests.conversations.asking import asked, pressed, typed
from tests.conversations.campaigning import broadcast, equation, own_rules, ticked
from tests.conversations.working import disputed, forge
from tests.driving import Running, Time
from tests.world import One, World

WORDS = "请看一眼登记的去向是不是真实的，8月30日前答复都可以。"
READ = f"江城理工学院致 2024 届毕业生：\n\n{WORDS}"


async def written(
    app: Running, one: One, segment: str = "还没有答复的", unit: str = "江城理工学院", words: str = WORDS
) -> None:
    """As far as the preview."""
    await typed(app, one, "/broadcast")
    await pressed(app, one, "自己写一段通知", segment, unit)
    await typed(app, one, words)


async def sent(app: Running, one: One, *given: str) -> None:
    await written(app, one, *given)
    await pressed(app, one, "现在发送")
    await ticked(app)
    await ticked(app)


async def the_text(app: Running) -> Campaign:
    found: Campaign = await app.row(select(Campaign).where(col(Campaign.name).startswith("broadcast-")))
    return found


async def counted(app: Running) -> dict[str, int | bool]:
    async with app.app.works.reading() as session:
        return await numbers(session, await session.get_one(Campaign, (await the_text(app)).id))


async def behind(app: Running) -> list[tuple[str, str, str | None]]:
    async with app.app.works.reading() as session:
        campaign = await session.get_one(Campaign, (await the_text(app)).id)
        found = [one async for one in names(session, campaign, Number.QUEUED)]
    return sorted((graduate.name, state, reason) for graduate, _, state, _, reason in found)


async def test_from_the_first_question_to_the_equation(app: Running, world: World) -> None:
    other, absent = await world.graduate(name="王芳"), await world.graduate(name="赵敏", enrolled=False)
    office = world.office.phone
    await typed(app, world.office, "/broadcast")
    assert office.buttons() == ["2024 届去向核对", "自己写一段通知"]
    await pressed(app, world.office, "自己写一段通知")
    assert office.buttons() == [
        "全体毕业生",
        "还没有答复的",
        "全国系统里未确认的",
        "确认后登记有变的",
        "登记为单位就业的",
        "登记为未落实的",
        "有事项正在处理的",
    ]
    await pressed(app, world.office, "还没有答复的")
    assert office.buttons() == ["江城理工学院", "计算机学院"]
    await pressed(app, world.office, "计算机学院")
    await office.sees("还没有答复的（计算机学院）。请写下要发送的文字，800 字以内。")
    await typed(app, world.office, WORDS)
    preview = await office.sees("通知预览")
    assert "发给：2024 届 · 还没有答复的（计算机学院）\n" in preview.text
    assert "范围内 3 人，现在可以发给 2 人（Telegram）。" in preview.text
    assert "发不到：尚未绑定 1\n" in preview.text
    assert "7月8日（周一） 10:00 开始的话，预计 7月8日（周一） 10:00 发完" in preview.text
    assert "每个人收到的是同一段文字" in preview.text
    assert READ in preview.text
    assert "有疑问请致电 就业指导处 027-8765 4321" in preview.text
    assert office.buttons() == [
        "现在发送",
        "今天 15:00 发送",
        "明天 09:00 发送（7月9日）",
        "后天 09:00 发送（7月10日）",
        "改写",
    ]
    assert not await app.rows(select(Campaign))
    await pressed(app, world.office, "现在发送")
    await office.sees("通知 1001（计算机学院）：正在发送")
    await ticked(app)
    await ticked(app)
    for one in (world.lihua, other):
        await one.phone.sees(READ, times=1)
        assert one.phone.buttons() == []
    absent.phone.never_saw(WORDS)
    assert await behind(app) == [
        ("李华", "accepted", None),
        ("王芳", "accepted", None),
        ("赵敏", "unreachable", "not_enrolled"),
    ]
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == ({"queued": 3, "accepted": 2, "unreachable": 1}, True)
    card = await office.sees("通知 1001（计算机学院）：已结束", times=1)
    assert "应发 3 ＝ 已送达平台 2 ＋ 被拒 0 ＋ 联系不上 1 ＋ 跳过 0 ＋ 取消 0 ＋ 结果不明 0" in card.text
    await pressed(app, world.office, "联系不上 1")
    await office.sees("· 赵敏（软件2001）：尚未绑定")


async def test_the_words_stand_once_and_are_the_same_for_everybody(app: Running, world: World) -> None:
    await world.graduate(name="王芳", locale="en")
    await sent(app, world.office)
    [text] = await app.rows(select(Broadcast))
    rows = await app.rows(select(Outgoing).where(col(Outgoing.campaign_id) == text.campaign_id))
    assert text.text == WORDS
    assert [row.message for row in rows] == [BroadcastText(broadcast=text.id)] * 2
    assert len(await app.rows(select(Addressed))) == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("请尽 快　签约。", "这段文字里有「尽快签约」，这样写不发给毕业生。请只问登记的去向是不是真实"),
        ("不核对的，扣发毕业证。", "这段文字里有「扣发毕业证」"),
        ("请把验证码发给老师。", "学校不索要密码、验证码、证件号和钱款"),
        ("You MUST answer.", "这段文字里有「must」"),
        ("请到 http://jiuye.example.com 看一看", "链接或账号不在 edu.cn、gov.cn、ncss.cn 之内"),
        ("看" * 801, "这段文字有 801 字，最多 800 字"),
    ],
)
async def test_what_may_not_be_said_is_refused_by_name_and_kept(
    app: Running, world: World, words: str, why: str
) -> None:
    await written(app, world.office, words=words)
    await world.office.phone.sees(why)
    assert not await app.rows(select(Broadcast))
    kept = await app.row(select(Heard).where(Heard.routed == "broadcast_refused"))
    assert app.app.works.keys.open(kept.text) == words
    await typed(app, world.office, WORDS)
    await world.office.phone.sees("通知预览")
    assert (await app.row(select(Broadcast))).text == WORDS


async def test_cancelled_half_way_nothing_is_left_open(app: Running, world: World) -> None:
    await typed(app, world.office, "/broadcast")
    await pressed(app, world.office, "自己写一段通知", "还没有答复的")
    await typed(app, world.office, "/cancel")
    await pressed(app, world.office, "计算机学院")
    await world.office.phone.sees("这个按钮是以前的")
    await typed(app, world.office, "/broadcast")
    await pressed(app, world.office, "自己写一段通知", "还没有答复的", "计算机学院")
    await typed(app, world.office, "/cancel")
    await typed(app, world.office, WORDS)
    await world.office.phone.sees("刚才正在填写的内容已取消", times=2)
    assert not await app.rows(select(Broadcast))
    await written(app, world.office)
    await typed(app, world.office, "/cancel")
    await ticked(app)
    assert not await app.rows(select(Campaign))
    world.lihua.phone.never_saw(WORDS)


async def test_rewritten_it_is_another_text_for_the_same_people(app: Running, world: World) -> None:
    await written(app, world.office, "登记为单位就业的", "计算机学院")
    await pressed(app, world.office, "改写")
    await world.office.phone.sees("登记为单位就业的（计算机学院）。请写下要发送的文字", times=2)
    await typed(app, world.office, "登记有变的，随时可以更正。")
    await pressed(app, world.office, "现在发送")
    await ticked(app)
    await world.lihua.phone.sees("登记有变的，随时可以更正。", times=1)
    world.lihua.phone.never_saw(WORDS)
    assert len(await app.rows(select(Broadcast))) == 2
    assert len(await app.rows(select(Campaign))) == 1


async def test_a_unit_is_typed_by_its_name(app: Running, world: World) -> None:
    here = await world.graduate(name="王芳", unit="软件2002")
    await typed(app, world.office, "/broadcast")
    await pressed(app, world.office, "自己写一段通知", "全体毕业生")
    await typed(app, world.office, "软件2003")
    await world.office.phone.sees("没有找到这个单位")
    await typed(app, world.office, "软件2002")
    await world.office.phone.sees("全体毕业生（软件2002）。请写下")
    await typed(app, world.office, WORDS)
    await pressed(app, world.office, "现在发送")
    await ticked(app)
    await here.phone.sees(READ, times=1)
    world.lihua.phone.never_saw(WORDS)


async def test_scheduled_it_begins_at_its_moment(app: Running, world: World, time: Time) -> None:
    await written(app, world.office)
    await pressed(app, world.office, "明天 09:00 发送（7月9日）")
    card = await world.office.phone.sees("通知 1001：已排定")
    assert "7月9日（周二） 09:00 开始发送。" in card.text
    await ticked(app)
    late = await world.graduate(name="王芳")
    await asked(app, world.lihua)
    await pressed(app, world.lihua, "以上信息属实")
    await time.to("2024-07-09 08:59")
    late.phone.never_saw(WORDS)
    await typed(app, world.office, "/broadcast")
    await world.office.phone.sees("· 通知 1001（7月8日（周一））：进行中，7月9日（周二） 09:00 开始")
    await time.to("2024-07-09 09:01")
    await late.phone.sees(READ, times=1)
    world.lihua.phone.never_saw(WORDS)
    await ticked(app)
    assert await behind(app) == [("王芳", "accepted", None)]
    assert (await counted(app))["balanced"] is True


@pytest.mark.parametrize(
    ("typed_words", "starts"),
    [("7月10日 9:30", "2024-07-10T01:30:00+00:00"), ("明天下午3点半", "2024-07-09T07:30:00+00:00")],
)
async def test_a_moment_is_typed(app: Running, world: World, typed_words: str, starts: str) -> None:
    await written(app, world.office)
    await typed(app, world.office, typed_words)
    await world.office.phone.sees("通知 1001：已排定")
    assert (await app.row(select(Broadcast))).starts_at.isoformat() == starts
    await typed(app, world.office, typed_words)
    assert len(await app.rows(select(Campaign))) == 1


@pytest.mark.parametrize(
    ("typed_words", "why"),
    [
        ("晚点再说", "没有看懂这个时间"),
        ("7月10日", "没有看懂这个时间"),
        ("2月30日 9:00", "没有看懂这个时间"),
        ("今天 9:00", "这个时间已经过了"),
        ("今天 22:00", "21:00 至次日 09:00 不发送"),
        ("2024-12-01 9:00", "最多可以排到 60 天以内"),
    ],
)
async def test_a_moment_that_cannot_be_is_not_taken(
    app: Running, world: World, typed_words: str, why: str
) -> None:
    await written(app, world.office)
    await typed(app, world.office, typed_words)
    await world.office.phone.sees(why)
    assert not await app.rows(select(Campaign))
    await typed(app, world.office, "明天9:00")
    await world.office.phone.sees("通知 1001：已排定")


async def test_tomorrow_pressed_tomorrow_is_not_the_day_after(app: Running, world: World, time: Time) -> None:
    await written(app, world.office)
    await time.to("2024-07-09 10:00")
    await pressed(app, world.office, "明天 09:00 发送（7月9日）")
    await world.office.phone.sees("这个时间已经过了")
    assert not await app.rows(select(Campaign))


async def test_at_night_it_waits_for_the_morning(app: Running, world: World, time: Time) -> None:
    await time.to("2024-07-08 22:00")
    await written(app, world.office)
    preview = await world.office.phone.sees("通知预览")
    assert "7月9日（周二） 09:00 开始的话，预计 7月9日（周二） 09:00 发完" in preview.text
    assert world.office.phone.buttons()[1:2] == ["明天 09:00 发送（7月9日）"]
    await pressed(app, world.office, "现在发送")
    await ticked(app)
    world.lihua.phone.never_saw(WORDS)
    await time.to("2024-07-09 09:01")
    await world.lihua.phone.sees(READ, times=1)


async def test_who_may_not_be_written_to_is_skipped_by_name(app: Running, world: World) -> None:
    stopped, removed, disputing, blocked = [
        await world.graduate(name=name) for name in ("周停", "周删", "周议", "周屏")
    ]
    await world.graduate(name="周待", verified=False)
    twice, second = await world.graduate(name="周双"), await world.graduate(name="周二", enrolled=False)
    await disputed(app, world, disputing)
    await typed(app, stopped, "停止")
    await blocked.phone.block()
    await app.settled()
    async with app.app.works.begin() as work:
        (await work.session.get_one(Graduate, removed.id)).removed_at = work.now
        person = await work.session.get_one(Person, twice.person_id)
        work.session.add(Binding(graduate_id=second.id, person=person, verified=True, bound_at=work.now))
    await written(app, world.office, "全体毕业生")
    preview = await world.office.phone.sees("范围内 8 人，现在可以发给 3 人")
    assert "异议核实中 1 · 本人停止提醒 1 · 账号待核实 1 · 已不在名册 1" in preview.text
    assert "发不到：已屏蔽 1\n" in preview.text
    await pressed(app, world.office, "现在发送")
    await ticked(app)
    await ticked(app)
    for one in (stopped, removed, disputing, blocked):
        one.phone.never_saw(WORDS)
    await twice.phone.sees(READ, times=1)
    found = [one for one in await behind(app) if one[0] not in ("周双", "周二")]
    assert found == [
        ("周停", "skipped", "opted_out"),
        ("周删", "skipped", "removed"),
        ("周屏", "unreachable", "blocked"),
        ("周待", "skipped", "unverified"),
        ("周议", "skipped", "disputed"),
        ("李华", "accepted", None),
    ]
    assert sorted(why or "" for name, _, why in await behind(app) if name in ("周双", "周二")) == [
        "",
        "same_account",
    ]
    facts = await counted(app)
    assert equation(facts) == {"queued": 8, "accepted": 2, "unreachable": 1, "skipped": 5}
    assert facts["balanced"] is True


async def test_who_answered_or_disputed_in_between_is_not_sent_it(
    app: Running, world: World, time: Time
) -> None:
    answering, disputing = await world.graduate(name="王芳"), await world.graduate(name="赵敏")
    for one in (answering, disputing):
        await asked(app, one)
    await time.to("2024-07-08 22:00")
    await written(app, world.office)
    await pressed(app, world.office, "现在发送")
    async with app.app.works.begin() as work:
        text = (await work.session.exec(select(Broadcast))).one()
        text.starts_at = work.now
    await ticked(app)
    assert len(await app.rows(select(Addressed))) == 3
    await pressed(app, answering, "以上信息属实")
    await disputed(app, world, disputing)
    await time.to("2024-07-09 09:01")
    await ticked(app)
    await world.lihua.phone.sees(READ, times=1)
    for one in (answering, disputing):
        one.phone.never_saw(WORDS)
    assert await behind(app) == [
        ("李华", "accepted", None),
        ("王芳", "skipped", "no_longer"),
        ("赵敏", "skipped", "disputed"),
    ]


async def test_it_waits_two_days_after_another_campaign_and_is_not_skipped(
    app: Running, world: World, time: Time
) -> None:
    await broadcast(app, world.office)
    await world.lihua.phone.sees("李华同学", times=1)
    await sent(app, world.office)
    world.lihua.phone.never_saw(WORDS)
    assert (await counted(app))["balanced"] is False
    await time.to("2024-07-10 09:59")
    world.lihua.phone.never_saw(WORDS)
    await time.to("2024-07-10 10:01")
    await world.lihua.phone.sees(READ, times=1)
    await ticked(app)
    assert equation(await counted(app)) == {"queued": 1, "accepted": 1}


async def test_two_at_once_do_not_reach_anybody_at_once(app: Running, world: World, time: Time) -> None:
    for words in (WORDS, "第二段：登记有变的，随时可以更正。"):
        await written(app, world.office, words=words)
        await pressed(app, world.office, "今天 15:00 发送")
    await time.to("2024-07-08 15:01")
    await time.passes(minutes=6)
    await time.passes(minutes=6)
    got = [shown.text for shown in world.lihua.phone.shown if "致 2024 届毕业生" in shown.text]
    assert len(got) == 1
    await time.to("2024-07-10 15:20")
    got = [shown.text for shown in world.lihua.phone.shown if "致 2024 届毕业生" in shown.text]
    assert len(got) == 2


async def test_it_is_paused_resumed_and_cancelled_as_others_are(
    app: Running, world: World, time: Time
) -> None:
    other = await world.graduate(name="王芳")
    await written(app, world.office)
    await pressed(app, world.office, "今天 15:00 发送", "暂停发送")
    await world.office.phone.sees("通知 1001：已暂停")
    await time.to("2024-07-08 15:30")
    world.lihua.phone.never_saw(WORDS)
    await typed(app, world.office, "/resume")
    await pressed(app, world.office, "恢复通知 1001")
    await world.office.phone.sees("通知 1001：正在发送")
    await pressed(app, world.office, "取消发送（不能恢复）")
    await ticked(app)
    await ticked(app)
    for one in (world.lihua, other):
        one.phone.never_saw(WORDS)
    facts = await counted(app)
    assert (equation(facts), facts["balanced"]) == ({"queued": 2, "cancelled": 2}, True)
    assert {one.reason for one in await app.rows(select(LeftOut))} == {"campaign_cancelled"}
    await world.office.phone.sees("通知 1001：已取消")


async def test_what_could_not_leave_within_a_week_is_left(app: Running, world: World, time: Time) -> None:
    await written(app, world.office)
    await pressed(app, world.office, "现在发送", "暂停发送")
    await time.to("2024-07-16 09:00")
    assert await behind(app) == [("李华", "skipped", "past_deadline")]
    assert (await counted(app))["balanced"] is True
    assert (await the_text(app)).state is CampaignState.FINISHED


async def test_the_check_goes_on_beside_it_and_a_new_calendar_leaves_it_alone(
    app: Running, world: World, time: Time
) -> None:
    await written(app, world.office, "登记为未落实的")
    await world.office.phone.sees("现在没有可以发给的人，不会发送。")
    assert world.office.phone.buttons() == ["改写"]
    await written(app, world.office)
    await pressed(app, world.office, "后天 09:00 发送（7月10日）")
    await broadcast(app, world.office)
    await world.lihua.phone.sees("李华同学", times=1)
    before = (await the_text(app)).deadline_at
    async with app.app.works.begin() as work:
        await replanning.replan(work, 2024)
    assert (await the_text(app)).deadline_at == before
    late = await world.graduate(name="王芳")
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, late.person_id)
        await asks.ask_now(work, person, await work.session.get_one(Graduate, late.id))
    await app.settled()
    await late.phone.sees("王芳同学", times=1)


@pytest.fixture
async def wary(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    """Rules by which four are enough to judge by."""
    change = ("of_last = 200\nat_least = 50", "of_last = 6\nat_least = 4")
    rules = own_rules(tmp_path, change, of="broadcasts.toml")
    made = Running(database_url, sandbox, tmp_path, rules=rules)
    await made.start()
    yield made
    await made.stop()


async def test_it_stops_by_itself_where_many_are_refused(wary: Running) -> None:
    world = await World.built(wary)
    people = [await world.graduate(name=f"学生{number}") for number in range(5)]
    for one in people[:3]:
        one.phone.deactivated = True
    async with wary.app.works.begin() as work:
        work.session.add(_two_days_ahead(work, people[4]))
    await sent(wary, world.office)
    campaign = await the_text(wary)
    assert (campaign.state, campaign.alarm) == (CampaignState.PAUSED, Alarm.REFUSED)
    alert = await world.office.phone.sees("通知 1001 已自动暂停", times=1)
    assert alert.labels() == ["继续发送"]
    people[4].phone.never_saw(WORDS)


async def test_texts_of_later_days_keep_no_other_from_being_stopped(
    wary: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brake, "CAMPAIGNS", 1)
    world = await World.built(wary)
    people = [await world.graduate(name=f"学生{number}") for number in range(5)]
    await written(wary, world.office)
    await pressed(wary, world.office, "明天 09:00 发送（7月9日）")
    for one in people[:3]:
        one.phone.deactivated = True
    async with wary.app.works.begin() as work:
        work.session.add(_two_days_ahead(work, people[4]))
    await sent(wary, world.office)
    await world.office.phone.sees("通知 1002 已自动暂停", times=1)


def _two_days_ahead(work: Work, one: One) -> Outgoing:
    """Somebody got another campaign's message just now, so that this one is still on its way."""
    assert one.person_id is not None
    return Outgoing(
        bot_id=work.bot_id,
        person_id=one.person_id,
        message=Outdated(),
        lane=Lane.CAMPAIGN,
        state=Sending.ACCEPTED,
        due_at=work.now,
        created_at=work.now,
        settled_at=work.now,
    )


@pytest.fixture
async def careful(database_url: str, sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Running]:
    """Rules by which even one person is many."""
    rules = own_rules(tmp_path, ("second_person_over = 1000", "second_person_over = 0"), of="broadcasts.toml")
    made = Running(database_url, sandbox, tmp_path, rules=rules)
    await made.start()
    yield made
    await made.stop()


async def test_a_second_person_sees_every_word_before(careful: Running) -> None:
    world = await World.built(careful)
    await written(careful, world.office)
    await world.office.phone.sees("人数较多，发送前需要第二个人同意。")
    await pressed(careful, world.office, "现在发送", "高校长")
    await ticked(careful)
    world.lihua.phone.never_saw(WORDS)
    await world.office.phone.sees("通知 1001：等待第二个人同意")
    consent = await world.head.phone.sees("通知 1001 准备发送，需要第二个人同意。")
    assert READ in consent.text
    assert "范围内 1 人，现在可以发给 1 人" in consent.text
    await pressed(careful, world.head, "同意发送")
    await ticked(careful)
    await world.office.phone.sees("第二个人已同意，通知 1001 按排定的时间发送。")
    await world.lihua.phone.sees(READ, times=1)


async def test_the_card_of_what_begins_later_is_true_whoever_moves_it(careful: Running) -> None:
    world = await World.built(careful)
    await written(careful, world.office)
    await pressed(careful, world.office, "今天 15:00 发送", "高校长")
    await pressed(careful, world.head, "同意发送")
    await ticked(careful)
    await world.office.phone.sees("通知 1001：已排定")
    text = await the_text(careful)
    for move, reads in ((campaigns.pause, "已暂停"), (campaigns.resume, "已排定")):
        async with careful.app.works.begin() as work:
            await move(work, await work.session.get_one(Person, world.office.person_id), text.id)
        await ticked(careful)
        await world.office.phone.sees(f"通知 1001：{reads}")


async def test_agreed_to_late_it_begins_then(careful: Running) -> None:
    world, time = await World.built(careful), Time(careful)
    await written(careful, world.office)
    await pressed(careful, world.office, "今天 15:00 发送", "高校长")
    await time.to("2024-07-08 16:00")
    world.lihua.phone.never_saw(WORDS)
    await pressed(careful, world.head, "同意发送")
    await ticked(careful)
    await world.lihua.phone.sees(READ, times=1)


async def test_agreed_to_early_it_waits_for_its_moment(careful: Running) -> None:
    world, time = await World.built(careful), Time(careful)
    await written(careful, world.office)
    await pressed(careful, world.office, "今天 15:00 发送", "高校长")
    await pressed(careful, world.head, "同意发送")
    await ticked(careful)
    world.lihua.phone.never_saw(WORDS)
    await time.to("2024-07-08 15:01")
    await world.lihua.phone.sees(READ, times=1)


async def test_nobody_agrees_to_their_own_words(careful: Running) -> None:
    world = await World.built(careful)
    await written(careful, world.office)
    await pressed(careful, world.office, "现在发送")
    assert "何主任" not in world.office.phone.buttons()
    async with careful.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        campaign = (await work.session.exec(select(Campaign))).one()
        with pytest.raises(NotYours):
            await campaigns.agree(work, office, campaign.id)


@pytest.mark.parametrize("who", ["counselor", "officer", "head", "reviewer", "lihua"])
async def test_only_office_and_admin_write(app: Running, world: World, who: str) -> None:
    one = world.people[who]
    await typed(app, one, "/broadcast")
    await one.phone.sees("不在您的权限范围内")
    one.phone.never_saw("要发送什么")


async def test_an_admin_writes_and_a_college_office_only_to_its_own(app: Running, world: World) -> None:
    admin = await world.staff("admin", "管老师", "T070", Role.ADMIN)
    await written(app, admin)
    await admin.phone.sees("通知预览")
    college = await world.staff("college", "秘书", "T071", Role.OFFICE, "软件2002")
    here = await world.graduate(name="王芳", unit="软件2002")
    await typed(app, college, "/broadcast")
    assert college.phone.buttons() == ["自己写一段通知"]
    await pressed(app, college, "自己写一段通知", "全体毕业生")
    assert college.phone.buttons() == ["软件2002"]
    await typed(app, college, "计算机学院")
    await college.phone.sees("不在您的权限范围内")
    await written(app, college, "全体毕业生", "软件2002")
    await pressed(app, college, "现在发送")
    await ticked(app)
    await here.phone.sees(READ, times=1)
    world.lihua.phone.never_saw(WORDS)


async def test_forged_presses_send_nothing(app: Running, world: World) -> None:
    await written(app, world.office)
    text = await app.row(select(Broadcast))
    admin = await world.staff("admin", "管老师", "T070", Role.ADMIN)
    for one in (world.counselor, world.head, admin):
        await forge(app, one, Start(broadcast=text.id, minute=0))
        await forge(app, one, Again(broadcast=text.id))
        await one.phone.sees("不在您的权限范围内", times=2)
    await forge(app, world.office, Start(broadcast=text.id, minute=2**31 - 1))
    await forge(app, world.office, Start(broadcast=text.id, minute=1))
    assert not await app.rows(select(Campaign))
    await ticked(app)
    world.lihua.phone.never_saw(WORDS)
    await pressed(app, world.office, "现在发送")
    await forge(app, world.office, Start(broadcast=text.id, minute=0))
    campaign = await the_text(app)
    await forge(app, world.counselor, CampaignDo(campaign=campaign.id, to=CampaignState.CANCELLED))
    await forge(app, world.office, CampaignDo(campaign=campaign.id, to=CampaignState.FINISHED))
    await ticked(app)
    assert len(await app.rows(select(Campaign))) == 1
    await world.lihua.phone.sees(READ, times=1)


async def test_who_lost_the_right_while_writing_sends_nothing(app: Running, world: World) -> None:
    await written(app, world.office)
    async with app.app.works.begin() as work:
        duty = await work.session.exec(select(Duty).where(Duty.staff_id == world.office.id))
        duty.one().ended_at = work.now
    await pressed(app, world.office, "现在发送")
    await world.office.phone.sees("不在您的权限范围内")
    assert not await app.rows(select(Campaign))
    async with app.app.works.begin() as work:
        person = await work.session.get_one(Person, world.office.person_id)
        person.ask_for(WritingText(cohort=2024, segment="everyone", unit=world.units[""].id))
    await typed(app, world.office, WORDS)
    await world.office.phone.sees("不在您的权限范围内", times=2)
    assert len(await app.rows(select(Broadcast))) == 1


async def test_a_killed_process_sends_it_once(app: Running, world: World) -> None:
    await written(app, world.office)
    await pressed(app, world.office, "现在发送")
    await app.restart()
    await ticked(app)
    await ticked(app)
    await world.lihua.phone.sees(READ, times=1)
    [row] = await app.rows(select(Outgoing).where(col(Outgoing.campaign_id).is_not(None)))
    assert row.state is Sending.ACCEPTED


async def test_signs_are_read_as_they_were_written(app: Running, world: World) -> None:
    words = "1 < 2 & <b>粗</b>，见 https://dj.ncss.cn/a?b=1&c=2"
    await sent(app, world.office, "还没有答复的", "江城理工学院", words)
    await world.lihua.phone.sees(f"江城理工学院致 2024 届毕业生：\n\n{words}\n", times=1)
