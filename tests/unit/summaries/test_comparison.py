"""A comparison has a row for each paper, and a proof for each cell that says something."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.errors import NothingFound
from assistant.library import Library
from assistant.summaries.types import NOT_STATED, Comparison, SurveyProgress
from assistant.text.clean import readable
from assistant.types import Cancellation, Paper

NAMES = ("LoRA", "BERT: Pre-training", "Deep Residual Learning")


def check_proof(library: Library, comparison: Comparison) -> None:
    abstracts = {paper.paper_id: paper.abstract for paper in library.papers()}
    for citation in comparison.citations:
        assert citation.quote == abstracts[citation.paper_id][citation.start : citation.end]
    used = set()
    for row in comparison.papers:
        assert len(row.cells) == len(comparison.aspects)
        for cell in row.cells:
            assert (cell.text == NOT_STATED) == (cell.citation is None)
            if cell.citation is not None:
                citation = comparison.citations[cell.citation - 1]
                assert citation.paper_id == row.paper_id
                assert cell.text.rstrip(".…") in readable(citation.quote)
                used.add(cell.citation)
    assert used == {citation.number for citation in comparison.citations}


def test_named_papers_are_compared_in_their_order(sample_library: Library) -> None:
    comparison = sample_library.compare(*NAMES)
    titles = [row.title for row in comparison.papers]
    assert [title.startswith(name) for title, name in zip(titles, NAMES, strict=True)] == [True] * 3
    assert any(cell.citation for row in comparison.papers for cell in row.cells)
    check_proof(sample_library, comparison)


def test_a_paper_that_is_named_twice_has_one_row(sample_library: Library) -> None:
    comparison = sample_library.compare("LoRA", "LoRA", "BERT: Pre-training")
    assert len(comparison.papers) == 2


def test_a_paper_is_not_compared_with_itself(sample_library: Library) -> None:
    with pytest.raises(NothingFound, match="all names mean one paper"):
        sample_library.compare("LoRA", "LoRA")


def test_a_topic_compares_the_papers_about_it(sample_library: Library) -> None:
    comparison = sample_library.compare("Transformer language models", max_papers=3)
    assert len(comparison.papers) == 3
    check_proof(sample_library, comparison)


def test_a_topic_compares_of_papers_that_are_named_those_about_it(sample_library: Library) -> None:
    named = ["LoRA", "Longformer", "Attention Is All"]
    comparison = sample_library.compare("attention", papers=named)
    assert {row.title.partition(":")[0] for row in comparison.papers} == {
        "Longformer",
        "Attention Is All You Need",
    }
    with pytest.raises(NothingFound, match="of the pinned papers none is about “espresso”"):
        sample_library.compare("espresso", papers=named)


def test_a_topic_of_no_two_papers_cannot_be_compared(sample_library: Library) -> None:
    with pytest.raises(NothingFound, match="nothing to compare"):
        sample_library.compare("descaling of espresso machines")


def test_a_name_that_fits_no_paper_or_several_is_said(sample_library: Library) -> None:
    with pytest.raises(NothingFound, match="no paper 'Espresso'"):
        sample_library.compare("LoRA", "Espresso")


def test_a_comparison_that_is_stopped_keeps_what_was_done(sample_library: Library) -> None:
    cancel = Cancellation()
    events = []
    for event in sample_library.stream_comparison(*NAMES, cancel=cancel):
        events.append(event)
        cancel.cancel()
    assert isinstance(events[0], SurveyProgress)
    (comparison,) = [event for event in events if isinstance(event, Comparison)]
    assert len(comparison.papers) == 1
    assert not comparison.complete
    check_proof(sample_library, comparison)


def test_of_a_paper_that_is_not_in_english_nothing_is_said_to_be_missing(
    tmp_path: Path, sample_library: Library
) -> None:
    german = "Wir stellen ein Netz vor, das Risse in Bildern von alten Brücken findet."
    papers = [sample_library.paper(NAMES[0]), Paper(paper_id="de", title="Risse", abstract=german)]
    with Library.open(tmp_path / "two", settings=Settings()) as library:
        library.add_papers(papers)
        _, row = library.compare(NAMES[0], "Risse").papers
    assert {cell.text for cell in row.cells} == {"not in English"}
    assert not any(cell.citation for cell in row.cells)
