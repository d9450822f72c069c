"""A campaign from its launch to its end: who may begin it, who agrees, and what stops it."""

from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import col, select

from actions import coverage, presence, replanning, rights, routing, survey, texts, watching
from actions.rights import NotYours
from actions.units import school
from actions.work import Refusal, Work
from models.base import UUID
from models.broadcast import text_of
from models.campaign import SURVEY, Campaign, CampaignState
from models.equation import enrolled, silent, under_dispute, within
from models.graduate import Graduate
from models.messages.campaign import (
    CampaignAgreed,
    CampaignAsItIs,
    CampaignConsent,
    CampaignNobody,
    CampaignNoSecond,
    CampaignUncovered,
)
from models.messages.general import Outdated
from models.messages.office import BroadcastPreview, BroadcastSecond
from models.person import Person
from models.staff import Role, Staff
from models.unit import Unit
from rules import Campaign as Plan

LIVE = (CampaignState.WAITING, CampaignState.RUNNING, CampaignState.PAUSED)
NAMED = 20


class Uncovered(Refusal):
    """A dispute there would have nobody to look into it."""

    def __init__(self, units: list[Unit]) -> None:
        ids = tuple(unit.id for unit in units[:NAMED])
        super().__init__(CampaignUncovered(units=ids, more=max(0, len(units) - NAMED)))
        self.names = [unit.name for unit in units]


class AsItIs(Refusal):
    """It is already live, or not in a state that allows this."""

    def __init__(self, campaign: Campaign, said: CampaignAsItIs) -> None:
        super().__init__(said)
        self.state, self.cohort = campaign.state, campaign.cohort


class Nobody(Refusal):
    def __init__(self) -> None:
        super().__init__(CampaignNobody())


class NoSecond(Refusal):
    def __init__(self) -> None:
        super().__init__(CampaignNoSecond())


async def newest_cohort(work: Work) -> int:
    found = (await work.session.exec(select(func.max(Graduate.cohort)))).one()
    if found is None:
        raise Nobody
    return int(found)


async def preview(work: Work, by: Person, name: str, cohort: int, unit: Unit) -> None:
    """The numbers are counted when it is read; nothing is sent by looking."""
    await rights.must(work, by, (Role.OFFICE,), unit)
    if (live := await live_one(work, name, cohort)) is not None:
        await watching.look(work, by, live)
        return
    gaps = tuple(one.id for one in await uncovered(work, unit))
    said = BroadcastPreview(name=name, cohort=cohort, unit=unit.id, uncovered=gaps[:NAMED], reader=by.id)
    work.say(by, said)


async def uncovered(work: Work, unit: Unit) -> list[Unit]:
    gaps = await coverage.uncovered_units(work.session, work.rules.routing)
    return [one for one in gaps if unit.covers(one)]


async def launch(
    work: Work, by: Person, name: str, cohort: int, unit: Unit, *, second: Staff | None = None
) -> Campaign:
    """Running at once, or waiting for a second person where many would be written to."""
    await rights.must(work, by, (Role.OFFICE,), unit)
    plan = work.rules.campaigns[name]
    people, expected = await _people(work, name, cohort, unit)
    if people == 0:
        raise Nobody
    if gaps := await uncovered(work, unit):
        raise Uncovered(gaps)
    if (live := await live_one(work, name, cohort)) is not None:
        return await _named(work, by, live, second)
    if name == SURVEY:
        await survey.must_be_due(work, cohort)
    campaign = await _begun(work, by, plan, cohort, unit)
    campaign.expected = expected
    if people > plan.values.second_person_over:
        campaign.state = CampaignState.WAITING
        await _ask_second(work, by, campaign, second)
    work.session.add(campaign)
    await work.session.flush()
    work.record("campaign_launched", by=by, subject=campaign.id, state=campaign.state.value, campaign=name)
    return campaign


async def _begun(work: Work, by: Person, plan: Plan, cohort: int, unit: Unit) -> Campaign:
    return Campaign(
        name=plan.name,
        cohort=cohort,
        unit_id=unit.id,
        state=CampaignState.RUNNING,
        deadline_at=await _deadline(work, plan, cohort),
        rules_digest=work.rules.digest,
        launched_by_id=by.id,
        launched_at=work.now,
        since_at=work.now,
    )


async def _deadline(work: Work, plan: Plan, cohort: int) -> datetime:
    if plan.name == SURVEY and (ends := await replanning.survey_ends(work, cohort)):
        return ends
    return plan.deadline(work.now, await replanning.update_deadline(work, cohort))


async def _named(work: Work, by: Person, live: Campaign, second: Staff | None) -> Campaign:
    """Launched again while it waits: it waits on, or another second person is named."""
    if live.state is not CampaignState.WAITING:
        raise AsItIs(live, await watching.as_it_is(work, live))
    await _ask_second(work, by, live, second)
    return live


async def _ask_second(work: Work, by: Person, campaign: Campaign, second: Staff | None) -> None:
    if second is None:
        return
    if second.person_id is None or second.person_id == by.id or not await may_agree(work, second, campaign):
        raise NoSecond
    campaign.second_staff_id = second.id
    work.session.add(campaign)
    await work.session.flush()
    await rights.tell(work, second, CampaignConsent(campaign=campaign.id))


async def may_agree(work: Work, staff: Staff, campaign: Campaign) -> bool:
    unit = await over(work, campaign)
    roles = work.rules.plan(campaign.name).values.second_persons
    return any(one.id == staff.id for one in await routing.holders(work, roles, unit))


async def seconds(work: Work, name: str, unit: Unit) -> list[Staff]:
    """Who may agree to a sending over this unit, and can be asked here and now."""
    roles = work.rules.plan(name).values.second_persons
    return presence.hearers(work, await routing.holders(work, roles, unit))


async def launch_in_chat(work: Work, by: Person, name: str, cohort: int, unit_id: UUID) -> None:
    """The same launch; where a second person is needed, somebody is chosen from those who may."""
    unit = await work.session.get(Unit, unit_id)
    if unit is None or name not in work.rules.campaigns:
        raise Refusal(Outdated())
    await show_launched(work, by, await launch(work, by, name, cohort, unit), unit)


async def show_launched(work: Work, by: Person, campaign: Campaign, unit: Unit) -> None:
    """How it stands, or who is to agree to it."""
    if campaign.state is CampaignState.WAITING and campaign.second_staff_id is None:
        others = [one.id for one in await seconds(work, campaign.name, unit) if one.person_id != by.id]
        work.say(by, BroadcastSecond(campaign=campaign.id, colleagues=tuple(others[:NAMED])))
        return
    await watching.look(work, by, campaign)


async def name_second(work: Work, by: Person, campaign_id: UUID, number: int) -> None:
    """The colleague on this place of the list that was shown, worked out anew."""
    campaign, unit = await theirs(work, by, campaign_id)
    others = [one for one in await seconds(work, campaign.name, unit) if one.person_id != by.id]
    if campaign.state is CampaignState.WAITING and number < len(others):
        await _ask_second(work, by, campaign, others[number])
    await watching.look(work, by, campaign)


async def agree(work: Work, person: Person, campaign_id: UUID) -> None:
    """「同意发送」: only the named second person's press counts, and only once."""
    who = await rights.colleague(work, person)
    campaign = await _found(work, campaign_id)
    named = campaign.second_staff_id == who.me.id and campaign.launched_by_id != person.id
    if not named or not await may_agree(work, who.me, campaign):
        raise NotYours
    if campaign.state is CampaignState.WAITING:
        await _agreed(work, campaign)
        campaign.state, campaign.approved_at, campaign.launched_at = CampaignState.RUNNING, work.now, work.now
        campaign.since_at = work.now
        work.record("campaign_agreed", by=person, subject=campaign.id)
        await _tell_launcher(work, campaign)
    await watching.look(work, person, campaign)


async def _agreed(work: Work, campaign: Campaign) -> None:
    """Counted anew, for much may have happened since it was launched."""
    unit = await over(work, campaign)
    if (text := await text_of(work.session, campaign)) is not None:
        await texts.agreed(work, campaign, text, unit)
        return
    if gaps := await uncovered(work, unit):
        raise Uncovered(gaps)
    _, campaign.expected = await _people(work, campaign.name, campaign.cohort, unit)
    plan = work.rules.campaigns[campaign.name]
    campaign.deadline_at = await _deadline(work, plan, campaign.cohort)


async def _tell_launcher(work: Work, campaign: Campaign) -> None:
    launcher = await work.session.get(Person, campaign.launched_by_id) if campaign.launched_by_id else None
    if launcher is not None and launcher.operator is None:
        work.say(launcher, CampaignAgreed(campaign=campaign.id))


async def pause(work: Work, by: Person, campaign_id: UUID) -> Campaign:
    """Felt within a second: what was claimed already is at most a second of pace."""
    return await _moved(work, by, campaign_id, (CampaignState.RUNNING,), CampaignState.PAUSED)


async def resume(work: Work, by: Person, campaign_id: UUID) -> Campaign:
    """What stopped it by itself is a person's to judge: from here on it is counted anew."""
    return await _moved(work, by, campaign_id, (CampaignState.PAUSED,), CampaignState.RUNNING)


async def cancel(work: Work, by: Person, campaign_id: UUID) -> Campaign:
    """What is still queued is taken back, and its asks are closed, batch by batch."""
    return await _moved(work, by, campaign_id, LIVE, CampaignState.CANCELLED)


async def _moved(
    work: Work, by: Person, campaign_id: UUID, from_: tuple[CampaignState, ...], to: CampaignState
) -> Campaign:
    campaign, _ = await theirs(work, by, campaign_id)
    if campaign.state not in from_:
        raise AsItIs(campaign, await watching.as_it_is(work, campaign))
    campaign.state, campaign.alarm = to, None
    if to is CampaignState.RUNNING:
        campaign.since_at = work.now
        if campaign.asks:
            # Who enrolled meanwhile was told that they will be asked; nobody who was is asked again.
            campaign.spread_after_id = campaign.spread_done_at = None
    work.record(f"campaign_{to.value}", by=by, subject=campaign.id)
    return campaign


async def theirs(work: Work, by: Person, campaign_id: UUID) -> tuple[Campaign, Unit]:
    """Locked, and theirs to steer."""
    campaign = await _found(work, campaign_id)
    unit = await over(work, campaign)
    await rights.must(work, by, (Role.OFFICE,), unit)
    return campaign, unit


async def _found(work: Work, campaign_id: UUID) -> Campaign:
    """Locked; an id that a client made up is as good as out of date."""
    campaign = await work.session.get(Campaign, campaign_id, with_for_update={"key_share": True})
    if campaign is None:
        raise Refusal(Outdated())
    return campaign


async def over(work: Work, campaign: Campaign) -> Unit:
    """The unit it is limited to, else the whole school."""
    if campaign.unit_id is None:
        return await school(work.session)
    return await work.session.get_one(Unit, campaign.unit_id)


async def live_one(work: Work, name: str, cohort: int) -> Campaign | None:
    found = await work.session.exec(
        select(Campaign)
        .where(Campaign.name == name, Campaign.cohort == cohort, col(Campaign.state).in_(LIVE))
        .with_for_update(key_share=True)
    )
    return found.first()


async def _people(work: Work, name: str, cohort: int, unit: Unit) -> tuple[int, int]:
    """Everybody it may write to, enrolled or not yet, and of them those it finds enrolled now."""
    now_enrolled = func.coalesce(func.sum(case((enrolled(), 1), else_=0)), 0)
    query = select(func.count(), now_enrolled).select_from(Graduate)
    asked = () if name == SURVEY else (silent(), ~under_dispute())
    found = await work.session.exec(query.where(*within(cohort, unit), *asked))
    everybody, now = found.one()
    return everybody, int(now)


async def moved_in_chat(
    work: Work, by: Person, campaign_id: UUID, to: CampaignState, *, fresh: bool = False
) -> None:
    """A press on how it stands; pressed twice, or late, it shows what is true now."""
    if (move := MOVES.get(to)) is None:
        raise Refusal(Outdated())
    await watching.look(work, by, await move(work, by, campaign_id), fresh=fresh)


async def show(work: Work, by: Person, campaign_id: UUID) -> None:
    campaign, _ = await theirs(work, by, campaign_id)
    await watching.look(work, by, campaign)


MOVES = {CampaignState.PAUSED: pause, CampaignState.RUNNING: resume, CampaignState.CANCELLED: cancel}
