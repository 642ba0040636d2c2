"""Papers are looked for by parts of their titles and authors, in several orders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.store.lexical import LexicalMirror
from assistant.store.stored import StoredPaper
from assistant.types import Paper

PAPERS = [
    Paper(paper_id="a", title="Zebra crossings", abstract="x", authors=("Jörg Müller",), year=2019),
    Paper(
        paper_id="b",
        title="attention 100% explained",
        abstract="x",
        authors=("van der Berg, Anna", "Müller, J."),
        year=2021,
    ),
    Paper(paper_id="c", title="Birds of $\\alpha$ and_more", abstract="x", tags=("to read",)),
]


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[LexicalMirror]:
    opened = LexicalMirror(tmp_path / "mirror.sqlite3")
    stored = [StoredPaper(paper=paper, passages=1, digest="d", origins={}) for paper in PAPERS]
    opened.put(stored, removed=(), revision="1")
    yield opened
    opened.close()


def ids(mirror: LexicalMirror, text: str = "", order: str = "title", limit: int = 9) -> str:
    listing = mirror.browse(text, order=order, limit=limit)  # type: ignore[arg-type]
    return "".join(paper.paper_id for paper in listing.papers)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "bca"),
        ("zeb", "a"),
        ("MULLER", "ba"),
        ("müller zebra", "a"),
        ("zebra attention", ""),
        ("100%", "b"),
        ("%", "b"),
        ("and_m", "c"),
        ("α", "c"),
        ("\\", ""),
        ("  berg  ", "b"),
    ],
)
def test_every_word_must_occur_in_title_or_authors(
    text: str, found: str, mirror: LexicalMirror
) -> None:
    assert ids(mirror, text) == found


@pytest.mark.parametrize(("order", "found"), [("title", "bca"), ("year", "bac"), ("author", "abc")])
def test_papers_come_in_the_order_asked_for(order: str, found: str, mirror: LexicalMirror) -> None:
    assert ids(mirror, order=order) == found


def test_a_limit_cuts_the_list_and_not_the_count(mirror: LexicalMirror) -> None:
    listing = mirror.browse("", order="title", limit=1)
    assert [paper.paper_id for paper in listing.papers] == ["b"]
    assert listing.total == 3


def test_a_text_of_thousands_of_words_is_looked_for(mirror: LexicalMirror) -> None:
    assert ids(mirror, "word " * 10_000) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("year:2020..", "b"),
        ("author:müller", "ba"),
        ("author:müller zeb", "a"),
        ('author:"j müller', "ba"),
        ("author:mü", "ba"),
        ("-zebra", "bc"),
        ("tag:", "bca"),
        ("-tag:", "bca"),
        ('tag:"', "bca"),
        ('tag:"to', ""),
        ('tag:"to read', "c"),
        ('tag:"to read"', "c"),
        ('"attention 100%"', "b"),
        ('"attent', "b"),
        ("-x", ""),
        ("x: and", ""),
    ],
)
def test_conditions_are_met_while_they_are_typed(
    text: str, found: str, mirror: LexicalMirror
) -> None:
    assert ids(mirror, text) == found
    assert mirror.browse(text, order="title", limit=1).total == len(found)


def test_a_malformed_condition_is_refused(mirror: LexicalMirror) -> None:
    with pytest.raises(UsageError, match="year:abc"):
        ids(mirror, "zebra year:abc")
