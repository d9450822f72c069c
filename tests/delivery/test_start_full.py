"""A start is immediate whatever is queued: a hundred thousand rows against a few hundred, in the same run."""

import time

from sqlalchemy import func, insert, select

from bench.graduates import FIRST_ADDRESS, Asked, begun, enrolled
from models.base import metadata
from sandbox import Sandbox
from tests.delivery.test_stopping import until
from tests.driving import Running

FEW, MANY = 500, 100_000
STARTS = 5
# A busy machine was seen to make 2.2 of the same start; the rows are three hundred times as many.
AS_GOOD_AS = 3.0


async def first_leaves(app: Running) -> float:
    """From nothing to the first message of the queue at Telegram's door."""
    app.sandbox.calls.clear()
    began = time.monotonic()
    await app.start()
    await until(lambda: any(call.method == "sendMessage" for call in app.sandbox.calls))
    took = time.monotonic() - began
    await app.kill()
    return took


async def doubled(app: Running) -> int:
    """As many again of what is queued, but what only one may be: a step, or in another's place."""
    table = metadata().tables["outgoing"]
    kept = [column for column in table.columns if column.name not in ("id", "step", "replaces")]
    async with app.app.works.begin() as work:
        await work.session.execute(
            insert(table).from_select(kept, select(*kept).where(table.c.state == "due"))
        )
    async with app.app.works.reading() as session:
        return int((await session.execute(select(func.count()).where(table.c.state == "due"))).scalar_one())


async def test_a_hundred_thousand_queued_rows_do_not_hold_it_up(app: Running, sandbox: Sandbox) -> None:
    works = app.app.works
    campaign = await begun(works, spread=True)
    await enrolled(works, FEW, asked=Asked(campaign.id))
    for number in range(FEW):
        sandbox.phone(FIRST_ADDRESS + number, "李华").started = True
    # Each start takes the first few only, and the queue is there for the next.
    sandbox.faults.rate("accepted_then_timeout", 1.0, 1, method="sendMessage", after=20)
    await app.kill()
    few = min([await first_leaves(app) for _ in range(STARTS)])
    await app.start()
    await app.app.postman.stop(within=0)
    queued = 0
    while queued < MANY:
        queued = await doubled(app)
    await app.kill()
    many = min([await first_leaves(app) for _ in range(STARTS)])
    sandbox.faults.clear()
    await app.start()
    assert many <= AS_GOOD_AS * few, (few, many, queued)
