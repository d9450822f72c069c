"""What many would write: an aiohttp handler that asks one joined question and renders one template."""

import asyncio
import hashlib

from aiohttp import web
from jinja2 import Environment
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.graduate import Destination, Graduate
from models.page import PageSession
from models.person import Binding

LABELS = (
    "以上信息属实",
    "信息有变或有误",
    "从未与该单位签约或被录用",
    "稍后提醒我",
    "发错人了，不是我本人",
)
TEMPLATE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>毕业去向核对</title><link rel="stylesheet" href="/page.css"></head>
<body><h1>毕业去向核对</h1>
<form method="post">
<p>{{ graduate.name }}同学，学校目前登记的您的毕业去向是：<br>
<b>{{ destination.code_name }}</b><br>{{ destination.employer }}（{{ destination.location }}）<br>
签约日期 {{ destination.signed_on }} · 来源：学院登记，{{ destination.registered_at.date() }}</p>
<p>请选一项与事实相符的。任何一项都可以，之后也能修改。</p>
{% for label in labels %}<button name="press" value="{{ loop.index }}">{{ label }}</button>
{% endfor %}
</form></body></html>
""")


def bare_page(url: str, port: int) -> None:
    asyncio.run(_served(url, port))


async def _served(url: str, port: int) -> None:
    engine = create_async_engine(url)

    async def card(request: web.Request) -> web.Response:
        digest = hashlib.sha256(request.cookies["quxiang"].encode()).hexdigest()
        async with AsyncSession(engine) as session:
            found = await session.exec(
                select(PageSession, Graduate, Destination)
                .join(Binding, col(Binding.person_id) == col(PageSession.person_id))
                .join(Graduate, col(Graduate.id) == col(Binding.graduate_id))
                .join(Destination, col(Destination.graduate_id) == col(Graduate.id))
                .where(PageSession.digest == digest, col(PageSession.ended_at).is_(None))
            )
            _, graduate, destination = found.one()
        text = TEMPLATE.render(graduate=graduate, destination=destination, labels=LABELS)
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/j/me", card)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()
