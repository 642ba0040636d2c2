"""Papers as this program writes them: read back with nothing added, cleaned or left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import PurePath
from typing import Any

from assistant.identity import paper_id
from assistant.readers.limits import as_read
from assistant.types import Paper, Rejected

_FIELDS = frozenset(field.name for field in fields(Paper)) - {"citation_key"}
_ID = re.compile(r"[0-9a-f]{12}")


def own_paper(record: Mapping[str, Any], *, file: str) -> Paper | Rejected | None:
    """Return the paper of an object with all fields of a paper, None if it is another record's.

    It keeps its id, if that is one that this program gives, and its tags; its source is ``file``.
    """
    if not record.keys() >= _FIELDS:
        return None
    try:
        paper = Paper.from_json(dict(record))
    except ValueError:
        return None  # changed by other hands: read like other records
    own_id = paper.paper_id
    if not _ID.fullmatch(own_id):
        own_id = paper_id(
            paper.title,
            doi=paper.doi,
            arxiv_id=paper.arxiv_id,
            pmid=paper.pmid,
            authors=paper.authors,
            year=paper.year,
        )
    # A paper may have no abstract here, as in other files of references.
    whole = replace(paper, abstract=paper.abstract or paper.title, paper_id=own_id)
    read = as_read(replace(whole, source=PurePath(file).name))
    return replace(read, abstract="") if isinstance(read, Paper) and not paper.abstract else read
