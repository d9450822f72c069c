"""What the answer page waits for."""

from typing import Literal
from uuid import UUID

from models.steps.base import Step


class WaitingForChat(Step):
    """Link and digits were right; the chat of whoever answers already has to say that it is them."""

    kind: Literal["page_waiting_for_chat"] = "page_waiting_for_chat"
    graduate: UUID
    invitation: UUID
