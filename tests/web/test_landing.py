"""The landing page: one press from the chat, and nothing that gives the code away."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from web import landing

CODE = "Ab-_" * 16
Client = TestClient[web.Request, web.Application]


@dataclass(frozen=True)
class School:
    name: str = "江城<b>&理工"
    contact: str = "027-8765 4321"
    bot: str = "quxiang_bot"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application()
    landing.add_to(app, School())
    async with TestClient(TestServer(app)) as made:
        yield made


async def test_a_link_leads_to_the_chat_with_its_code(client: Client) -> None:
    answer = await client.get(f"/j/{CODE}")
    page = await answer.text()
    assert answer.status == 200
    assert f'href="https://t.me/quxiang_bot?start={CODE}"' in page
    assert "我们不会索要密码、验证码、身份证号、银行卡，也不会要求转账" in page
    assert "027-8765 4321" in page
    assert '<html lang="zh-CN">' in page


async def test_a_schools_name_is_never_markup(client: Client) -> None:
    page = await (await client.get(f"/j/{CODE}")).text()
    assert "江城&lt;b&gt;&amp;理工" in page
    assert "<b>" not in page


async def test_the_code_stays_out_of_caches_referrers_and_search(client: Client) -> None:
    answer = await client.get(f"/j/{CODE}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "script" not in await answer.text()


@pytest.mark.parametrize("code", ["x" * 65, "%22%3E%3Cscript%3E", "a.b"])
async def test_what_cannot_be_a_code_is_said_to_be_incomplete(client: Client, code: str) -> None:
    answer = await client.get(f"/j/{code}")
    page = await answer.text()
    assert answer.status == 404
    assert "这条链接不完整" in page
    assert "t.me" not in page
    assert "script" not in page
