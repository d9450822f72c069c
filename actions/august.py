"""What the ministry asks in August, looked at in chat."""

from actions import rights
from actions.units import school
from actions.work import Work
from models.messages.leads import AugustCard
from models.person import Person
from models.staff import Role


async def show(work: Work, person: Person) -> None:
    unit = await school(work.session)
    await rights.must(work, person, (Role.OFFICE,), unit)
    work.say(person, AugustCard(unit=unit.id))
