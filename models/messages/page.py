"""What is said of the answer page: that it was opened, that it was closed, and where to begin again."""

from typing import Literal
from uuid import UUID

from models.messages.base import Say


class PageOpened(Say):
    """To the chat of whoever answers: somebody with their link and digits waits in a browser.

    `code` stands in that browser too; `others`: another one has asked in this hour."""

    kind: Literal["page_opened"] = "page_opened"
    graduate: UUID
    session: UUID
    code: str = ""
    others: bool = False


class PageWaits(Say):
    """On the page: the chat is to say that it is them; `again` where it has not done so yet."""

    kind: Literal["page_waits"] = "page_waits"
    graduate: UUID
    again: bool = False
    code: str = ""


class PageLetIn(Say):
    """To the chat: the browser goes on."""

    kind: Literal["page_let_in"] = "page_let_in"
    graduate: UUID


class PageAnswered(Say):
    """To whoever proved who they are: on the page somebody has answered for them before."""

    kind: Literal["page_answered"] = "page_answered"
    graduate: UUID
    answer: UUID


class PageDisowned(Say):
    """What was answered there counts no more, and somebody looks into it."""

    kind: Literal["page_disowned"] = "page_disowned"
    graduate: UUID


class PageClosed(Say):
    """To the chat: every browser is out, and the links open nothing any more."""

    kind: Literal["page_closed"] = "page_closed"


class PageEmpty(Say):
    """On the page: nothing is shown any more of what stood there."""

    kind: Literal["page_empty"] = "page_empty"
