"""The page's door for papers: what somebody may give, and what a colleague's link opens."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from actions import evidence, evidence_desk, page_sessions
from actions.evidence_desk import Looked
from actions.work import Work
from bot.door import Done, Door, tried
from bot.rendering import Shown
from bot.uploads import Upload, Workshop
from bot.vault import Vault
from models.graduate import Graduate
from models.messages.evidence import EvidenceSheet
from models.page import PageSession
from models.person import Binding, Person
from models.sealed import WrongSecret
from reports.evidence import given, wanted

log = logging.getLogger(__name__)
MANY = 10
# The rule that knows by which words such a paper calls itself.
INTERNSHIP = "A8"
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Record:
    """One that somebody may give papers for: its text, the kinds of paper, those needed first, and what was
    given and not taken back."""

    graduate: str
    shown: Shown
    needed: Choices
    others: Choices
    given: list[tuple[int, str, str]]


@dataclass(frozen=True)
class Sheet:
    locale: str
    records: list[Record]


@dataclass(frozen=True)
class Opened:
    """A file, or the list of several; `lost`: a paper has its row and no file that opens."""

    locale: str
    listed: Shown | None = None
    content: bytes = b""
    mime: str = ""
    name: str = ""
    lost: bool = False


class EvidenceDoor:
    def __init__(self, door: Door, vault: Vault) -> None:
        self.door, self.works, self.words, self.vault = door, door.works, door.words, vault
        rules = door.works.rules
        internship = rules.anomalies[INTERNSHIP]
        words = internship.words["keywords"] if internship.enabled else ()
        self.workshop = Workshop(vault, rules.evidence.limits, words)

    async def sheet(self, cookie: str) -> Sheet | None:
        now = self.works.clock.now()
        async with self.works.reading() as session:
            person = await _person(session, cookie, now)
            if person is None:
                return None
            known = await _known(session, person.id)
            records = [await self._record(session, one, person, now) for one in known]
        return Sheet(person.locale.value, records)

    async def _record(
        self, session: AsyncSession, graduate: Graduate, person: Person, now: datetime
    ) -> Record:
        rules, locale = self.works.rules.evidence, person.locale
        destinations = await wanted(session, self.works.rules, graduate)
        needed = {paper for one in destinations if one.need for paper in one.need.papers}
        shown = await self.words.on_page(session, EvidenceSheet(graduate=graduate.id), locale, now)
        choices = [(one.key, one.named(locale.value)) for one in rules.papers]
        names, held = dict(choices), await given(session, graduate.id)
        return Record(
            graduate.id.hex,
            shown,
            [one for one in choices if one[0] in needed],
            [one for one in choices if one[0] not in needed],
            [
                (number, row.id.hex, names.get(row.paper, row.paper))
                for number, (row, _, gone) in enumerate(held, start=1)
                if not gone
            ],
        )

    @asynccontextmanager
    async def upload(self, cookie: str, graduate: str, paper: str) -> AsyncIterator[Upload | None]:
        """None: who it is must be proven again. Nothing is read for whom it is not, or that is refused."""
        made = await self._begun(cookie, graduate, paper)
        try:
            yield made
        finally:
            if made is not None:
                await made.tidy()

    async def _begun(self, cookie: str, graduate: str, paper: str) -> Upload | None:
        kind = self.works.rules.evidence.paper(paper)
        async with self.works.reading() as session:
            person = await _person(session, cookie, self.works.clock.now())
            if person is None:
                return None
            known = {one.id.hex: one.id for one in await _known(session, person.id)}
            made = Upload(self.door, self.workshop, cookie, known.get(graduate, UUID(int=0)), paper)
            if graduate in known and kind is not None and not kind.refused:
                made.refused = False
        return made

    async def withdraw(self, cookie: str, paper: UUID) -> Done:
        async def act(work: Work, person: Person) -> None:
            await evidence.withdraw(work, person, paper)

        return await self.door.do(cookie, act)

    async def opened(self, code: str) -> Opened | None:
        looked = await tried(lambda: self._looked(code))
        if looked is None:
            return None
        if looked.listed is not None:
            async with self.works.reading() as session:
                now = self.works.clock.now()
                listed = await self.words.on_page(session, looked.listed, looked.locale, now)
            return Opened(looked.locale.value, listed=listed)
        assert looked.paper is not None
        media, name = looked.paper.media, f"{looked.case.number}-{looked.paper.id.hex[:6]}"
        content = await self._content(looked.paper.id)
        if content is None:
            return Opened(looked.locale.value, lost=True)
        return Opened(looked.locale.value, None, content, media.mime, f"{name}.{media.ending}")

    async def _looked(self, code: str) -> Looked | None:
        async with self.works.begin() as work:
            return await evidence_desk.open_link(work, code)

    async def _content(self, paper: UUID) -> bytes | None:
        """Of one that does not open the operator reads by number."""
        try:
            return await self.vault.open(paper)
        except (OSError, WrongSecret) as error:
            async with self.works.begin() as work:
                await work.incident("evidence_lost", f"{type(error).__name__}: {paper}")
            return None


async def _person(session: AsyncSession, cookie: str, now: datetime) -> Person | None:
    query = select(Person).join(PageSession, col(PageSession.person_id) == col(Person.id))
    found = await session.exec(query.where(*page_sessions.LIVE), params=page_sessions.of(cookie, now))
    return found.first()


async def _known(session: AsyncSession, person_id: UUID) -> list[Graduate]:
    """For whom they answer, told apart from a stranger."""
    found = await session.exec(
        select(Graduate)
        .join(Binding, col(Binding.graduate_id) == col(Graduate.id))
        .where(Binding.person_id == person_id, col(Binding.verified), col(Binding.ended_at).is_(None))
        .order_by(col(Binding.bound_at).desc())
        .limit(MANY)
    )
    return list(found.all())
