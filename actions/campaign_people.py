"""Behind every number of a campaign are names: a page at a time, and each of them is told of the look."""

from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from actions import campaigns, oversight, paging, rights
from actions.oversight import new_view
from actions.work import Work
from models.broadcast import behind
from models.equation import states_of, why
from models.graduate import Graduate
from models.messages.campaign import CampaignPeople, Number
from models.person import Person

PAGE = 10


async def show(work: Work, by: Person, campaign_id: UUID, number: Number) -> None:
    await turn(work, by, new_view(), campaign_id, number, 0)


async def turn(work: Work, by: Person, view: int, campaign_id: UUID, number: Number, page: int) -> None:
    campaign, unit = await campaigns.theirs(work, by, campaign_id)
    who = await rights.colleague(work, by)
    found = (await behind(work.session, campaign, unit, states_of(number))).subquery()
    listed = (
        select(found.c.graduate_id, found.c.state, found.c.reason)
        .join(Graduate, col(Graduate.id) == found.c.graduate_id)
        .where(~oversight.kept_from(who))
    )
    total = (await work.session.exec(select(func.count()).select_from(listed.subquery()))).one()
    page, pages = paging.within(page, total, PAGE)
    order = (col(Graduate.student_no), col(Graduate.id), found.c.step)
    rows = (await work.session.exec(listed.order_by(*order).offset(page * PAGE).limit(PAGE))).all()
    for graduate_id, _, _ in rows:
        oversight.viewed(work, who, graduate_id)
    said = CampaignPeople(
        view=view,
        campaign=campaign.id,
        number=number,
        graduates=tuple(graduate_id for graduate_id, _, _ in rows),
        reasons=tuple(why(state, reason) for _, state, reason in rows),
        total=total,
        page=page,
        pages=pages,
    )
    work.say(by, said, replaces=f"names:{campaign.id.hex}:{view}")
