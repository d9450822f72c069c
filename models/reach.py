"""Whom no message reaches, each under one reason, and who is to be telephoned; questions about a graduate."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, String, and_, case, exists, func, literal, or_, select, true
from sqlmodel import col

from models.dispatch import Dispatch, last_failed_dead
from models.equation import bound, bound_to, reached, under_dispute
from models.followup import CallAnsweredBy, CallRecord, CallWhy, ToCall
from models.graduate import Graduate, unanswered
from models.person import Binding, OutOfReach, Person, Unreachable
from models.staff import Invitation
from models.unit import Unit

# What is heard on somebody else's line says nothing about the graduate's own number.
OTHER_LINES = (CallAnsweredBy.PARENT, CallAnsweredBy.EMPLOYER)


@cache
def out_of_reach() -> ColumnElement[str]:
    """The one reason, as a word; nothing for whoever is reached."""
    return case(
        (and_(reached(), ~unheard()), literal("", String)),
        *(
            (stands(one), literal(one.value, String))
            for one in OutOfReach
            if one is not OutOfReach.NOT_ENROLLED
        ),
        else_=literal(OutOfReach.NOT_ENROLLED.value, String),
    )


def behind(units: Sequence[Unit], reason: OutOfReach) -> tuple[ColumnElement[bool], ...]:
    """The people whom the number of this reason counts, by the very same words."""
    under = select(col(Unit.id)).where(or_(*(col(Unit.path).startswith(unit.path) for unit in units)))
    return (
        col(Graduate.removed_at).is_(None),
        col(Graduate.unit_id).in_(under),
        out_of_reach() == reason.value,
    )


def stands(reason: OutOfReach) -> ColumnElement[bool]:
    """Whether this reason holds, whatever else reaches them."""
    match reason:
        case OutOfReach.DEAD_NUMBER:
            return dead_number()
        case OutOfReach.WRONG_PERSON:
            return or_(_account(Unreachable.WRONG_PERSON), and_(~bound(), _last_was_somebody_else()))
        case OutOfReach.DECLINED:
            return or_(_account(Unreachable.DECLINED), and_(~bound(), declined()))
        case OutOfReach.OPTED_OUT:
            return or_(_account(Unreachable.OPTED_OUT), bound_to(col(Person.stopped_at).is_not(None)))
        case OutOfReach.UNANSWERED:
            return unheard()
        case _:
            return _account(Unreachable(reason.value))


def _account(why: Unreachable) -> ColumnElement[bool]:
    return bound_to(col(Person.unreachable) == why)


def _last_was_somebody_else() -> ColumnElement[bool]:
    latest = (
        select(col(Binding.ended_why))
        .where(col(Binding.graduate_id) == col(Graduate.id), col(Binding.ended_at).is_not(None))
        .order_by(col(Binding.ended_at).desc(), col(Binding.id).desc())
        .limit(1)
        .correlate(Graduate)
        .scalar_subquery()
    )
    return latest == Unreachable.WRONG_PERSON.value


def declined() -> ColumnElement[bool]:
    return exists().where(
        col(Invitation.graduate_id) == col(Graduate.id),
        col(Invitation.used_by_id) == col(Person.id),
        col(Person.unreachable) == Unreachable.DECLINED,
    )


def dead_number() -> ColumnElement[bool]:
    """Nobody is at the number they have now: by the last call, or by the platform that sent a text to it."""
    return or_(_called_in_vain(), and_(_texted_in_vain(), ~_spoken_since()))


def _texted_in_vain() -> ColumnElement[bool]:
    return last_failed_dead(col(Graduate.id), col(Graduate.phone_digest))


def _spoken_since() -> ColumnElement[bool]:
    """Somebody was heard at that number after the last text to it had failed."""
    failed_at = (
        select(func.max(col(Dispatch.settled_at)))
        .where(
            col(Dispatch.graduate_id) == col(Graduate.id),
            col(Dispatch.address_digest) == col(Graduate.phone_digest),
        )
        .correlate(Graduate)
        .scalar_subquery()
    )
    return exists().where(
        col(CallRecord.graduate_id) == col(Graduate.id),
        col(CallRecord.phone_digest) == col(Graduate.phone_digest),
        col(CallRecord.answered_by).not_in((*OTHER_LINES, CallAnsweredBy.DEAD_NUMBER)),
        col(CallRecord.at) > failed_at,
    )


def _called_in_vain() -> ColumnElement[bool]:
    """The last call on the number they have now found nobody there; an older record does not say which."""
    latest = (
        select(
            and_(
                col(CallRecord.answered_by) == CallAnsweredBy.DEAD_NUMBER,
                or_(
                    col(CallRecord.phone_digest).is_(None),
                    col(CallRecord.phone_digest) == col(Graduate.phone_digest),
                ),
            )
        )
        .where(
            col(CallRecord.graduate_id) == col(Graduate.id), col(CallRecord.answered_by).not_in(OTHER_LINES)
        )
        .order_by(col(CallRecord.at).desc(), col(CallRecord.id).desc())
        .limit(1)
        .correlate(Graduate)
        .scalar_subquery()
    )
    return latest.is_(True)


def unheard() -> ColumnElement[bool]:
    """Enough steps of a ladder went without an answer."""
    return and_(unanswered(), _listed(col(ToCall.why) == CallWhy.UNANSWERED))


def awaited() -> ColumnElement[bool]:
    """Without an answer, which nobody is reminded of while they dispute what is registered."""
    return and_(unanswered(), col(Graduate.removed_at).is_(None), ~under_dispute())


def to_be_tried() -> ColumnElement[bool]:
    """Awaited, neither spoken to yet nor tried often enough."""
    return and_(awaited(), col(Graduate.tried_at).is_(None))


def marked() -> ColumnElement[bool]:
    """For a reason to be telephoned."""
    return _listed(true())


def _listed(how: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(ToCall.graduate_id) == col(Graduate.id), col(ToCall.over_at).is_(None), how)
