"""What is registered, version by version; a version that matters makes an answer stale and is asked about."""

from sqlmodel import col, select

from actions import asks, calling, claims, identity, records, registering
from actions.work import Work
from models.answer import Answer
from models.ask import AskState
from models.event import STALE
from models.graduate import Destination, Graduate
from models.messages.ask import AskClaimRegistered, Why
from rules.parts import bare
from rules.taxonomy import DestinationClass

CLAIMS_READ = 50


async def current(work: Work, graduate: Graduate) -> Destination:
    """The version the record stands at."""
    return (
        await work.session.exec(
            select(Destination).where(
                Destination.graduate_id == graduate.id, Destination.number == graduate.version
            )
        )
    ).one()


def cls_of(destination: Destination) -> DestinationClass:
    return DestinationClass(destination.category)


async def register(work: Work, graduate: Graduate, new: Destination) -> bool:
    """Append the next version; True when it matters, the answer is stale and the graduate is asked again."""
    graduate = await locked(work, graduate)
    old = await current(work, graduate) if graduate.version else None
    new.graduate, new.number = graduate, graduate.version + 1
    new.registered_at = new.registered_at or work.now
    work.session.add(new)
    graduate.version = new.number
    await work.session.flush()
    work.record("destination_registered", subject=new.id, graduate=graduate.id, number=new.number)
    if old is None:
        return False
    await registering.version_came(work, graduate)
    if await _as_claimed(work, graduate, old, new):
        await _announce(work, graduate, new)
        return False
    if not differs(work, old, new):
        return False
    await _stale(work, graduate)
    return True


async def locked(work: Work, graduate: Graduate) -> Graduate:
    """The row itself, held until the work ends."""
    if graduate.id in work.ahead.graduates and graduate in work.session:
        return graduate
    await work.session.flush()
    work.ahead.graduates.add(graduate.id)
    return (
        await work.session.exec(
            select(Graduate)
            .where(Graduate.id == graduate.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()


def differs(work: Work, old: Destination, new: Destination) -> set[str]:
    """The material fields in which two versions are not the same."""
    material = work.rules.destinations.material_fields
    return {name for name in material if _value(old, name) != _value(new, name)}


def _value(destination: Destination, field: str) -> str:
    name = "category" if field == "class" else field
    return bare(str(getattr(destination, name) or ""))


async def _as_claimed(work: Work, graduate: Graduate, old: Destination, new: Destination) -> bool:
    """The graduate had asked for just this, and nothing else that matters came with it."""
    found = await work.session.exec(
        select(Answer)
        .where(Answer.graduate_id == graduate.id, col(Answer.claim).is_not(None))
        .order_by(col(Answer.said_at).desc())
        .limit(CLAIMS_READ)
    )
    changed = differs(work, old, new)
    return any(
        claims.met(answer.claim, new)
        and not claims.met(answer.claim, old)
        and changed <= claims.fields(answer.claim)
        for answer in found
        if answer.claim is not None
    )


async def _announce(work: Work, graduate: Graduate, new: Destination) -> None:
    work.record("claim_registered", subject=new.id, graduate=graduate.id)
    person = await identity.person_of(work, graduate)
    if person is not None and await records.is_verified(work, person, graduate):
        said = AskClaimRegistered(graduate=graduate.id, destination=new.id)
        work.say(person, said, at=work.rules.quiet.next_allowed(work.now))


async def _stale(work: Work, graduate: Graduate) -> None:
    """What was said stays in its row; it just no longer speaks about what is registered."""
    graduate.answer = graduate.answer_id = graduate.answer_version = graduate.answer_verified = None
    await calling.asked_anew(work, graduate)
    before = await asks.latest(work, graduate)
    await asks.close(work, graduate, AskState.CANCELLED)
    work.record(STALE, graduate=graduate.id, version=graduate.version)
    campaign = await asks.running_campaign(work, graduate)
    if before is not None or campaign is not None:
        await asks.open_ask(work, graduate, campaign=campaign, why=Why.CHANGED)
