"""A survey as text and as Markdown: what it says, then each theme with its papers."""

from __future__ import annotations

from assistant.summaries.drawing.wrapping import (
    heading,
    hit_list,
    joined_blocks,
    left_out_title,
    markdown_quote_list,
    quote_list,
    shortened,
    shown_title,
    wrapped,
)
from assistant.summaries.types import Survey, SurveyEntry, SurveyTheme
from assistant.text.clean import readable
from assistant.writers import escape_markdown

NO_ABSTRACT = "no abstract"
_SHORTENED = "Shortened quotes in full"


def survey_text(survey: Survey, *, width: int | None = None) -> str:
    """Return the survey; lines are broken at ``width`` columns, None breaks none.

    The number of a paper is that of its quote. Quotes that are not whole sentences are given in
    full at the end.
    """
    blocks = [wrapped(readable(survey.opening), width=width)]
    for theme in survey.themes:
        blocks.append(heading(_theme_title(theme), width=width))
        blocks += [_entry_text(entry, width=width) for entry in theme.entries]
    if cut := shortened((entry.sentence for entry in survey.entries), survey.citations):
        blocks += [heading(_SHORTENED, width=width), quote_list(cut, width=width)]
    if survey.nearest:
        blocks.append(f"{left_out_title(survey)}:\n{hit_list(survey.nearest, width=width)}")
    return joined_blocks(blocks)


def survey_markdown(survey: Survey) -> str:
    """Return the survey as a Markdown document."""
    blocks = [
        f"# Survey: {escape_markdown(readable(survey.topic))}",
        escape_markdown(readable(survey.opening)),
    ]
    for theme in survey.themes:
        blocks.append(f"## {escape_markdown(_theme_title(theme))}")
        blocks.append("\n".join(map(_entry_markdown, theme.entries)))
    if cut := shortened((entry.sentence for entry in survey.entries), survey.citations):
        blocks += [f"## {_SHORTENED}", markdown_quote_list(cut)]
    if survey.nearest:
        titles = [f"- {escape_markdown(shown_title(hit.title))}" for hit in survey.nearest]
        blocks += [f"## {left_out_title(survey)}", "\n".join(titles)]
    return joined_blocks(blocks)


def _theme_title(theme: SurveyTheme) -> str:
    return f"{readable(theme.name)} ({len(theme.entries)})"


def _entry_text(entry: SurveyEntry, *, width: int | None) -> str:
    title, rest = shown_title(entry.title, entry.year), " " * 4
    if entry.sentence is None:
        return f"{wrapped(title, width=width, first='-   ', rest=rest)}\n{rest}({NO_ABSTRACT})"
    marks = f"{_marks(entry)} "
    quote = wrapped(readable(entry.sentence.text), width=width, first=rest)
    return f"{wrapped(title, width=width, first=marks, rest=rest)}\n{quote}"


def _entry_markdown(entry: SurveyEntry) -> str:
    title = escape_markdown(shown_title(entry.title, entry.year))
    if entry.sentence is None:
        return f"- **{title}**\\\n  {NO_ABSTRACT}"
    marks = escape_markdown(_marks(entry))
    return f"- {marks} **{title}**\\\n  {escape_markdown(readable(entry.sentence.text))}"


def _marks(entry: SurveyEntry) -> str:
    numbers = entry.sentence.citations if entry.sentence else ()
    return "".join(f"[{number}]" for number in numbers)
