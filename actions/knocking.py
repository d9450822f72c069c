"""A browser with the right link and digits waits for a word from the chat of whoever answers already."""

from uuid import UUID

from sqlmodel import col, select

from actions import asks, invitations, mine, proving
from actions.work import Refusal, Work
from models.event import Event
from models.graduate import Graduate
from models.messages.general import Outdated
from models.messages.page import PageEmpty, PageLetIn, PageOpened, PageWaits
from models.page import PageSession
from models.person import Person
from models.staff import Invitation
from models.steps import Hat
from models.steps.enrol import AskingIdentity
from models.steps.page import WaitingForChat

KNOCKED = "page_knocked"
# So many messages an hour and no more: a further browser takes the place of the last one's.
MESSAGES = 3
MANY = 200


async def knock(work: Work, person: Person, step: AskingIdentity, other: Person) -> None:
    """Each browser has its own message and its own two digits: none takes the place of another unseen."""
    assert work.page is not None
    assert step.invitation is not None
    waiting = WaitingForChat(graduate=step.graduate, invitation=step.invitation)
    person.ask_for(waiting)
    work.record(KNOCKED, by=person, subject=work.page.id, graduate=step.graduate)
    before = await _before(work, step.graduate)
    asked = PageOpened(graduate=step.graduate, session=work.page.id, code=_code(work.page), others=before > 0)
    place = f"page:{step.graduate.hex}:{work.now:%Y%m%d%H}:{min(before, MESSAGES - 1)}"
    work.say(other, asked, replaces=place)
    waits(work, person, waiting, again=False)


def waits(work: Work, person: Person, step: WaitingForChat, *, again: bool = True) -> None:
    code = _code(work.page) if work.page else ""
    work.say(person, PageWaits(graduate=step.graduate, again=again, code=code))


def _code(session: PageSession) -> str:
    """Shown by the browser and in the chat, so that one's own can be told from somebody else's."""
    return str(10 + session.id.int % 90)


async def _before(work: Work, graduate_id: UUID) -> int:
    """How many other browsers knocked in this hour before this one."""
    assert work.page is not None
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    found = await work.session.exec(
        select(Event.subject_id)
        .where(Event.graduate_id == graduate_id, Event.kind == KNOCKED, col(Event.at) >= hour)
        .order_by(col(Event.id))
        .limit(MANY)
    )
    browsers = list(dict.fromkeys(found))
    return browsers.index(work.page.id) if work.page.id in browsers else len(browsers)


async def let_in(work: Work, person: Person, session_id: UUID) -> None:
    """「是我打开的」: the browser is theirs from now on."""
    session = await work.session.get(PageSession, session_id, with_for_update=True)
    if session is None or session.ended_at is not None or session.expires_at <= work.now:
        raise Refusal(Outdated())
    waiting = await work.session.get_one(Person, session.person_id)
    step = waiting.graduate_step
    if not isinstance(step, WaitingForChat):
        raise Refusal(Outdated())
    graduate, verified = await mine.held(work, person, step.graduate)
    if not verified or await _over(work, step):
        raise Refusal(Outdated())
    waiting.close_step(Hat.GRADUATE)
    session.person_id = person.id
    work.record("page_joined", by=person, graduate=graduate.id)
    work.say(person, PageLetIn(graduate=graduate.id))


async def go_in(work: Work, person: Person, graduate_id: UUID) -> None:
    """「继续」 in the browser: the card, once the chat has said so."""
    step = person.graduate_step
    if isinstance(step, WaitingForChat):
        if await _over(work, step):
            _closed(work, person)
        else:
            waits(work, person, step)
        return
    graduate, _ = await mine.held(work, person, graduate_id)
    await asks.card(work, person, graduate)


async def without_chat(work: Work, person: Person) -> None:
    """「打不开 Telegram」"""
    step = person.graduate_step
    if not isinstance(step, WaitingForChat) or proving.locked(work, person):
        raise Refusal(Outdated())
    graduate = await work.session.get_one(Graduate, step.graduate, with_for_update=True)
    if await _over(work, step):
        _closed(work, person)
    else:
        await proving.second_account(work, person, step, graduate)


def _closed(work: Work, person: Person) -> None:
    person.close_step(Hat.GRADUATE)
    work.say(person, PageEmpty())


async def _over(work: Work, step: WaitingForChat) -> bool:
    invitation = await work.session.get_one(Invitation, step.invitation)
    return invitations.over(work, invitation, here=True) is not None
