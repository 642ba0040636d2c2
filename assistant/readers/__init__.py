"""Files of papers, one module a format, all of them to ``Iterator[Paper | Rejected]``.

The names below are loaded when they are first used: what only needs to know which fields a paper
has (the help of the command line) loads none of the formats.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.readers.files import files_of, origin_of, read_papers, read_with_origins
    from assistant.readers.limits import STANDARD_INPUT, as_read

__all__ = ["STANDARD_INPUT", "as_read", "files_of", "origin_of", "read_papers", "read_with_origins"]

_OF_LIMITS = frozenset({"STANDARD_INPUT", "as_read"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'assistant.readers' has no attribute {name!r}")
    home = "assistant.readers.limits" if name in _OF_LIMITS else "assistant.readers.files"
    return getattr(importlib.import_module(home), name)
