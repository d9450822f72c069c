"""Every job there is: a name, how often to look, and one call of an action."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from actions import (
    brake,
    digest,
    dispute_late,
    disputes,
    ending,
    followups,
    heard,
    incoming,
    ladder,
    overdue,
    seals,
    spreading,
    tally,
    task_notices,
    tasks,
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
    Job("campaigns_ending", 5.0, ending.look),
    Job("campaigns_brake", 5.0, brake.look),
    Job("campaigns_shown", 15.0, watching.show),
    Job("ladder_due", 15.0, ladder.due),
    Job("disputes_revealed", 30.0, disputes.reveal),
    Job("followups_due", 30.0, followups.due_followups),
    Job("texts_unrouted", 60.0, heard.unrouted),
    Job("cases_overdue", 60.0, overdue.look),
    Job("disputes_late", 60.0, dispute_late.look),
    Job("morning_digest", 60.0, digest.look),
    Job("duties_made", 60.0, tasks.lay_out),
    Job("duties_near", 60.0, task_notices.remind),
    Job("duties_late", 60.0, task_notices.late),
    Job("counts_folded", 5.0, tally.fold),
    Job("events_sealed", 10.0, seals.seal_batch),
    Job("updates_forgotten", 600.0, incoming.forget),
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
