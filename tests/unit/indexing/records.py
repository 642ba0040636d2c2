"""Records that are often the same paper, nearly the same, or contradict each other."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from assistant.types import Paper
from tests.unit.indexing.shelf import record

_TEXTS = (
    "",
    "It is so.",
    "We build a net that finds foo in images of bars, twice as fast as all nets before it.",
    "We build a net that finds foo in images of bars, far faster than all nets before it. See?",
)
_TITLES = ("FooNet", "FooNet: a net", "FooNet: of bars", "Bars & foo", "Bars and foo", "Editorial")
_FIELDS: dict[str, tuple[Any, ...]] = {
    "authors": (("Ann Lee",), ("Lee, A.", "Bo Chen"), ("Chen, B.",), ("Li Wei",), ("Wei Li",)),
    "doi": ("10.1000/a", "10.1000/b", "10.1101/2020.1", "10.48550/arXiv.2001.00001"),
    "arxiv_id": ("2001.00001", "2001.00001v2", "2001.00002"),
    "pmid": ("1", "2"),
    "year": (2000, 2019, 2020),
}


@st.composite
def records(draw: st.DrawFn) -> Paper:
    fields = {
        name: draw(st.sampled_from(values))
        for name, values in _FIELDS.items()
        if draw(st.booleans())
    }
    return record(draw(st.sampled_from(_TITLES)), draw(st.sampled_from(_TEXTS)), **fields)
