"""Every job there is: a name, how often to look, and one call of an action."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from actions import (
    absences,
    addressing,
    again,
    brake,
    calling,
    digest,
    dispute_late,
    disputes,
    ending,
    evidence_kept,
    followups,
    heard,
    incoming,
    ladder,
    overdue,
    page_sessions,
    seals,
    snapshots,
    spreading,
    stranded,
    support_rounds,
    survey,
    tally,
    task_notices,
    task_rounds,
    unfinished,
    walking,
    watching,
)
from actions.work import Work


class Begins(Protocol):
    def begin(self) -> AbstractAsyncContextManager[Work]: ...


@dataclass(frozen=True)
class Job:
    """`look` does one bounded batch and says whether there may be more."""

    name: str
    every: float
    look: Callable[[Work], Awaitable[bool]]


JOBS: list[Job] = [
    Job("campaigns_spread", 5.0, spreading.spread),
    Job("campaigns_walked", 15.0, walking.look),
    Job("texts_addressed", 5.0, addressing.look),
    Job("survey_spread", 5.0, survey.spread),
    Job("survey_offered", 60.0, survey.offer),
    Job("campaigns_ending", 5.0, ending.look),
    Job("campaigns_brake", 5.0, brake.look),
    Job("campaigns_shown", 15.0, watching.show),
    Job("ladder_planned_anew", 60.0, ladder.other_plan),
    Job("ladder_due", 15.0, ladder.due),
    Job("answers_unfinished", 60.0, unfinished.due),
    Job("disputes_revealed", 30.0, disputes.reveal),
    Job("followups_due", 30.0, followups.due_followups),
    Job("calls_wanted", 60.0, calling.look),
    Job("texts_unrouted", 60.0, heard.unrouted),
    Job("cases_overdue", 60.0, overdue.look),
    Job("absences_over", 60.0, absences.look),
    Job("cases_again", 15.0, again.look),
    Job("cases_stranded", 60.0, stranded.look),
    Job("disputes_late", 60.0, dispute_late.look),
    Job("morning_digest", 60.0, digest.look),
    Job("duties_made", 60.0, task_rounds.lay_out),
    Job("duties_near", 60.0, task_notices.remind),
    Job("duties_late", 60.0, task_notices.late),
    Job("support_looked_through", 60.0, support_rounds.look),
    Job("snapshots_taken", 60.0, snapshots.take),
    Job("evidence_let_go", 3600.0, evidence_kept.let_go),
    Job("counts_folded", 5.0, tally.fold),
    Job("events_sealed", 10.0, seals.seal_batch),
    Job("updates_forgotten", 600.0, incoming.forget),
    Job("browsers_forgotten", 600.0, page_sessions.forget),
]

BATCHES = 1000


async def run(job: Job, works: Begins) -> None:
    """Batch after batch, each in its own short transaction, until nothing is due.

    Of several processes one is at a job at a time: two would find the same rows due and say it twice."""
    for _ in range(BATCHES):
        async with works.begin() as work:
            await work.alone_at(job.name)
            more = await job.look(work)
        if not more:
            return
