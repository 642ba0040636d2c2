"""Summaries, surveys and comparisons as answers: every number leads to its proof."""

from __future__ import annotations

from assistant.summaries.answers import comparison_answer, summary_answer, survey_answer
from assistant.summaries.types import (
    Cell,
    ComparedPaper,
    Comparison,
    Summary,
    Survey,
    SurveyEntry,
    SurveyTheme,
)
from assistant.types import Answer, AnswerSentence, Citation, Hit, joined
from assistant.writers import answer_markdown
from assistant.writers.text import answer_text


def citation(number: int, *, paper: str = "p1", start: int = 0) -> Citation:
    return Citation(
        number=number,
        paper_id=paper,
        title=f"Title {paper}",
        quote=f"Quote {start}.",
        start=start,
        end=start + 8,
        score=1.0,
    )


def quoted(text: str, number: int) -> AnswerSentence:
    return AnswerSentence(text=f"“{text}”", citations=(number,), kind="quoted")


def entry(number: int, *, told: bool = True) -> SurveyEntry:
    return SurveyEntry(
        paper_id=f"p{number}",
        title=f"Paper {number}",
        year=2000 + number,
        relevance=0.9,
        sentence=quoted(f"Sentence {number}.", number) if told else None,
    )


def survey(*themes: SurveyTheme) -> Survey:
    numbers = [n for t in themes for e in t.entries if e.sentence for n in e.sentence.citations]
    return Survey(
        topic="birds",
        found=True,
        opening="3 papers of 9 in the library are about “birds”. None of them mentions “owls”.",
        themes=themes,
        citations=tuple(citation(number, paper=f"p{number}") for number in numbers),
        searched=9,
    )


def kinds(answer: Answer) -> list[str]:
    return [sentence.kind for sentence in answer.sentences]


def texts(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


def test_a_survey_has_an_opening_and_a_heading_for_each_theme() -> None:
    told = survey(
        SurveyTheme(name="songs of birds", entries=(entry(1), entry(2))),
        SurveyTheme(name="Others", entries=(entry(3),)),
    )
    answer = survey_answer("/survey birds", told)
    assert answer.found
    assert answer.citations == told.citations
    assert kinds(answer) == ["counted", "counted", "quoted", "quoted", "counted", "quoted"]
    assert texts(answer)[1:3] == ["Songs of birds (2)", "Paper 1 (2001) — “Sentence 1.”"]
    assert answer.text == (
        f"{told.opening}\n\n"
        "Songs of birds (2) [1][2]\n"
        "Paper 1 (2001) — “Sentence 1.” [1]\n"
        "Paper 2 (2002) — “Sentence 2.” [2]\n\n"
        "Others (1) [3]\n"
        "Paper 3 (2003) — “Sentence 3.” [3]"
    )


def test_a_single_theme_needs_no_heading() -> None:
    answer = survey_answer("?", survey(SurveyTheme(name="songs", entries=(entry(1), entry(2)))))
    assert kinds(answer) == ["counted", "quoted", "quoted"]


def test_papers_without_an_abstract_are_named_below_their_theme() -> None:
    answer = survey_answer(
        "?",
        survey(
            SurveyTheme(name="songs", entries=(entry(1), entry(2, told=False))),
            SurveyTheme(name="Others", entries=(entry(3, told=False),)),
        ),
    )
    assert texts(answer)[3:] == [
        "Without an abstract: Paper 2 (2002)",
        "Others (1)",
        "Without an abstract: Paper 3 (2003)",
    ]
    assert [sentence.citations for sentence in answer.sentences[3:]] == [()] * 3


def test_a_survey_of_nothing_is_no_answer_and_names_what_is_nearest() -> None:
    nearest = (Hit(paper_id="p1", title="Paper 1", score=0.1),)
    told = Survey(topic="x", found=False, opening="None of the 9 papers.", nearest=nearest)
    answer = survey_answer("/survey x", told)
    assert (answer.found, answer.text, answer.nearest) == (False, told.opening, nearest)
    assert answer.sentences == ()


def test_a_summary_quotes_a_sentence_that_says_several_things_once() -> None:
    summary = Summary(
        paper_id="p1",
        title="Plover",
        text="",
        sentences=(quoted("We present Plover.", 1),),
        citations=(citation(1, start=20),),
    )
    note = Summary(
        paper_id="p1",
        title="Plover",
        text="",
        sentences=(quoted("Bridges age.", 1), quoted("We present.", 2), quoted("It is 9%.", 3)),
        citations=(citation(1), citation(2, start=20), citation(3, start=40)),
        aspects=(("problem", 0), ("method", 1), ("result", 2), ("data", None), ("code", None)),
    )
    answer = summary_answer("/summarize plover", summary, note=note)
    assert texts(answer) == [
        "Plover",
        "In short, method: “We present Plover.”",
        "Problem: “Bridges age.”",
        "Result: “It is 9%.”",
        "Not stated: data, code",
    ]
    assert [c.number for c in answer.citations] == [1, 2, 3]
    starts = {c.number: c.start for c in answer.citations}
    assert [starts[s.citations[0]] for s in answer.sentences[1:4]] == [20, 0, 40]


def comparison(*, complete: bool = True) -> Comparison:
    return Comparison(
        aspects=("task", "method", "code"),
        papers=(
            ComparedPaper(
                paper_id="p1",
                title="One",
                year=2001,
                cells=(Cell(text="birds", citation=1), Cell(text="nets", citation=1), Cell()),
            ),
            ComparedPaper(paper_id="p2", title="Two", year=None, cells=(Cell(), Cell(), Cell())),
        ),
        citations=(citation(1),),
        complete=complete,
    )


def test_a_comparison_tells_the_aspects_of_each_paper_and_what_is_not_stated() -> None:
    answer = comparison_answer("/compare One; Two", comparison())
    assert texts(answer) == [
        "2 papers side by side.",
        "One (2001)",
        "Task: “birds”",
        "Method: “nets”",
        "Not stated: code",
        "Two",
        "Not stated: task, method, code",
    ]
    assert answer.sentences[1].citations == (1,)
    assert answer.sentences[1].heads
    assert not answer.sentences[5].heads


def test_a_comparison_that_was_stopped_says_so() -> None:
    assert "stopped" in texts(comparison_answer("?", comparison(complete=False)))[0]
    assert "stopped" not in comparison_answer("?", comparison()).text


def test_every_citation_of_a_sentence_is_there() -> None:
    theme = SurveyTheme(name="songs", entries=(entry(1), entry(2, told=False)))
    for answer in (survey_answer("?", survey(theme, theme)), comparison_answer("?", comparison())):
        known = {one.number for one in answer.citations}
        assert {n for s in answer.sentences for n in s.citations} <= known
        assert answer.text == joined(answer.sentences)


def test_an_export_has_a_list_below_each_heading() -> None:
    told = survey(
        SurveyTheme(name="songs", entries=(entry(1), entry(2))),
        SurveyTheme(name="Others", entries=(entry(3),)),
    )
    written = answer_markdown(survey_answer("?", told)).split("\n\n")
    assert written[1:5] == [
        "**Songs (2) \\[1\\]\\[2\\]**",
        "- Paper 1 (2001) — “Sentence 1.” \\[1\\]\n- Paper 2 (2002) — “Sentence 2.” \\[2\\]",
        "**Others (1) \\[3\\]**",
        "- Paper 3 (2003) — “Sentence 3.” \\[3\\]",
    ]


def test_a_copy_keeps_the_lines() -> None:
    copied = answer_text(comparison_answer("?", comparison()))
    assert "\n\nOne (2001) [1]\nTask: “birds” [1]\nMethod: “nets” [1]\nNot stated: code" in copied
