"""The keys that the settings give to the bindings, checked against the keys that there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMES = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values()) | {"space"}


def unknown_keys(keymap: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the id of a binding and a key of it that no terminal will ever send."""
    for binding_id, keys in keymap.items():
        for key in keys.split(","):
            if not is_key(key.strip()):
                yield binding_id, key.strip()


def is_key(key: str) -> bool:
    """Tell whether this is a key in Textual's spelling: ``x``, ``f2``, ``ctrl+shift+up``."""
    *modifiers, base = key.split("+") if len(key) > 1 else [key]
    if not set(modifiers) <= _MODIFIERS:
        return False
    character = base if len(base) == 1 else key_to_character(base)
    return base in _NAMES or key in _NAMES or (character or "\0").isprintable()
