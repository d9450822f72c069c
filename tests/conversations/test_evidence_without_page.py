"""Without an address for the pages a colleague is told so, and gets no link that leads nowhere."""

from models.case import CaseKind
from tests.conversations.working import opened
from tests.web.browsing import Browser, entered
from tests.web.papers import hand_in, picture
from tests.world import World


async def test_without_an_address_it_says_so(world: World) -> None:
    case = await opened(world.running, world.lihua, CaseKind.EVIDENCE_PENDING)
    async with Browser(world.running) as browser:
        await entered(browser, world.lihua)
        await hand_in(browser, picture())
    await world.counselor.phone.send(f"/case {case.number}")
    await world.running.settled()
    await world.counselor.phone.press("查看材料")
    await world.counselor.phone.sees("QUXIANG_PUBLIC_URL")
    world.counselor.phone.never_saw("/j/file/")
