"""What the made-up colleagues do on a working day: calls, cases, second looks, papers handed in or not."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from actions import calls, cases, desk, lookinto, reviewing, rights, routing, settling, tasks, todo
from actions.calendars import event_of
from actions.work import Refusal, Work
from bot.database import Works
from models.calendar import CalendarDate
from models.case import Asked, Case, CaseKind, CaseState, Method, Outcome
from models.followup import CallAnsweredBy, CallFinding
from models.graduate import Graduate
from models.messages.cases import Verb
from models.messages.tasks import Means
from models.person import Person
from models.staff import Staff
from models.steps.cases import AskingFinding, AskingReturnReason
from models.steps.lookinto import AskingSeen
from models.task import Task, TaskState
from models.unit import Unit

CALLS_A_DAY = 3
# The one counselor who calls nobody.
IDLE = "T003"
ANSWERS = {
    CallAnsweredBy.GRADUATE: 35,
    CallAnsweredBy.PARENT: 10,
    CallAnsweredBy.NOBODY: 50,
    CallAnsweredBy.DEAD_NUMBER: 5,
}
FINDINGS = {
    CallFinding.TRUE: 80,
    CallFinding.CHANGED: 10,
    CallFinding.TO_CHECK: 7,
    CallFinding.FALSE: 3,
}
OUTCOMES = {
    Outcome.CONFIRMED_FALSE: 5,
    Outcome.CONFIRMED_TRUE: 2,
    Outcome.WAS_TRUE_NOW_ENDED: 2,
    Outcome.EMPLOYER_MIX_UP: 1,
}
WORKED_ON, SENT_BACK, HANDED_IN = 0.6, 0.15, 0.75
WORDS = "已电话联系，情况已核实"
Does = Callable[[Work, Any, date], Awaitable[None]]


@dataclass
class Colleagues:
    """`refused` counts what the product did not let them do."""

    works: Works
    seed: int
    refused: int = 0

    async def work_through(self, day: date, *, at_home: bool) -> None:
        """On a day off nothing is done but what the calendar asks for, where the office tells of it then."""
        async with self.works.reading() as session:
            open_cases = select(Case.id).where(Case.state != CaseState.CLOSED).order_by(col(Case.number))
            case_ids = (await session.exec(open_cases)).all()
            todo_tasks = select(Task.id).where(Task.state == TaskState.OPEN, col(Task.opens_on) <= day)
            task_ids = (await session.exec(todo_tasks)).all()
            counselors = await self._counselors(session)
        if at_home:
            case_ids, counselors = [], []
        for does, some in ((self._on_case, case_ids), (self._on_task, task_ids), (self._calls, counselors)):
            for one in some:
                await self._do(does, one, day)

    async def _do(self, does: Does, what: Any, day: date) -> None:
        try:
            async with self.works.begin() as work:
                await does(work, what, day)
        except Refusal:
            self.refused += 1

    def _chance(self, *of: object) -> Random:
        """By what it is about, never by an id: the same season comes out of the same seed."""
        return Random(":".join(map(str, (self.seed, *of))))

    async def _counselors(self, session: Any) -> Sequence[str]:
        numbers = select(Staff.number).where(col(Staff.number) < "T010", col(Staff.number) != IDLE)
        return (await session.exec(numbers.order_by(col(Staff.number)))).all()  # type: ignore[no-any-return]

    async def _on_case(self, work: Work, case_id: UUID, day: date) -> None:
        case = await work.session.get_one(Case, case_id)
        graduate = await work.session.get(Graduate, case.graduate_id) if case.graduate_id else None
        chance = self._chance(graduate.student_no if graduate else "", case.kind, case.reason, day)
        if chance.random() > WORKED_ON:
            return
        if case.state is CaseState.AWAITING_REVIEW:
            await self._second_look(work, case, chance)
            return
        for staff in await _at_hand(work, case):
            person = await work.session.get_one(Person, staff.person_id)
            verbs = (await desk.standing_of(work, await rights.colleague(work, person), case)).verbs
            if Verb.CLAIM in verbs:
                await settling.claim(work, person, case.id)
                return
            if Verb.VERIFY in verbs:
                await (reviewing.verify if chance.random() < 0.8 else reviewing.reject)(work, person, case.id)
                return
            if Verb.CLOSE in verbs:
                await _close(work, person, case, chance)
                return

    async def _second_look(self, work: Work, case: Case, chance: Random) -> None:
        persons = await settling.second_persons(work, case)
        if not persons:
            return
        if chance.random() > SENT_BACK:
            await reviewing.approve(work, persons[0], case.id)
            return
        await reviewing.begin_return(work, persons[0], case.id)
        if isinstance(persons[0].staff_step, AskingReturnReason):
            await reviewing.give_back(work, persons[0], case, WORDS)

    async def _on_task(self, work: Work, task_id: UUID, day: date) -> None:
        """Most hand in as soon as they are told; whoever forgets does so for good."""
        task = await work.session.get_one(Task, task_id)
        row = await work.session.get_one(CalendarDate, task.calendar_date_id)
        unit, event = await work.session.get_one(Unit, task.unit_id), event_of(work, row)
        if event is None or self._chance(row.key, unit.name, task.party, task.round).random() > HANDED_IN:
            return
        holders = await routing.holders(work, work.rules.duties.parties[task.party].roles, unit)
        if holders and not await tasks.missing(work, task):
            person = await work.session.get_one(Person, holders[0].person_id)
            await tasks.hand_in(work, person, task.id, (1 << len(tasks.lines_of(event))) - 1)

    async def _calls(self, work: Work, number: str, day: date) -> None:
        """The first of their list; a message besides where nobody picked up."""
        staff = (await work.session.exec(select(Staff).where(Staff.number == number))).one()
        person = await work.session.get_one(Person, staff.person_id)
        for one in await todo.to_call(work, await rights.colleague(work, person), 0, CALLS_A_DAY):
            graduate = await work.session.get_one(Graduate, one)
            tried, chance = await todo.attempts_of(work, graduate), self._chance(graduate.student_no, day)
            by = chance.choices(list(ANSWERS), list(ANSWERS.values()))[0]
            await calls.answered(work, person, graduate.id, by, tried)
            if by in calls.SPOKE:
                finding = chance.choices(list(FINDINGS), list(FINDINGS.values()))[0]
                await calls.found(work, person, graduate.id, by, finding, tried)
            else:
                await calls.tried_otherwise(work, person, graduate.id, Means.MESSAGE)


async def _at_hand(work: Work, case: Case) -> list[Staff]:
    owner = await work.session.get(Staff, case.owner_id) if case.owner_id else None
    unit = await work.session.get_one(Unit, case.unit_id)
    pool = await routing.holders(work, cases.pool_roles(work, case.kind, case.reason), unit)
    seconds = await routing.holders(work, work.rules.routing.second_persons, unit)
    return list(
        {one.id: one for one in (*([owner] if owner else []), *pool, *seconds) if one.person_id}.values()
    )


async def _close(work: Work, person: Person, case: Case, chance: Random) -> None:
    """What was looked into where the rules ask for it; then method, finding, outcome, as the card asks."""
    if cases.rule_of(work, case).looked_into:
        await _look_into(work, person, case, chance)
    await settling.method(work, person, case.id, chance.choice([Method.PHONE_CHECK, Method.MATERIAL_CHECK]))
    if isinstance(person.staff_step, AskingFinding):
        await settling.finding(work, person, case, WORDS)
    if case.kind is CaseKind.DISPUTE:
        outcome = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    else:
        outcome = Outcome(cases.rule_of(work, case).outcomes[0])
    await settling.outcome(work, person, case.id, outcome)


async def _look_into(work: Work, person: Person, case: Case, chance: Random) -> None:
    asked = chance.choice([Asked.EMPLOYER, Asked.DOCUMENT])
    await lookinto.how(work, person, case.id, asked, Method.OTHER)
    if isinstance(person.staff_step, AskingSeen):
        await lookinto.seen(work, person, case, person.staff_step, WORDS)
