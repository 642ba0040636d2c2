"""The overview of a library: counts, twins, venues, and a map on which themes lie together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from assistant.encoders.reading import ReadingEncoder
from assistant.errors import Cancelled
from assistant.library import Library
from assistant.store.stored import Vectors
from assistant.summaries.overview import count_venues, make_overview
from assistant.summaries.types import Overview
from assistant.themes.vectors import paper_vectors
from assistant.types import Cancellation, Paper


def stored_vectors(library: Library, papers: Sequence[Paper]) -> Vectors:
    ids = [paper.paper_id for paper in papers]
    return paper_vectors(ids, store=library._store, mirror=library._mirror)


@pytest.fixture(scope="module")
def papers(sample_library: Library) -> list[Paper]:
    return sample_library.papers()


@pytest.fixture(scope="module")
def overview(sample_library: Library, papers: list[Paper], embedder: ReadingEncoder) -> Overview:
    return make_overview(papers, stored_vectors(sample_library, papers), embedder=embedder)


def test_a_paper_has_the_mean_direction_of_its_passages(
    sample_library: Library, papers: list[Paper]
) -> None:
    vectors = stored_vectors(sample_library, papers)
    one = papers[3].paper_id
    rows = [row for _, row in sample_library._store.vectors([(one, 99)])]
    mean = np.mean(rows, axis=0)
    assert len(rows) > 1
    assert vectors[3] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_a_paper_that_is_gone_has_no_direction(sample_library: Library) -> None:
    ids = ["not there", sample_library.papers()[0].paper_id]
    vectors = paper_vectors(ids, store=sample_library._store, mirror=sample_library._mirror)
    assert not vectors[0].any()
    assert np.linalg.norm(vectors[1]) == pytest.approx(1, abs=1e-5)


def test_every_paper_is_on_the_map_and_counted_once(
    overview: Overview, papers: list[Paper]
) -> None:
    assert overview.papers == len(papers)
    assert [placed.paper_id for placed in overview.map] == [paper.paper_id for paper in papers]
    on_map = [placed.theme for placed in overview.map]
    assert [on_map.count(n) for n in range(len(overview.themes))] == [
        theme.size for theme in overview.themes
    ]
    assert sum(count for _, count in overview.years) == sum(p.year is not None for p in papers)


def test_places_are_within_the_map(overview: Overview) -> None:
    assert all(0 <= placed.x <= 1 and 0 <= placed.y <= 1 for placed in overview.map)
    assert len({(placed.x, placed.y) for placed in overview.map}) > 0.9 * len(overview.map)


def test_a_theme_lies_together_on_the_map(overview: Overview) -> None:
    places = np.array([(placed.x, placed.y) for placed in overview.map])
    themes = np.array([-1 if p.theme is None else p.theme for p in overview.map])
    far = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    np.fill_diagonal(far, np.inf)
    same = themes[far.argmin(axis=1)] == themes
    assert same[themes >= 0].mean() > 0.7


def test_the_overview_is_the_same_each_time(
    sample_library: Library, papers: list[Paper], embedder: ReadingEncoder, overview: Overview
) -> None:
    vectors = stored_vectors(sample_library, papers)
    assert make_overview(papers, vectors, embedder=embedder) == overview


def test_how_far_it_is_is_told_step_by_step(sample_library: Library, overview: Overview) -> None:
    told: list[tuple[str, int, int]] = []
    made = sample_library.overview(progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(step for step, _, _ in told)) == [
        "reading",
        "grouping",
        "naming",
        "placing",
    ]
    assert all(0 <= done <= total for _, done, total in told)
    assert ("naming", len(overview.themes), len(overview.themes)) in told
    assert [theme.name for theme in made.themes] == [theme.name for theme in overview.themes]


@pytest.mark.parametrize("step", ["reading", "grouping", "naming", "placing"])
def test_once_it_is_stopped_nothing_more_is_done(sample_library: Library, step: str) -> None:
    cancel = Cancellation()
    told: list[str] = []

    def stop(now: str, done: int, total: int) -> None:
        told.append(now)
        if now == step:
            cancel.cancel()

    with pytest.raises(Cancelled):
        sample_library.overview(progress=stop, cancel=cancel)
    assert told.index(step) == len(told) - 1


def test_themes_are_of_fields_that_belong_together(overview: Overview) -> None:
    theme_of = {placed.title: placed.theme for placed in overview.map}
    retrieval = [
        theme
        for title, theme in theme_of.items()
        if title.startswith(("Reformer", "Linformer", "Longformer"))
    ]
    assert len(retrieval) == 3
    assert len(set(retrieval)) == 1


def test_nearly_the_same_text_is_a_twin_and_a_part_of_a_series_is_none(
    papers: list[Paper], embedder: ReadingEncoder
) -> None:
    chosen = [paper for paper in papers if paper.abstract][:20]
    retitled = replace(chosen[0], paper_id="retitled", title=f"{chosen[0].title} Revisited Anew")
    parts = [replace(chosen[1], paper_id=f"part {n}", title=f"Essays, Part {n}") for n in (1, 2)]
    several = [*chosen[:1], *chosen[2:], retitled, *parts]
    vectors = embedder.embed([f"{paper.title}\n{paper.abstract}" for paper in several])
    overview = make_overview(several, vectors, embedder=embedder)
    assert overview.twins == ((chosen[0].paper_id, "retitled"),)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_papers_have_an_overview(
    count: int, sample_library: Library, papers: list[Paper], embedder: ReadingEncoder
) -> None:
    few = papers[:count]
    overview = make_overview(few, stored_vectors(sample_library, few), embedder=embedder)
    assert overview.papers == len(overview.map) == count
    assert len(overview.themes) == min(count, 1)
    assert overview.to_json()["papers"] == count


def test_the_same_paper_many_times_has_an_overview(embedder: ReadingEncoder) -> None:
    same = [Paper(paper_id=f"p{n}", title="On seals", abstract="Seals sleep.") for n in range(30)]
    vectors = embedder.embed([paper.title for paper in same])
    overview = make_overview(same, vectors, embedder=embedder)
    assert [theme.size for theme in overview.themes] == [30]
    assert overview.outliers == ()
    assert all(0 <= placed.x <= 1 and 0 <= placed.y <= 1 for placed in overview.map)


def test_papers_without_abstracts_are_counted(embedder: ReadingEncoder) -> None:
    bare = [Paper(paper_id=f"p{n}", title=f"On seals, {n}", abstract="") for n in range(8)]
    overview = make_overview(bare, embedder.embed([p.title for p in bare]), embedder=embedder)
    assert overview.without_abstract == 8


def test_more_papers_than_find_their_own_place_are_placed(embedder: ReadingEncoder) -> None:
    random = np.random.default_rng(5)
    spread = random.normal(size=(2300, 384)).astype(np.float32) + np.repeat(
        3 * random.normal(size=(2, 384)), 1150, axis=0
    ).astype(np.float32)
    vectors = spread / np.linalg.norm(spread, axis=1, keepdims=True)
    many = [
        Paper(paper_id=f"p{n}", title="Seals at rest" if n < 1150 else "Wind power", abstract="")
        for n in range(2300)
    ]
    overview = make_overview(many, vectors, embedder=embedder, max_themes=2)
    places = np.array([(placed.x, placed.y) for placed in overview.map])
    apart = np.linalg.norm(places[:1150].mean(axis=0) - places[1150:].mean(axis=0))
    assert apart > places[:1150].std(axis=0).max()


def test_spellings_of_a_venue_are_one() -> None:
    counted = count_venues(
        [
            "NeurIPS 2017",
            "NeurIPS",
            "NeurIPS",
            "Proceedings of the 34th International Conference on Machine Learning",
            "International Conference on Machine Learning (ICML)",
            "Nature",
            "nature",
            "The Lancet",
            "Lancet",
            "",
            "arXiv:1706.03762",
            "arXiv preprint",
        ]
    )
    assert dict(counted)["NeurIPS"] == 3
    assert dict(counted)["Nature"] == 2
    assert sorted(count for _, count in counted) == [2, 2, 2, 2, 3]
    assert counted[0] == ("NeurIPS", 3)


def test_nature_and_nature_physics_are_two() -> None:
    assert len(count_venues(["Nature", "Nature Physics"])) == 2
