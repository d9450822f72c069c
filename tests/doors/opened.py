"""A school with a gateway and a mail server: what stands in the shipped files as a comment is made true."""

from pathlib import Path
from typing import Any

from sqlmodel import col, select

from models.campaign import Campaign
from models.dispatch import Channel, Dispatch
from reports.campaigns import by_channel, numbers
from rules.loading import SHIPPED
from tests.conversations.campaigning import launched, ticked
from tests.driving import Running
from tests.world import One, World

PUBLIC = "https://qx.example.edu.cn"
MARK = "#[gateway]"


def rules_with(folder: Path, *, sms: str | None = None, mail: bool = False, **changes: str) -> Path:
    rules = folder / "rules"
    rules.mkdir()
    if sms is not None:
        written = _uncommented((SHIPPED / "sms.toml").read_text("utf-8"))
        usual = {
            'address = "https://sms.example.edu.cn/send"': f'address = "{sms}"',
            "per_second = 5.0": "per_second = 50.0",
            "within_seconds = 15": "within_seconds = 2",
        }
        (rules / "sms.toml").write_text(_changed(written, usual | changes), "utf-8")
    if mail:
        written = (SHIPPED / "mail.toml").read_text("utf-8")
        usual = {'# from = "': 'from = "', "per_second = 2.0": "per_second = 50.0"}
        (rules / "mail.toml").write_text(_changed(written, usual), "utf-8")
    return rules


def _uncommented(text: str) -> str:
    before, _, gateway = text.partition(MARK)
    return before + "\n".join(line.removeprefix("#") for line in (MARK + gateway).splitlines()) + "\n"


def _changed(text: str, changes: dict[str, str]) -> str:
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


async def begun(running: Running, world: World) -> None:
    """李华 in chat; whoever else there is as they are."""
    await launched(running, world)
    await ticked(running)


async def dispatches(running: Running, one: One) -> list[Dispatch]:
    query = select(Dispatch).where(Dispatch.graduate_id == one.id)
    return await running.rows(query.order_by(col(Dispatch.created_at), col(Dispatch.step)))


async def counts(running: Running) -> dict[str, dict[str, int]]:
    """Not nothing, of all together and of each channel; the parts add up, and all balances but what waits."""
    async with running.app.works.reading() as session:
        campaign = (await session.exec(select(Campaign))).one()
        parts: dict[str, dict[str, Any]] = {"all": await numbers(session, campaign)}
        parts |= await by_channel(session, campaign)
    doors = [parts[key] for key in ("telegram", *Channel)]
    assert parts["all"]["queued"] == sum(one["queued"] for one in doors)
    found = {}
    for key, one in parts.items():
        waiting = one["queued"] - sum(n for name, n in one.items() if name not in ("queued", "balanced"))
        assert one["balanced"] == (waiting == 0)
        some = {name: n for name, n in one.items() if n and name != "balanced"}
        found[key] = some | ({"waiting": waiting} if waiting else {})
    return found
