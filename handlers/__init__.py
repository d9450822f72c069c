"""The entrance of people in chats: every module adds its lines to one flat table."""

from handlers import (
    ask,
    calendar,
    campaign,
    case,
    change,
    contact,
    dispute,
    enrol,
    followup,
    general,
    mine,
    office,
    otherwise,
    queue,
    task,
    todo,
)
from handlers.routes import Routes


def routes() -> Routes:
    to = Routes()
    for module in (
        general,
        enrol,
        case,
        queue,
        task,
        todo,
        dispute,
        contact,
        followup,
        mine,
        otherwise,
        ask,
        change,
        campaign,
        calendar,
        office,
    ):
        module.routes(to)
    return to
