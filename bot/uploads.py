"""One form with papers: each is looked into and sealed as it comes, and none without a row is left lying."""

import asyncio
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
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
    """One paper at a time is unpacked: a picture takes a hundred times what came. `internship` are the words
    by which a paper that bears out no destination calls itself."""

    def __init__(self, vault: Vault, limits: Limits, internship: Collection[str]) -> None:
        self.vault, self.limits, self.internship = vault, limits, internship
        # A thread of its own, for whoever gives up waiting does not end the work.
        self._one = ThreadPoolExecutor(1)

    async def look_into(self, data: bytes) -> Paper:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._one, looked_into, data, self.limits)


class Upload:
    """`refused`: of a kind that is refused as a whole, or for somebody else's record."""

    def __init__(self, door: Door, workshop: Workshop, cookie: str, graduate: UUID, paper: str) -> None:
        self.door, self.workshop = door, workshop
        self.cookie, self.graduate, self.paper = cookie, graduate, paper
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
        return True

    def too_large(self) -> None:
        self.faults.append(Fault.LARGE)

    async def add(self, data: bytes, called: str) -> None:
        try:
            paper = await self.workshop.look_into(data)
        except NotTaken as no:
            self.faults.append(no.fault)
            return
        size, name = len(paper.content), uuid4()
        doubtful = any(word in text for word in self.workshop.internship for text in (called, paper.title))
        self.offered.append(Offered(name, paper.media, size, paper.pages, paper.came, paper.kept, doubtful))
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
