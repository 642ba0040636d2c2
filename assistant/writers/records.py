"""Papers as JSON Lines with the fields of :class:`~assistant.types.Paper`: nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from assistant.types import Paper


def write_jsonl(papers: Iterable[Paper]) -> Iterator[str]:
    """Yield one object, on a line of its own, for each paper: all of its fields as they are."""
    for paper in papers:
        yield json.dumps(paper.to_json(), ensure_ascii=False) + "\n"
