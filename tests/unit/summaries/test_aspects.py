"""What a paper is taken to state of each aspect, and the few words shown of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.encoders.ranker import EvidenceRanker
from assistant.summaries.aspects import ASPECTS, state_aspects
from assistant.summaries.cells import MAX_CELL_WORDS
from assistant.summaries.types import Aspect
from assistant.text.clean import normalise, readable
from assistant.types import Paper

PROBLEM = "However, counting birds by ear is slow, and people often fail to agree."
METHOD = "In this paper, we propose Heron, a recurrent filter that counts birds from recordings."
RESULT = "On ForestSongs and BirdCLEF data sets, Heron reaches an accuracy of 91.4%."
COST = "It reduces the inference time by 40% on one GPU."
CODE = "Our code is available at https://example.org/heron."
ABSTRACT = f"Birds sing at dawn. {PROBLEM} {METHOD} {RESULT} {COST} {CODE}"


def paper(abstract: str) -> Paper:
    title = "Heron: Counting Birds from Their Songs"
    return Paper(paper_id="p", title=title, abstract=normalise(abstract))


STATED: list[tuple[Aspect, str]] = [
    ("task", METHOD),
    ("problem", PROBLEM),
    ("method", METHOD),
    ("data", RESULT),
    ("result", RESULT),
    ("cost", COST),
    ("code", CODE),
]


@pytest.mark.parametrize(("aspect", "sentence"), STATED)
@pytest.mark.parametrize("ranked", [False, True])
def test_each_aspect_is_proved_by_the_sentence_that_states_it(
    aspect: Aspect, sentence: str, ranked: bool
) -> None:
    ranker = EvidenceRanker("evidence-minilm", threads=1) if ranked else None
    found = state_aspects(paper(ABSTRACT), ranker=ranker)[aspect]
    assert found is not None
    assert found.quote == sentence
    assert found.cell in found.text


CELLS: list[tuple[Aspect, str]] = [
    ("method", "Heron, a recurrent filter that counts birds from recordings"),
    ("data", "ForestSongs and BirdCLEF data sets"),
    ("result", "On ForestSongs and BirdCLEF data sets, Heron reaches an accuracy of 91.4%"),
    ("cost", "It reduces the inference time by 40% on one GPU"),
]


@pytest.mark.parametrize(("aspect", "cell"), CELLS)
def test_a_cell_holds_what_is_said_of_the_aspect(aspect: Aspect, cell: str) -> None:
    found = state_aspects(paper(ABSTRACT), ranker=None)[aspect]
    assert found is not None
    assert found.cell == cell


NOT_STATED: list[tuple[Aspect, str]] = [
    ("code", "We study how people read source code and learn to write it."),
    ("code", "Labelled data are rarely available, and we do without them."),
    ("data", "We propose a filter and test it on several data sets of songs."),
    ("result", "Recent filters have achieved an accuracy of 91.4%. We propose another kind."),
    ("cost", "We propose a filter that hears songs of birds and frogs."),
    ("problem", "We propose a filter. It hears songs of birds."),
    ("method", "Birds sing at dawn. They sing again in the evening."),
]


@pytest.mark.parametrize(("aspect", "abstract"), NOT_STATED)
def test_what_is_not_stated_is_none(aspect: Aspect, abstract: str) -> None:
    assert state_aspects(paper(abstract), ranker=None)[aspect] is None


def test_a_cell_keeps_what_negates_or_limits_it() -> None:
    text = (
        "We show that the filter does not improve the accuracy on BirdCLEF, but it may save time."
    )
    found = state_aspects(paper(f"Birds sing. {text}"), ranker=None)
    for aspect in ("result", "cost"):
        statement = found[aspect]
        assert statement is None or "improve" not in statement.cell or "not" in statement.cell


def test_an_empty_abstract_states_nothing() -> None:
    assert set(state_aspects(paper(""), ranker=None).values()) == {None}


WORDS = (
    "we propose show that however the code is available at http://a.b reduces memory by 40 % on "
    "ImageNet , which ( fails ; not may our results outperform \\% [red] . é 鸟 respectively"
).split()


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_of_any_text_every_cell_is_verbatim_and_short_or_whole(words: list[str]) -> None:
    one = paper(" ".join(words))
    found = state_aspects(one, ranker=None)
    assert tuple(found) == ASPECTS
    for statement in found.values():
        if statement is None:
            continue
        assert statement.quote == one.abstract[statement.start : statement.end]
        assert statement.text == readable(statement.quote)
        assert statement.cell
        assert statement.cell in statement.text


def test_cells_of_plain_abstracts_are_short() -> None:
    for statement in state_aspects(paper(ABSTRACT), ranker=None).values():
        assert statement is not None
        assert len(statement.cell.split()) <= MAX_CELL_WORDS
