"""Accounts and links that do not fit together: refused, remembered, and looked at by the reviewer."""

from uuid import UUID

from sqlmodel import col, select

from actions import bindings, cases, routing
from actions.work import Work
from models.answer import ContactChange, ContactKind
from models.case import Case, CaseKind, CaseState
from models.graduate import Graduate
from models.messages import Say
from models.messages.enrol import EnrolOtherGraduate, EnrolStaffAccount
from models.person import Binding, Person
from models.staff import Staff

SECOND_ACCOUNT = "second_account"
TWO_GRADUATES = "two_graduates"
STAFF_ACCOUNT = "staff_account"
WRONG_DIGITS = "wrong_digits"
STRANGER_ON_PAGE = "stranger_on_page"


async def refused(work: Work, person: Person, graduate: Graduate) -> bool:
    """Whether this account cannot be this graduate's at all; it is told so, and the reviewer hears of it."""
    if await staff_id_of(work, person) is not None:
        await raise_case(work, person, graduate, STAFF_ACCOUNT, EnrolStaffAccount())
        return True
    if not await bindings.same_person(work, person, graduate):
        await raise_case(work, person, graduate, TWO_GRADUATES, EnrolOtherGraduate())
        return True
    return False


async def raise_case(
    work: Work,
    person: Person,
    graduate: Graduate,
    why: str,
    said: Say | None = None,
    *,
    binding: Binding | None = None,
) -> None:
    """One open case for one reason, and for one account to be checked, however often it is tried."""
    work.record("identity_conflict", by=person, graduate=graduate.id, why=why)
    if not await _open_already(work, graduate, why, binding):
        await cases.open_case(
            work,
            CaseKind.IDENTITY_CONFLICT,
            unit_id=graduate.unit_id,
            graduate=graduate,
            reason=why,
            binding=binding,
        )
    if said is not None:
        work.say(person, said)


async def staff_id_of(work: Work, person: Person) -> UUID | None:
    return (await work.session.exec(select(Staff.id).where(Staff.person_id == person.id))).first()


async def vouched_by_counselor(work: Work, graduate: Graduate) -> bool:
    """The registered number came from an unchecked account, and the class counselor alone took it over."""
    if all(one.verified for one in await bindings.live_bindings(work, graduate)):
        return False
    counselors = [one.id for one in await routing.counselors_of(work, graduate)]
    found = await work.session.exec(
        select(ContactChange.id)
        .where(
            ContactChange.graduate_id == graduate.id,
            ContactChange.contact == ContactKind.OWN_PHONE,
            ContactChange.phone_digest == graduate.phone_digest,
            col(ContactChange.verified_by_id).in_(counselors),
        )
        .limit(1)
    )
    return found.first() is not None


async def _open_already(work: Work, graduate: Graduate, why: str, binding: Binding | None) -> bool:
    about = col(Case.binding_id) == binding.id if binding else col(Case.binding_id).is_(None)
    found = await work.session.exec(
        select(Case.id)
        .where(
            Case.kind == CaseKind.IDENTITY_CONFLICT,
            Case.graduate_id == graduate.id,
            Case.reason == why,
            about,
            col(Case.state) != CaseState.CLOSED,
        )
        .limit(1)
    )
    return found.first() is not None
