"""The Bot API's methods about the bot itself: identity, updates, webhook and profile."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiogram import methods as api

from sandbox import limits
from sandbox.methods import Answer, Uploads, known, method
from sandbox.refusals import bad, conflict
from sandbox.webhook import Hook

if TYPE_CHECKING:
    from sandbox.server import Sandbox

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PORTS = frozenset({80, 88, 443, 8443})
ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
LONGEST_POLL = 50


@method(api.GetMe)
async def get_me(sandbox: "Sandbox", call: api.GetMe, uploads: Uploads) -> Answer:
    abilities = {
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }
    return {**sandbox.me, **abilities}


@method(api.LogOut)
async def log_out(sandbox: "Sandbox", call: api.LogOut, uploads: Uploads) -> Answer:
    return True


@method(api.Close)
async def close(sandbox: "Sandbox", call: api.Close, uploads: Uploads) -> Answer:
    return True


@method(api.GetUpdates)
async def get_updates(sandbox: "Sandbox", call: api.GetUpdates, uploads: Uploads) -> Answer:
    if sandbox.delivery.hook is not None:
        raise conflict(ACTIVE)
    _allow(sandbox, call.allowed_updates)
    limit = min(max(call.limit or 100, 1), 100)
    return await sandbox.polling.take(call.offset or 0, limit, min(max(call.timeout or 0, 0), LONGEST_POLL))


@method(api.SetWebhook)
async def set_webhook(sandbox: "Sandbox", call: api.SetWebhook, uploads: Uploads) -> Answer:
    sandbox.once_a_second()
    if call.url:
        _webhook_address(call.url)
    if call.secret_token is not None and not re.fullmatch(
        r"[A-Za-z0-9_-]{1,256}", call.secret_token, re.ASCII
    ):
        raise bad("secret token contains illegal characters or is too long")
    if call.max_connections is not None and not 1 <= call.max_connections <= 100:
        raise bad("max_connections must be between 1 and 100")
    _allow(sandbox, call.allowed_updates)
    hook = Hook(call.url, call.secret_token, call.max_connections or 40) if call.url else None
    _change(sandbox, hook, bool(call.drop_pending_updates))
    return True


@method(api.DeleteWebhook)
async def delete_webhook(sandbox: "Sandbox", call: api.DeleteWebhook, uploads: Uploads) -> Answer:
    _change(sandbox, None, bool(call.drop_pending_updates))
    return True


@method(api.GetWebhookInfo)
async def get_webhook_info(sandbox: "Sandbox", call: api.GetWebhookInfo, uploads: Uploads) -> Answer:
    info: dict[str, Any] = {"url": "", "has_custom_certificate": False}
    info["pending_update_count"] = sandbox.updates.count()
    if sandbox.updates.allowed:
        info["allowed_updates"] = sandbox.updates.allowed
    if hook := sandbox.delivery.hook:
        info |= {"url": hook.url, "max_connections": hook.max_connections}
        if hook.last_error_date:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
    return info


@method(api.SetMyCommands)
async def set_my_commands(sandbox: "Sandbox", call: api.SetMyCommands, uploads: Uploads) -> Answer:
    sandbox.profile.set_commands(call.commands, limits.plain(call.scope), call.language_code or "")
    sandbox.changed()
    return True


@method(api.GetMyCommands)
async def get_my_commands(sandbox: "Sandbox", call: api.GetMyCommands, uploads: Uploads) -> Answer:
    return sandbox.profile.get_commands(limits.plain(call.scope), call.language_code or "")


@method(api.DeleteMyCommands)
async def delete_my_commands(sandbox: "Sandbox", call: api.DeleteMyCommands, uploads: Uploads) -> Answer:
    sandbox.profile.delete_commands(limits.plain(call.scope), call.language_code or "")
    sandbox.changed()
    return True


@method(api.SetMyDescription)
async def set_my_description(sandbox: "Sandbox", call: api.SetMyDescription, uploads: Uploads) -> Answer:
    words = limits.short(call.description, 512, "description")
    sandbox.profile.descriptions["description", call.language_code or ""] = words
    return True


@method(api.SetMyShortDescription)
async def set_my_short_description(
    sandbox: "Sandbox", call: api.SetMyShortDescription, uploads: Uploads
) -> Answer:
    words = limits.short(call.short_description, 120, "short description")
    sandbox.profile.descriptions["short_description", call.language_code or ""] = words
    return True


@method(api.SetChatMenuButton)
async def set_chat_menu_button(sandbox: "Sandbox", call: api.SetChatMenuButton, uploads: Uploads) -> Answer:
    if call.chat_id is not None:
        known(sandbox, call.chat_id)
    sandbox.profile.menu_buttons[call.chat_id] = limits.plain(call.menu_button) or {"type": "default"}
    return True


def _allow(sandbox: "Sandbox", kinds: list[str] | None) -> None:
    """An omitted list leaves the former one in force."""
    if kinds is not None:
        sandbox.updates.allowed = kinds


def _webhook_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _change(sandbox: "Sandbox", hook: Hook | None, drop: bool) -> None:
    if drop:
        sandbox.updates.drop_all()
    if hook is not None:
        sandbox.polling.end("terminated by setWebhook request")
    sandbox.delivery.change(hook)
