"""E-mail: in two forms, ended by one press without a session; a mailbox that is not there is left alone."""

import re
from email.message import EmailMessage

import aiohttp
import pytest
from sqlmodel import select

from bot.doctor import examine
from models.campaign import Campaign
from models.dispatch import DispatchState, Failure, Unsubscribed
from models.equation import why
from models.event import Event, Incident
from models.messages.campaign import Number, Why
from models.outgoing import Sending
from models.person import Locale
from reports.campaigns import names
from tests.conversations.asking import registered
from tests.conversations.campaigning import moved, ticked
from tests.doors.opened import PUBLIC, begun, counts, dispatches
from tests.doors.platform import Platform
from tests.doors.postoffice import PostOffice
from tests.driving import Running, Time
from tests.web.browsing import Browser, entered
from tests.world import One, World

MARK = re.compile(r"<https://qx\.example\.edu\.cn(/m/[0-9a-f]{64})>")


async def by_mail(
    app: Running, world: World, address: str = "wang@example.com", unit: str = "软件2001"
) -> One:
    """Nobody but an address is known of them."""
    keys = app.app.keys
    more = {"email": keys.seal(address), "email_digest": keys.digest(address)}
    return await world.graduate(name="王芳", enrolled=False, mobile="", unit=unit, **more)


def words(mail: EmailMessage, form: str) -> str:
    part = mail.get_body((form,))
    assert part is not None
    found = part.get_content()
    assert isinstance(found, str)
    return found


def stop_of(mail: EmailMessage) -> str:
    found = MARK.fullmatch(mail["List-Unsubscribe"])
    assert found is not None
    return found[1]


async def asked(app: Running, method: str, path: str, **given: object) -> tuple[int, str]:
    """A browser or a mail program without any cookie."""
    host, port = app.app.address
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"http://{host}:{port}{path}", **given) as answer,  # type: ignore[arg-type]
    ):
        assert "Set-Cookie" not in answer.headers
        return answer.status, await answer.text()


async def test_a_mail_says_it_in_two_forms_with_the_link_and_the_way_out(
    app: Running, world: World, office: PostOffice
) -> None:
    wang = await by_mail(app, world)
    await begun(app, world)
    (mail,) = office.mails
    assert (mail["To"], mail["From"]) == ("wang@example.com", "就业指导处 <jiuye@example.edu.cn>")
    assert mail["Subject"] == "【江城理工学院】请您核对登记的毕业去向"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    for form in ("plain", "html"):
        said = words(mail, form)
        assert "王芳同学" in said
        assert "8月30日（周五）前怎样答复都可以" in said
        assert f"{PUBLIC}/j/" in said
        assert f"{PUBLIC}{stop_of(mail)}" in said
        assert "江城精密" not in said, "nothing of the record stands in a mail"
        assert app.app.rules.phrases.found_in(said) is None
    (made,) = await dispatches(app, wang)
    assert (made.state, made.channel.value) == (DispatchState.SENT, "email")
    assert (await counts(app))["email"] == {"queued": 1, "accepted": 1}
    await world.office.phone.send("/status")
    await app.settled()
    await world.office.phone.sees("邮件：已发出 1 · 被拒 0 · 邮箱不存在 0 · 结果不明 0")


async def test_a_name_is_a_name_in_html_and_english_is_english(
    app: Running, world: World, office: PostOffice
) -> None:
    one = await by_mail(app, world)
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(type(one.row), one.id)
        graduate.name = "<b>O'Neil</b>\r\nBcc: all@example.com"
    await begun(app, world)
    (mail,) = office.mails
    assert mail["Bcc"] is None
    assert "<b>" not in words(mail, "html")
    assert "&lt;b&gt;O&#39;Neil&lt;/b&gt; Bcc: all@example.com同学" in words(mail, "html")
    english = app.app.couriers[1].carrier.mails.ask(  # type: ignore[attr-defined]
        Locale.EN, "Li Hua", "https://a/j/x", "https://a/m/x", app.now
    )
    assert english.subject == "江城理工学院: is your registered destination right?"
    assert "Mon 8 July" in english.plain


async def test_one_press_ends_the_mails_without_any_session(
    app: Running, world: World, office: PostOffice, time: Time
) -> None:
    one, sister = await by_mail(app, world), await by_mail(app, world, unit="软件2002")
    await begun(app, world)
    assert len(office.mails) == 1, "two records of one address do not get two mails at once"
    path = stop_of(office.mails[0])
    for _ in range(2):
        status, page = await asked(app, "GET", path)
        assert (status, "不再收到这类邮件？" in page, "王芳" in page) == (200, True, False)
    assert await app.rows(select(Unsubscribed)) == [], "mail scanners open every link"
    for _ in range(2):
        status, page = await asked(app, "POST", path, data={"List-Unsubscribe": "One-Click"})
        assert (status, "已停止，不再给您发邮件" in page) == (200, True)
    assert len(await app.rows(select(Unsubscribed))) == 1
    assert len(await app.rows(select(Event).where(Event.kind == "mail_stopped"))) == 1
    await time.passes(days=8)
    assert len(office.mails) == 1
    status, page = await asked(app, "GET", path + "?lang=en")
    assert (status, "Ended: no more mails" in page, "Keep sending mails" in page) == (200, True, True)
    status, page = await asked(app, "POST", path + "/again?lang=en")
    assert (status, "Mails will be sent to you again" in page) == (200, True)
    for _ in range(3):
        await time.passes(days=3)
    assert len(office.mails) > 2
    assert {len(await dispatches(app, each)) > 0 for each in (one, sister)} == {True}


async def test_a_link_that_is_none_of_ours_opens_nothing(
    app: Running, world: World, office: PostOffice
) -> None:
    one = await by_mail(app, world)
    await begun(app, world)
    path = stop_of(office.mails[0])
    (made,) = await dispatches(app, one)
    forged = [f"/m/{made.id.hex}{'0' * 32}", "/m/" + "a" * 64, path[:-1] + ("0" if path[-1] != "0" else "1")]
    for wrong in forged:
        for method in ("GET", "POST"):
            assert (await asked(app, method, wrong))[0] == 404
        status, page = await asked(app, "POST", wrong + "/again")
        assert (status, "/again" in page) == (404, False)
    for none in ("/m/x", "/m/", "/m/" + "A" * 64):
        assert (await asked(app, "POST", none))[0] == 404
    assert await app.rows(select(Unsubscribed)) == []


async def test_a_mailbox_that_is_not_there_is_not_tried_again(
    app: Running, world: World, office: PostOffice, time: Time
) -> None:
    one = await by_mail(app, world)
    office.says = {"wang@example.com": "550 5.1.1 no such user"}
    await begun(app, world)
    (made,) = await dispatches(app, one)
    assert (made.state, made.reason) == (DispatchState.FAILED, Failure.DEAD)
    assert (await counts(app))["email"] == {"queued": 1, "unreachable": 1}
    async with app.app.works.reading() as session:
        campaign = (await session.exec(select(Campaign))).one()
        found = [row async for row in names(session, campaign, Number.UNREACHABLE)]
    assert [(graduate.name, reason) for graduate, _, _, _, reason in found] == [("王芳", "dead_address")]
    assert why(Sending.UNREACHABLE, "dead_address") is Why.DEAD_ADDRESS
    office.says = {}
    await time.passes(days=8)
    assert office.mails == []
    assert len(await dispatches(app, one)) == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [("554 5.7.1 not wanted here", Failure.REFUSED), ("552 5.2.2 mailbox full", Failure.OTHER)],
)
async def test_other_refusals_say_nothing_of_the_mailbox(
    app: Running, world: World, office: PostOffice, time: Time, said: str, reason: Failure
) -> None:
    one = await by_mail(app, world)
    office.says = {"wang@example.com": said}
    await begun(app, world)
    assert [row.reason for row in await dispatches(app, one)] == [reason]
    assert (await counts(app))["email"] == {"queued": 1, "refused": 1}
    office.says = {}
    await time.passes(days=3)
    assert len(office.mails) == 1, "the next step finds the mailbox again"


@pytest.mark.parametrize(
    "address", ["a@", "a@[1", "?@ [\t", "@", "a b@example.com", "王@example.com", "a@b@c"]
)
async def test_an_address_that_is_none_has_certainly_got_nothing(
    app: Running, world: World, office: PostOffice, address: str
) -> None:
    one = await by_mail(app, world, address)
    await begun(app, world)
    assert office.mails == []
    (made,) = await dispatches(app, one)
    assert (made.state, made.reason) == (DispatchState.FAILED, Failure.OTHER)


async def test_who_came_by_mail_is_written_to_by_mail(
    app: Running, world: World, office: PostOffice, platform: Platform, time: Time
) -> None:
    """Answered on the page; the register says something else then, and a text would come first."""
    one = await by_mail(app, world)
    await begun(app, world)
    link = re.search(rf"{PUBLIC}/j/(\w+)", words(office.mails[0], "plain"))
    assert link is not None
    async with app.app.works.begin() as work:
        row = await work.session.get_one(type(one.row), one.id)
        row.phone, row.phone_digest = work.seal("+8613800000001"), work.keys.digest("+8613800000001")
        one.row.phone = row.phone
    async with Browser(app) as browser:
        await entered(browser, one, link[1])
        await browser.press("以上信息属实")
    assert await registered(app, one, employer="武汉远航软件有限公司")
    await time.passes(days=3)
    assert (len(office.mails), platform.texts) == (2, [])


async def test_for_now_is_tried_again_and_not_for_ever(
    app: Running, world: World, office: PostOffice, time: Time
) -> None:
    one = await by_mail(app, world)
    office.says = {"wang@example.com": "451 4.7.1 greylisted, come back"}
    await begun(app, world)
    assert [row.state for row in await dispatches(app, one)] == [DispatchState.QUEUED]
    office.says = {}
    await time.passes(minutes=5, seconds=1)
    assert [row.state for row in await dispatches(app, one)] == [DispatchState.SENT]
    other = await by_mail(app, world, "zhao@example.com")
    office.says = {"zhao@example.com": "450 4.2.1 later"}
    await time.passes(days=1, hours=1)
    for minutes in (5, 20, 60, 240):
        assert [row.state for row in await dispatches(app, other)] == [DispatchState.QUEUED]
        await time.passes(minutes=minutes, seconds=1)
    assert [row.state for row in await dispatches(app, other)] == [DispatchState.FAILED]


async def test_a_server_that_hangs_up_over_the_mail_leaves_it_unknown(
    app: Running, world: World, office: PostOffice
) -> None:
    one = await by_mail(app, world)
    office.hangs_up = True
    await begun(app, world)
    assert [row.state for row in await dispatches(app, one)] == [DispatchState.UNKNOWN]
    office.hangs_up = False
    for _ in range(3):
        await ticked(app)
    assert len(office.mails) == 1
    assert (await counts(app))["email"] == {"queued": 1, "unknown": 1}


async def test_a_wrong_password_holds_all_mails_and_the_doctor_says_so(
    app: Running, world: World, office: PostOffice, platform: Platform
) -> None:
    one = await by_mail(app, world)
    findings = {found.check: found async for found in examine(app.settings, app.app.works)}
    assert (findings["mail"].sound, findings["gateway"].sound) == (True, True)
    bare = app.settings.model_copy(update={"sms_key": None, "smtp_url": None})
    missing = [found.facts async for found in examine(bare, app.app.works) if found.check == "setting"]
    assert missing == [{"name": "SMS_KEY"}, {"name": "SMTP_URL"}]
    office.password = "another"
    await begun(app, world)
    assert [row.state for row in await dispatches(app, one)] == [DispatchState.QUEUED]
    incident = await app.row(select(Incident).where(Incident.kind == "email_halted"))
    assert incident.detail == "the mail server refuses the password (535)"
    await platform.site.stop()
    findings = {found.check: found async for found in examine(app.settings, app.app.works)}
    assert findings["mail"].facts["why"] == "the mail server refuses the password (535)"
    assert (findings["mail"].say, findings["gateway"].say) == ("mail_unreachable", "gateway_unreachable")
    assert not [one for one in findings.values() if "p@ss" in str(one) or "p%40ss" in str(one)]


async def test_a_mail_that_waits_is_paused_with_its_campaign(
    app: Running, world: World, office: PostOffice, time: Time
) -> None:
    await by_mail(app, world)
    await time.to("2024-07-08T22:00")
    await begun(app, world)
    await moved(app, world, "pause")
    await time.to("2024-07-09T09:30")
    assert office.mails == []
    await moved(app, world, "resume")
    await ticked(app)
    assert len(office.mails) == 1
