"""A list ends where the papers stop being about the topic."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import RetrievalSettings, Settings
from assistant.library import Library
from assistant.retrieval import retriever as retrieval
from assistant.retrieval.question import read_question
from assistant.retrieval.ranked import RankedPaper
from assistant.retrieval.relevance import RelevantPaper, relevant
from assistant.retrieval.retriever import Retriever
from assistant.text.query import Filter
from assistant.types import Paper


def judged(*relevances: float) -> list[RelevantPaper]:
    return [
        RelevantPaper(
            found=RankedPaper(
                paper=Paper(paper_id=f"{place:012x}", title=f"Paper {place}", abstract=""),
                score=0.0,
                cosine=0.0,
            ),
            relevance=relevance,
        )
        for place, relevance in enumerate(relevances)
    ]


def kept(*relevances: float) -> list[float]:
    return [one.relevance for one in relevant(judged(*relevances))]


def test_what_is_likely_about_the_topic_is_kept_best_first() -> None:
    assert kept(0.2, 0.95, 0.56, 0.61) == [0.95, 0.61]


def test_a_description_that_no_paper_fits_whole_keeps_the_nearest() -> None:
    assert kept(0.4, 0.3, 0.2) == [0.4, 0.3]


def test_nothing_is_kept_where_nothing_comes_near() -> None:
    assert kept(0.2, 0.15) == []
    assert kept() == []


@given(st.lists(st.floats(min_value=0, max_value=1), max_size=30))
def test_no_paper_is_kept_while_a_more_relevant_one_is_not(relevances: list[float]) -> None:
    found = kept(*relevances)
    assert found == sorted(relevances, reverse=True)[: len(found)]


@pytest.fixture(params=["with a ranker", "without"])
def retriever(request: pytest.FixtureRequest, sample_library: Library) -> Retriever:
    return Retriever(
        store=sample_library._store,
        mirror=sample_library._mirror,
        embedder=lambda: sample_library.embedder,
        encoder=sample_library._models.encoder,
        settings=RetrievalSettings(candidates=5),
        ranker=sample_library._models.ranker if request.param == "with a ranker" else None,
    )


def titles(retriever: Retriever, topic: str) -> set[str]:
    pages = retriever.judged(read_question(topic))
    return {one.found.paper.title for one in relevant([one for page in pages for one in page])}


def test_the_papers_of_a_topic_are_found_and_no_others(retriever: Retriever) -> None:
    found = titles(retriever, "subword units for neural machine translation")
    assert "Neural Machine Translation of Rare Words with Subword Units" in found
    assert any(title.startswith("SentencePiece") for title in found)
    assert not any("DNA" in title or "Network" in title for title in found)


def test_no_paper_is_about_what_the_library_does_not_hold(retriever: Retriever) -> None:
    assert titles(retriever, "descaling of espresso machines") == set()


def test_a_filter_limits_what_is_judged(retriever: Retriever) -> None:
    pages = retriever.judged(
        read_question("Transformers for language"), limit=Filter.parse("year:2020..")
    )
    years = [one.found.paper.year for page in pages for one in page]
    assert years
    assert all(year is not None and year >= 2020 for year in years)


def test_pages_go_on_until_one_holds_nothing_of_the_topic(
    sample_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrieval, "PAGE_PAPERS", 3)
    pages = list(sample_library._retriever.judged(read_question("Transformer language models")))
    best = [max(one.relevance for one in page) for page in pages]
    assert len(pages) > 2
    assert all(relevance >= 0.25 for relevance in best[:-1])
    ids = [one.found.paper.paper_id for page in pages for one in page]
    assert len(ids) == len(set(ids))


def test_what_a_paper_names_tells_what_it_is_about(tmp_path: Path, sample_library: Library) -> None:
    def paper(name: str) -> Paper:
        return Paper(
            paper_id=name.casefold(),
            title=f"Forecasts of {name} from notes",
            abstract=f"We predict what a patient needs. The notes come from {name}, a hospital.",
        )

    names = ["MIMO-IV", "ELMO-II", "KARO-VI", "SIRA-XI", "TOPO-IX", "VERO-III"]
    with Library.open(tmp_path / "named", settings=Settings()) as library:
        library.add_papers(paper(name) for name in names)
        library.add_papers(sample_library.papers())
        pages = library._retriever.judged(read_question("MIMO-IV"))
        found = relevant([one for page in pages for one in page])
    assert [one.found.paper.title for one in found] == ["Forecasts of MIMO-IV from notes"]
