"""A small school with names: a college, two classes, who works there, and graduates made to order."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from actions.units import ensure_path, ensure_school
from actions.work import Work
from models.graduate import Destination, Graduate
from models.person import Binding, Chat, Person
from models.staff import Duty, Role, Staff
from models.unit import Unit, UnitKind
from sandbox import Phone
from tests.driving import SCHOOL, Running

CLASS_A = [
    (UnitKind.COLLEGE, "计算机学院"),
    (UnitKind.MAJOR, "软件工程"),
    (UnitKind.CLASS, "软件2001"),
]
CLASS_B = [*CLASS_A[:2], (UnitKind.CLASS, "软件2002")]
STAFF: dict[str, tuple[str, str, Role, str]] = {
    "counselor": ("陈老师", "T001", Role.COUNSELOR, "软件2001"),
    "counselor2": ("周老师", "T002", Role.COUNSELOR, "软件2002"),
    "officer": ("吴干事", "T010", Role.EMPLOYMENT_OFFICER, "计算机学院"),
    "reviewer": ("林复核", "T020", Role.REVIEWER, ""),
    "reviewer2": ("秦复核", "T021", Role.REVIEWER, ""),
    "office": ("何主任", "T030", Role.OFFICE, ""),
    "discipline": ("严书记", "T040", Role.DISCIPLINE, ""),
    "head": ("高校长", "T050", Role.SCHOOL_HEAD, ""),
}


@dataclass
class One:
    """Somebody of this world: their phone, and the row behind them."""

    phone: Phone
    row: Any
    person_id: UUID | None = None

    @property
    def id(self) -> UUID:
        found: UUID = self.row.id
        return found


@dataclass
class World:
    running: Running
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, One] = field(default_factory=dict)
    next_id: int = 1000

    def __getattr__(self, name: str) -> One:
        try:
            return self.people[name]
        except KeyError as error:
            raise AttributeError(name) from error

    @classmethod
    async def built(cls, running: Running) -> "World":
        world = cls(running)
        async with running.app.works.begin() as work:
            root = await ensure_school(work.session, SCHOOL)
            first = await ensure_path(work.session, CLASS_A)
            second = await ensure_path(work.session, CLASS_B)
            world.units = {"": root, first.name: first, second.name: second}
            for unit in await work.session.exec(select(Unit)):
                world.units[unit.name] = unit
            for key, (name, number, role, unit_name) in STAFF.items():
                await world._staff(work, key, name, number, role, world.units[unit_name])
        world.people["lihua"] = await world.graduate(name="李华", key="lihua")
        return world

    async def staff(
        self, key: str, name: str, number: str, role: Role, unit: str = "", *, joined: bool = True
    ) -> One:
        async with self.running.app.works.begin() as work:
            return await self._staff(work, key, name, number, role, self.units[unit], joined=joined)

    async def graduate(self, *, name: str = "张伟", key: str | None = None, **given: Any) -> One:
        """Enrolled, verified, with an employer that others than the counselor entered and signed."""
        async with self.running.app.works.begin() as work:
            made = await self._graduate(work, name, given)
        if key:
            self.people[key] = made
        return made

    async def rows(self, query: SelectOfScalar[Any]) -> list[Any]:
        return await self.running.rows(query)

    async def row(self, query: SelectOfScalar[Any]) -> Any:
        return await self.running.row(query)

    async def destination(self, one: One) -> Destination:
        return await self.row(  # type: ignore[no-any-return]
            select(Destination)
            .join(Graduate)
            .where(Destination.graduate_id == one.id, Destination.number == Graduate.version)
        )

    def stranger(self, name: str = "路人", **given: Any) -> Phone:
        self.next_id += 1
        return self.running.sandbox.phone(self.next_id, name, **given)

    async def _staff(
        self, work: Work, key: str, name: str, number: str, role: Role, unit: Unit, *, joined: bool = True
    ) -> One:
        phone = self.stranger(name)
        person = await self._chatting(work, phone) if joined else None
        staff = Staff(name=name, name_key=name, number=number, person=person, created_at=work.now)
        work.session.add(Duty(staff=staff, role=role, unit_id=unit.id, since=work.now))
        self.people[key] = One(phone, staff, person.id if person else None)
        return self.people[key]

    async def _chatting(self, work: Work, phone: Phone, **given: Any) -> Person:
        phone.started = True
        person = Person(created_at=work.now, **given)
        work.session.add(Chat(bot_id=work.bot_id, address=phone.user_id, person=person, created_at=work.now))
        return person

    async def _graduate(self, work: Work, name: str, given: dict[str, Any]) -> One:
        number = f"2020{self.next_id:08d}"
        mobile = given.pop("mobile", f"+8613{self.next_id:09d}")
        phone = self.stranger(name, phone_number=mobile)
        enrolled, verified = given.pop("enrolled", True), given.pop("verified", True)
        locale = given.pop("locale", None)
        unit = self.units[given.pop("unit", "软件2001")]
        destination = _destination(given)
        graduate = Graduate(
            cohort=2024,
            unit_id=unit.id,
            roster_key=number,
            student_no=number,
            exam_no=f"20420{self.next_id:09d}",
            name=name,
            name_key=name,
            phone=work.seal(mobile),
            phone_digest=work.keys.digest(mobile) if mobile else None,
            version=1,
            created_at=work.now,
            **given,
        )
        work.session.add(Destination(graduate=graduate, registered_at=work.now, **destination))
        made = One(phone, graduate)
        if enrolled:
            person = await self._chatting(work, phone, **({"locale": locale} if locale else {}))
            made.person_id = person.id
            work.session.add(Binding(graduate=graduate, person=person, verified=verified, bound_at=work.now))
        return made


def _destination(given: dict[str, Any]) -> dict[str, Any]:
    """What is registered unless the story says otherwise."""
    usual: dict[str, Any] = {
        "number": 1,
        "code": "11",
        "code_name": "签劳动合同形式就业",
        "category": "employer",
        "employer": "江城精密机械有限公司",
        "employer_key": "江城精密机械有限公司",
        "uscc": "91420117981506162P",
        "location": "湖北省武汉市",
        "signed_on": date(2024, 5, 12),
        "enterer": "就业干事1",
        "enterer_no": None,
        "signer": "学业导师1",
        "signer_no": None,
        "source": "roster",
    }
    if given.get("code", "11") not in ("10", "11", "12"):
        usual |= {"employer": None, "employer_key": None, "uscc": None, "signed_on": None}
    names = {*Destination.model_fields} - {"id", "graduate_id"}
    return usual | {key: given.pop(key) for key in list(given) if key in names}
