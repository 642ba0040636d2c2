"""The one sentence of an abstract that is shown, and the parts of sentences that may be."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answering.proof import unsupported_because
from assistant.encoders.reading import ReadingEncoder
from assistant.errors import Cancelled
from assistant.summaries.parts import statement_parts
from assistant.summaries.reader import SummaryReader
from assistant.summaries.sentences import key_sentences
from assistant.text.clean import normalise, readable
from assistant.types import Cancellation, Paper

TITLE = "Heron: Counting Birds from Their Songs with Recurrent Filters"
ABSTRACT = (
    "Birds are counted by people who walk through a forest at dawn. "
    "This is slow, and two people rarely agree. "
    "In this paper, we propose Heron, a recurrent filter that counts birds from recordings of "
    "their songs, which makes surveys cheap. "
    "It was tried in 3 forests for 14 weeks. "
    "Thanks go to the rangers."
)
OTHER = (
    "Bread dries within days. We show that a thin layer of wax keeps bread fresh for 9 days. "
    "The layer was tested in 4 bakeries."
)


def paper(abstract: str, title: str = TITLE, paper_id: str = "p") -> Paper:
    return Paper(paper_id=paper_id, title=title, abstract=normalise(abstract))


@pytest.fixture(scope="module")
def embedder() -> ReadingEncoder:
    return ReadingEncoder(threads=1)


@pytest.fixture(scope="module")
def reader(embedder: ReadingEncoder) -> SummaryReader:
    return SummaryReader(encoder=embedder)


def test_the_sentence_that_says_what_the_paper_does_is_chosen(reader: SummaryReader) -> None:
    (found,) = reader.key_sentences([paper(ABSTRACT)])
    assert found is not None
    assert "we propose Heron, a recurrent filter" in found.quote
    assert found.quote == found.paper.abstract[found.start : found.end]


def test_what_is_shown_stands_in_the_sentence_word_for_word(reader: SummaryReader) -> None:
    for found in reader.key_sentences([paper(ABSTRACT), paper(OTHER, "Wax for Bread")]):
        assert found is not None
        assert found.text in readable(found.quote)


def test_many_papers_are_summarized_as_each_alone(embedder: ReadingEncoder) -> None:
    papers = [paper(ABSTRACT), paper("", "Empty"), paper(OTHER, "Wax for Bread")] * 7
    together = list(key_sentences(papers, encoder=embedder))
    alone = [next(iter(key_sentences([one], encoder=embedder))) for one in papers[:3]] * 7
    assert [found and found.text for found in together] == [found and found.text for found in alone]


def test_a_paper_without_an_abstract_has_no_sentence(reader: SummaryReader) -> None:
    assert reader.key_sentences([paper(""), paper("   ")]) == [None, None]
    assert reader.key_sentences([]) == []


def test_an_abstract_in_another_language_has_a_sentence(reader: SummaryReader) -> None:
    texts = ["Wir zählen Vögel am Gesang. Das ist neu.", "我们数鸟。这很快。", "Мы считаем птиц."]
    for text in texts:
        (found,) = reader.key_sentences([paper(text)])
        assert found is not None
        assert found.text in text


def test_a_reader_that_is_stopped_says_so(reader: SummaryReader) -> None:
    cancel = Cancellation()
    cancel.cancel()
    with pytest.raises(Cancelled):
        reader.key_sentences([paper(ABSTRACT)], cancel=cancel)


PARTS = [
    (
        "In this paper, we propose a filter that counts birds, which makes surveys cheap.",
        "we propose a filter that counts birds",
    ),
    (
        "We show that the filter counts birds as well as people do, and we share recordings.",
        "the filter counts birds as well as people do",
    ),
]


@pytest.mark.parametrize(("sentence", "part"), PARTS)
def test_a_statement_within_a_sentence_is_a_part(sentence: str, part: str) -> None:
    assert part in [sentence[start:end] for start, end in statement_parts(sentence)]


NO_PARTS = [
    ("We propose a simple and effective filter for songs of birds.", "We propose a simple"),
    (
        "Our best filter, the Heron of the north, counts birds well.",
        "the Heron of the north, counts birds well.",
    ),
    ("In forests the filter that we propose is faster than people.", "we propose is faster"),
    ("The filter never counts all of the birds, which hurts.", "counts all of the birds"),
    ("If the seeds are fixed, the filter counts all birds.", "the filter counts all birds."),
    ("The memory drops from 8 GB to 2 GB and all is well.", "The memory drops from 8 GB"),
    (
        "The success of trained song filters (SFs) in the north has led to many of them.",
        "The success of trained song filters (SFs)",
    ),
    (
        "We propose a filter, in which the ears of the shared layers, such as two, hear songs.",
        "We propose a filter, in which the ears of the shared layers",
    ),
    (
        "We train filters to predict the next song of a bird based only on its last songs.",
        "We train filters to predict the next song of a bird based only",
    ),
    (
        "We find two faults of filters: 1) they are slow in the rain; 2) they miss storks.",
        "We find two faults of filters: 1) they are slow in the rain",
    ),
    (
        "We study filters under rain and wind, fog, and the songs of other birds.",
        "We study filters under rain and wind, fog",
    ),
    (
        "We present filters with two (+1/-1) and three (+1/0/-1) values for songs.",
        "We present filters with two (+1/-1) and three",
    ),
    (
        "In reeds and in woods, we find herons and storks in 3 and 14 nests, respectively.",
        "we find herons and storks in 3 and 14 nests, respectively.",
    ),
]


@pytest.mark.parametrize(("sentence", "wrong"), NO_PARTS)
def test_what_is_no_statement_or_another_is_no_part(sentence: str, wrong: str) -> None:
    assert wrong in sentence
    assert wrong not in [sentence[start:end] for start, end in statement_parts(sentence)]


@given(st.text(max_size=200))
def test_the_first_part_of_any_text_is_all_of_it(text: str) -> None:
    parts = list(statement_parts(text))
    assert parts[0] == (0, len(text))
    assert all(0 <= start < end <= len(text) for start, end in parts[1:])


WORDS = (
    "we propose show that a the filter counts birds , which is fast and ( 3 % ) in forests ; but "
    "not to this end our method if while 14 songs : \\% $x$ [red] . é 鸟"
).split()


def test_a_text_that_begins_with_a_comma_has_the_part_that_it_is() -> None:
    assert list(statement_parts(", a")) == [(0, 3)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=25), max_size=4))
def test_of_any_text_what_is_shown_is_proved(drawn: list[list[str]]) -> None:
    abstract = normalise(". ".join(" ".join(words) for words in drawn))
    one = paper(abstract)
    (found,) = key_sentences([one], encoder=_EMBEDDER)
    if found is None:
        assert not readable(abstract)
        return
    sentence = readable(found.quote)
    assert found.text in sentence
    assert set(re.findall(r"\d+", found.text)) <= set(re.findall(r"\d+", abstract))
    if found.text != sentence:
        assert unsupported_because(found.text, evidence=sentence, title=TITLE) is None


_EMBEDDER = ReadingEncoder(threads=1)
