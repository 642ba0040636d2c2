"""The summary of one paper as it is shown and as it is proved."""

from __future__ import annotations

import re

import pytest

from assistant.encoders.reading import ReadingEncoder
from assistant.errors import NothingFound
from assistant.summaries.paper import NOTED, summarize
from assistant.summaries.reader import SummaryReader
from assistant.text.clean import normalise, readable
from assistant.types import Paper

ABSTRACT = (
    "Bridges age, and it is hard to see where. "
    "We present Plover, a network that finds 92.5\\% of the cracks in pictures of bridges, and "
    "outperforms inspectors by 11\\%. "
    "The pictures and the code are available at https://example.org/plover."
)


@pytest.fixture(scope="module")
def reader() -> SummaryReader:
    return SummaryReader(encoder=ReadingEncoder(threads=1))


def paper(abstract: str) -> Paper:
    return Paper(
        paper_id="p1", title="Plover: Finding Cracks in Bridges", abstract=normalise(abstract)
    )


def test_a_summary_is_one_quoted_sentence_with_its_mark(reader: SummaryReader) -> None:
    summary = summarize(paper(ABSTRACT), reader=reader)
    (sentence,) = summary.sentences
    (citation,) = summary.citations
    assert sentence.kind == "quoted"
    assert sentence.text.startswith("“")
    assert sentence.text.endswith("”")
    assert "Plover, a network" in sentence.text
    assert summary.text == sentence.marked
    assert summary.text.endswith(" [1]")
    assert citation.quote == ABSTRACT[citation.start : citation.end]
    assert sentence.text[1:-1] in readable(citation.quote)


def test_a_note_has_a_line_for_each_aspect(reader: SummaryReader) -> None:
    summary = summarize(paper(ABSTRACT), reader=reader, long=True)
    lines = summary.text.splitlines()
    assert [line.split(":")[0].casefold() for line in lines] == list(NOTED)
    assert lines[3] == "Data: not stated"
    assert lines[0] == "Problem: “Bridges age, and it is hard to see where.” [1]"
    assert dict(summary.aspects)["data"] is None


def test_lines_of_one_sentence_share_its_number(reader: SummaryReader) -> None:
    summary = summarize(paper(ABSTRACT), reader=reader, long=True)
    places = dict(summary.aspects)
    method, result = (summary.sentences[places[name] or 0] for name in ("method", "result"))
    assert method == result
    spans = [(citation.start, citation.end) for citation in summary.citations]
    assert len(set(spans)) == len(spans)
    assert [citation.number for citation in summary.citations] == [1, 2, 3]
    assert all(c.quote == ABSTRACT[c.start : c.end] for c in summary.citations)


def test_every_number_said_stands_in_the_abstract(reader: SummaryReader) -> None:
    for long in (False, True):
        text = re.sub(r"\[\d+\]", "", summarize(paper(ABSTRACT), reader=reader, long=long).text)
        assert set(re.findall(r"[\d.]*\d", text)) <= set(re.findall(r"[\d.]*\d", ABSTRACT))


def test_a_paper_without_an_abstract_is_refused_in_plain_words(reader: SummaryReader) -> None:
    for abstract in ("", " ", "\u200b"):
        for long in (False, True):
            with pytest.raises(NothingFound, match=r"Plover.* has no abstract"):
                summarize(paper(abstract), reader=reader, long=long)


@pytest.mark.parametrize(
    "abstract",
    [
        "One sentence.",
        "Brücken altern. Wir finden Risse.",
        "?!",
        "[/red] \\textbf{",
        "a",
    ],
)
def test_odd_abstracts_are_summarized(abstract: str, reader: SummaryReader) -> None:
    summary = summarize(paper(abstract), reader=reader)
    assert summary.sentences[0].text[1:-1] in readable(abstract)
    note = summarize(paper(abstract), reader=reader, long=True)
    assert len(note.text.splitlines()) == len(NOTED)


@pytest.mark.parametrize(
    "abstract",
    [
        "桥会老化。我们发现裂缝。",
        "Brücken altern, und es ist schwer zu sehen, wo. Wir stellen ein Netz vor, das Risse in "
        "Bildern findet und Prüfer um 11 % übertrifft.",
    ],
)
def test_what_is_not_in_english_is_quoted_but_not_taken_apart(
    abstract: str, reader: SummaryReader
) -> None:
    summary = summarize(paper(abstract), reader=reader)
    assert summary.citations[0].quote in normalise(abstract)
    with pytest.raises(NothingFound, match=r"Plover.* is not in English"):
        summarize(paper(abstract), reader=reader, long=True)


def test_the_object_has_the_documented_keys(reader: SummaryReader) -> None:
    short = summarize(paper(ABSTRACT), reader=reader).to_json()
    assert list(short) == ["paper_id", "title", "text", "sentences", "citations"]
    long = summarize(paper(ABSTRACT), reader=reader, long=True).to_json()
    assert list(long["aspects"]) == list(NOTED)
