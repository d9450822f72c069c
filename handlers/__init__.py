"""The entrance of people in chats: every module adds its lines to one flat table."""

from handlers import (
    absence,
    ask,
    broadcast,
    calendar,
    campaign,
    case,
    casecalls,
    change,
    complaint,
    contact,
    dispute,
    enrol,
    evidence,
    followup,
    general,
    lookinto,
    mine,
    office,
    otherwise,
    page,
    question,
    queue,
    reach,
    rectify,
    support,
    survey,
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
        question,
        lookinto,
        casecalls,
        complaint,
        queue,
        absence,
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
        broadcast,
        calendar,
        survey,
        office,
        reach,
        rectify,
        support,
        page,
        evidence,
    ):
        module.routes(to)
    return to
