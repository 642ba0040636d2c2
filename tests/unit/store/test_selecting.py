"""A filter chooses the papers that a reader would have chosen by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.store.lexical import LexicalMirror
from assistant.store.mirror_inspection import mirror_problems
from assistant.store.stored import StoredPaper
from assistant.text.query import Condition, Filter
from assistant.types import Paper

PAPERS = [
    Paper(
        paper_id="a",
        title="Visualizing data with t-SNE",
        abstract="We map high-dimensional data. Neural networks are not needed.",
        authors=("van der Maaten, Laurens", "Geoffrey Hinton"),
        year=2008,
        venue="Journal of Machine Learning Research",
        keywords=("Dimensionality Reduction", "cs.LG"),
        source="zotero.bib; old papers.ris",
        tags=("to-read",),
    ),
    Paper(
        paper_id="b",
        title="Die Straße nach Ås",
        abstract="A neural network (of low rank) for roads: naïve, and 2.5times faster.",
        authors=("Søren Müller", "O'Brien, Åsa", "Li Li"),
        year=2021,
        venue="NeurIPS 2021",
        keywords=("C++",),
        source="Zotero.bib",
        tags=("read", "Über uns"),
    ),
    Paper(
        paper_id="c",
        title="Attention without a year",
        abstract="",
        authors=("Li Wei", "Hu"),
        source="-",
    ),
    Paper(
        paper_id="d",
        title="Neural   networks",
        abstract="Rank is low.",
        authors=("A. B. de Vries", "毛泽东"),
        year=2020,
    ),
]


def stored(paper: Paper) -> StoredPaper:
    return StoredPaper(paper=paper, passages=len(paper.title), digest="d", origins={})


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LexicalMirror]:
    """A mirror of the papers above. To be read only."""
    opened = LexicalMirror(tmp_path_factory.mktemp("mirror") / "mirror.sqlite3")
    opened.put(map(stored, PAPERS), removed=(), revision="1")
    yield opened
    opened.close()


def ids(mirror: LexicalMirror, limit: str) -> str:
    return "".join(sorted(mirror.select(Filter.parse(limit))))


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        ("", "abcd"),
        ("year:2021", "b"),
        ("year:2009..", "bd"),
        ("year:..2020", "ad"),
        ("year:2008..2020", "ad"),
        ("-year:2021", "acd"),
        ("author:hinton", "a"),
        ("author:HINT", "a"),
        ("author:inton", ""),
        ("author:maaten", "a"),
        ('author:"van der Maaten"', "a"),
        ('author:"Laurens van der Maat"', "a"),
        ('author:"L. van der Maaten"', "a"),
        ('author:"Laurens Hinton"', ""),
        ("author:müller", "b"),
        ("author:muller", "b"),
        ("author:soren", "b"),
        ("author:o'brien", "b"),
        ("author:asa", "b"),
        ('author:"li li"', "b"),
        ('author:"li l"', "b"),
        ("author:li", "bc"),
        ("author:l", "abc"),
        ("author:hin", ""),
        ("author:hint", "a"),
        ("author:hu", "c"),
        ("author:h", "ac"),
        ('author:"G. E. Hinton"', ""),
        ('author:"Edward Hinton"', ""),
        ('author:"Aasa O Brien"', ""),
        ('author:"Anna de Vries"', "d"),
        ('author:"Vries, A. B."', "d"),
        ('author:"Vries, Berta"', "d"),
        ('author:"A. de Vr"', ""),
        ('author:"A. B."', "bd"),
        ('author:"Anna Berta"', ""),
        ("author:毛", "d"),
        ("author:毛泽", "d"),
        ("author:li author:hu", "c"),
        ("author:li -author:hu", "b"),
        ("venue:neurips", "b"),
        ('venue:"machine learning"', "a"),
        ('venue:"learning machine"', ""),
        ("venue:earning", ""),
        ("-venue:neurips", "acd"),
        ("tag:read", "b"),
        ("tag:to-read", "a"),
        ("-tag:read", "acd"),
        ("tag:CS.lg", "a"),
        ('tag:"dimensionality reduction"', "a"),
        ("tag:dimensionality", ""),
        ("tag:c++", "b"),
        ("tag:c", ""),
        ('tag:"uber uns"', "b"),
        ("source:zotero", "ab"),
        ("source:.ris", "a"),
        ('source:"old papers"', "a"),
        ('"neural network"', "b"),
        ('"neural networks"', "ad"),
        ('"NEURAL-networks"', "ad"),
        ('"low rank"', "b"),
        ('"rank low"', ""),
        ('"networks rank"', ""),
        ('"naive"', "b"),
        ('"strasse"', ""),
        ('"straße"', "b"),
        ('"2.5 times faster"', "b"),
        ('"2.5times"', "b"),
        ("-networks", "bc"),
        ("-network", "acd"),
        ('-"low rank" -attention', "ad"),
        ("-and-or", "abcd"),
        ('year:2000.. -"low rank" source:bib', "a"),
        ('"OR" "NEAR(" -AND', ""),
    ],
)
def test_papers_that_meet_every_condition_are_chosen(
    limit: str, found: str, mirror: LexicalMirror
) -> None:
    assert ids(mirror, limit) == found


@pytest.mark.parametrize("limit", ["", "year:2009..", "-tag:read"])
def test_papers_come_by_title(limit: str, mirror: LexicalMirror) -> None:
    found = list(mirror.papers(Filter.parse(limit)))
    assert {paper.paper_id for paper in found} == set(ids(mirror, limit))
    assert [paper.title for paper in found] == sorted(paper.title for paper in found)


def test_the_passages_of_those_that_are_there_are_counted(mirror: LexicalMirror) -> None:
    assert mirror.passages(["a", "nobody", "d"]) == {
        paper.paper_id: len(paper.title) for paper in PAPERS if paper.paper_id in "ad"
    }


def test_tags_are_counted_as_they_were_given_and_keywords_are_not(tmp_path: Path) -> None:
    mirror = LexicalMirror(tmp_path / "mirror.sqlite3")
    more = replace(PAPERS[2], tags=("read", "new"))
    mirror.put(map(stored, [PAPERS[0], PAPERS[1], more]), removed=(), revision="1")
    assert list(mirror.tags().items()) == [
        ("read", 2),
        ("new", 1),
        ("to-read", 1),
        ("Über uns", 1),
    ]
    mirror.close()


def test_what_was_changed_or_removed_is_no_longer_chosen(tmp_path: Path) -> None:
    path = tmp_path / "mirror.sqlite3"
    mirror = LexicalMirror(path)
    mirror.put(map(stored, PAPERS), removed=(), revision="1")
    changed = replace(PAPERS[0], abstract="Graphs.", year=1999, authors=(), tags=())
    mirror.put([stored(changed)], removed=["d"], revision="2")
    for limit in ("author:hinton", '"neural networks"', "tag:to-read", "year:2020"):
        assert ids(mirror, limit) == ""
    assert ids(mirror, '"graphs" year:1999') == "a"
    assert mirror.count() == 3
    mirror.close()
    assert list(mirror_problems(path)) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("DELETE FROM facets WHERE paper_id = 'a'", "papers that no filter sees: 1"),
        ("UPDATE facets SET number = 99 WHERE paper_id = 'a'", "papers that only filters see: 1"),
    ],
)
def test_an_inspection_sees_what_filters_do_not(change: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "mirror.sqlite3"
    mirror = LexicalMirror(path)
    mirror.put(map(stored, PAPERS), removed=(), revision="1")
    mirror.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(change)
    assert problem in list(mirror_problems(path))


WORDS = st.sampled_from(["low", "rank", "ranks", "Élan", "élan", "c++", "a_b", "β", "-", "2.5"])
TEXTS = st.lists(WORDS, max_size=5).map(" ".join)
RECORDS = st.builds(
    Paper,
    paper_id=st.just("x"),
    title=TEXTS.filter(bool),
    abstract=TEXTS,
    authors=st.lists(TEXTS, max_size=2).map(tuple),
    year=st.none() | st.integers(2019, 2021),
    venue=TEXTS,
    keywords=st.lists(TEXTS, max_size=2).map(tuple),
    source=TEXTS,
    tags=st.lists(TEXTS, max_size=2).map(tuple),
)
VALUES = TEXTS.filter(lambda text: any(map(str.isalnum, text)))


@given(RECORDS, st.sampled_from(["author", "venue", "tag", "source", "text"]), VALUES)
def test_a_paper_either_meets_a_condition_or_its_opposite(
    paper: Paper, field: str, value: str
) -> None:
    mirror = LexicalMirror(Path(":memory:"))
    mirror.put([stored(paper)], removed=(), revision="1")
    either = [
        mirror.select(Filter((Condition(field=field, value=value, negated=negated),)))  # type: ignore[arg-type]
        for negated in (False, True)
    ]
    assert sorted(either) == [[], ["x"]]
    mirror.close()


@given(RECORDS)
def test_a_paper_is_chosen_by_all_that_is_told_of_it(paper: Paper) -> None:
    mirror = LexicalMirror(Path(":memory:"))
    mirror.put([stored(paper)], removed=(), revision="1")
    told = [
        ("year", str(paper.year or "")),
        ("venue", paper.venue),
        ("source", paper.source),
        ("text", paper.title),
        ("text", paper.abstract),
        *(("author", name) for name in paper.authors),
        *(("tag", label) for label in (*paper.tags, *paper.keywords)),
    ]
    for field, value in told:
        if any(map(str.isalnum, value)):
            condition = Condition(field=field, value=value)  # type: ignore[arg-type]
            assert mirror.select(Filter((condition,))) == ["x"], condition
    mirror.close()
