"""「需要就业帮助」 and 「暂时不需要」: help is support and a case; without it the answer stays as given."""

from sqlmodel import col, select

from actions import answers, asks, cases, followups, records, supports
from actions.records import Record
from actions.work import Work
from models.answer import Answer, AnswerKind, HelpClaim
from models.base import UUID
from models.case import Case, CaseKind
from models.followup import FollowUpKind
from models.graduate import Graduate
from models.messages.ask import AskHelp
from models.person import Person

HELP = "help"


async def said(work: Work, person: Person, destination_id: UUID, wanted: bool) -> None:
    record = await records.mine(work, person, destination_id)
    if not record.is_current:
        await asks.changed_card(work, person, record.graduate)
        return
    answer = await _said_before(work, record, wanted)
    case = await open_help(work, record.graduate)
    if answer is None:
        claim = HelpClaim(wanted=wanted)
        answer = await answers.give(work, record.graduate, AnswerKind.SEEKING, by=person, claim=claim)
        if wanted:
            case = case or await opened(work, record.graduate, answer)
            await supports.asked_for(work, record.graduate, case)
        elif answer.verified:
            await supports.declined(work, record.graduate)
    work.say(
        person,
        AskHelp(
            graduate=record.graduate.id,
            destination=record.destination.id,
            answer=answer.id,
            case=case.id if case and wanted else None,
        ),
        replaces=f"answer:{answer.id}",
    )


async def opened(work: Work, graduate: Graduate, answer: Answer | None = None) -> Case:
    case = await cases.open_case(
        work, CaseKind.SUPPORT, unit_id=graduate.unit_id, graduate=graduate, answer=answer, reason=HELP
    )
    await followups.open_followup(work, graduate, FollowUpKind.NEEDS_HELP, case=case)
    return case


async def _said_before(work: Work, record: Record, wanted: bool) -> Answer | None:
    """The same press again."""
    latest = await answers.latest_answer(work, record.graduate)
    if latest and isinstance(latest.claim, HelpClaim) and latest.claim.wanted == wanted:
        return latest
    return None


async def open_help(work: Work, graduate: Graduate) -> Case | None:
    """A wish for help that nobody has settled yet; before there was a kind for it, it was a change."""
    query = select(Case).where(
        Case.graduate_id == graduate.id,
        col(Case.kind).in_(answers.TOLD),
        Case.reason == HELP,
        col(Case.closed_at).is_(None),
    )
    latest = query.order_by(col(Case.opened_at).desc()).limit(1).with_for_update()
    return (await work.session.exec(latest)).first()
