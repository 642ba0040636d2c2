"""Whatever comes from outside is shown as text, and nothing of it acts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from assistant.tui.display import (
    brief,
    byline,
    counted,
    lines,
    names,
    notify,
    shown,
    shown_time,
    verbatim,
)
from tests.tui.hosts import HOSTILE
from tests.tui.waiting import dump, run, until


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_taken_for_markup_or_keeps_what_steers_a_terminal(text: str) -> None:
    for content in (shown(text), verbatim(text), lines(text)):
        assert not content.spans
        assert not set(content.plain) & set("\x1b\x07\u202e\u202c\r\t")


@pytest.mark.parametrize("text", ["[/", "[red]x", "[x=y", "<mask> and <s>", "変換器", "🎉"])
def test_brackets_tags_and_other_scripts_are_shown_as_they_are(text: str) -> None:
    assert shown(text).plain == verbatim(text).plain == lines(text).plain == text


def test_latex_of_papers_is_mended_and_that_of_questions_and_paths_is_not() -> None:
    assert shown(r"85.4\% of \emph{all}").plain == "85.4% of all"
    assert verbatim(r"C:\papers~1\50\%").plain == r"C:\papers~1\50\%"


def test_line_breaks_and_indents_are_kept_where_lines_are_asked_for() -> None:
    assert lines("first\n\tsecond  \n\nlast").plain == "first\n    second\n\nlast"


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_a_brief_text_never_takes_more_columns_than_it_may(text: str, cells: int) -> None:
    assert brief(shown(text), cells=cells).cell_length <= cells


def test_a_cut_text_says_that_it_was_cut() -> None:
    assert brief(shown("Attention Is All You Need"), cells=10).plain == "Attention…"
    assert brief(shown("Attention"), cells=10).plain == "Attention"


def test_long_lists_of_authors_are_shortened_but_never_by_one() -> None:
    authors = [f"A{number}" for number in range(1, 21)]
    assert names(authors, limit=8) == "A1, A2, A3, A4, A5, A6, A7, A8 and 12 more"
    assert names(authors[:9], limit=8) == ", ".join(authors[:9])
    assert names([], limit=8) == ""


@pytest.mark.parametrize(
    ("authors", "year", "expected"),
    [
        ((), None, ""),
        ((), 2017, "2017"),
        (("Ada Lovelace",), 1843, "Lovelace 1843"),
        (("Lovelace, Ada", "Babbage, Charles"), None, "Lovelace and Babbage"),
        (("Ashish Vaswani", "Noam Shazeer", "Niki Parmar"), 2017, "Vaswani et al. 2017"),
    ],
)
def test_a_byline_names_the_first_author(
    authors: tuple[str, ...], year: int | None, expected: str
) -> None:
    assert byline(authors, year) == expected


def test_counts_have_their_noun_in_the_right_number() -> None:
    assert [counted(n, "paper") for n in (0, 1, 10_000)] == ["0 papers", "1 paper", "10,000 papers"]


def test_times_are_local_and_name_the_day() -> None:
    now = datetime.now(UTC)
    assert shown_time(now.isoformat()).startswith("today ")
    assert shown_time((now - timedelta(days=1)).isoformat()).startswith("yesterday ")
    assert "March 2020" in shown_time("2020-03-15T12:00:00Z")


@pytest.mark.parametrize("stamp", ["", "not a time", "\x1b[31mred", "9999-12-31T23:59:59Z"])
def test_what_is_no_time_is_shown_as_text(stamp: str) -> None:
    assert "\x1b" not in shown_time(stamp)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_a_notification_shows_hostile_text_and_the_app_lives_on(text: str) -> None:
    async def test() -> None:
        app: App[None] = App()
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            notify(app, f"note {text}")
            await until(pilot, lambda: "note" in dump(app))

    run(test())
