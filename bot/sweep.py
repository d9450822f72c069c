"""Once a day: files of papers that have no row, because a process died in between or the row was let go."""

import asyncio
import logging
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import col, select

from bot.database import Works
from bot.vault import Vault
from models.evidence import Evidence

log = logging.getLogger(__name__)
SOON, EVERY = 60.0, 86400.0


class Sweep:
    def __init__(self, works: Works, vault: Vault) -> None:
        self.works, self.vault = works, vault

    async def run(self) -> None:
        await asyncio.sleep(SOON)
        while True:
            try:
                await self.once()
            except (DBAPIError, PoolTimeout, OSError) as error:
                log.warning("papers without a row were not looked for: %s", type(error).__name__)
            await asyncio.sleep(EVERY)

    async def once(self) -> int:
        """How many files went."""
        await asyncio.to_thread(self.vault.tidy)
        gone = 0
        for batch in await asyncio.to_thread(self._listed):
            async with self.works.reading() as session:
                known = set(await session.exec(select(Evidence.id).where(col(Evidence.id).in_(batch))))
            lost = [name for name in batch if name not in known]
            await self.vault.drop(lost)
            gone += len(lost)
        if gone:
            log.info("papers without a row removed: %s", gone)
        return gone

    def _listed(self) -> list[list[UUID]]:
        return list(self.vault.without_row())
