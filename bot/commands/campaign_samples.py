"""What the first people of a campaign would read, worded as they would see it."""

from typing import TYPE_CHECKING

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.commands.desk import Desk
from models.broadcast import Broadcast
from models.messages.broadcast import BroadcastText
from models.messages.campaign import CampaignAsk
from models.person import Locale
from models.unit import Unit
from reports import campaigns as report

if TYPE_CHECKING:
    from bot.rendering import Words


async def rendered(desk: Desk, session: AsyncSession, cohort: int, unit: Unit) -> list[str]:
    found = await report.samples(session, cohort, unit)
    if not found:
        return []
    words = _words(desk)
    texts = []
    for graduate, destination, verified in found:
        said = CampaignAsk(graduate=graduate.id, destination=destination.id, verified=verified, several=False)
        texts.append((await words.render(session, said, Locale.ZH_CN, desk.works.clock.now())).text)
    return texts


async def rendered_text(desk: Desk, session: AsyncSession, text: Broadcast) -> list[str]:
    """One is enough: everybody reads the same."""
    said = BroadcastText(broadcast=text.id)
    return [(await _words(desk).render(session, said, Locale.ZH_CN, desk.works.clock.now())).text]


def _words(desk: Desk) -> "Words":
    # Only the templates are wanted, but the keyboards beside them need Telegram's library.
    from bot.rendering import School, Words
    from handlers import routes

    works, settings = desk.works, desk.settings
    school = School(settings.school or "", settings.contact or "", settings.public_url)
    return Words(routes(), works.rules, works.keys, school, works.rules.quiet.zone)
