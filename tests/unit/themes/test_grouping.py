"""Themes: planted groups are found, named by their own words, and the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from assistant.encoders.reading import ReadingEncoder
from assistant.store.stored import Vectors
from assistant.text.words import content_stems
from assistant.themes.concepts import FITTING
from assistant.themes.grouping import SURVEY_THEMES, Grouping, Theme, find_themes
from assistant.themes.neighbours import find_neighbours
from assistant.types import Paper

GLACIERS = [
    ("Mass loss of Alpine glaciers", "Glacier retreat is measured from satellite altimetry."),
    ("Glacier retreat in Patagonia", "We map the retreat of ice fronts with radar images."),
    ("Surging glaciers in Svalbard", "Glacier surges follow changes of the water at the bed."),
    ("Debris cover and glacier melt", "Rocks on the ice slow the melt of Himalayan glaciers."),
    ("Glacier retreat since 1850", "Moraines date the retreat of ice in the last centuries."),
    ("Calving of tidewater glaciers", "Icebergs break from the ice front as the sea warms."),
    ("Snow lines and glacier balance", "The snow line gives the mass balance of a glacier."),
    ("Glacier retreat and lakes", "Lakes grow behind moraines where the ice has gone."),
]
MALARIA = [
    ("Malaria vaccines in children", "A vaccine halves the cases of malaria in infants."),
    ("Bed nets against malaria", "Treated bed nets keep mosquitoes from sleeping people."),
    ("Drug resistance of malaria parasites", "Mutations make the parasite resistant to drugs."),
    ("Malaria transmission by mosquitoes", "Mosquito density tells the season of infections."),
    ("Rapid tests for malaria", "Blood tests find the parasite within fifteen minutes."),
    ("Malaria transmission in highlands", "Warm years bring mosquitoes to higher villages."),
    ("Sickle cells protect from malaria", "Carriers have fewer infections by the parasite."),
    ("Malaria vaccines and antibodies", "Antibodies against the parasite fade in two years."),
]
PARSING = [
    ("Incremental dependency parsing", "A parser reads a sentence from left to right."),
    ("Dependency parsing of Finnish", "Word endings help the parser of a treebank."),
    ("Grammar induction without treebanks", "Syntax is learned from plain sentences."),
    ("Dependency parsing with graphs", "The best tree of a sentence is found by search."),
    ("Constituency trees of speech", "Spoken sentences are parsed despite repairs."),
    ("Cross-lingual dependency parsing", "A parser of one language serves another one."),
    ("Treebanks for small languages", "Annotators agree on the syntax of most sentences."),
    ("Parsing long sentences", "The errors of a parser grow with the sentence."),
]


def papers_of(records: Sequence[tuple[str, str]], prefix: str) -> list[Paper]:
    return [
        Paper(paper_id=f"{prefix}{n}", title=title, abstract=abstract)
        for n, (title, abstract) in enumerate(records)
    ]


def vectors_of(papers: Sequence[Paper], embedder: ReadingEncoder) -> Vectors:
    return embedder.embed([f"{paper.title}\n{paper.abstract}" for paper in papers])


@pytest.fixture(scope="module")
def planted() -> list[Paper]:
    groups = [papers_of(GLACIERS, "g"), papers_of(MALARIA, "m"), papers_of(PARSING, "p")]
    return [paper for row in zip(*groups, strict=True) for paper in row]


def test_planted_groups_are_found(planted: list[Paper], embedder: ReadingEncoder) -> None:
    found = find_themes(planted, vectors_of(planted, embedder), embedder=embedder)
    groups = [{paper_id[0] for paper_id in theme.paper_ids} for theme in found.themes]
    assert all(len(group) == 1 for group in groups)
    assert set.union(*groups) == {"g", "m", "p"}
    assert sum(len(theme.paper_ids) for theme in found.themes) + len(found.others) == 24


def test_names_are_the_words_of_the_papers_and_differ(
    planted: list[Paper], embedder: ReadingEncoder
) -> None:
    found = find_themes(planted, vectors_of(planted, embedder), embedder=embedder)
    texts = {p.paper_id: f"{p.title} {p.abstract}".casefold() for p in planted}
    assert len({theme.name for theme in found.themes}) == len(found.themes)
    for theme in found.themes:
        for phrase in theme.name.split(" and "):
            assert any(phrase.casefold() in texts[paper_id] for paper_id in theme.paper_ids)
    names = " ".join(theme.name.casefold() for theme in found.themes)
    assert "glacier" in names
    assert "malaria" in names
    assert "dependency parsing" in names


def test_the_same_papers_give_the_same_themes(
    planted: list[Paper], embedder: ReadingEncoder
) -> None:
    vectors = vectors_of(planted, embedder)
    first = find_themes(planted, vectors, embedder=embedder)
    assert find_themes(planted, vectors.copy(), embedder=embedder) == first


def test_few_papers_about_a_topic_are_one_theme_named_by_it(embedder: ReadingEncoder) -> None:
    papers = papers_of(MALARIA, "m")
    found = find_themes(papers, vectors_of(papers, embedder), embedder=embedder, topic="malaria")
    assert [theme.name for theme in found.themes] == ["malaria"]
    assert found.themes[0].paper_ids == tuple(paper.paper_id for paper in papers)
    assert found.others == ()


def attention_papers() -> list[Paper]:
    """Return 26 papers about attention: three kinds of it, and two of a kind of their own."""
    kinds = {
        "sparse attention": ("kernels", "long books", "genomes", "graphs", "patterns", "caches"),
        "hierarchical attention": (
            "recurrence",
            "streams",
            "feature maps",
            "speech",
            "logs",
            "decay",
        ),
        "machine translation": ("Finnish", "Czech", "idioms", "chat", "patents", "subtitles"),
        "object detection": ("traffic", "satellites", "cells", "ships", "crowds", "night"),
    }
    papers = [
        Paper(
            paper_id=f"{kind[0]}{n}",
            title=f"Attention and {kind} for {what}",
            abstract=f"The hypothesis on {what} holds beyond tokens. We study {kind} with "
            f"attention on an A100 GPU, and {what} confirm it.",
        )
        for kind, every in kinds.items()
        for n, what in enumerate(every)
    ]
    rest = ["Attention of harpsichord makers", "Attention in the kitchens of monks"]
    return papers + [Paper(paper_id=f"x{n}", title=t, abstract="") for n, t in enumerate(rest)]


@pytest.fixture(scope="module")
def about_attention(embedder: ReadingEncoder) -> tuple[list[Paper], Grouping]:
    papers = attention_papers()
    vectors = vectors_of(papers, embedder)
    find = partial(find_themes, embedder=embedder, topic="attention", max_themes=SURVEY_THEMES)
    found = find(papers, vectors)
    assert find(papers, vectors.copy()) == found
    return papers, found


def test_a_topic_is_parted_by_phrases_of_titles(
    about_attention: tuple[list[Paper], Grouping],
) -> None:
    _, found = about_attention
    assert {theme.name.casefold() for theme in found.themes} == {
        "sparse attention",
        "hierarchical attention",
        "machine translation",
        "object detection",
    }


def test_a_name_fits_most_papers_of_its_theme(
    about_attention: tuple[list[Paper], Grouping],
) -> None:
    papers, found = about_attention
    stems = {p.paper_id: set(content_stems(f"{p.title} {p.abstract}")) for p in papers}
    for theme in found.themes:
        name = set(content_stems(theme.name))
        assert sum(name <= stems[i] for i in theme.paper_ids) >= FITTING * len(theme.paper_ids)


def test_each_paper_about_a_topic_is_in_one_theme_or_the_others(
    about_attention: tuple[list[Paper], Grouping],
) -> None:
    papers, found = about_attention
    placed = [i for theme in found.themes for i in theme.paper_ids] + list(found.others)
    assert sorted(placed) == sorted(paper.paper_id for paper in papers)


def test_a_topic_whose_papers_share_no_telling_phrase_is_one_theme(
    embedder: ReadingEncoder,
) -> None:
    subjects = "bees rivers violins bridges moths kilns deserts flutes harbours lichens owls tides"
    papers = papers_of(
        [(f"Hypothesis of {one}", "Tokens beyond the model.") for one in subjects.split()], "p"
    )
    found = find_themes(papers, vectors_of(papers, embedder), embedder=embedder, topic="nature")
    assert [theme.name for theme in found.themes] == ["nature"]


def test_no_more_themes_of_a_topic_than_asked_for(embedder: ReadingEncoder) -> None:
    papers = attention_papers()
    vectors = vectors_of(papers, embedder)
    found = find_themes(papers, vectors, embedder=embedder, topic="attention", max_themes=2)
    assert len(found.themes) <= 2


def test_a_topic_of_papers_without_vectors_is_one_theme(embedder: ReadingEncoder) -> None:
    papers = attention_papers()
    unknown = np.zeros((len(papers), 1), dtype=np.float32)
    found = find_themes(papers, unknown, embedder=embedder, topic="attention")
    assert [len(theme.paper_ids) for theme in found.themes] == [len(papers)]


def test_papers_that_share_no_phrase_are_not_named_by_a_title(embedder: ReadingEncoder) -> None:
    papers = papers_of([("Bees of Malta", ""), ("Kilns in Kyoto", ""), ("Owls by night", "")], "p")
    found = find_themes(papers, vectors_of(papers, embedder), embedder=embedder)
    assert [theme.name for theme in found.themes] == ["Various subjects"]


def test_no_more_themes_than_asked_for(planted: list[Paper], embedder: ReadingEncoder) -> None:
    vectors = vectors_of(planted, embedder)
    assert len(find_themes(planted, vectors, embedder=embedder, max_themes=2).themes) == 2


def test_a_group_whose_papers_are_nearer_to_others_is_left_over_and_called_so(
    planted: list[Paper], embedder: ReadingEncoder
) -> None:
    vectors = vectors_of(planted, embedder)
    near = find_neighbours(vectors, 3)
    parted = find_themes(planted, vectors, embedder=embedder, neighbours=near)
    (parsing,) = [theme for theme in parted.themes if "parsing" in theme.name]
    kept = [theme for theme in parted.themes if theme is not parsing]
    places = near.places.copy()
    for place, paper in enumerate(planted):
        if paper.paper_id in parsing.paper_ids:
            places[place] = [0, 1, 3]  # no papers about parsing
    found = find_themes(
        planted, vectors, embedder=embedder, neighbours=replace(near, places=places)
    )
    assert [theme.paper_ids for theme in found.themes[:-1]] == [theme.paper_ids for theme in kept]
    assert found.themes[-1] == Theme(name="Various subjects", paper_ids=parsing.paper_ids)
    assert found.others == parted.others


def test_a_paper_like_no_other_is_left_apart(
    planted: list[Paper], embedder: ReadingEncoder
) -> None:
    strange = Paper(
        paper_id="x",
        title="Tuning of harpsichords in the seventeenth century",
        abstract="Meantone temperament was kept by makers of keyboard instruments.",
    )
    papers = [*planted, strange]
    found = find_themes(papers, vectors_of(papers, embedder), embedder=embedder)
    assert "x" in found.others


def test_no_paper_has_no_theme(embedder: ReadingEncoder) -> None:
    found = find_themes([], np.zeros((0, 384), dtype=np.float32), embedder=embedder)
    assert found.themes == ()
    assert found.others == ()


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_papers_are_one_theme(count: int, embedder: ReadingEncoder) -> None:
    papers = papers_of(GLACIERS, "g")[:count]
    found = find_themes(papers, vectors_of(papers, embedder), embedder=embedder)
    assert [set(theme.paper_ids) for theme in found.themes] == [{p.paper_id for p in papers}]
    assert found.themes[0].name


@pytest.mark.parametrize("count", [2, 7, 40])
def test_papers_that_are_all_the_same_are_one_theme(count: int, embedder: ReadingEncoder) -> None:
    papers = papers_of([GLACIERS[1]] * count, "g")
    found = find_themes(papers, vectors_of(papers, embedder), embedder=embedder)
    assert len(found.themes) == 1
    assert len(found.themes[0].paper_ids) == count


def test_papers_without_abstracts_are_grouped_by_their_titles(embedder: ReadingEncoder) -> None:
    bare = [
        Paper(paper_id=f"{prefix}{n}", title=title, abstract="")
        for prefix, records in (("g", GLACIERS), ("m", MALARIA))
        for n, (title, _) in enumerate(records)
    ]
    found = find_themes(bare, vectors_of(bare, embedder), embedder=embedder)
    for theme in found.themes:
        assert len({paper_id[0] for paper_id in theme.paper_ids}) == 1


def test_a_paper_without_a_vector_is_in_no_theme(
    planted: list[Paper], embedder: ReadingEncoder
) -> None:
    vectors = vectors_of(planted, embedder)
    vectors[0] = 0
    found = find_themes(planted, vectors, embedder=embedder)
    assert found.others[-1] == planted[0].paper_id
    assert all(planted[0].paper_id not in theme.paper_ids for theme in found.themes)


def test_titles_of_marks_only_break_nothing(embedder: ReadingEncoder) -> None:
    papers = papers_of([("***", ""), ("∀∃", "…"), ("<b>", "12 34")] * 4, "x")
    found = find_themes(papers, vectors_of(papers, embedder), embedder=embedder)
    assert all(theme.name for theme in found.themes)
    assert len({theme.name for theme in found.themes}) == len(found.themes)


def test_thousands_of_papers_are_parted_like_a_few(embedder: ReadingEncoder) -> None:
    random = np.random.default_rng(3)
    middles = random.normal(size=(3, 64))
    labels = np.arange(6000) % 3
    spread = middles[labels] + 0.5 * random.normal(size=(6000, 64))
    vectors = (spread / np.linalg.norm(spread, axis=1, keepdims=True)).astype(np.float32)
    wide = np.pad(vectors, ((0, 0), (0, 384 - 64)))
    words = ("glacier retreat", "malaria vaccines", "dependency parsing")
    papers = [
        Paper(paper_id=f"{label}-{n}", title=f"On {words[label]}", abstract="")
        for n, label in enumerate(labels.tolist())
    ]
    found = find_themes(papers, wide, embedder=embedder)
    for theme in found.themes:
        assert len({paper_id[0] for paper_id in theme.paper_ids}) == 1
