"""How far, how fast, for how long still: in few lines, or in one that fits a terminal."""

from __future__ import annotations

import pytest

from assistant.cli.progress import PlainLines, _facts
from assistant.pace import Pace

DAY_S = 86_400


def lines_of(
    capsys: pytest.CaptureFixture[str], *, total: int | None, steps: int, seconds: float
) -> list[str]:
    """Return what is told of a job that takes so long, in so many steps."""
    lines = PlainLines("papers")
    end = total or steps
    for step in range(1, steps + 1):
        lines.update(end * step // steps, total, elapsed_s=seconds * step / steps)
    return capsys.readouterr().err.splitlines()


def test_a_line_says_how_far_how_fast_and_how_long_still(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = lines_of(capsys, total=4562, steps=72, seconds=147.0)
    assert told[0].startswith("253 of 4,562 papers, 31 a second, about 2 minutes left")
    assert told[-1].endswith("a second, a few seconds left")


def test_of_a_stream_only_the_speed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = lines_of(capsys, total=None, steps=100, seconds=50.0)
    assert told[0] == "11 papers, 2.0 a second"
    assert not any("left" in line for line in told)


@pytest.mark.parametrize("total", [100_000, None])
@pytest.mark.parametrize("seconds", [60.0, 3600.0, DAY_S])
def test_there_are_never_more_than_some_forty_lines(
    capsys: pytest.CaptureFixture[str], total: int | None, seconds: float
) -> None:
    assert 5 <= len(lines_of(capsys, total=total, steps=5000, seconds=seconds)) <= 42


def test_a_short_job_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines_of(capsys, total=1000, steps=16, seconds=4.0) == []


def test_a_job_of_one_step_tells_nothing_however_late_it_begins(
    capsys: pytest.CaptureFixture[str],
) -> None:
    PlainLines("papers").update(1, None, elapsed_s=60.0)
    assert capsys.readouterr().err == ""


def test_the_longest_facts_leave_room_for_a_bar_in_80_columns() -> None:
    pace = Pace()
    pace.update(0, elapsed_s=0.0)
    pace.update(1_000_000, elapsed_s=25.0)
    assert _facts(1_000_000, 9_999_999, unit="papers", pace=pace) == (
        "1,000,000/9,999,999 papers, 40,000/s, 3:45 left"
    )
    slow = Pace()
    slow.update(0, elapsed_s=0.0)
    slow.update(25, elapsed_s=10.0)
    assert _facts(25, 100_025, unit="papers", pace=slow) == (
        "25/100,025 papers, 2.5/s, 11:06:40 left"
    )
    assert _facts(25, None, unit="papers", pace=slow) == "25 papers, 2.5/s"
    assert _facts(25, 25, unit="papers", pace=Pace()) == "25/25 papers"
