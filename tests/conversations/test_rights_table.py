"""Role by action by hand in the record: what rights.toml allows is done, and nothing else.

Every cell is a press that was never offered. What changes nothing is pressed by everybody at once;
what changes the case by one after another, the case being put back in between.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from actions import owning
from actions.work import Work
from handlers.case import CaseDo
from models.case import Case, CaseKind, CaseState, Method, Outcome
from models.evidence import Evidence, Media
from models.messages.cases import Verb
from models.outgoing import Outgoing
from models.person import Binding
from models.staff import Role
from tests.conversations.working import disputed, opened, row
from tests.driving import Running
from tests.world import One, World

TABLE: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("rights.toml").read_text("utf-8"))
HAND = "经手老师"
CLASS, COLLEGE = "软件2001", "计算机学院"
MORE = {
    "tutor": (Role.CLASS_TUTOR, CLASS),
    "deputy": (Role.COLLEGE_DEPUTY, COLLEGE),
    "entry": (Role.DATA_ENTRY, COLLEGE),
    "admin": (Role.ADMIN, ""),
}
HANDS = {
    "counselor": (Role.COUNSELOR, CLASS),
    "tutor": (Role.CLASS_TUTOR, CLASS),
    "officer": (Role.EMPLOYMENT_OFFICER, COLLEGE),
    "deputy": (Role.COLLEGE_DEPUTY, COLLEGE),
    "office": (Role.OFFICE, ""),
    "reviewer": (Role.REVIEWER, ""),
    "head": (Role.SCHOOL_HEAD, ""),
    "discipline": (Role.DISCIPLINE, ""),
}
# What each press is answered with where it is allowed; a claim and the like change the case besides.
ANSWERS: dict[str, tuple[Verb, frozenset[str]]] = {
    "open": (Verb.CARD, frozenset({"case_card"})),
    "history": (Verb.HISTORY, frozenset({"case_history"})),
    "claim": (Verb.CLAIM, frozenset({"case_card"})),
    "note": (Verb.NOTE, frozenset({"case_note_asked"})),
    "contact": (Verb.CONTACT, frozenset({"case_phones"})),
    "letter": (Verb.WRITE, frozenset({"case_letter_asked"})),
    "hand": (Verb.HAND_OVER, frozenset({"case_colleagues"})),
    "up": (Verb.ESCALATE, frozenset({"case_handed_on"})),
    "close": (Verb.CLOSE, frozenset({"case_method_asked", "look_missing"})),
    "approve": (Verb.APPROVE, frozenset({"case_reviewed"})),
    "return": (Verb.RETURN, frozenset({"case_reason_asked"})),
    "verify": (Verb.VERIFY, frozenset({"case_binding_done"})),
    "papers": (Verb.EVIDENCE, frozenset({"evidence_open"})),
}
CHANGES = ("claim", "contact", "up", "approve", "verify")
NEUTRAL = "neutral"
NO = {
    NEUTRAL: frozenset({"case_neutral"}),
    "": frozenset({"not_yours", "case_not_found"}),
    "open": frozenset({"case_as_is", "case_taken", "outdated"}),
}
KEPT = ("owner_id", "state", "method", "outcome", "closer_id", "reviewer_id", "closed_at", "first_contact_at")


@dataclass(frozen=True)
class Scene:
    """What is pressed on: a kind, how it stands, and whose it is."""

    kind: CaseKind
    state: CaseState
    owner: str | None
    silent: bool = False
    stranded: bool = False


OPEN, WORKING, AWAITING, CLOSED = CaseState
SCENES = {
    "silent_dispute_owned": Scene(CaseKind.DISPUTE, WORKING, "reviewer2", silent=True),
    "silent_dispute_pool": Scene(CaseKind.DISPUTE, OPEN, None, silent=True),
    "silent_dispute_review": Scene(CaseKind.DISPUTE, AWAITING, "reviewer2", silent=True),
    "silent_dispute_closed": Scene(CaseKind.DISPUTE, CLOSED, "reviewer2", silent=True),
    "dispute_owned": Scene(CaseKind.DISPUTE, WORKING, "counselor"),
    "dispute_review": Scene(CaseKind.DISPUTE, AWAITING, "counselor"),
    "identity_owned": Scene(CaseKind.IDENTITY_CONFLICT, WORKING, "reviewer2"),
    "identity_pool": Scene(CaseKind.IDENTITY_CONFLICT, OPEN, None),
    "complaint_review": Scene(CaseKind.COMPLAINT, AWAITING, "reviewer2"),
    "ordinary_owned": Scene(CaseKind.CHANGE_REQUEST, WORKING, "counselor"),
    "ordinary_pool": Scene(CaseKind.CHANGE_REQUEST, OPEN, None),
    "ordinary_stranded": Scene(CaseKind.CHANGE_REQUEST, OPEN, None, stranded=True),
}


async def colleagues(world: World) -> dict[str, One]:
    """Of each role somebody who had no hand in the record, and where it matters somebody who had."""
    for number, (key, (role, unit)) in enumerate(MORE.items()):
        await world.staff(key, f"同事{number}", f"T7{number}", role, unit)
    for number, (key, (role, unit)) in enumerate(HANDS.items()):
        await world.staff(f"{key}_hand", HAND, f"T8{number}", role, unit)
    return {key: one for key, one in world.people.items() if key != "lihua"}


async def staged(app: Running, world: World, scene: Scene) -> Case:
    waits = scene.kind is CaseKind.IDENTITY_CONFLICT
    one = await world.graduate(name="赵六", enterer=HAND, verified=not waits)
    if scene.kind is CaseKind.DISPUTE:
        case = await disputed(app, world, one, alone=scene.silent)
    else:
        binding = await app.row(select(Binding).where(Binding.graduate_id == one.id)) if waits else None
        case = await opened(app, one, scene.kind, chosen=True, binding=binding)
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, case.id)
        kept.owner_id = world.people[scene.owner].id if scene.owner else None
        kept.state, kept.first_contact_at = scene.state, work.now
        if scene.state in (AWAITING, CLOSED):
            kept.closer_id, kept.settled_at = kept.owner_id, work.now
            kept.method, kept.outcome = Method.OTHER, Outcome.UNRESOLVED
            kept.closed_at = work.now if scene.state is CLOSED else None
        work.session.add(_paper(work, one, case))
        if scene.stranded:
            work.record(owning.STRANDED, subject=case.id, graduate=case.graduate_id)
    return await row(app, case.id)


def _paper(work: Work, one: One, case: Case) -> Evidence:
    """A file that came for this case; its content is nobody's here."""
    assert one.person_id is not None
    return Evidence(
        id=uuid4(),
        graduate_id=one.id,
        person_id=one.person_id,
        case_id=case.id,
        paper="labour_contract",
        media=Media.PDF,
        size=1,
        pages=1,
        digest="0" * 64,
        kept_digest="0" * 64,
        given_at=work.now,
        keep_until=work.now,
    )


async def put_back(app: Running, before: Case) -> None:
    async with app.app.works.begin() as work:
        kept = await work.session.get_one(Case, before.id)
        for name in KEPT:
            setattr(kept, name, getattr(before, name))


async def standing(app: Running, case: Case) -> tuple[Any, ...]:
    now = await row(app, case.id)
    return tuple(getattr(now, name) for name in KEPT)


async def last_id(app: Running) -> int:
    return max((one.id for one in await app.rows(select(Outgoing))), default=0)


async def heard(app: Running, after: int, who: dict[str, One]) -> dict[str, list[str]]:
    """What each was answered with, in order; what they were told of by others is none of it."""
    names = {one.person_id: key for key, one in who.items()}
    found: dict[str, list[str]] = {key: [] for key in who}
    rows = await app.rows(select(Outgoing).where(Outgoing.id > after).order_by(Outgoing.id))  # type: ignore[arg-type, operator]
    for one in rows:
        if one.person_id in names and one.message.lane.value == "reply":
            found[names[one.person_id]].append(one.message.kind)
    return found


def wanted(cell: str, action: str) -> frozenset[str]:
    allowed = cell.split()
    if action in allowed:
        return ANSWERS[action][1]
    return NO[NEUTRAL if cell == NEUTRAL else "open" if "open" in allowed else ""]


@pytest.mark.parametrize("name", list(SCENES))
async def test_what_the_table_allows_and_nothing_else(app: Running, world: World, name: str) -> None:
    scene, cells = SCENES[name], TABLE[name]
    who = await colleagues(world)
    assert set(cells) == set(who)
    case = await staged(app, world, scene)
    for one in who.values():
        await one.phone.send("/help")
    await app.settled()
    wrong = await _at_once(app, case, who, cells) + await _in_turn(app, case, who, cells)
    assert not wrong, "\n".join(wrong)


async def _at_once(app: Running, case: Case, who: dict[str, One], cells: dict[str, str]) -> list[str]:
    after, before = await last_id(app), await standing(app, case)
    pressed = {
        key: [one for one in ANSWERS if one not in CHANGES or one not in cells[key].split()] for key in who
    }
    for key, actions in pressed.items():
        shown = who[key].phone.shown[-1]
        for action in actions:
            await who[key].phone.press_data(CaseDo(verb=ANSWERS[action][0], case=case.id).pack(), shown)
    await app.settled()
    assert await standing(app, case) == before
    wrong = []
    for key, kinds in (await heard(app, after, who)).items():
        assert len(kinds) == len(pressed[key]), f"{key}: {kinds}"
        for action, kind in zip(pressed[key], kinds, strict=True):
            if kind not in wanted(cells[key], action):
                wrong.append(f"{key} {action}: {kind}")
    return wrong


async def _in_turn(app: Running, case: Case, who: dict[str, One], cells: dict[str, str]) -> list[str]:
    wrong = []
    for key, cell in cells.items():
        for action in [one for one in CHANGES if one in cell.split()]:
            after, before = await last_id(app), await standing(app, case)
            shown = who[key].phone.shown[-1]
            await who[key].phone.press_data(CaseDo(verb=ANSWERS[action][0], case=case.id).pack(), shown)
            await app.settled()
            kinds = (await heard(app, after, who))[key]
            if not set(kinds) & wanted(cell, action):
                wrong.append(f"{key} {action}: {kinds}")
            changed = await standing(app, case) != before
            assert changed or action == "contact", f"{key} {action}"
            await put_back(app, case)
    return wrong
