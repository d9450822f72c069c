"""Where a personal link leads: the school's own page where there is one, else straight to the bot."""

from collections.abc import Callable

from bot.commands.talk import Declined
from bot.commands.words import said
from bot.database import Works
from bot.settings import Settings
from models.event import Setting

BOT_USERNAME = "bot_username"
ANSWERS_WITHIN = 10
Link = Callable[[str], str]


async def links(works: Works, settings: Settings) -> Link:
    """From a code to the address that is printed."""
    if settings.public_url:
        base = f"{settings.public_url}/j/"
    else:
        base = f"https://t.me/{await _bot(works, settings)}?start="
    return lambda code: base + code


async def _bot(works: Works, settings: Settings) -> str:
    async with works.reading() as session:
        known = await session.get(Setting, BOT_USERNAME)
    if known is not None and known.value:
        return known.value
    name = await _asked(settings) if settings.token else None
    if not name:
        raise Declined(said("bot_not_known"))
    async with works.begin() as work:
        await work.session.merge(Setting(name=BOT_USERNAME, value=name))
    return name


async def _asked(settings: Settings) -> str | None:
    """Plain HTTP: aiogram's import costs seconds."""
    from aiohttp import ClientSession, ClientTimeout, TCPConnector
    from aiohttp_socks import ProxyConnector

    from bot.network import ON_THE_WAY

    base = settings.telegram_api or "https://api.telegram.org"
    connector = ProxyConnector.from_url(settings.proxy) if settings.proxy else TCPConnector()
    try:
        async with (
            ClientSession(connector=connector, timeout=ClientTimeout(total=ANSWERS_WITHIN)) as session,
            session.get(f"{base}/bot{settings.token}/getMe") as answer,
        ):
            me = await answer.json(content_type=None)
    except (*ON_THE_WAY, ValueError):
        return None
    result = me.get("result") if isinstance(me, dict) else None
    return str(result["username"]) if isinstance(result, dict) and result.get("username") else None
