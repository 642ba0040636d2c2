"""How far, how fast, for how long still: in few lines, or in one that fits a terminal."""

from __future__ import annotations

import pytest

from assistant.cli.progress import Pace, PlainLines, _facts, duration, speed

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


def test_the_speed_is_that_of_the_last_while() -> None:
    pace = Pace()
    for second in range(100):  # a thousand a second that are known already, then ten
        pace.update(1000 * min(second, 10) + 10 * max(0, second - 10), elapsed_s=float(second))
    assert pace.per_s == pytest.approx(10)
    assert pace.left_s(10_990) == pytest.approx(10)
    assert pace.left_s(None) is None


def test_what_comes_before_the_first_step_does_not_count() -> None:
    pace = Pace()
    pace.update(64, elapsed_s=20.0)
    assert (pace.per_s, pace.left_s(128)) == (0.0, None)
    pace.update(128, elapsed_s=22.0)
    assert pace.per_s == pytest.approx(32)


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


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "a few seconds"),
        (32, "about 30 seconds"),
        (58, "about 1 minute"),
        (130, "about 2 minutes"),
        (3600, "about 1 hour"),
        (5 * 3600 + 1300, "about 5 hours 20 minutes"),
    ],
)
def test_a_length_of_time_is_said_as_one_would(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("per_s", "words"), [(1234, "1,234 a second"), (2.54, "2.5 a second"), (0.2, "12 a minute")]
)
def test_a_speed_is_said_as_one_would(per_s: float, words: str) -> None:
    assert speed(per_s) == words
