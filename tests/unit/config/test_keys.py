"""The keys of the chat: each has a name, a meaning and a default that works on any terminal."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.config import KeySettings, Settings, key_meanings, keymap, load_settings
from assistant.errors import ConfigError

PROMPT = {"send", "newline"}
CONVERSATION = {
    "next_citation",
    "previous_citation",
    "open_source",
    "copy_quote",
    "copy_answer",
    "follow",
}
SOURCE = {"copy_quote", "ask_about", "summarize"}
LIBRARY = {
    "pin",
    "ask_about",
    "summarize",
    "compare",
    "clear_pins",
    "sort",
    "remove",
    "open_source",
}
SESSIONS = {"rename", "remove"}
EVERYWHERE = set(key_meanings()) - PROMPT - CONVERSATION - SOURCE - LIBRARY - SESSIONS


def test_the_keymap_holds_the_keys_of_every_binding() -> None:
    keys = replace(KeySettings(), sort="o,f7")
    assert keymap(keys) == {**Settings().to_dict()["keys"], "sort": "o,f7"}
    assert list(keymap(keys)) == list(key_meanings())


@pytest.mark.parametrize("place", [PROMPT, CONVERSATION, SOURCE, LIBRARY, SESSIONS])
def test_in_no_place_do_two_bindings_share_a_default(place: set[str]) -> None:
    defaults = keymap(KeySettings())
    used = Counter(key for name in place | EVERYWHERE for key in defaults[name].split(","))
    assert [key for key, count in used.items() if count > 1] == []


def test_no_default_that_works_everywhere_is_one_that_a_text_field_takes() -> None:
    defaults = keymap(KeySettings())
    keys = {key for name in EVERYWHERE for key in defaults[name].split(",")}
    assert {
        key for key in keys if len(key) == 1 or key in {"enter", "tab", "space", "end"}
    } == set()
    # These two are Enter and Tab to every terminal.
    assert not keys & {"ctrl+m", "ctrl+i"}


@pytest.mark.parametrize("keys", ["ctrl+b", "f2,ctrl+l", "f2 , ctrl+l", "?", "ü"])
def test_keys_are_not_looked_up(tmp_path: Path, keys: str) -> None:
    loaded = load_settings(overrides=[f"keys.library={keys}"], environment={}, folder=tmp_path)
    assert loaded.settings.keys.library == keys


@pytest.mark.parametrize("keys", ["", " ", ",", "a,,b", "ctrl+b,", "a\tb", "\x1b", "\u202e"])
def test_what_no_key_can_be_called_is_refused(tmp_path: Path, keys: str) -> None:
    with pytest.raises(ConfigError, match="a key, or several"):
        load_settings(overrides=[f"keys.library={keys}"], environment={}, folder=tmp_path)
