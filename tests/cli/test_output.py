"""What is written cannot steer a terminal, and nothing is lost from JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.cli.output import plain, shown, write_json, write_wrapped

STEERING = {
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202E, 0x2066)
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=())))
def test_json_keeps_every_character_and_writes_none_that_steers(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json({"text": text})
    line = capsys.readouterr().out
    assert json.loads(line) == {"text": text}
    assert not set(line.removesuffix("\n")) & STEERING


@given(st.text(st.characters(exclude_categories=())))
def test_text_for_people_holds_nothing_that_steers(text: str) -> None:
    assert not set(plain(text)) & STEERING
    assert not set(shown(text)) & STEERING


def test_markup_and_latex_are_shown_as_text() -> None:
    assert shown("[red]a[/red] is 2.5times b") == "[red]a[/red] is 2.5 times b"


def test_running_text_is_one_line_when_it_is_piped(capsys: pytest.CaptureFixture[str]) -> None:
    write_wrapped("word " * 100, indent="  ")
    assert capsys.readouterr().out == "  " + "word " * 100 + "\n"


def test_running_text_is_broken_at_blanks_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    write_wrapped("state-of-the-art " * 10 + "x" * 50, indent="  ")
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("  ") for line in lines)
    assert all(len(line) <= 40 for line in lines[:-1])
    assert lines[-1] == "  " + "x" * 50
