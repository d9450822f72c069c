"""Updates pushed to us: the secret compared as bytes, answered 200 only after the commit."""

import hashlib
import hmac
import json
import logging
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import WebhookInfo
from aiohttp import web
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.clock import Clock
from bot.intake import ALLOWED_UPDATES, Intake
from bot.lookout import Health
from bot.network import ON_THE_WAY, patiently
from bot.settings import WrongSetting

log = logging.getLogger(__name__)

HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_MAX = 1024 * 1024
TRY_AGAIN = 5
# Telegram tries again after two minutes at the latest: an older failure was followed by none.
FAILED_LATELY = timedelta(seconds=180)


class Webhook:
    def __init__(self, bot: Bot, intake: Intake, secret: str, public_url: str) -> None:
        self.bot, self.intake = bot, intake
        self.secret = hmac.digest(secret.encode(), b"webhook", hashlib.sha256).hex()
        self.path = f"/telegram/{hmac.digest(secret.encode(), b'path', hashlib.sha256).hex()[:24]}"
        self.public_url, self.url = public_url, public_url + self.path
        self._health = Health()

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(self.path, self.take)

    async def register(self) -> None:
        """Only when it differs: setWebhook more than once a second is refused, and others start as we do."""
        await patiently(self._register)

    async def _register(self) -> None:
        now = await self.bot.get_webhook_info()
        if now.url == self.url and set(now.allowed_updates or []) == set(ALLOWED_UPDATES):
            return
        try:
            await self.bot.set_webhook(self.url, secret_token=self.secret, allowed_updates=ALLOWED_UPDATES)
        except TelegramBadRequest as error:
            raise WrongSetting(
                f"QUXIANG_PUBLIC_URL {self.public_url} is refused by Telegram: {error.message}"
            ) from error

    async def health(self) -> Health | None:
        """Telegram says it nowhere else; where it cannot be asked nothing is known."""
        try:
            info = await self.bot.get_webhook_info()
        except (AiogramError, *ON_THE_WAY):
            return None
        trouble = self._trouble(info)
        self._health = self._health.failed(trouble) if trouble else Health()
        return self._health

    def _trouble(self, info: WebhookInfo) -> str | None:
        if info.url != self.url:
            return "the webhook leads elsewhere"
        failed_at = info.last_error_date
        lately = failed_at is not None and Clock().now() - failed_at < FAILED_LATELY
        if lately and info.pending_update_count:
            return f"{info.pending_update_count} wait: {info.last_error_message}"
        return None

    async def take(self, request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self.secret.encode()):
            return web.Response(status=401)
        body = await _body(request)
        if body is None:
            return web.Response(status=413)
        raw = _object(body)
        if raw is None:
            return web.Response(status=400)
        try:
            await self.intake.take(raw)
        except (DBAPIError, PoolTimeout, OSError) as error:
            log.warning("update put back: %s", type(error).__name__)
            return web.Response(status=503, headers={"Retry-After": str(TRY_AGAIN)})
        return web.Response()


async def _body(request: web.Request) -> bytes | None:
    """Never more in memory than the limit, whatever length was announced, or none."""
    if (request.content_length or 0) > BODY_MAX:
        return None
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > BODY_MAX:
            return None
    return bytes(body)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        raw = json.loads(body)
    except ValueError:
        return None
    return raw if isinstance(raw, dict) and isinstance(raw.get("update_id"), int) else None
