"""A whole library in one file, and back again, on any machine and without embedding anew."""

from __future__ import annotations

from assistant.backup.archive import Contents
from assistant.backup.restoring import restore
from assistant.backup.writing import back_up

__all__ = ["Contents", "back_up", "restore"]
