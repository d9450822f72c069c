"""One form with papers: each is looked into and sealed as it comes, and none without a row is left lying."""

import asyncio
from uuid import UUID, uuid4

from actions import evidence
from actions.evidence import Offered
from actions.work import Work
from bot.door import Done, Door
from bot.papers import NotTaken, Paper, looked_into
from bot.vault import Vault
from models.evidence import Fault
from models.person import Person
from rules.evidence import Limits


class Workshop:
    """One paper at a time is unpacked: a picture takes a hundred times what came."""

    def __init__(self, vault: Vault, limits: Limits) -> None:
        self.vault, self.limits = vault, limits
        self._free = asyncio.Semaphore(1)

    async def look_into(self, data: bytes) -> Paper:
        async with self._free:
            return await asyncio.to_thread(looked_into, data, self.limits)


class Upload:
    """`room`: how many more files of this graduate are kept; none of a kind that is refused as a whole."""

    def __init__(self, door: Door, workshop: Workshop, cookie: str, graduate: UUID, paper: str) -> None:
        self.door, self.workshop = door, workshop
        self.cookie, self.graduate, self.paper = cookie, graduate, paper
        self.room = 0
        self.refused = True
        self.came = 0
        self.offered: list[Offered] = []
        self.faults: list[Fault] = []
        self.kept: set[UUID] = set()

    def wants_another(self) -> bool:
        """Whether the next file is worth reading; if not, why is remembered."""
        self.came += 1
        if self.refused:
            return False
        if self.came > self.workshop.limits.files_at_once:
            self.faults.append(Fault.MANY)
            return False
        if len(self.offered) >= self.room:
            self.faults.append(Fault.FULL)
            return False
        return True

    def too_large(self) -> None:
        self.faults.append(Fault.LARGE)

    async def add(self, data: bytes) -> None:
        try:
            paper = await self.workshop.look_into(data)
        except NotTaken as no:
            self.faults.append(no.fault)
            return
        size, name = len(paper.content), uuid4()
        self.offered.append(Offered(name, paper.media, size, paper.pages, paper.came, paper.kept))
        await self.workshop.vault.keep(name, paper.content)

    async def give(self) -> Done:
        """The rows come after their files, in one transaction with all that is said of them."""

        async def act(work: Work, person: Person) -> None:
            self.kept = set()
            faults = self.faults if self.came else [Fault.EMPTY]
            self.kept = await evidence.give(work, person, self.graduate, self.paper, self.offered, faults)

        return await self.door.do(self.cookie, act)

    async def tidy(self) -> None:
        await self.workshop.vault.drop([one.id for one in self.offered if one.id not in self.kept])
