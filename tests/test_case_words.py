"""Whatever a case, a note or a call can be has its words in every locale."""

import ast
import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import cast

import pytest
from jinja2 import Environment, nodes

from actions import (
    calls,
    conflicts,
    followup_steps,
    heard,
    helping,
    leads,
    official,
    roster,
    routing,
    same_place,
)
from actions.changes import FILINGS
from bot.rendering import TEXTS
from handlers import routes
from models.answer import AnswerKind, ContactKind
from models.case import DISPUTE_FALSE, PRESSURE, CaseKind, CaseState, Method, NoteKind
from models.evidence import SHARED
from models.followup import CallAnsweredBy, CallFinding, FollowUpKind
from models.person import Locale, Unreachable

ACTIONS = Path(calls.__file__).parent
# Everywhere an action gives a case its reason, and what those reasons can be.
REASONS: dict[str, Iterable[str]] = {
    "OWN_PHONE.value": [FollowUpKind.OWN_PHONE],
    "WRONG_PERSON.value": [Unreachable.WRONG_PERSON],
    "oddity.value": roster.RAISES_CASE,
    "why": [
        conflicts.SECOND_ACCOUNT,
        conflicts.TWO_GRADUATES,
        conflicts.STAFF_ACCOUNT,
        conflicts.WRONG_DIGITS,
        conflicts.STRANGER_ON_PAGE,
    ],
    "which.value": ContactKind,
    "way.value": (heard.Way.COUNSELOR, heard.Way.OFFICE),
    "REASON": [official.REASON],
    "HELP": [helping.HELP],
    "filing.reason": [filing.reason for filing in FILINGS.values()],
    "reason": [calls.DEAD_NUMBER, calls.DENIED_ON_PHONE, calls.CHANGED_ON_PHONE, SHARED],
    "routing.objection_to(call)": [routing.CALL_OBJECTED],
    "DISPUTE_FALSE": [DISPUTE_FALSE],
    "PRESSURE": [PRESSURE],
    "UNVERIFIED": [followup_steps.UNVERIFIED],
}
TABLES: dict[str, type[StrEnum]] = {
    "kinds": CaseKind,
    "states": CaseState,
    "methods": Method,
    "notes": NoteKind,
    "contacts": ContactKind,
    "answered": CallAnsweredBy,
    "findings": CallFinding,
    "answers": AnswerKind,
}


def table(locale: Locale, name: str) -> dict[str, str]:
    parsed = Environment().parse((TEXTS / locale.value / "_case_words.j2").read_text("utf-8"))
    for assigned in parsed.find_all(nodes.Assign):
        if isinstance(assigned.target, nodes.Name) and assigned.target.name == name:
            return cast(dict[str, str], cast(nodes.Expr, assigned.node).as_const())
    raise LookupError(name)


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_member_has_a_word(name: str, locale: Locale) -> None:
    assert set(table(locale, name)) == {one.value for one in TABLES[name]}


@pytest.mark.parametrize("locale", list(Locale))
def test_every_reason_has_words(locale: Locale) -> None:
    wanted = {str(reason) for reasons in REASONS.values() for reason in reasons}
    wanted |= {leads.UNMATCHED, same_place.REASON}
    assert not wanted - set(table(locale, "reasons"))


def test_no_action_gives_a_reason_unknown_here() -> None:
    given = set()
    for file in ACTIONS.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and _opens(call):
                given |= {ast.unparse(one.value) for one in call.keywords if one.arg == "reason"}
    assert not {one for one in given if not any(one.endswith(known) for known in REASONS)}


@pytest.mark.parametrize("locale", list(Locale))
def test_every_command_of_the_help_does_something(locale: Locale) -> None:
    words = (TEXTS / locale.value / "_staff_commands.j2").read_text("utf-8")
    assert not set(re.findall(r"/([a-z]+)", words)) - set(routes().commands)


def _opens(call: ast.Call) -> bool:
    return ast.unparse(call.func).rpartition(".")[2] in ("open_case", "open_unreachable")
