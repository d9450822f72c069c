"""The journal on its own: what it knows after being cut off at any byte."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions.delivery import Outcome, Result
from bot import journal as module
from bot.journal import Journal, JournalTaken

AT = datetime(2024, 7, 8, tzinfo=UTC)


def outcome(row_id: int, message_id: int = 7) -> Outcome:
    return Outcome(row_id=row_id, result=Result.ACCEPTED, at=AT, by="one", message_id=message_id)


def test_begun_is_unsettled_until_its_outcome_is_in_the_database(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.sign("one")
    journal.begun(1)
    journal.begun(2)
    journal.outcome(outcome(1))
    journal.close()
    again = Journal(tmp_path / "j")
    assert (again.names, again.unsettled(), again.outcomes()) == (("one",), frozenset({2}), [outcome(1)])
    again.recovered("two")
    again.close()
    last = Journal(tmp_path / "j")
    assert (last.names, last.unsettled(), last.outcomes()) == (("two",), frozenset(), [])
    last.close()


def test_a_line_cut_at_any_byte_is_no_line(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path)
    for row_id in (1, 2):
        journal.begun(row_id)
        journal.outcome(outcome(row_id))
    journal.close()
    whole = path.read_bytes()
    ends = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        reopened = Journal(path)
        lines = sum(end <= cut for end in ends)
        known = len(reopened.unsettled()), len(reopened.outcomes())
        assert known == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)][lines]
        reopened.begun(3)
        reopened.close()
        after = Journal(path)
        assert 3 in after.unsettled()
        after.close()


def test_settled_empties_the_file_but_not_a_row_that_began_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.sign("one")
    empty = (tmp_path / "j").stat().st_size
    for row_id in (1, 2):
        journal.begun(row_id)
        journal.outcome(outcome(row_id))
    journal.begun(2)
    journal.settled([outcome(1), outcome(2)])
    assert (set(journal.unsettled()), journal.long) == ({2}, False)
    journal.outcome(outcome(2))
    journal.settled([outcome(2)])
    assert journal.long
    journal.shorten()
    assert (tmp_path / "j").stat().st_size == empty
    journal.close()


def test_under_load_it_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMPACT_OVER", 2000)
    journal = Journal(tmp_path / "j")
    for row_id in range(1, 400):
        journal.begun(row_id + 1)
        journal.outcome(outcome(row_id))
        journal.settled([outcome(row_id)])
        if journal.long:
            journal.shorten()
    assert (tmp_path / "j").stat().st_size < 2500
    journal.close()
    again = Journal(tmp_path / "j")
    assert again.unsettled() == {400}
    again.close()


def test_an_outcome_that_a_full_disk_did_not_take_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.sign("one")
    journal.begun(1)
    journal.begun(2)
    file, journal._file = journal._file, os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(OSError, match="No space"):
        journal.outcome(outcome(1))
    os.close(journal._file)
    journal._file = file
    journal.settled([outcome(1)])
    assert (set(journal.unsettled()), journal.long) == ({2}, True)
    journal.shorten()
    assert not journal.long
    journal.close()
    again = Journal(tmp_path / "j")
    assert again.unsettled() == {2}
    again.close()


def test_a_disk_too_full_to_write_it_anew_leaves_the_one_there_is(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.begun(1)
    beside = tmp_path / "j.new"
    beside.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        journal.shorten()
    beside.unlink()
    journal.begun(2)
    journal.close()
    again = Journal(tmp_path / "j")
    assert again.unsettled() == {1, 2}
    again.close()


def test_two_processes_never_share_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    with pytest.raises(JournalTaken):
        Journal(tmp_path / "j")
    journal.close()
    Journal(tmp_path / "j").close()


def test_beside_each_other_each_has_its_own_and_the_dead_are_inherited(tmp_path: Path) -> None:
    path = tmp_path / "j.journal"
    first, second, third = (Journal.first_free(path) for _ in range(3))
    assert [one.path.name for one in (first, second, third)] == ["j.journal", "j.1.journal", "j.2.journal"]
    second.sign("second")
    second.begun(1)
    second.begun(2)
    second.outcome(outcome(2))
    for dead in (first, second):
        dead.close()
    again = Journal.first_free(path)
    assert (again.path, again.names) == (path, ("second",))
    assert (again.unsettled(), again.outcomes()) == (frozenset({1}), [outcome(2)])
    emptied = Journal(second.path)
    assert (emptied.names, emptied.lines) == ((), {})
    for one in (again, third, emptied):
        one.close()
