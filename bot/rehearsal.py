"""QUXIANG_CLOCK: a rehearsal's starting instant, stored once for every process of the database."""

from datetime import datetime

from bot.database import Works
from bot.settings import WrongSetting
from models.event import Setting

STARTED = "clock_given"


async def set_rehearsal_clock(works: Works, instant: datetime) -> None:
    """The same value again goes on from where the clock stands; a later one moves it forward at once."""
    async with works.reading() as session:
        before = await session.get(Setting, STARTED)
    if before and before.value == instant.isoformat():
        return
    if before and instant < works.clock.now():
        raise WrongSetting(
            f"QUXIANG_CLOCK {instant.isoformat()} is earlier than this database's clock, "
            f"{works.clock.now().isoformat(timespec='seconds')}; a clock only goes forward"
        )
    async with works.begin() as work:
        await work.session.merge(Setting(name=STARTED, value=instant.isoformat()))
    await works.keep_clock(instant - works.clock.now() + works.clock.offset)
