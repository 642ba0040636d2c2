"""Papers that are exported and added again are the same papers, in every format."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers import read_papers
from assistant.readers.records import without_markup
from assistant.resources import sample_papers
from assistant.text.clean import normalise, readable
from assistant.types import Paper
from assistant.writers.formats import ExportFormat, export_format

CARRIED = ("title", "abstract", "authors", "year", "venue", "doi", "arxiv_id", "pmid", "url")
FORMATS = ("bibtex", "ris", "csl", "csv", "jsonl")

SIGNS = "&%$#_{}~^\\\"'`@,=<>|-–—!?:;()[]/*+."
LETTERS = "abcdeXYZ0129éÉñçłØßæıőšžđΣσβ×≤→毛数дЖ가"
WORD = st.text(st.sampled_from([*LETTERS, *LETTERS, *SIGNS]), min_size=1, max_size=8)
SENTENCE = st.lists(WORD, min_size=1, max_size=12).map(" ".join)
TEXT = st.builds("A {} b.".format, SENTENCE).map(normalise).filter(lambda t: without_markup(t) == t)
PLAIN_WORD = st.text(st.sampled_from("abcdéÑøšžжł毛Γ'-"), min_size=2, max_size=8).filter(
    lambda word: any(map(str.isalpha, word)) and word.casefold() not in {"et", "al", "and", "co"}
)
NAME = st.lists(PLAIN_WORD, min_size=1, max_size=3).map(" ".join) | st.builds(
    "{}, {}".format, PLAIN_WORD, PLAIN_WORD
)
KEYWORD = st.lists(PLAIN_WORD, min_size=1, max_size=2).map(" ".join) | st.builds(
    "{}, {}".format, PLAIN_WORD, PLAIN_WORD
)
DOI = st.from_regex(r"10\.[0-9]{4}/[a-z0-9.()<>;:_-]{0,12}[a-z0-9]", fullmatch=True)
URL = st.from_regex(r"https://[a-z]{2,8}\.org/[A-Za-z0-9/_?=&%-]{0,12}[a-z0-9]", fullmatch=True)
ARXIV = st.from_regex(r"(?:[0-9]{4}\.[0-9]{5}|cs/[0-9]{7})", fullmatch=True)


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    return Paper(
        paper_id=f"{draw(st.integers(0, 2**48 - 1)):012x}",
        title=draw(TEXT),
        abstract=draw(st.just("") | TEXT),
        authors=tuple(draw(st.lists(NAME, max_size=4, unique=True))),
        year=draw(st.none() | st.integers(1400, 2099)),
        venue=draw(st.just("") | st.sampled_from(["Nature", "NeurIPS 2017", "arXiv"]) | TEXT),
        doi=draw(st.just("") | DOI),
        arxiv_id=draw(st.just("") | ARXIV),
        pmid=draw(st.just("") | st.from_regex(r"[1-9][0-9]{0,8}", fullmatch=True)),
        url=draw(st.just("") | URL),
        keywords=tuple(draw(st.lists(KEYWORD, max_size=4, unique=True))),
    )


def read_back(written: list[Paper], chosen: ExportFormat) -> list[Paper]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"papers{chosen.extensions[0]}"
        file.write_text("".join(chosen.write(written)), chosen.file_encoding, newline="")
        found = list(read_papers([file]))
    assert [record for record in found if not isinstance(record, Paper)] == []
    return found  # type: ignore[return-value]


def parts(author: str) -> list[str]:
    """The words of a name, whichever comes first."""
    return sorted(re.findall(r"[^\s,]+", author))


def as_carried(paper: Paper, format_name: str) -> dict[str, object]:
    """What a paper says, as far as the format carries it."""
    said = {name: getattr(paper, name) for name in CARRIED}
    said["authors"] = [parts(author) for author in paper.authors]
    said["keywords"] = list(paper.keywords)
    if format_name == "bibtex":  # typeset, so as it is shown
        said |= {name: nfc(readable(str(said[name]))) for name in ("title", "venue")}
        said["abstract"] = nfc(paper.abstract)
        said["authors"] = [parts(nfc(readable(author))) for author in paper.authors]
        said["keywords"] = [nfc(word) for word in paper.keywords]
    return said


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("format_name", FORMATS)
@given(written=st.lists(papers(), min_size=1, max_size=3))
def test_what_is_exported_is_read_back_the_same(format_name: str, written: list[Paper]) -> None:
    found = read_back(written, export_format(format_name))
    assert [as_carried(paper, format_name) for paper in found] == [
        as_carried(paper, format_name) for paper in written
    ]


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_sample_papers_are_read_back_the_same(format_name: str) -> None:
    written = [record for record in read_papers([sample_papers()]) if isinstance(record, Paper)]
    assert len(written) == 52
    found = read_back(written, export_format(format_name))
    assert [as_carried(paper, format_name) for paper in found] == [
        as_carried(paper, format_name) for paper in written
    ]
    assert [paper.paper_id for paper in found] == [paper.paper_id for paper in written]


HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(normalise)


@given(
    texts=st.lists(HOSTILE, min_size=4, max_size=4),
    lists=st.lists(st.lists(HOSTILE.filter(bool), max_size=3).map(tuple), min_size=3, max_size=3),
    written=papers(),
)
def test_json_lines_lose_nothing_at_all(
    texts: list[str], lists: list[tuple[str, ...]], written: Paper
) -> None:
    title, abstract, venue, url = texts
    authors, keywords, tags = lists
    paper = replace(
        written,
        title=normalise(f"T {title}"),
        abstract=abstract,
        venue=venue,
        url=url,
        authors=authors,
        keywords=keywords,
        tags=tags,
        source="papers.jsonl",
        citation_key=venue,
    )
    assert read_back([paper], export_format("jsonl")) == [paper]


def test_json_lines_from_before_papers_had_citation_keys_are_read(tmp_path: Path) -> None:
    paper = Paper(
        paper_id="0123456789ab", title="T", abstract="A.", source="old.jsonl", tags=("t",)
    )
    fields = paper.to_json()
    del fields["citation_key"]
    (tmp_path / "old.jsonl").write_text(json.dumps(fields) + "\n")
    assert list(read_papers([tmp_path / "old.jsonl"])) == [paper]
