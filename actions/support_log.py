"""An entry of the log, question by question: what was done, how they get on, when to look again, words."""

from datetime import timedelta
from uuid import UUID, uuid4

from actions import support_desk, supports
from actions.work import Refusal, Work
from models.answer import Heard
from models.messages.general import Outdated
from models.messages.support import (
    Part,
    SupportCheckAsked,
    SupportContentAsked,
    SupportDraft,
    SupportProgressAsked,
    SupportSaved,
    SupportTextTooLong,
    SupportVerb,
)
from models.person import Person
from models.steps.support import WritingSupport
from models.support import Content, Form, Progress, Support, SupportEntry

NEVER = 0


async def begin(work: Work, person: Person, support_id: UUID) -> None:
    _, support, graduate = await support_desk.doing(work, person, support_id, SupportVerb.LOG)
    work.say(person, SupportContentAsked(support=support.id, graduate=graduate.id))


async def content(work: Work, person: Person, support_id: UUID, content: Content) -> None:
    """The first begins an entry; one more joins the one that is being written."""
    _, support, _ = await support_desk.doing(work, person, support_id, SupportVerb.LOG)
    step = person.staff_step
    if isinstance(step, WritingSupport) and step.support == support.id and step.days is not None:
        await _go_on(work, person, step, contents=tuple(dict.fromkeys((*step.contents, content))))
    else:
        await _go_on(work, person, WritingSupport(support=support.id, draft=uuid4(), contents=(content,)))


async def progress(work: Work, person: Person, support_id: UUID, progress: Progress) -> None:
    step = _writing(person, support_id)
    days = NEVER if progress is Progress.NOT_NEEDED else step.days
    await _go_on(work, person, step, progress=progress, days=days)


async def check(work: Work, person: Person, support_id: UUID, days: int) -> None:
    step = _writing(person, support_id)
    if step.progress is None or days not in (NEVER, *work.rules.support.check_days):
        raise Refusal(Outdated())
    await _go_on(work, person, step, days=days)


async def part(work: Work, person: Person, support_id: UUID, part: Part) -> None:
    await _go_on(work, person, _writing(person, support_id), part=part)


async def typed(work: Work, person: Person, step: WritingSupport, text: str) -> None:
    """Sealed at once; what is too long is kept beside the log and asked for again, shorter."""
    words, most = text.strip(), work.rules.support.text_max
    if len(words) > most:
        work.session.add(
            Heard(person_id=person.id, text=work.seal(words), routed="staff_too_long", said_at=work.now)
        )
        work.say(person, SupportTextTooLong(most=most))
        return
    await _go_on(work, person, step, **{step.part.value: work.seal(words)}, part=Part.TEXT)


async def _go_on(work: Work, person: Person, step: WritingSupport, **changed: object) -> None:
    """The next thing that is not known yet; then the whole, to be saved."""
    _, support, graduate = await support_desk.doing(work, person, step.support, SupportVerb.LOG)
    step = WritingSupport.model_validate({**dict(step), **changed})
    person.ask_for(step)
    if step.progress is None:
        work.say(person, SupportProgressAsked(support=support.id, graduate=graduate.id))
    elif step.days is None:
        work.say(person, SupportCheckAsked(support=support.id, graduate=graduate.id))
    else:
        said = SupportDraft(
            support=support.id,
            graduate=graduate.id,
            contents=step.contents,
            progress=step.progress,
            days=step.days,
            written=tuple(one for one in Part if getattr(step, one.value)),
            part=step.part,
        )
        work.say(person, said, replaces=f"support_draft:{step.draft}")


async def save(work: Work, person: Person, support_id: UUID) -> None:
    who, support, graduate = await support_desk.doing(work, person, support_id, SupportVerb.LOG)
    step = _writing(person, support_id)
    if step.progress is None or step.days is None:
        raise Refusal(Outdated())
    entry = SupportEntry(
        support_id=support.id,
        staff_id=who.me.id,
        form=Form.MANY if len(await supports.helpers(work, support)) > 1 else Form.ONE,
        groups=[one.value for one in support.groups],
        contents=[one.value for one in step.contents],
        progress=step.progress,
        at=work.now,
        **{one.value: getattr(step, one.value) for one in Part},
    )
    work.session.add(entry)
    _logged(work, support, step.progress, step.days)
    person.close_step(WritingSupport.hat)
    work.record("support_logged", by=person, subject=support.id, graduate=graduate.id, entry=str(entry.id))
    work.say(person, SupportSaved(support=support.id, graduate=graduate.id))


def _logged(work: Work, support: Support, progress: Progress, days: int) -> None:
    """Whoever said that they need none is not put before the helper again by a certain day."""
    support.progress, support.logged_at = progress, work.now
    support.offered(work.now)
    again = days != NEVER and not support.rests
    support.next_check_at = work.now + timedelta(days=days) if again else None


def _writing(person: Person, support_id: UUID) -> WritingSupport:
    step = person.staff_step
    if not isinstance(step, WritingSupport) or step.support != support_id:
        raise Refusal(Outdated())
    return step
