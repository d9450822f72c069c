"""The made-up school of a rehearsal: who works there, who graduates, taken in through the product's doors."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlmodel import col, select

from actions import calendars, campaigns, enrolment, identity, invitations, staff
from actions.units import ensure_school, find_unit, school
from bot.commands.desk import Desk
from bot.commands.roster import compared, taken_over
from bot.database import Works
from bot.season.graduates import Somebody, drawn
from models.campaign import SURVEY
from models.graduate import Graduate
from models.messages.survey import SurveyOffer
from models.staff import Role

SCHOOL = "江城理工学院"
CAMPAIGN = "confirm"
CLASSES = (
    ("计算机学院", "软件工程", "软件2001", "陈老师", "T001"),
    ("计算机学院", "软件工程", "软件2002", "周老师", "T002"),
    ("机电学院", "机械工程", "机械2001", "孙老师", "T003"),
)
COLLEAGUES = (
    ("陈老师", "T001", Role.COUNSELOR, "软件2001"),
    ("周老师", "T002", Role.COUNSELOR, "软件2002"),
    ("孙老师", "T003", Role.COUNSELOR, "机械2001"),
    ("吴干事", "T010", Role.EMPLOYMENT_OFFICER, "计算机学院"),
    ("郑干事", "T011", Role.EMPLOYMENT_OFFICER, "机电学院"),
    ("冯副院长", "T012", Role.COLLEGE_DEPUTY, "计算机学院"),
    ("褚副院长", "T013", Role.COLLEGE_DEPUTY, "机电学院"),
    ("林复核", "T020", Role.REVIEWER, ""),
    ("秦复核", "T021", Role.REVIEWER, ""),
    ("何主任", "T030", Role.OFFICE, ""),
    ("严书记", "T040", Role.DISCIPLINE, ""),
    ("高校长", "T050", Role.SCHOOL_HEAD, ""),
)
HEADS = (
    *(
        "学号",
        "考生号",
        "姓名",
        "所在院系",
        "专业名称",
        "所在班级",
        "学历层次",
        "毕业类别",
        "手机号码",
        "辅导员",
    ),
    *(
        "辅导员工号",
        "毕业去向类别代码",
        "毕业去向",
        "签约日期",
        "单位名称",
        "统一社会信用代码",
        "单位所在地",
        "录入人",
    ),
    "审签教师",
)
# Codes by how often they come: contract, agreement, study, own business, freelance, still looking.
CODES = (
    ("11", "签劳动合同形式就业", 10),
    ("10", "签就业协议形式就业", 5),
    ("80", "研究生", 3),
    ("75", "自主创业", 1),
    ("76", "自由职业", 1),
    ("70", "待就业", 4),
)
WITH_EMPLOYER = ("10", "11")
FIRST_ADDRESS = 1_000
ADDRESSES = {number: address for address, (_, number, _, _) in enumerate(COLLEAGUES, 1)}


@dataclass(frozen=True)
class School:
    graduates: dict[int, Somebody]


async def founded(desk: Desk, folder: Path, cohort: int, preset: str, people: int, seed: int) -> School:
    """Colleagues have opened their links; graduates open theirs when it is like them."""
    works = desk.works
    async with works.begin() as work:
        await ensure_school(work.session, SCHOOL)
    plan = await compared(desk, _roster(folder / "roster.csv", cohort, people, seed), cohort)
    await taken_over(desk, plan)
    plan.spool.close()
    await _let_in(desk)
    async with works.begin() as work:
        by = await desk.operator(work)
        await calendars.apply(work, by, preset, cohort)
        query = select(Graduate).order_by(col(Graduate.student_no))
        graduates = {
            FIRST_ADDRESS + number: Somebody(
                FIRST_ADDRESS + number,
                one.id,
                invitations.make(work, graduate=one),
                work.open(one.phone) or "",
                *drawn(Random(f"{seed}:{one.student_no}")),
            )
            for number, one in enumerate(await work.session.exec(query))
        }
    return School(graduates)


async def launched(works: Works, cohort: int) -> None:
    """By whoever runs the office, in their own name."""
    async with works.begin() as work:
        by = await identity.sender(work, ADDRESSES["T030"], "zh")
        await campaigns.launch(work, by, CAMPAIGN, cohort, await school(work.session))


async def pressed_send(works: Works, offer: SurveyOffer) -> None:
    async with works.begin() as work:
        by = await identity.sender(work, ADDRESSES["T030"], "zh")
        await campaigns.launch_in_chat(work, by, SURVEY, offer.cohort, offer.unit)


async def _let_in(desk: Desk) -> None:
    for name, number, role, where in COLLEAGUES:
        async with desk.works.begin() as work:
            by = await desk.operator(work)
            code = await staff.invite(work, by, name, number, [(role, await find_unit(work.session, where))])
        async with desk.works.begin() as work:
            await enrolment.start(work, await identity.sender(work, ADDRESSES[number], "zh"), code)


def _roster(file: Path, cohort: int, people: int, seed: int) -> Path:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADS)
        writer.writerows(_rows(cohort, people, Random(f"roster:{seed}")))
    return file


def _rows(cohort: int, people: int, chance: Random) -> Iterator[tuple[str, ...]]:
    weights = [weight for *_, weight in CODES]
    for n in range(people):
        college, major, of, counselor, number = CLASSES[n * len(CLASSES) // people]
        code, name, _ = chance.choices(CODES, weights)[0]
        employed = code in WITH_EMPLOYER
        signed_on = date(cohort, 4, 1) + timedelta(days=chance.randrange(80))
        yield (
            *(f"{cohort - 4}{n:08d}", f"{cohort - 4}4200{n:08d}", f"学生{n:03d}", college, major, of),
            *("本科生毕业", "结业" if chance.random() < 0.05 else "毕业", f"138{n:08d}", counselor, number),
            *(code, name, f"{signed_on:%Y%m%d}" if employed else ""),
            f"长河电子科技{chance.randrange(20)}有限公司"
            if employed
            else ("江城大学" if code == "80" else ""),
            *(("91420117981506162P", "湖北省武汉市") if employed else ("", "")),
            # Half of the records show that the counselor had a hand in them.
            *((counselor if chance.random() < 0.5 else "就业干事1"), "学业导师1"),
        )
