"""Copies and files: what is copied, what a file is called, and that none is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import InputError
from assistant.sessions import Exchange
from assistant.tui.clipboard import clipboard_tool
from assistant.tui.copying import answer_of, cited_papers, file_stem, write_new
from assistant.tui.keymap import is_key, unknown_keys
from tests.tui.flow import answer
from tests.tui.hosts import paper


def test_of_a_stopped_answer_what_stands_is_copied() -> None:
    whole = answer("One.", "Two.")
    stopped = Exchange(
        question="?",
        asked_at="",
        sentences=whole.sentences[:1],
        citations=whole.citations[:1],
        outcome="stopped",
    )
    part = answer_of(stopped)
    assert part is not None
    assert part.text == "One [1]."
    assert part.citations == whole.citations[:1]
    assert answer_of(Exchange(question="?", asked_at="")) is None


def test_each_cited_paper_that_is_still_there_is_named_once() -> None:
    papers = {"p1": paper(1)}
    cited = answer("One.", "Two.")
    assert cited_papers(cited, papers.get) == [paper(1)]


@given(st.text())
def test_every_title_makes_a_file_name_that_every_system_takes(title: str) -> None:
    stem = file_stem(title)
    assert 0 < len(stem) <= 60
    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not stem.startswith("-")


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    paths = [write_new(tmp_path, "What does LoRA save?", ".md", text) for text in "abc"]
    assert [path.name for path in paths] == [
        "what-does-lora-save.md",
        "what-does-lora-save-2.md",
        "what-does-lora-save-3.md",
    ]
    assert [path.read_text() for path in paths] == ["a", "b", "c"]


def test_a_folder_that_is_not_there_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        write_new(tmp_path / "gone", "x", ".md", "text")
    assert refused.value.hint


def test_the_clipboard_tool_of_the_desktop_is_found(tmp_path: Path) -> None:
    for name in ("wl-copy", "xclip"):
        tool = tmp_path / name
        tool.write_text("#!/bin/sh\n")
        tool.chmod(0o755)
    path = {"PATH": str(tmp_path)}
    assert clipboard_tool(path) is None
    assert clipboard_tool({**path, "DISPLAY": ":0"}) == ("xclip", "-selection", "clipboard")
    wayland = {**path, "DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert clipboard_tool(wayland) == ("wl-copy",)
    assert clipboard_tool({**wayland, "SSH_CONNECTION": "1 2 3 4"}) is None


KEYS = (
    "n N + ü space delete end pageup escape f1 f12 question_mark slash ctrl+b ctrl+j ctrl+@ "
    "shift+enter ctrl+shift+up alt+x"
)


@pytest.mark.parametrize("key", KEYS.split())
def test_keys_that_there_are(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize("key", ["", "entr", "ctrl+", "strg+c", "ctrl-c", "f99", "esc", "[red]"])
def test_keys_that_there_are_not(key: str) -> None:
    assert not is_key(key)


def test_a_wrong_key_is_named_with_its_setting() -> None:
    keymap = {"send": "enter", "newline": "ctrl+j,shift-enter", "stop": "esc"}
    assert list(unknown_keys(keymap)) == [("newline", "shift-enter"), ("stop", "esc")]
