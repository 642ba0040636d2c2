"""Files of papers, one module a format, all of them to ``Iterator[Paper | Rejected]``."""

from __future__ import annotations

from assistant.readers.files import files_of, origin_of, read_papers, read_with_origins
from assistant.readers.limits import STANDARD_INPUT, as_read

__all__ = ["STANDARD_INPUT", "as_read", "files_of", "origin_of", "read_papers", "read_with_origins"]
