"""Every kind of message is worded in every locale, renders, keeps the voice, and fits into a message."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

import pytest
from jinja2 import Environment, meta
from sqlmodel import SQLModel

from bot import letters
from bot.rendering import TEXTS
from handlers import routes
from models.answer import Answer, AnswerKind, ContactChange, ContactKind, EmployerClaim, Heard, Source
from models.ask import Ask
from models.broadcast import Broadcast, Segment
from models.calendar import CalendarDate
from models.campaign import Campaign, CampaignState
from models.case import Case, CaseKind, Method, Note, NoteKind, Outcome
from models.dispute import Dispute, Statement, StatementKind
from models.followup import CallAnsweredBy, CallFinding, CallRecord, FollowUp, FollowUpKind
from models.messages import Say
from models.person import Locale, Person
from models.rectification import Rectification
from models.support import Form, Progress, Support, SupportEntry, SupportHelper
from models.task import HandIn, Task
from rules import load
from tests.world import World

KINDS = sorted(Say.every())
PAGES = TEXTS.parent.parent / "web/templates"
# The voice has none; in English some stand inside a name or an address.
EXCLAIMS = re.compile(r"！|!(?!\w)")


# Plain words that name a rule.
WORDS = {
    "options": "tonight",
    "name": "confirm",
    "segment": "unconfirmed",
    "phrase": "否则",
    "paper": "other",
}


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_worded(kind: str, locale: Locale) -> None:
    assert (TEXTS / locale.value / f"{kind}.j2").read_text("utf-8").strip()


def test_what_is_worded_again_for_the_page_is_so_in_every_locale() -> None:
    found = [{file.name for file in (TEXTS / locale.value / "page").glob("*")} for locale in Locale]
    assert found[0] == found[1]
    assert found[0] <= {f"{kind}.j2" for kind in KINDS}


def test_no_wording_is_left_over() -> None:
    included = set()
    for file in TEXTS.rglob("*.j2"):
        parsed = Environment().parse(file.read_text("utf-8"))
        included |= {name for name in meta.find_referenced_templates(parsed) if name}
    for locale in Locale:
        found = {file.name for file in (TEXTS / locale.value).glob("*.j2")}
        assert not found - {f"{kind}.j2" for kind in (*KINDS, *letters.KINDS)} - included


def test_labels_are_the_same_keys_in_every_locale() -> None:
    labels = {locale: _labels(locale) for locale in Locale}
    assert set(labels[Locale.ZH_CN]) == set(labels[Locale.EN])


def test_texts_keep_the_voice() -> None:
    forbidden = load().phrases
    for file in [*TEXTS.rglob("*.j2"), *TEXTS.rglob("*.toml"), *PAGES.rglob("*.html")]:
        for words in _words(file):
            found = forbidden.found_in(words)
            assert found is None, f"{file.name}: {found.phrase}"
            assert file.suffix == ".html" or not EXCLAIMS.search(words), f"{file.name}: {words}"


def _words(file: Path) -> Iterator[str]:
    """All that a template can say, the words inside its expressions too; each label by itself."""
    if file.suffix == ".toml":
        yield from tomllib.loads(file.read_text("utf-8")).values()
        return
    said = [(kind, words) for _, kind, words in Environment().lex(file.read_text("utf-8"))]
    yield "".join(words if kind == "data" else " " for kind, words in said if kind != "string")
    yield from (words for kind, words in said if kind == "string")


async def test_every_kind_renders_in_every_locale(world: World) -> None:
    app = world.running.app
    sample = await _one_of_each(world)
    failed = []
    for kind in KINDS:
        message = _filled(Say.kinds[kind], sample)
        for locale in Locale:
            try:
                async with app.works.reading() as session:
                    for show in (app.words.render, app.words.on_page):
                        shown = await show(session, message, locale, app.clock.now())
                        assert shown.text.strip()
                        assert len(re.sub(r"<[^>]+>", "", shown.text)) <= 4096
            except Exception as error:  # noqa: BLE001  every failing kind is listed, not only the first
                failed.append(f"{kind} {locale}: {type(error).__name__}: {error}")
    assert not failed, "\n".join(failed)


def test_every_button_has_its_own_prefix_and_every_message_its_keyboard() -> None:
    table = routes()
    assert len({button.__prefix__ for button, _ in table.presses.values()}) == len(table.presses)
    assert set(table.keyboards) <= set(Say.kinds.values())


def _labels(locale: Locale) -> dict[str, Any]:
    labels: dict[str, Any] = {}
    for file in (TEXTS / locale.value).glob("*.toml"):
        labels |= tomllib.loads(file.read_text("utf-8"))
    return labels


async def _one_of_each(world: World) -> dict[str, UUID]:
    lihua, now = world.lihua.row, world.running.now
    destination = await world.destination(world.lihua)
    async with world.running.app.works.begin() as work:
        graduate = await work.session.get_one(type(lihua), lihua.id)
        person = await work.session.get_one(Person, world.lihua.person_id)
        staff = await work.session.get_one(type(world.reviewer.row), world.reviewer.id)
        about: dict[str, Any] = {"graduate": graduate, "destination": destination}
        answer = Answer(
            **about,
            kind=AnswerKind.CHANGED,
            claim=EmployerClaim(name="新单位"),
            said_at=now,
            person_id=person.id,
        )
        case = Case(
            number=1024,
            kind=CaseKind.DISPUTE,
            reason="field",
            graduate=graduate,
            unit_id=graduate.unit_id,
            answer=answer,
            owner=staff,
            opened_at=now,
            next_step_by=now,
            review_by=now,
            first_contact_by=now,
            due_at=now,
            method=Method.PHONE_CHECK,
            outcome=Outcome.CONFIRMED_FALSE,
            finding=work.seal("单位回复没有此人"),
            settled_at=now,
            closer_id=staff.id,
            reviewer_id=world.reviewer2.id,
            rules_digest="",
        )
        note = Note(case=case, kind=NoteKind.OPENED, staff_id=staff.id, at=now, text=work.seal("开始核实"))
        dispute = Dispute(
            **about,
            case=case,
            sentence="employer",
            official_sentence=True,
            source=Source.CHAT,
            without_counselor=False,
            counselor_implicated=False,
            filed_at=now,
            withdrawn_at=now,
        )
        campaign = Campaign(
            name="confirm",
            cohort=2024,
            unit_id=graduate.unit_id,
            state=CampaignState.RUNNING,
            deadline_at=now,
            rules_digest="",
            launched_at=now,
            launched_by_id=person.id,
        )
        text = Broadcast(
            cohort=2024,
            unit_id=graduate.unit_id,
            audience=Segment(key="case", case_kind=CaseKind.MESSAGE),
            text="请看一眼登记的去向。",
            written_by_id=person.id,
            written_at=now,
        )
        calendar_date = CalendarDate(
            school_id=world.units[""].id,
            cohort=2025,
            preset="henan_ist_2024",
            key="college_self_check_report_and_evidence",
            due_on=date(2025, 7, 24),
            applied_at=now,
        )
        work.session.add(calendar_date)
        await work.session.flush()
        task = Task(
            calendar_date_id=calendar_date.id,
            unit_id=graduate.unit_id,
            party="college",
            round=0,
            opens_on=date(2025, 7, 18),
            target_on=date(2025, 7, 23),
            due_on=date(2025, 7, 24),
            due_at=now,
            made_at=now,
        )
        work.session.add(task)
        await work.session.flush()
        support = Support(
            graduate_id=graduate.id, unsettled=True, opened_at=now, logged_at=now, next_check_at=now
        )
        work.session.add(support)
        await work.session.flush()
        work.session.add(SupportHelper(support_id=support.id, staff_id=staff.id, since=now))
        entry = {"support_id": support.id, "staff_id": staff.id, "text": work.seal("聊了聊"), "at": now}
        contents: Any = {"form": Form.ONE, "contents": ["jobs"], "progress": Progress.SEEKING}
        work.session.add(SupportEntry(**entry, **contents))
        must = {"deadline": date(2024, 7, 31), "named_id": staff.id, "maker_id": world.reviewer2.id}
        put_right = Rectification(case_id=case.id, goal=work.seal("一人一档"), made_at=now, **must)
        hand_in = HandIn(
            task_id=task.id,
            staff_id=staff.id,
            papers=["就业自查报告"],
            signed=["college_party_head"],
            unsigned=["college_admin_head"],
            sealed=False,
            recipients=["就业创业指导中心"],
            at=now,
        )
        ask = Ask(graduate=graduate, campaign=campaign, version=1, deadline_at=now, opened_at=now)
        heard = Heard(
            person=person, graduate_id=graduate.id, text=work.seal("有一件事"), case=case, said_at=now
        )
        contact = ContactChange(
            graduate=graduate,
            contact=ContactKind.EMPLOYER_CONTACT,
            name=work.seal("张经理"),
            phone=work.seal("+8613912345678"),
            given_at=now,
        )
        followup = FollowUp(
            graduate=graduate, kind=FollowUpKind.LEFT_JOB, stage="recheck", opened_at=now, due_at=now
        )
        call = CallRecord(
            graduate=graduate,
            staff=staff,
            answered_by=CallAnsweredBy.GRADUATE,
            finding=CallFinding.TRUE,
            at=now,
        )
        statement = Statement(
            dispute=dispute, kind=StatementKind.STATEMENT, text=work.seal("没有签过"), said_at=now
        )
        rows: dict[str, SQLModel] = {
            "answer": answer,
            "ask": ask,
            "asked_in": case,
            "broadcast": text,
            "call": call,
            "calendar_date": calendar_date,
            "campaign": campaign,
            "case": case,
            "complaint": case,
            "contact": contact,
            "destination": destination,
            "dispute": dispute,
            "followup": followup,
            "graduate": graduate,
            "hand_in": hand_in,
            "heard": heard,
            "person": person,
            "note": note,
            "staff": staff,
            "colleagues": staff,
            "support": support,
            "supports": support,
            "waiting": case,
            "task": task,
            "tasks": task,
            "statement": statement,
            "unit": world.units["软件2001"],
        }
        work.session.add_all(
            [
                answer,
                case,
                note,
                statement,
                dispute,
                campaign,
                text,
                ask,
                heard,
                contact,
                followup,
                call,
                hand_in,
            ]
        )
        await work.session.flush()
        work.session.add(put_right)
        await work.session.flush()
        return {name: row.id for name, row in rows.items()}  # type: ignore[attr-defined]


def _filled(kind: type[Say], sample: dict[str, UUID]) -> Say:
    if kind.__name__.startswith("Support"):  # nobody but who helps reads more than a line
        sample = sample | {"reader": sample["staff"]}
    given = {
        name: _value(name, field.annotation, sample)
        for name, field in kind.model_fields.items()
        if name != "kind"
    }
    return kind.model_validate(given)


def _value(name: str, wanted: Any, sample: dict[str, UUID]) -> Any:
    if wanted is type(None):
        return None
    if get_origin(wanted) in (Union, UnionType):
        return _value(name, next(one for one in get_args(wanted) if one is not type(None)), sample)
    if get_origin(wanted) is not None:
        origin = get_origin(wanted)
        if origin in (tuple, list):
            return [_value(name, get_args(wanted)[0], sample)]
        return get_args(wanted)[0]
    if wanted is UUID:
        return sample.get(name, sample["graduate"])
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return next(iter(wanted))
    if name in WORDS:
        return WORDS[name]
    samples: dict[Any, Any] = {int: 1, bool: True, str: "employer"}
    return samples.get(wanted, "2024-07-08T02:00:00+00:00")
