"""The short form of `make chaos`: some lives of the whole product, each ended by a SIGKILL."""

from pathlib import Path

from bench.campus import LOG
from bench.chaos import Plan, chaos

SHORT = Plan(recipients=240, kills=8, seed=7, faulty=0.02)


async def test_killed_again_and_again_every_message_is_accounted_for(empty_url: str, tmp_path: Path) -> None:
    verdict = await chaos(SHORT, empty_url, tmp_path)
    assert verdict.holds, f"{verdict}\n{(tmp_path / LOG).read_text()[-4000:]}"
