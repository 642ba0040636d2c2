"""The keys by which reference managers cite, in their JSON."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from assistant.readers import read_papers
from assistant.types import Paper

TITLE = "A Small Model of Rain"
CSL = {"type": "article-journal", "title": TITLE}
ZOTERO = {"itemType": "journalArticle", "title": TITLE}


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (CSL | {"id": "lee2021", "citation-key": "leeRain2021"}, "leeRain2021"),
        (CSL | {"id": "lee2021"}, "lee2021"),
        (CSL | {"id": "http://zotero.org/users/1/items/ABC"}, ""),
        (CSL | {"id": 17}, ""),
        (ZOTERO | {"citationKey": "lee2021", "extra": "Citation Key: old"}, "lee2021"),
        (ZOTERO | {"extra": "PMID: 1\nCitation Key: lee2021"}, "lee2021"),
        (ZOTERO | {"key": "ABCD1234"}, ""),
        ({"title": TITLE, "abstract": "It rains.", "citation_key": "lee2021"}, "lee2021"),
    ],
)
def test_the_citation_key_is_taken_where_the_tool_puts_it(record: dict[str, Any], key: str) -> None:
    (paper,) = read_papers(["-"], stdin=io.BytesIO(json.dumps([record]).encode()))
    assert isinstance(paper, Paper)
    assert paper.citation_key == key


def test_a_line_with_a_citation_key_keeps_the_rest_of_its_fields() -> None:
    line = {
        "title": TITLE,
        "abstract": "It rains.",
        "citation_key": "k1",
        "venue": "J",
        "year": 2001,
    }
    (paper,) = read_papers(["-"], stdin=io.BytesIO((json.dumps(line) + "\n").encode()))
    assert isinstance(paper, Paper)
    assert (paper.citation_key, paper.venue, paper.year) == ("k1", "J", 2001)
