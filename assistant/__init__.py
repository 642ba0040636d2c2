"""Abstract Assistant: ask a library of paper abstracts, and get every sentence proved.

    from assistant import Library

    with Library.open("my-library") as library:
        library.add("papers/")
        answer = library.ask("How much faster is FNet on TPUs?")

The names below are loaded when they are first used: importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.config import Settings, load_settings
    from assistant.errors import AssistantError
    from assistant.library import Library
    from assistant.summaries.types import Comparison, Overview, Summary, Survey, SurveyProgress
    from assistant.text.query import Filter
    from assistant.types import (
        AddReport,
        Answer,
        Cancellation,
        Citation,
        Finished,
        Found,
        Hit,
        Paper,
        Reading,
        Searching,
        SentenceDone,
        Token,
        Turn,
    )

__version__ = "0.1.0"

_HOME = {
    "Library": "assistant.library",
    "AssistantError": "assistant.errors",
    "Settings": "assistant.config",
    "load_settings": "assistant.config",
    "Filter": "assistant.text.query",
    **dict.fromkeys(
        ["Comparison", "Overview", "Summary", "Survey", "SurveyProgress"],
        "assistant.summaries.types",
    ),
    **dict.fromkeys(
        [
            "AddReport",
            "Answer",
            "Cancellation",
            "Citation",
            "Finished",
            "Found",
            "Hit",
            "Paper",
            "Reading",
            "Searching",
            "SentenceDone",
            "Token",
            "Turn",
        ],
        "assistant.types",
    ),
}

__all__ = [
    "AddReport",
    "Answer",
    "AssistantError",
    "Cancellation",
    "Citation",
    "Comparison",
    "Filter",
    "Finished",
    "Found",
    "Hit",
    "Library",
    "Overview",
    "Paper",
    "Reading",
    "Searching",
    "SentenceDone",
    "Settings",
    "Summary",
    "Survey",
    "SurveyProgress",
    "Token",
    "Turn",
    "load_settings",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
