"""Summaries, surveys, comparisons and overviews as text, Markdown and CSV, with any text."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from assistant.summaries.drawing.comparison import (
    TABLE_WIDTH,
    comparison_csv,
    comparison_markdown,
    comparison_text,
)
from assistant.summaries.drawing.overview import overview_text
from assistant.summaries.drawing.summary import summary_markdown, summary_text
from assistant.summaries.drawing.survey import survey_markdown, survey_text
from assistant.summaries.types import (
    Cell,
    ComparedPaper,
    Comparison,
    Overview,
    Summary,
    Survey,
    SurveyEntry,
    SurveyTheme,
    ThemeOverview,
)
from assistant.text.clean import readable
from assistant.types import AnswerSentence, Citation

HOSTILE = "</b><script>x</script> | `a` [red](b) **c** _d_ ~~e~~ <!-- # \\| $x$"
WHOLE = "However, we paint widgets, which last longer."
PART = "we paint widgets"
TEXT = st.text(max_size=40)


def citation(number: int, quote: str, *, title: str = "T", paper_id: str = "a") -> Citation:
    return Citation(
        number=number,
        paper_id=paper_id,
        title=title,
        quote=quote,
        start=0,
        end=len(quote),
        score=1.0,
    )


def survey_of(title: str, shown: str, quote: str, *, complete: bool = True) -> Survey:
    told = AnswerSentence(text=f"“{shown}”", citations=(1,), kind="quoted")
    entry = SurveyEntry(paper_id="a", title=title, year=2020, relevance=0.9, sentence=told)
    bare = SurveyEntry(paper_id="b", title=title, year=None, relevance=0.5, sentence=None)
    return Survey(
        topic=title,
        found=True,
        opening="2 papers.",
        themes=(SurveyTheme(name=title, entries=(entry, bare)),),
        citations=(citation(1, quote, title=title),),
        searched=9,
        complete=complete,
    )


def comparison_of(titles: list[str], words: str, *, complete: bool = True) -> Comparison:
    return Comparison(
        aspects=("task", "code"),
        papers=tuple(
            ComparedPaper(
                paper_id=f"p{n}",
                title=title,
                year=2000 + n,
                cells=(Cell(text=words, citation=n + 1), Cell()),
            )
            for n, title in enumerate(titles)
        ),
        citations=tuple(
            citation(n + 1, f"“{words}”", title=title, paper_id=f"p{n}")
            for n, title in enumerate(titles)
        ),
        complete=complete,
    )


def cells(markdown: str) -> list[list[str]]:
    """Return the rows of the table as a renderer shows them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type in {"th_open", "td_open"}:
            assert all(child.type == "text" for child in token.children or ())
            rows[-1].append("".join(child.content for child in token.children or ()))
    return rows


def test_a_whole_quote_is_said_once_and_a_shortened_one_in_full_below() -> None:
    whole = survey_text(survey_of("A Title", WHOLE, WHOLE))
    assert whole.count(WHOLE) == 1
    assert "in full" not in whole
    short = survey_text(survey_of("A Title", PART, WHOLE))
    assert "[1] A Title (2020)\n    “we paint widgets”\n" in short
    assert short.endswith(f"[1] “{WHOLE}”\n")
    assert f"- \\[1\\] “{WHOLE}”\n" in survey_markdown(survey_of("A Title", PART, WHOLE))


def test_a_paper_without_an_abstract_is_listed_without_a_number() -> None:
    assert "-   A Title\n    (no abstract)" in survey_text(survey_of("A Title", WHOLE, WHOLE))
    assert "- **A Title**\\\n  no abstract" in survey_markdown(survey_of("A Title", WHOLE, WHOLE))


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_is_longer_than_the_terminal(width: int) -> None:
    title = "A Title of Many Words that Go On and On for a Long While"
    for text in (
        survey_text(survey_of(title, PART, WHOLE), width=width),
        comparison_text(comparison_of([title] * 30, WHOLE), width=width),
        comparison_text(comparison_of([title] * 30, WHOLE), width=TABLE_WIDTH),
    ):
        assert max(map(cell_len, text.splitlines())) <= max(
            width, TABLE_WIDTH if "┏" in text else 0
        )


def test_papers_stand_below_each_other_under_each_aspect() -> None:
    text = comparison_text(comparison_of(["LoRA: Low Ranks", "Adam"], PART), width=60)
    assert text.startswith("A  LoRA: Low Ranks (2000)\nB  Adam (2001)\n\nTask\n────\n")
    assert f"\nA  LoRA  {PART} [1]\nB  Adam  {PART} [2]\n" in text
    assert "\nA  LoRA  not stated\nB  Adam  not stated\n" in text
    assert "┏" in comparison_text(comparison_of(["LoRA"], PART), width=TABLE_WIDTH)


def test_more_papers_than_letters_have_two() -> None:
    text = comparison_text(comparison_of([f"Title {n}" for n in range(28)], PART))
    assert "\nZ   Title 25 (2025)\nAA  Title 26 (2026)\nAB  Title 27" in text


def test_what_was_stopped_is_said_to_be_a_part() -> None:
    for write in (comparison_text, comparison_markdown):
        assert "stopped before every paper" in write(comparison_of(["A"], PART, complete=False))
        assert "stopped" not in write(comparison_of(["A"], PART))
        assert "stopped" in write(comparison_of([], PART, complete=False))


@given(st.lists(TEXT, min_size=1, max_size=3), TEXT)
def test_no_text_breaks_out_of_a_table(titles: list[str], words: str) -> None:
    made = comparison_of([f"x{title}" for title in titles], f"y{words}")
    rows = cells(comparison_markdown(made))
    assert [len(row) for row in rows] == [3] * (len(titles) + 1)
    lines = list(csv.DictReader(io.StringIO(comparison_csv(made))))
    assert [line["task"] for line in lines] == [readable(f"y{words}")] * len(titles)
    assert [line["code"] for line in lines] == ["not stated"] * len(titles)


def test_text_of_papers_shows_as_it_is() -> None:
    made = comparison_of([HOSTILE], HOSTILE)
    assert cells(comparison_markdown(made))[1][1] == f"{readable(HOSTILE)} [1]"
    assert readable(HOSTILE) in comparison_text(made)
    html = MarkdownIt("commonmark", {"html": True}).render(
        survey_markdown(survey_of(HOSTILE, HOSTILE, HOSTILE))
    )
    assert "<script>" not in html
    assert "<em>" not in html


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_of_csv_is_computed(start: str) -> None:
    text = comparison_csv(comparison_of([f"{start}1"], f"{start}2"))
    fields = [field for row in csv.reader(io.StringIO(text)) for field in row]
    assert not [field for field in fields if field.startswith(start)]


@given(TEXT, TEXT, st.integers(1, 200) | st.none())
def test_any_text_can_be_drawn(title: str, words: str, width: int | None) -> None:
    survey = survey_of(title, words, words)
    said = AnswerSentence(text=f"“{words}”", citations=(1,), kind="quoted")
    summary = Summary(
        paper_id="a",
        title=title,
        text=said.marked,
        sentences=(said,),
        citations=(citation(1, words),),
        aspects=(("method", 0), ("code", None)),
    )
    for text in (
        survey_text(survey, width=width),
        survey_markdown(survey),
        comparison_text(comparison_of([title, title], words), width=width),
        summary_text(summary, width=width),
        summary_markdown(summary),
    ):
        assert text.endswith("\n")
        assert "\x1b" not in text


def test_years_of_any_span_make_a_short_chart() -> None:
    for years in (((2020, 3),), ((2001, 1), (2016, 9)), ((1, 1), (9999, 2))):
        made = Overview(
            papers=9,
            without_abstract=0,
            themes=(
                ThemeOverview(
                    name="widgets",
                    size=9,
                    central_paper_id="a",
                    central_title="A",
                    first_year=years[0][0],
                    last_year=None,
                ),
            ),
            years=years,
            venues=(),
            twins=(),
            outliers=(),
            map=(),
        )
        chart = overview_text(made).partition("Years\n─────\n")[2].splitlines()
        assert 1 <= len(chart) <= 16
        assert sum(int(line.split()[-1]) for line in chart) == sum(n for _, n in years)
        assert max(map(len, chart)) <= 80
