"""/away and /back, and what waits for somebody to take it."""

from actions import absences
from actions.work import Work
from handlers.case import doing
from handlers.queue import QueueOpen
from handlers.routes import Button, Facts, Keyboard, Routes
from models.messages.absence import CaseStranded, PoolWaits
from models.messages.cases import Verb
from models.person import Person


async def leaving(work: Work, person: Person, argument: str) -> None:
    await absences.away(work, person, argument)


async def returning(work: Work, person: Person, _: str) -> None:
    await absences.back(work, person)


def on_pool(_: PoolWaits, __: Facts) -> Keyboard:
    return [Button("queue_open", QueueOpen())]


def on_stranded(said: CaseStranded, _: Facts) -> Keyboard:
    return doing(said.case, [Verb.CARD])


def routes(to: Routes) -> None:
    to.command("away", leaving)
    to.command("back", returning)
    to.shows(PoolWaits, on_pool)
    to.shows(CaseStranded, on_stranded)
