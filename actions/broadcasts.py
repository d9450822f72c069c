"""/broadcast: the office says whom a text is for, writes it, looks at it, and sends it now or later."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from actions import campaigns, moments, rights, texts, watching
from actions.rights import NotYours
from actions.units import UnknownUnit, find_unit, school
from actions.work import Refusal, Work
from models.answer import Heard
from models.base import UUID
from models.broadcast import Broadcast, Segment
from models.campaign import TEXT, Campaign, CampaignState
from models.case import KEPT_CLOSE, CaseKind
from models.messages.broadcast import (
    BroadcastCases,
    BroadcastDraft,
    BroadcastLink,
    BroadcastMenu,
    BroadcastNobody,
    BroadcastNoUnit,
    BroadcastRefused,
    BroadcastSegments,
    BroadcastTooLong,
    BroadcastUnits,
    BroadcastUntimely,
    BroadcastWriting,
    Untimely,
)
from models.messages.general import Outdated
from models.person import Person
from models.staff import Role
from models.steps import Hat
from models.steps.broadcast import ChoosingMoment, ChoosingUnit, WritingText
from models.unit import Unit

LISTED = 5
OFFERED = 40
SENDERS = (Role.OFFICE, Role.ADMIN)


class Unsaid(Refusal):
    """Nobody could be sent it now."""

    def __init__(self) -> None:
        super().__init__(BroadcastNobody())


async def menu(work: Work, by: Person) -> None:
    """The check of the rules, or words of one's own; and how the latest of those stand."""
    over = await _senders(work, by)
    whole = await school(work.session)
    newest = select(Campaign, Unit).join(Unit, col(Unit.id) == col(Campaign.unit_id))
    newest = newest.where(col(Campaign.name).startswith(TEXT)).order_by(col(Campaign.launched_at).desc())
    rows = (await work.session.exec(newest.limit(OFFERED))).all()
    theirs = [one.id for one, unit in rows if any(own.covers(unit) for own in over)]
    said = BroadcastMenu(
        cohort=await campaigns.newest_cohort(work),
        checks=any(own.covers(whole) for own in over),
        texts=tuple(theirs[:LISTED]),
    )
    work.say(by, said)


async def segments(work: Work, by: Person) -> None:
    await _senders(work, by)
    work.say(by, BroadcastSegments(cohort=await campaigns.newest_cohort(work)))


async def segment(work: Work, by: Person, key: str) -> None:
    over = await _senders(work, by)
    if (chosen := work.rules.broadcasts.segment(key)) is None:
        raise Refusal(Outdated())
    if chosen.open_case:
        work.say(by, BroadcastCases(segment=key))
        return
    await _ask_unit(work, by, over, key, None)


async def cases(work: Work, by: Person, key: str, kind: CaseKind) -> None:
    """Never those under dispute or named in a complaint: somebody is looking into it."""
    over = await _senders(work, by)
    chosen = work.rules.broadcasts.segment(key)
    if chosen is None or not chosen.open_case or kind in KEPT_CLOSE:
        raise Refusal(Outdated())
    await _ask_unit(work, by, over, key, kind)


async def _ask_unit(work: Work, by: Person, over: Sequence[Unit], key: str, kind: CaseKind | None) -> None:
    below = await work.session.exec(
        select(Unit)
        .where(col(Unit.parent_id).in_([own.id for own in over]))
        .order_by(col(Unit.name))
        .limit(OFFERED)
    )
    cohort = await campaigns.newest_cohort(work)
    by.ask_for(ChoosingUnit(cohort=cohort, segment=key, case_kind=kind))
    offered = dict.fromkeys(one.id for one in (*over, *below.all()))
    work.say(by, BroadcastUnits(segment=key, units=tuple(offered)))


async def unit(work: Work, by: Person, unit_id: UUID) -> None:
    """A press is about the question that stands open now."""
    step, chosen = by.staff_step, await work.session.get(Unit, unit_id)
    if not isinstance(step, ChoosingUnit) or chosen is None:
        raise Refusal(Outdated())
    await _ask_text(work, by, step, chosen)


async def unit_typed(work: Work, by: Person, step: ChoosingUnit, text: str) -> None:
    try:
        chosen = await find_unit(work.session, text.strip())
    except UnknownUnit as unknown:
        work.say(by, BroadcastNoUnit(units=unknown.candidates))
        return
    await _ask_text(work, by, step, chosen)


async def _ask_text(work: Work, by: Person, step: ChoosingUnit | WritingText, chosen: Unit) -> None:
    await rights.must(work, by, SENDERS, chosen)
    asked = step.model_dump(exclude={"kind"}) | {"unit": chosen.id}
    by.ask_for(WritingText.model_validate(asked))
    most = work.rules.broadcasts.values.text_max
    said = BroadcastWriting(cohort=step.cohort, segment=step.segment, unit=chosen.id, most=most)
    work.say(by, said)


async def text_typed(work: Work, by: Person, step: WritingText, text: str) -> None:
    """Kept whatever becomes of it; what cannot be sent as it is leaves the question open."""
    words, plan = text.strip(), work.rules.broadcasts
    await rights.must(work, by, SENDERS, await work.session.get_one(Unit, step.unit))
    if (wrong := _wrong(work, words)) is not None:
        work.session.add(
            Heard(person_id=by.id, text=work.seal(text), routed="broadcast_refused", said_at=work.now)
        )
        work.say(by, wrong)
        return
    chosen = plan.segment(step.segment)
    if chosen is None:
        raise Refusal(Outdated())
    conditions = chosen.model_dump(mode="json", exclude={"zh_CN", "en", "open_case"})
    written = Broadcast(
        cohort=step.cohort,
        unit_id=step.unit,
        audience=Segment.model_validate(conditions | {"case_kind": step.case_kind}),
        text=words,
        written_by_id=by.id,
        written_at=work.now,
    )
    work.session.add(written)
    await work.session.flush()
    work.record("broadcast_written", by=by, subject=written.id)
    _show(work, by, written)


def _wrong(work: Work, words: str) -> BroadcastTooLong | BroadcastRefused | BroadcastLink | None:
    most = work.rules.broadcasts.values.text_max
    if not 0 < len(words) <= most:
        return BroadcastTooLong(most=most, length=len(words))
    if (found := work.rules.phrases.found_in(words)) is not None:
        return BroadcastRefused(phrase=found.phrase)
    return BroadcastLink() if work.rules.broadcasts.stranger(words) else None


def _show(work: Work, by: Person, text: Broadcast) -> None:
    """Under the preview a moment may be typed."""
    by.ask_for(ChoosingMoment(broadcast=text.id))
    work.say(by, BroadcastDraft(broadcast=text.id))


async def again(work: Work, by: Person, broadcast_id: UUID) -> None:
    """「改写」: the same people, other words; what was written stays in its row."""
    text, chosen = await _own(work, by, broadcast_id)
    if text.segment is None:
        raise Refusal(Outdated())
    step = WritingText(
        cohort=text.cohort, segment=text.segment.key, case_kind=text.segment.case_kind, unit=chosen.id
    )
    await _ask_text(work, by, step, chosen)


async def start(work: Work, by: Person, broadcast_id: UUID, minute: int) -> None:
    """Now, where no minute is named; pressed twice it shows how it stands."""
    text, chosen = await _own(work, by, broadcast_id)
    at = datetime.fromtimestamp(minute * 60, UTC) if minute else None
    await _start(work, by, text, chosen, at)


async def moment_typed(work: Work, by: Person, step: ChoosingMoment, words: str) -> None:
    text, chosen = await _own(work, by, step.broadcast)
    at = moments.read(words, work.now, work.rules.quiet.zone)
    if at is None:
        work.say(by, BroadcastUntimely(why=Untimely.UNREADABLE))
        return
    await _start(work, by, text, chosen, at)


async def _start(work: Work, by: Person, text: Broadcast, chosen: Unit, at: datetime | None) -> None:
    if text.campaign_id is not None:
        await watching.look(work, by, await work.session.get_one(Campaign, text.campaign_id))
        return
    if at is not None and (why := _untimely(work, at)) is not None:
        work.say(by, BroadcastUntimely(why=why))
        return
    if (wrong := _wrong(work, text.text)) is not None:
        work.say(by, wrong)
        return
    people, expected = await texts.counted(work, text, chosen)
    if people == 0:
        raise Unsaid
    campaign = await _launched(work, by, text, at or work.now)
    campaign.expected = expected
    if people > work.rules.broadcasts.values.second_person_over:
        campaign.state = CampaignState.WAITING
    await work.session.flush()
    work.record(
        "campaign_launched", by=by, subject=campaign.id, state=campaign.state.value, campaign=campaign.name
    )
    if by.staff_step == ChoosingMoment(broadcast=text.id):
        by.close_step(Hat.STAFF)
    await campaigns.show_launched(work, by, campaign, chosen)


async def _launched(work: Work, by: Person, text: Broadcast, at: datetime) -> Campaign:
    campaign = Campaign(
        name=f"{TEXT}{await work.next_number('broadcast')}",
        cohort=text.cohort,
        unit_id=text.unit_id,
        state=CampaignState.RUNNING,
        deadline_at=at,
        rules_digest=work.rules.digest,
        launched_by_id=by.id,
        launched_at=work.now,
        since_at=work.now,
    )
    texts.begins(work, campaign, text, at)
    work.session.add(campaign)
    await work.session.flush()
    text.campaign_id = campaign.id
    return campaign


def _untimely(work: Work, at: datetime) -> Untimely | None:
    if at < work.now - timedelta(minutes=1):
        return Untimely.PAST
    if at > work.rules.broadcasts.latest(work.now):
        return Untimely.TOO_FAR
    return None if work.rules.quiet.allows(at) else Untimely.QUIET


async def _own(work: Work, by: Person, broadcast_id: UUID) -> tuple[Broadcast, Unit]:
    """Locked; only who wrote it goes on with it, and only while they may."""
    text = await work.session.get(Broadcast, broadcast_id, with_for_update=True)
    if text is None:
        raise Refusal(Outdated())
    chosen = await work.session.get_one(Unit, text.unit_id)
    await rights.must(work, by, SENDERS, chosen)
    if text.written_by_id != by.id:
        raise NotYours
    return text, chosen


async def _senders(work: Work, by: Person) -> list[Unit]:
    """The units over which they may send, or it is not theirs to."""
    who = await rights.colleague(work, by)
    found = [over for role, over in who.duties if role in SENDERS]
    if not found:
        raise NotYours
    return list({one.id: one for one in found}.values())
