"""A made-up fortnight of a few queues: nobody waits without end, and no case is left without an owner."""

from bench.month import A_DAY, month
from rules import load


async def test_nothing_is_stranded_and_what_is_late_is_said_in_time() -> None:
    found = await month(load(None), counselors=8, case_count=60, days=14, seed=3)
    assert found.cases == found.closed == 60
    assert found.reviewed > 0
    assert found.gone > 0
    assert found.strayed == 0
    assert found.alone <= A_DAY
    assert found.first_contact <= 3 * A_DAY
    assert found.outcome <= 7 * A_DAY
    assert found.late <= 1.5
