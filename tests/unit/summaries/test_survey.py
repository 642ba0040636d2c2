"""A survey holds every paper of its topic once, with a sentence of its own, and counts truly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.errors import NothingFound, UsageError
from assistant.library import Library
from assistant.summaries.survey import PERHAPS
from assistant.summaries.types import Survey, SurveyProgress
from assistant.types import Cancellation, Paper

TOPIC = "Transformer language models"


@pytest.fixture(scope="module")
def survey(sample_library: Library) -> Survey:
    return sample_library.survey(TOPIC)


def test_every_paper_is_there_once_with_a_sentence_of_its_own(
    sample_library: Library, survey: Survey
) -> None:
    papers = {paper.paper_id: paper for paper in sample_library.papers()}
    ids = [entry.paper_id for entry in survey.entries]
    assert survey.found
    assert survey.complete
    assert len(ids) == len(set(ids)) > 3
    for entry in survey.entries:
        assert entry.sentence is not None
        citation = survey.citations[entry.sentence.citations[0] - 1]
        assert citation.paper_id == entry.paper_id
        assert citation.quote == papers[entry.paper_id].abstract[citation.start : citation.end]
        assert citation.quote
    assert [citation.number for citation in survey.citations] == list(range(1, len(ids) + 1))


def test_the_opening_counts_what_is_there(sample_library: Library, survey: Survey) -> None:
    sure = [theme for theme in survey.themes if theme.name != PERHAPS]
    entries = [entry for theme in sure for entry in theme.entries]
    assert survey.opening.startswith(f"{len(entries)} papers of {sample_library.count()} ")
    counts = [int(count) for count in re.findall(r"\((\d+)\)", survey.opening)]
    assert counts == [len(theme.entries) for theme in sure if len(sure) > 1]
    if more := len(survey.entries) - len(entries):
        assert f"{more} more" in survey.opening
    years = [entry.year for entry in entries if entry.year is not None]
    assert f"from {min(years)} to {max(years)}" in survey.opening


def test_papers_that_are_perhaps_about_it_come_last(sample_library: Library) -> None:
    survey = sample_library.survey("attention in long sequences")
    assert len(survey.themes) > 1
    *sure, perhaps = survey.themes
    assert perhaps.name == PERHAPS
    least = min(entry.relevance for theme in sure for entry in theme.entries)
    assert max(entry.relevance for entry in perhaps.entries) < least
    assert re.search(rf"{len(perhaps.entries)} more (?:is|are) perhaps about it", survey.opening)


def test_what_was_left_out_is_named(survey: Survey) -> None:
    listed = {entry.paper_id for entry in survey.entries}
    assert survey.nearest
    assert not listed & {hit.paper_id for hit in survey.nearest}


def test_a_topic_that_no_paper_is_about_is_not_found(sample_library: Library) -> None:
    found = sample_library.survey("descaling of espresso machines")
    assert (found.found, found.entries, found.citations) == (False, (), ())
    assert found.opening.startswith(f"None of the {sample_library.count()} papers is about")
    assert found.nearest


def test_a_filter_limits_papers_and_counts(sample_library: Library, survey: Survey) -> None:
    late = sample_library.survey(TOPIC, filter="year:2020..")
    assert 0 < len(late.entries) < len(survey.entries)
    assert all(entry.year is not None and entry.year >= 2020 for entry in late.entries)
    assert late.searched == len(sample_library.papers("year:2020.."))
    assert f"{late.searched} that match year:2020.." in late.opening


def test_only_the_papers_that_are_named_are_read(sample_library: Library) -> None:
    named = ["LoRA", "Longformer", "Adam: A Method"]
    events = list(sample_library.stream_survey("attention", papers=named))
    survey = events[-1]
    assert isinstance(survey, Survey)
    assert [entry.title.partition(":")[0] for entry in survey.entries] == ["Longformer"]
    assert survey.searched == 3
    assert {hit.title.partition(":")[0] for hit in survey.nearest} == {"LoRA", "Adam"}
    assert survey.opening.startswith("1 paper of 3 pinned is about “attention”, from 2020.")
    judged = [event.judged for event in events[:-1] if isinstance(event, SurveyProgress)]
    assert max(judged) == 3


def test_a_filter_limits_the_papers_that_are_named(sample_library: Library) -> None:
    named = ["LoRA", "Longformer", "Attention Is All"]
    survey = sample_library.survey("attention", papers=named, filter="year:2020..")
    assert survey.searched == 2
    assert survey.opening.startswith("1 paper of 2 pinned that match year:2020.. is about")
    none = sample_library.survey("attention", papers=named, filter="year:1900")
    assert none.opening == "None of the pinned papers matches year:1900."


@pytest.mark.parametrize(
    ("named", "opening"),
    [
        (["LoRA"], "The only pinned paper is not about “espresso”."),
        (["LoRA", "Adam: A"], "None of the 2 pinned papers is about “espresso”."),
    ],
)
def test_named_papers_of_which_none_is_about_it_are_counted(
    sample_library: Library, named: list[str], opening: str
) -> None:
    survey = sample_library.survey("espresso", papers=named)
    assert (survey.found, survey.opening) == (False, opening)


def test_a_paper_that_is_not_there_is_refused(sample_library: Library) -> None:
    with pytest.raises(NothingFound):
        sample_library.survey("attention", papers=["no such paper"])


def test_the_most_relevant_papers_are_kept_where_few_are_wanted(
    sample_library: Library, survey: Survey
) -> None:
    few = sample_library.survey(TOPIC, max_papers=2)
    best = sorted(survey.entries, key=lambda entry: -entry.relevance)[:2]
    assert {entry.paper_id for entry in few.entries} == {entry.paper_id for entry in best}
    assert f"{len(survey.entries) - 2} more" in few.opening


def test_progress_is_told_for_each_paper(sample_library: Library) -> None:
    events = list(sample_library.stream_survey(TOPIC))
    survey = events[-1]
    assert isinstance(survey, Survey)
    told = [event.told for event in events[:-1] if isinstance(event, SurveyProgress)]
    assert [count for count in told if count] == list(range(1, len(survey.entries) + 1))


def until(events: Iterator[SurveyProgress | Survey], cancel: Cancellation, told: int) -> Survey:
    for event in events:
        if isinstance(event, Survey):
            return event
        if event.told == told:
            cancel.cancel()
    raise AssertionError("a run ends with a survey")


@pytest.mark.parametrize("told", [0, 1])
def test_a_survey_that_is_stopped_keeps_what_was_done(sample_library: Library, told: int) -> None:
    cancel = Cancellation()
    events = sample_library.stream_survey(TOPIC, cancel=cancel)
    survey = until(events, cancel, told)
    assert not survey.complete
    assert "stopped" in survey.opening
    assert len(survey.entries) >= told


def test_a_paper_without_an_abstract_is_listed_without_a_sentence(
    tmp_path: Path, sample_library: Library
) -> None:
    with Library.open(tmp_path / "bare", settings=Settings()) as library:
        library.add_papers(sample_library.papers())
        (tmp_path / "bare.ris").write_text(f"TY  - JOUR\nTI  - {TOPIC}\nER  - \n", "utf-8")
        assert library.add(tmp_path / "bare.ris").without_abstract == 1
        survey = library.survey(TOPIC)
    (entry,) = [entry for entry in survey.entries if entry.title == TOPIC]
    assert entry.sentence is None
    assert "1 paper without an abstract was judged by title alone." in survey.opening


@pytest.mark.parametrize(
    ("other", "own"),
    [
        (
            f"Existing {TOPIC} are slow and large.",
            "We make them small with a codebook of shared layers.",
        ),
        (
            f"Existing {TOPIC} are slow and large.",
            "This technical report investigates a codebook of shared layers.",
        ),
        (f"What are the units of the {TOPIC} that we want?", "We propose a codebook of letters."),
        (f"We hope that {TOPIC} will become small.", "We propose a codebook of letters."),
    ],
)
def test_what_others_did_and_what_is_asked_or_hoped_is_not_quoted(
    tmp_path: Path, sample_library: Library, other: str, own: str
) -> None:
    with Library.open(tmp_path / "own", settings=Settings()) as library:
        library.add_papers(sample_library.papers())
        paper = Paper(paper_id="x", title=f"Small {TOPIC}", abstract=f"{other} {own}")
        library.add_papers([paper])
        survey = library.survey(TOPIC)
    (entry,) = [entry for entry in survey.entries if entry.paper_id == "x"]
    assert entry.sentence is not None
    assert "codebook" in entry.sentence.text


def test_an_empty_library_has_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path / "empty", settings=Settings()) as library:
        assert library.survey(TOPIC).opening == "The library is empty."
        assert library.overview().papers == 0


@pytest.mark.parametrize("topic", ["", "  ", "year:2020..", "x" * 20_000])
def test_what_is_no_topic_is_refused(sample_library: Library, topic: str) -> None:
    with pytest.raises(UsageError):
        sample_library.survey(topic)


@pytest.mark.parametrize("topic", ["[red]x[/", "\x1b[31mTransformer", "?!", "的模型", "a" * 300])
def test_any_text_is_a_topic(sample_library: Library, topic: str) -> None:
    survey = sample_library.survey(topic)
    assert "\x1b" not in survey.opening + survey.topic
