"""Files of papers, one module a format, all of them to ``Iterator[Paper | Rejected]``."""

from __future__ import annotations

from assistant.readers.files import read_papers
from assistant.readers.identity import paper_id
from assistant.readers.limits import STANDARD_INPUT, as_read

__all__ = ["STANDARD_INPUT", "as_read", "paper_id", "read_papers"]
