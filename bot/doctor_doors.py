"""Looks at the ways out beside Telegram: whether the gateway answers, and the mail server lets us in."""

from collections.abc import AsyncIterator

import aiohttp

from bot.settings import Settings
from rules import Rules

WITHIN = 15.0


async def doors(settings: Settings, rules: Rules) -> AsyncIterator[tuple[str, str | None, dict[str, str]]]:
    """Of each that is switched on: the check, what troubles it if anything does, and the facts."""
    gateway = rules.sms.gateway
    if gateway is not None:
        async for name in _missing(settings, "sms_key", "public_url"):
            yield "setting", "missing", {"name": name}
        why = await _asked(gateway.address)
        yield "gateway", "unreachable" if why else None, {"why": why or "", "address": gateway.address}
    if rules.mail.sender is not None:
        async for name in _missing(settings, "smtp_url", "public_url"):
            yield "setting", "missing", {"name": name}
        if settings.smtp_url:
            why = await _greeted(settings.smtp_url, rules.mail.sender)
            yield "mail", "unreachable" if why else None, {"why": why or ""}


async def _missing(settings: Settings, *names: str) -> AsyncIterator[str]:
    for name in names:
        if not getattr(settings, name):
            yield name.upper()


async def _asked(address: str) -> str | None:
    """Any answer will do: a question without a text sends nothing."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN)) as session,
            session.head(address, allow_redirects=False),
        ):
            return None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return type(error).__name__


async def _greeted(url: str, sender: str) -> str | None:
    """Up to the password, and no further."""
    from email.utils import parseaddr

    from aiosmtplib import SMTPException

    from bot.mailer import connected, trouble

    try:
        async with connected(url, WITHIN, parseaddr(sender)[1].rpartition("@")[2]):
            return None
    except (SMTPException, OSError, TimeoutError) as error:
        return trouble(error)
