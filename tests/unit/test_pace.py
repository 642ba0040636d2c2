"""Speed and remaining time: of the last while, and said as one would."""

from __future__ import annotations

import pytest

from assistant.pace import Pace, duration, speed


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


def test_nothing_is_left_of_what_is_done() -> None:
    pace = Pace()
    pace.update(0, elapsed_s=0.0)
    assert (pace.briefly(100), pace.in_words(100)) == ([], [])
    pace.update(50, elapsed_s=2.0)
    assert pace.briefly(100) == ["25/s", "0:02 left"]
    assert pace.in_words(100) == ["25 a second", "a few seconds left"]
    assert pace.briefly(None) == pace.briefly(50) == ["25/s"]
    assert pace.in_words(50) == ["25 a second"]


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
