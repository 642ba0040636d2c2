"""What a command shows while it opens a large library: nothing, unless that takes long."""

from __future__ import annotations

import itertools

import pytest

from assistant.cli import progress
from assistant.cli.progress import counting_if_told


def test_it_is_shown_how_far_the_opening_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(0.0, 6.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with counting_if_told("Opening the library", unit="passages read") as tell:
        assert capsys.readouterr().err == ""
        for done in (10_000, 20_000, 30_000):
            tell(done, 300_000)
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("20,000 of 300,000 passages read, ")


def test_nothing_is_shown_of_what_is_not_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with counting_if_told("Opening the library", unit="passages read"):
        pass
    assert capsys.readouterr().err == ""
