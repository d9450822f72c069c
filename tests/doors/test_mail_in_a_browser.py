"""The way out of the mails in a real Chromium."""

import pytest

from actions import unsubscribing
from tests.doors.opened import begun, dispatches
from tests.doors.test_mail import by_mail
from tests.driving import Running
from tests.web.test_in_a_browser import every_look, through
from tests.web.window import Look, windows
from tests.world import World

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@every_look
async def test_the_mails_are_ended_and_wanted_again(app: Running, world: World, look: Look) -> None:
    one = await by_mail(app, world)
    await begun(app, world)
    [made] = await dispatches(app, one)
    path = f"/m/{unsubscribing.token(app.app.keys, made.id)}"
    async with windows(app, look) as it:
        await it.open(path)
        await it.is_fit()
        await through(it, "page_mail_stop")
        await it.page.get_by_role("link", name=it.label("page_switch")).click()
        other = "Ended: no more mails" if look.lang == "zh" else "已停止，不再给您发邮件"
        await it.sees(other)
        await it.page.get_by_role("link").first.click()
        await through(it, "page_mail_want")
