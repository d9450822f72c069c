"""A campaign stops by itself where too many are refused, or say that it is not them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists
from sqlmodel import col, select

from actions import campaigns, routing
from actions.work import Work
from models.answer import Answer, AnswerKind
from models.ask import Ask
from models.broadcast import begins_later
from models.campaign import Alarm, Campaign, CampaignState
from models.dispatch import ARRIVED, Dispatch, DispatchState, Failure
from models.messages.campaign import CampaignStopped
from models.outgoing import Outgoing, Sending
from models.person import Person
from models.staff import Role
from rules.campaigns import AutoPause, Share

CAMPAIGNS = 40
TOLD = 20


async def look(work: Work) -> bool:
    """Each that is running, by what happened since it was begun or resumed; not what has yet to begin."""
    running = await work.session.exec(
        select(Campaign)
        .where(Campaign.state == CampaignState.RUNNING, ~begins_later(work.now))
        .order_by(col(Campaign.launched_at))
        .limit(CAMPAIGNS)
        .with_for_update(skip_locked=True, key_share=True)
    )
    for campaign in running.all():
        await _judge(work, campaign, work.rules.plan(campaign.name).values.auto_pause)
    return False


async def _judge(work: Work, campaign: Campaign, limits: AutoPause) -> None:
    for alarm, limit, latest in (
        (Alarm.REFUSED, limits.refused, await _refused(work, campaign, limits.refused)),
        (Alarm.NOT_ME, limits.not_me, await _not_me(work, campaign, limits.not_me)),
    ):
        if limit.passed(sum(latest), len(latest)):
            await _stop(work, campaign, alarm, sum(latest), len(latest))
            return


async def _refused(work: Work, campaign: Campaign, limit: Share) -> Sequence[bool]:
    """Of the last that Telegram, the gateway or a mail server took or refused; no outcome says nothing.

    What the school's own platform made of a list was never ours to stop."""
    found: list[tuple[datetime | None, bool]] = []
    for state in (Sending.ACCEPTED, Sending.REFUSED):
        query = select(Outgoing.settled_at).where(
            Outgoing.campaign_id == campaign.id,
            Outgoing.state == state,
            col(Outgoing.settled_at) > _since(campaign),
        )
        latest = await work.session.exec(query.order_by(col(Outgoing.settled_at).desc()).limit(limit.of_last))
        found += [(at, state is Sending.REFUSED) for at in latest]
    found += await _elsewhere(work, campaign, limit)
    found.sort(key=lambda one: one[0] or _since(campaign), reverse=True)
    return [refused for _, refused in found[: limit.of_last]]


async def _elsewhere(work: Work, campaign: Campaign, limit: Share) -> Sequence[tuple[datetime | None, bool]]:
    """A telephone that is switched off is nobody's refusal."""
    query = select(Dispatch.settled_at, Dispatch.state).where(
        Dispatch.campaign_id == campaign.id,
        col(Dispatch.batch).is_(None),
        col(Dispatch.state).in_((*ARRIVED, DispatchState.FAILED)),
        col(Dispatch.reason).is_distinct_from(Failure.OFF),
        col(Dispatch.settled_at) > _since(campaign),
    )
    latest = await work.session.exec(query.order_by(col(Dispatch.settled_at).desc()).limit(limit.of_last))
    return [(at, state is DispatchState.FAILED) for at, state in latest]


async def _not_me(work: Work, campaign: Campaign, limit: Share) -> Sequence[bool]:
    # From the latest answers down: a join would begin with everybody whom the campaign has asked.
    its_own = exists().where(col(Ask.id) == col(Answer.ask_id), col(Ask.campaign_id) == campaign.id)
    query = (
        select(Answer.kind)
        .where(its_own, Answer.said_at > _since(campaign))
        .order_by(col(Answer.said_at).desc())
        .limit(limit.of_last)
    )
    return [kind is AnswerKind.NOT_ME for kind in await work.session.exec(query)]


def _since(campaign: Campaign) -> datetime:
    return campaign.since_at or campaign.launched_at


async def _stop(work: Work, campaign: Campaign, alarm: Alarm, count: int, of: int) -> None:
    campaign.state, campaign.alarm = CampaignState.PAUSED, alarm
    work.record("campaign_stopped", subject=campaign.id, alarm=alarm.value, count=count, of=of)
    await work.incident(
        "campaign_stopped", f"{campaign.name} {campaign.cohort}: {count} of the last {of} were {alarm.value}"
    )
    said = CampaignStopped(campaign=campaign.id, alarm=alarm, count=count, of=of)
    for person in await _told(work, campaign):
        work.say(person, said)


async def _told(work: Work, campaign: Campaign) -> Sequence[Person]:
    """Everybody here who may go on with it."""
    office = await routing.holders(work, (Role.OFFICE, Role.ADMIN), await campaigns.over(work, campaign))
    ids = [one.person_id for one in office if one.person_id is not None]
    return [await work.session.get_one(Person, one) for one in ids[:TOLD]]
