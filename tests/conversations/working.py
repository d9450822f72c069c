"""What stories about cases begin with: a case, a dispute, a press that was never offered."""

from typing import Any
from uuid import UUID

from sqlmodel import select

from actions import cases, disputes, rights
from actions.rights import Colleague
from actions.work import Work
from handlers.case import CaseDo, CaseMethod, CaseOutcome
from handlers.casecalls import CaseCallBy, CaseCallFound
from handlers.lookinto import LookHow, LookWhom
from models.answer import Source
from models.case import Asked, Case, CaseKind, Method, Note, Outcome
from models.followup import CallAnsweredBy, CallFinding
from models.graduate import Destination, Graduate
from models.messages.cases import Verb
from models.person import Person
from sandbox import Phone
from tests.driving import Running
from tests.world import One, World


async def opened(app: Running, about: One, kind: CaseKind = CaseKind.CHANGE_REQUEST, **given: Any) -> Case:
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, about.id)
        case = await cases.open_case(work, kind, unit_id=graduate.unit_id, graduate=graduate, **given)
    await app.settled()
    return case


async def disputed(app: Running, world: World, by: One, *, alone: bool = False) -> Case:
    """Filed the way the chat files it; returns its case."""
    async with app.app.works.begin() as work:
        graduate = await work.session.get_one(Graduate, by.id)
        query = select(Destination).where(Destination.graduate_id == by.id)
        destination = (await work.session.exec(query)).one()
        person = await work.session.get_one(Person, by.person_id)
        dispute = await disputes.file(
            work, person, graduate, destination, without_counselor=alone, source=Source.CHAT
        )
        case_id = dispute.case_id
    await app.settled()
    return await row(app, case_id)


async def who(work: Work, one: One) -> Colleague:
    return await rights.colleague(work, await work.session.get_one(Person, one.person_id))


async def row(app: Running, case_id: UUID) -> Case:
    found: Case = await app.row(select(Case).where(Case.id == case_id))
    return found


async def notes(app: Running, case: Case) -> list[str]:
    rows = await app.rows(select(Note).where(Note.case_id == case.id))
    return [note.kind.value for note in sorted(rows, key=lambda note: note.at)]


async def forge(app: Running, by: One, *presses: Any) -> None:
    """Presses that were never offered, one after the other, on whatever this phone was shown last."""
    if not by.phone.shown:
        await by.phone.send("/queue")
        await app.settled()
    for press in presses:
        await by.phone.press_data(press.pack(), by.phone.shown[-1])
    await app.settled()


def every_press(case: Case) -> list[Any]:
    presses: list[Any] = [CaseDo(verb=verb, case=case.id) for verb in Verb]
    presses += [CaseMethod(method=method, case=case.id) for method in Method]
    presses += [LookWhom(asked=one, case=case.id) for one in Asked]
    presses += [LookHow(asked=one, method=Method.OTHER, case=case.id) for one in Asked]
    presses += [CaseCallBy(by=by, case=case.id, attempts=0) for by in CallAnsweredBy]
    presses += [
        CaseCallFound(by=CallAnsweredBy.GRADUATE, finding=one, case=case.id, attempts=0)
        for one in CallFinding
    ]
    return presses + [CaseOutcome(outcome=outcome, case=case.id) for outcome in Outcome]


async def closed_by(
    app: Running, world: World, key: str, case: Case, outcome: str = "登记信息不属实"
) -> None:
    phone = world.people[key].phone
    await phone.send(f"/case {case.number}")
    await app.settled()
    if app.app.rules.cases.of(case.kind.value, case.reason).looked_into:
        await looked_into(app, phone)
    await phone.press("办结")
    await app.settled()
    await phone.sees("是怎样核实的")
    await phone.press("单位电话回访")
    await app.settled()
    await phone.sees("请写下核实到的情况")
    await phone.send("单位说没有这个人")
    await app.settled()
    await phone.sees("核实的结果是")
    await phone.press(outcome)
    await app.settled()


async def looked_into(app: Running, phone: Phone, words: str = "单位前台说没有这个人") -> None:
    """From the card: the employer was asked, by a call back."""
    for label in ("记录核实情况", "用人单位", "单位电话回访"):
        await phone.offers(label)
        await phone.press(label)
        await app.settled()
    await phone.send(words)
    await app.settled()
