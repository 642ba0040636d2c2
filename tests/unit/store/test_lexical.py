"""The word index: what it finds, whom it means, and that it can be thrown away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LibraryError
from assistant.identity import paper_id
from assistant.readers import read_papers
from assistant.resources import sample_papers
from assistant.store.lexical import LexicalMirror
from assistant.store.stored import StoredPaper
from assistant.types import Paper

TITLES = {
    "GPT-4 Technical Report": "We report on a large multimodal model.",
    "A C++ library": "It is written in C++ and has bindings.",
    "BPE-dropout: simple regularisation": "Subwords are dropped at random.",
    "Mask$^2$DiT: dual masks": "Multi-scene video is generated 2.5times faster.",
    "PixArt-\\Sigma": "Images of 4K resolution, 16times16 patches.",
    "BERT: deep bidirectional transformers": "GLUE rises to 80.5\\%.",
    "BERT rediscovers the pipeline": "We look into layers of models.",
    "100% of a_b": "Wildcards and technology, technology.",
    "100 percent of axb": "Technological models by Schrödinger.",
}


def stored(title: str, abstract: str, *, digest: str = "d") -> StoredPaper:
    paper = Paper(paper_id=paper_id(title), title=title, abstract=abstract)
    return StoredPaper(paper=paper, passages=2, digest=digest, origins={})


PAPERS = [stored(title, abstract) for title, abstract in TITLES.items()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mirror.sqlite3"


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LexicalMirror]:
    """A mirror of the papers above. To be read only."""
    opened = LexicalMirror(tmp_path_factory.mktemp("mirror") / "mirror.sqlite3")
    opened.catch_up("r1", PAPERS)
    yield opened
    opened.close()


def titles(found: list[Paper]) -> list[str]:
    return [paper.title for paper in found]


def first(mirror: LexicalMirror, query: str) -> str:
    best = next(iter(mirror.bm25(query, limit=5)))
    return mirror.get([best])[best].paper.title


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("What does GPT-4 report?", "GPT-4 Technical Report"),
        ("gpt-4", "GPT-4 Technical Report"),
        ("C++", "A C++ library"),
        ("BPE-dropout", "BPE-dropout: simple regularisation"),
        ("Mask$^2$DiT", "Mask$^2$DiT: dual masks"),
        ("Mask^2DiT", "Mask$^2$DiT: dual masks"),
        ("Mask2DiT", "Mask$^2$DiT: dual masks"),
        ("2.5x faster", "Mask$^2$DiT: dual masks"),
        ("PixArt-Σ", "PixArt-\\Sigma"),
        ("PixArt-Sigma", "PixArt-\\Sigma"),
        ("16x16 patches", "PixArt-\\Sigma"),
        ("SCHRODINGER", "100 percent of axb"),
        ("80.5% on GLUE", "BERT: deep bidirectional transformers"),
    ],
)
def test_names_and_damaged_words_are_found(mirror: LexicalMirror, query: str, title: str) -> None:
    assert first(mirror, query) == title


@pytest.mark.parametrize(
    "query",
    ['"', '""', '"BERT', "*", "BERT*", "NEAR", "NEAR(BERT, 2)", "(", ")", "AND", "BERT AND", "NOT",
     "OR", "title:BERT", "title :", "-BERT", "+", "^BERT", "{a b}:c", "\\", "'",
     "; DROP TABLE words", "\x00", "_", "__ a", "😀", "", " ", "\ud800"],
)  # fmt: skip
def test_query_syntax_in_a_question_is_plain_text(mirror: LexicalMirror, query: str) -> None:
    found = mirror.bm25(query, limit=5)
    assert len(found) >= 2 * ("BERT" in query)
    assert mirror.document_frequencies([query]).keys() == {query}


@given(query=st.text(max_size=60))
def test_no_query_fails(mirror: LexicalMirror, query: str) -> None:
    scores = list(mirror.bm25(query, limit=5).values())
    assert scores == sorted(scores, reverse=True)


def test_a_word_twice_in_the_query_counts_twice(mirror: LexicalMirror) -> None:
    once, twice = mirror.bm25("GLUE", limit=1), mirror.bm25("GLUE GLUE", limit=1)
    assert list(twice.values()) == pytest.approx([2 * score for score in once.values()])


def test_a_pasted_text_of_thousands_of_words_is_searched(mirror: LexicalMirror) -> None:
    assert mirror.bm25("GLUE " + "very long text " * 5_000, limit=3)


def test_words_are_counted_in_all_their_forms(mirror: LexicalMirror) -> None:
    asked = [
        "models",
        "technologies",
        "Schroedinger",
        "Schrodinger",
        "GPT-4",
        "BERT-9",
        "BERT",
        "of",
    ]
    assert mirror.document_frequencies(asked) == {
        "models": 3,
        "technologies": 2,
        "Schroedinger": 0,
        "Schrodinger": 1,
        "GPT-4": 1,
        "BERT-9": 0,
        "BERT": 2,
        "of": 4,
    }


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        (paper_id("A C++ library"), ["A C++ library"]),
        (paper_id("A C++ library").upper(), ["A C++ library"]),
        (paper_id("A C++ library")[:6], ["A C++ library"]),
        ("a c++ LIBRARY", ["A C++ library"]),
        ("Mask$^2$DiT: dual masks", ["Mask$^2$DiT: dual masks"]),
        ("Mask^2DiT: dual masks", ["Mask$^2$DiT: dual masks"]),
        ("PixArt-Σ", ["PixArt-\\Sigma"]),
        ("BPE-drop", ["BPE-dropout: simple regularisation"]),
        ("dual masks", ["Mask$^2$DiT: dual masks"]),
        ("bert", ["BERT rediscovers the pipeline", "BERT: deep bidirectional transformers"]),
        ("BERT:", ["BERT: deep bidirectional transformers"]),
        ("100%", ["100% of a_b"]),
        ("100% of a_", ["100% of a_b"]),
        ("a_b", ["100% of a_b"]),
        ("nothing like it", []),
    ],
)
def test_a_reference_means_an_id_a_title_or_the_start_of_one(
    mirror: LexicalMirror, reference: str, found: list[str]
) -> None:
    assert titles(mirror.match(reference)) == found


@pytest.mark.parametrize(
    "reference",
    [
        "",
        " ",
        "\x00",
        "\u200b",
        "%",
        "____",
        "%%%%",
        "****",
        "????",
        "[a-z]*",
        "----",
        "\\",
        "\ud800",
    ],
)
def test_a_reference_of_wildcards_or_of_nothing_means_no_paper(
    mirror: LexicalMirror, reference: str
) -> None:
    assert [t for t in titles(mirror.match(reference)) if reference not in t] == []


def test_a_short_prefix_of_an_id_is_not_taken_for_an_id(path: Path) -> None:
    mirror = LexicalMirror(path)
    mirror.catch_up("r", [StoredPaper(
        paper=Paper(paper_id="abc123", title="T", abstract="A"), passages=1, digest="d", origins={}
    )])  # fmt: skip
    assert mirror.match("abc") == []
    assert titles(mirror.match("abc1")) == ["T"]


def test_papers_are_listed_by_title(mirror: LexicalMirror) -> None:
    listed = titles(list(mirror.papers()))
    assert sorted(listed) == sorted(TITLES)
    assert listed.index("A C++ library") < listed.index("BERT rediscovers the pipeline")
    assert mirror.count() == len(TITLES)


def test_catching_up_adds_changes_and_removes(path: Path) -> None:
    mirror = LexicalMirror(path)
    assert mirror.revision == ""
    mirror.catch_up("r1", [stored("Kept", "stays"), stored("Old", "goes")])
    mirror.catch_up("r2", [stored("Kept", "is new", digest="e"), stored("New", "comes")])
    assert mirror.revision == "r2"
    assert [(paper.title, paper.abstract) for paper in mirror.papers()] == [
        ("Kept", "is new"),
        ("New", "comes"),
    ]
    assert mirror.bm25("stays goes", limit=9) == {}
    assert len(mirror.bm25("new comes", limit=9)) == 2


def test_put_replaces_and_removes(path: Path) -> None:
    mirror = LexicalMirror(path)
    mirror.put([stored("One", "first"), stored("Two", "second")], removed=(), revision="r1")
    mirror.put([stored("One", "third", digest="e")], removed=[paper_id("Two"), "x"], revision="r2")
    assert titles(list(mirror.papers())) == ["One"]
    assert mirror.bm25("first second", limit=9) == {}
    assert mirror.revision == "r2"


def test_a_failing_catch_up_leaves_the_mirror_as_it_was(path: Path) -> None:
    mirror = LexicalMirror(path)
    mirror.catch_up("r1", PAPERS)

    def broken() -> Iterator[StoredPaper]:
        yield stored("New", "comes")
        raise LibraryError("the collection broke")

    with pytest.raises(LibraryError, match="broke"):
        mirror.catch_up("r2", broken())
    assert mirror.revision == "r1"
    assert sorted(titles(list(mirror.papers()))) == sorted(TITLES)


def test_a_deleted_mirror_comes_back_the_same(path: Path) -> None:
    papers = [
        StoredPaper(paper=paper, passages=1, digest="d", origins={})
        for paper in read_papers([sample_papers()])
        if isinstance(paper, Paper)
    ]
    queries = ["GLUE score", "How many parameters does LoRA save?", "attention"]

    def answers() -> list[object]:
        mirror = LexicalMirror(path)
        mirror.catch_up("r1", papers)
        found = [mirror.bm25(query, limit=20) for query in queries]
        listed = list(mirror.papers())
        mirror.close()
        return [found, listed, mirror]

    before = answers()[:2]
    for file in path.parent.glob("mirror.sqlite3*"):
        file.unlink()
    assert answers()[:2] == before


@pytest.mark.parametrize(
    "content", [b"garbage " * 4_000, b"", b"SQLite format 3\0" + b"\xff" * 5_000]
)
def test_a_file_that_is_no_mirror_is_replaced(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    mirror = LexicalMirror(path)
    assert mirror.revision == ""
    mirror.catch_up("r1", PAPERS)
    assert mirror.count() == len(TITLES)


def test_a_mirror_of_another_version_is_replaced(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE papers (other)")
        db.execute("PRAGMA user_version = 77")
    mirror = LexicalMirror(path)
    mirror.catch_up("r1", PAPERS)
    assert mirror.count() == len(TITLES)


def test_a_mirror_broken_inside_says_how_to_mend_it_and_that_helps(path: Path) -> None:
    mirror = LexicalMirror(path)
    mirror.catch_up("r1", PAPERS)
    mirror.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    again = LexicalMirror(path)
    with pytest.raises(LibraryError, match="word index") as caught:
        again.catch_up("r2", PAPERS)
    assert "check --repair" in caught.value.hint
    again.clear()
    again.catch_up("r2", PAPERS)
    assert again.count() == len(TITLES)


def test_a_mirror_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "mirror.sqlite3"):
        with pytest.raises(LibraryError, match="cannot be written") as caught:
            LexicalMirror(path)
        assert caught.value.hint
    assert (tmp_path / "folder").is_dir()


def test_a_mirror_that_another_process_writes_to_can_be_opened_and_read(path: Path) -> None:
    LexicalMirror(path).catch_up("r1", PAPERS)
    writer = sqlite3.connect(path)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM papers")
    reader = LexicalMirror(path)
    assert reader.count() == len(TITLES)
    writer.rollback()
    writer.close()
