"""The keys in the settings and the keys in the widgets are the same keys."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from itertools import chain

from textual.binding import Binding

import assistant.tui
from assistant.config import KeySettings, keymap

FIXED = {"up", "down", "left", "right", "pageup", "pagedown", "home", "tab", "shift+tab", "enter"}
"""Keys that walk a list and choose from it without an id; they are the same in every program."""


def bindings() -> Iterator[tuple[str, Binding]]:
    """Yield every binding that our own classes declare, with the name of the class."""
    for found in pkgutil.walk_packages(assistant.tui.__path__, "assistant.tui."):
        module = importlib.import_module(found.name)
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == module.__name__:
                for binding in vars(kind).get("BINDINGS", ()):
                    yield kind.__name__, binding


def test_every_binding_can_be_changed_in_the_settings() -> None:
    fixed = {
        f"{name}: {binding.key}"
        for name, binding in bindings()
        if binding.id not in keymap(KeySettings()) and not set(binding.key.split(",")) <= FIXED
    }
    assert fixed == set()


def test_every_key_setting_belongs_to_a_binding() -> None:
    bound = {binding.id for _, binding in bindings()}
    assert set(keymap(KeySettings())) - bound == set()


def test_the_settings_name_the_keys_that_are_bound() -> None:
    declared = {
        binding.id: set(binding.key.split(","))
        for _, binding in bindings()
        if binding.id is not None
    }
    defaults = {name: set(keys.split(",")) for name, keys in keymap(KeySettings()).items()}
    assert {name: keys for name, keys in declared.items() if defaults.get(name) != keys} == {}
    assert set(chain.from_iterable(defaults.values()))  # and there are some
