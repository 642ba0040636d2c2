"""Faults that cells of comparison tables had, one test for each class of them.

The sentences are invented; each has the shape in which the fault was seen.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.proof import changes_nothing
from assistant.answering.statement import split_tokens
from assistant.summaries.aspects import AspectStatement, state_aspects
from assistant.summaries.cells import MAX_CELL_WORDS
from assistant.summaries.phrases import stops
from assistant.summaries.types import Aspect
from assistant.text.clean import normalise
from assistant.types import Paper


def stated(aspect: Aspect, abstract: str, *, title: str = "A paper") -> AspectStatement | None:
    one = Paper(paper_id="p", title=title, abstract=normalise(abstract))
    return state_aspects(one, ranker=None)[aspect]


def cell(aspect: Aspect, abstract: str) -> str:
    found = stated(aspect, abstract)
    return found.cell if found else ""


WHOLE: list[tuple[Aspect, str, str]] = [
    (
        "result",
        "We find that Heron improves the accuracy on songs of herons, storks, cranes, and egrets.",
        "Heron improves the accuracy on songs of herons, storks, cranes, and egrets",
    ),
    (
        "method",
        "We propose a gated filter bank (GFB) layer for songs, which replaces the first layer.",
        "a gated filter bank (GFB) layer for songs, which replaces the first layer",
    ),
    (
        "method",
        "We present Heron, a filter with two parts: (i) an ear that hears the songs of many birds "
        "at dawn and at dusk in the reeds and (ii) a memory that keeps the songs it heard before.",
        "Heron, a filter with two parts",
    ),
    (
        "result",
        "We show that Heron enables people who cannot see a bird in the dense reeds of the lake to "
        "name it with an accuracy that exceeds that of the three experts whom we asked before.",
        "Heron enables people",
    ),
]


@pytest.mark.parametrize(("aspect", "sentence", "begins"), WHOLE)
def test_a_cell_is_not_cut_in_a_list_or_phrase(aspect: Aspect, sentence: str, begins: str) -> None:
    shown = cell(aspect, f"Birds sing at dawn. {sentence}")
    assert shown.startswith(begins)
    assert sentence[sentence.index(shown) + len(shown)] in ".,:; "
    assert shown.split()[-1] not in {"cranes,", "a", "the", "dense", "of", "who", "people"}


BEGINNINGS: list[tuple[Aspect, str, str]] = [
    (
        "problem",
        "Filters hear well but are notoriously slow to train. We propose Heron.",
        "Filters hear well but are notoriously slow to train",
    ),
    (
        "problem",
        "However, as lakes grow, counting by ear becomes expensive. We propose Heron.",
        "as lakes grow, counting by ear becomes expensive",
    ),
    (
        "problem",
        "A common fear, however, is that filters suffer from noise. We propose Heron.",
        "A common fear, however, is that filters suffer from noise",
    ),
    (
        "result",
        "We propose Heron. Trained on dawn songs, Heron hears storks and achieves an accuracy of "
        "90.1%.",
        "Trained on dawn songs, Heron hears storks and achieves an accuracy of 90.1%",
    ),
    (
        "code",
        "We propose Heron. Our code can be run on any phone and is available at https://a.org/h.",
        "Our code can be run on any phone and is available at https://a.org/h",
    ),
    (
        "task",
        "OBJECTIVES To count herons at the lake. RESULTS We found 12 herons.",
        "To count herons at the lake",
    ),
    (
        "task",
        "For lakes in which an objective is to be met, we propose Heron, a count of echoes.",
        "Heron, a count of echoes",
    ),
]


@pytest.mark.parametrize(("aspect", "abstract", "shown"), BEGINNINGS)
def test_a_cell_begins_where_a_clause_begins(aspect: Aspect, abstract: str, shown: str) -> None:
    assert cell(aspect, abstract) == shown


SHORTENED: list[tuple[Aspect, str, str]] = [
    (
        "problem",
        "However, filters are limited by 1) rain in spring and 2) wind in autumn. We go on.",
        "filters are limited by 1) rain in spring and 2) wind in autumn",
    ),
    (
        "result",
        "With our reeds, a. We find that 1) Heron beats storks by 3.1%; 2) it never sleeps.",
        "Heron beats storks by 3.1%",
    ),
    (
        "method",
        "We answer these questions by counting the nests of herons at every lake.",
        "We answer these questions by counting the nests of herons",
    ),
    (
        "result",
        "Using 2 ears and 10 ears, storks and cranes are told with an accuracy of 60.9% and 71.2% "
        "at dawn, respectively.",
        "Using 2 ears and 10 ears, storks and cranes are told with an accuracy of 60.9% and 71.2%",
    ),
    (
        "result",
        "At dawn, Heron gets an accuracy of 60.9% and 71.2% at lakes and in woods, respectively.",
        "Heron gets an accuracy of 60.9% and 71.2% at lakes and in woods, respectively",
    ),
]


@pytest.mark.parametrize(("aspect", "sentence", "shown"), SHORTENED)
def test_a_cell_ends_where_nothing_is_wanting(aspect: Aspect, sentence: str, shown: str) -> None:
    assert cell(aspect, f"Birds sing. {sentence}").startswith(shown)


NO_ENDS: list[tuple[Aspect, str, str]] = [
    ("result", "Heron achieves a 55% reduction", " in errors at dawn"),
    ("method", "We study replacing the ears of a filter", " with reeds of the lake"),
    ("method", "a filter which hears songs", " -- and calls -- dependent on the lake"),
    ("method", "a filter which hears songs -- and calls", " -- dependent on the lake"),
    ("method", "a filter, in which the ears of the shared layers", ", such as two, hear songs"),
    ("result", "Heron not only beats storks", ", but also cranes"),
    ("task", "how songs of herons at the lake", ", using the ears, can be told"),
]


@pytest.mark.parametrize(("aspect", "run", "wanting"), NO_ENDS)
def test_no_cell_ends_before_what_it_wants(aspect: Aspect, run: str, wanting: str) -> None:
    assert len(run) not in dict(stops(run + wanting, 0, aspect))


@pytest.mark.parametrize("word", ["under-explored", "so-called", "in-flight", "that's"])
def test_a_word_that_begins_as_a_preposition_does_is_none(word: str) -> None:
    sentence = f"We study the songs of herons, a great yet {word} matter of the lakes."
    assert stated("method", sentence) is not None


OWN_WORK: list[tuple[Aspect, str, str]] = [
    (
        "method",
        "Filters, which we call ears, have been proposed to count birds. "
        "In this paper, we propose Heron, a count of echoes.",
        "Heron",
    ),
    (
        "task",
        "Herons are key birds of lakes and marshes. "
        "To address the role of reeds in nesting, we mowed reeds and counted nests.",
        "To address the role of reeds in nesting",
    ),
    (
        "method",
        "We propose Heron, a count of echoes. It looks at reed-derived songs. "
        "These findings not only contribute to the design of ears.",
        "Heron",
    ),
    (
        "task",
        "We propose Heron, a method for counting birds from songs, and control for the number of "
        "microphones.",
        "counting birds from songs",
    ),
    (
        "method",
        "We integrate ears and reeds into one filter. In addition, we extend it to storks.",
        "We integrate ears and reeds",
    ),
    (
        "method",
        "This work builds upon two lines of counting. We propose Heron, a count of echoes.",
        "Heron",
    ),
    (
        "task",
        "Most of these filters count songs. This research investigates the nests of herons.",
        "the nests of herons",
    ),
    (
        "task",
        "A lake is a place of reeds. In this study, the ears of a filter were cut for herons.",
        "the ears of a filter were cut for herons",
    ),
    (
        "result",
        "We propose Heron. Heron outperforms storks by 3.1%. In addition, ablations show that "
        "the reeds improve the accuracy by 4.2%.",
        "Heron outperforms storks",
    ),
]


@pytest.mark.parametrize(("aspect", "abstract", "begins"), OWN_WORK)
def test_background_is_not_taken_for_the_work_of_the_authors(
    aspect: Aspect, abstract: str, begins: str
) -> None:
    assert cell(aspect, abstract).startswith(begins)


FINDINGS = [
    ("Here we show that reeds shelter the nests of herons.", "reeds shelter the nests of herons"),
    (
        "These data suggest that noise drives herons off.",
        "These data suggest that noise drives herons off",
    ),
    ("RESULTS Nests were found at 12 lakes.", "Nests were found at 12 lakes"),
]


@pytest.mark.parametrize(("sentence", "shown"), FINDINGS)
def test_a_finding_without_a_score_is_a_result(sentence: str, shown: str) -> None:
    assert cell("result", f"Herons nest in reeds. {sentence}") == shown


NO_RESULT = [
    "We propose Heron. Our findings may help experts to achieve better counts.",
    "We propose Heron. We hope that experiments will improve with it.",
    "We propose Heron. It achieves this by a filter of 1.3B parameters.",
]


@pytest.mark.parametrize("abstract", NO_RESULT)
def test_what_may_come_and_what_is_done_is_no_result(abstract: str) -> None:
    assert stated("result", abstract) is None


def test_the_name_of_the_title_tells_of_the_work_of_the_authors() -> None:
    abstract = "Filters reach 90.1%. They improve by the year. Heron reaches an accuracy of 91.4%."
    found = stated("result", abstract, title="Heron: Counting Birds from Songs")
    assert found is not None
    assert found.cell == "Heron reaches an accuracy of 91.4%"
    assert stated("task", abstract, title="Heron: Counting Birds from Songs") is None


DATA = [
    ("We test Heron on three widely used dawn chorus data sets.", "three widely used dawn chorus"),
    ("We train Heron on 20 lake song datasets and 3 marsh song datasets.", "20 lake song datasets"),
    ("We evaluate on the LakeSong 2 benchmark and report scores.", "LakeSong 2 benchmark"),
    ("We evaluate on translation (WMT, IWSLT, FLORES, etc.).", "WMT, IWSLT, FLORES"),
    ("We analysed 1,204 volunteers who heard herons.", "1,204 volunteers"),
    ("We test on 8 song pairs of LakeSong v1.0 at dawn.", "8 song pairs of LakeSong v1.0"),
    (
        "We test on song datasets like Heron3D and Reeds3D.",
        "song datasets like Heron3D and Reeds3D",
    ),
    ("We used a fMRI dataset of herons.", "fMRI dataset"),
]


@pytest.mark.parametrize(("sentence", "begins"), DATA)
def test_a_data_cell_names_the_whole_data(sentence: str, begins: str) -> None:
    assert cell("data", sentence).startswith(begins)


NO_DATA = [
    "We propose Heron. It answers in 5 seconds rather than 65 hours.",
    "We compare Heron with V2 methods across songs and datasets of calls.",
    "We train Heron on pictures of 512×512 images and no more.",
]


@pytest.mark.parametrize("abstract", NO_DATA)
def test_what_is_no_data_is_not_taken_for_it(abstract: str) -> None:
    assert stated("data", abstract) is None


NO_COST = [
    "We fed herons for 12 days and saw reduced fear and less memory impairment.",
    "Our filter is a parameter-efficient-fine-tuning method with better scores.",
    "In a flock, our herons pass on calls faster and sleep better.",
    "We test our filter on songs from models of up to 2B parameters.",
    "We see that the fault is the architecture of memory and less expressive songs.",
]


@pytest.mark.parametrize("sentence", NO_COST)
def test_what_is_no_computing_is_no_cost(sentence: str) -> None:
    assert stated("cost", f"Birds sing. {sentence}") is None


def test_a_cost_cell_holds_the_number_of_the_cost() -> None:
    text = "Against tuning of all 175B weights, Heron needs 3 times less GPU memory."
    assert "3 times less GPU memory" in cell("cost", f"We propose Heron. {text}")


NO_PROBLEM = [
    "We look for song in marshes that lack some reeds.",
    "Herons and marshes have little in common. We propose Heron.",
    "Reed-restricted herons nest late. We counted their nests.",
    "We mowed reeds. Mowing did not move herons; however, storks left.",
    "Counting is the problem of telling how many there are. We propose Heron.",
    "We show that herons can be counted with limited costs. We propose Heron.",
    "To tackle this challenging problem, many filters were built. We propose Heron.",
]


@pytest.mark.parametrize("abstract", NO_PROBLEM)
def test_what_is_no_want_of_earlier_work_is_no_problem(abstract: str) -> None:
    assert stated("problem", abstract) is None


CODE = [
    "Heron is available under an open licence at the hub: https://a.org/h.",
    "It is freely available to anyone.",
    "The models and the code are public.",
    "We release a package for lakes.",
]


@pytest.mark.parametrize("sentence", CODE)
def test_that_something_can_be_had_is_said_in_several_ways(sentence: str) -> None:
    assert stated("code", f"We propose Heron. {sentence}") is not None


def test_a_condition_or_denial_is_not_cut_off() -> None:
    text = "We show that Heron improves accuracy when songs are loud and reeds are dry."
    assert cell("result", f"Birds sing. {text}").endswith("when songs are loud and reeds are dry")
    text = "We propose a filter called Heron, which does not require labels to be present at night."
    assert not cell("method", text).endswith("does not require labels")


def test_a_list_of_capitals_is_read_in_passing() -> None:
    # Minutes, when each name could be read in several ways.
    assert stated("data", "We list " + "GPU, ABC, " * 200 + "and so on.") is None


WORDS = (
    "we propose show that however , ; : ( ) and which a filter Heron for birds reduces memory by "
    "40 % on ImageNet when not may is are improves accuracy results to in 3 × faster GPU data sets "
    "unlike the lake cannot respectively code available https://a.b (i) – using "
    "under-explored so-called in which 1)"
).split()


@given(st.lists(st.sampled_from(WORDS), min_size=4, max_size=45))
def test_no_cell_leaves_out_what_negates_or_hedges(words: list[str]) -> None:
    one = Paper(paper_id="p", title="Heron", abstract=normalise(" ".join(words)))
    for aspect, found in state_aspects(one, ranker=None).items():
        if found is None or aspect == "data":
            continue
        assert found.cell in found.text
        before, _, after = found.text.partition(found.cell)
        whole = len(found.cell.split()) > MAX_CELL_WORDS
        assert whole or changes_nothing(split_tokens(before), split_tokens(after))
