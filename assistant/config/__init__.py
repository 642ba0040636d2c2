"""Settings: what can be set, where a value may come from, which one wins, and how one is kept.

There is one frozen dataclass a section and one line a setting, which holds the default, what
the setting means and what is allowed (``schema``, ``keys``). Everything else works from those
lines: refusing what is wrong (``checking``), reading TOML, the environment and the command line
(``loading``), changing the user's own file (``saving``). So a new setting is one line here and
one in the shipped ``config.toml``.

A wrong setting is refused and never ignored: a misspelt key that does nothing costs its writer
far more time than an error does.
"""

from __future__ import annotations

from assistant.config.checking import parse_value, split_name
from assistant.config.declaration import Value
from assistant.config.keys import KeySettings, key_meanings, keymap
from assistant.config.loading import DEFAULT_ORIGIN, LoadedSettings, load_settings
from assistant.config.places import APP_NAME, expanded, user_config_file
from assistant.config.redaction import key_variables, redacted
from assistant.config.saving import remove_setting, save_setting
from assistant.config.schema import (
    AnswerSettings,
    ChatSettings,
    ChunkingSettings,
    EmbeddingSettings,
    LibrarySettings,
    LlmSettings,
    RetrievalSettings,
    Settings,
    StoreSettings,
    sections,
)

__all__ = [
    "APP_NAME",
    "DEFAULT_ORIGIN",
    "AnswerSettings",
    "ChatSettings",
    "ChunkingSettings",
    "EmbeddingSettings",
    "KeySettings",
    "LibrarySettings",
    "LlmSettings",
    "LoadedSettings",
    "RetrievalSettings",
    "Settings",
    "StoreSettings",
    "Value",
    "expanded",
    "key_meanings",
    "key_variables",
    "keymap",
    "load_settings",
    "parse_value",
    "redacted",
    "remove_setting",
    "save_setting",
    "sections",
    "split_name",
    "user_config_file",
]
