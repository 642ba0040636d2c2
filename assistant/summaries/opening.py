"""The opening of a survey: what its papers cover and what they do not, all of it counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.retrieval.question import Question
from assistant.summaries.types import SurveyTheme
from assistant.text.query import Filter, nothing_matches
from assistant.text.words import stem, words
from assistant.types import Paper

_MAX_SILENT = 5
"""Words named that no paper mentions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The papers among which those about a topic were looked for."""

    papers: int
    """How many they are."""
    pinned: bool
    """Whether they are papers that were chosen one by one."""
    limit: Filter
    """What they pass."""

    @property
    def said(self) -> str:
        """Which they are, behind their number: ``in the library``, ``pinned``."""
        words = ["pinned"] if self.pinned else []
        words += [f"that match {self.limit}"] if self.limit else []
        return " ".join(words) or "in the library"


def opening(
    topic: Question,
    themes: Sequence[SurveyTheme],
    *,
    papers: Sequence[Paper],
    perhaps: int,
    searched: Searched,
    cut: int,
    complete: bool,
) -> str:
    """Say how many papers there are, from when, in which themes, and what they are silent about.

    ``perhaps`` are listed beside them and less surely about the topic; ``cut`` of those about it
    were left out for their number.
    """
    said = [
        f"{_papers(len(papers))} of {searched.papers:,} {searched.said} "
        f"{'is' if len(papers) == 1 else 'are'} about “{topic.text}”{_years(papers)}."
    ]
    if len(themes) > 1:
        parts = [f"{theme.name} ({len(theme.entries)})" for theme in themes]
        said.append(f"They fall into {len(themes)} themes: {_listed(parts)}.")
    if perhaps:
        said.append(f"{perhaps:,} more {'is' if perhaps == 1 else 'are'} perhaps about it.")
    if silent := _silent(topic, papers):
        said.append(f"None of them mentions {_listed(silent, last='or')}.")
    bare = sum(not paper.abstract.strip() for paper in papers)
    if bare:
        said.append(
            f"{_papers(bare)} without an abstract {'was' if bare == 1 else 'were'} judged "
            "by title alone."
        )
    if cut:
        said.append(f"{cut:,} more are about it and were left out, the less relevant ones.")
    if not complete:
        said.append("The survey was stopped before every paper was read: there may be more.")
    return " ".join(said)


def not_found(topic: Question, *, searched: Searched, complete: bool) -> str:
    """Say that there is no paper about the topic, and which of its words the library lacks."""
    if not complete:
        return "The survey was stopped before a paper about it was read."
    limit = searched.limit
    if not searched.papers:
        return nothing_matches(limit, pinned=searched.pinned) if limit else "The library is empty."
    kind = "pinned paper" if searched.pinned else "paper"
    that = f" that match{'es' if searched.papers == 1 else ''} {limit}" if limit else ""
    if searched.papers == 1:
        return f"The only {kind}{that} is not about “{topic.text}”."
    return f"None of the {searched.papers:,} {kind}s{that} is about “{topic.text}”."


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count:,} papers"


def _years(papers: Sequence[Paper]) -> str:
    years = [paper.year for paper in papers if paper.year is not None]
    if not years:
        return ""
    first, last = min(years), max(years)
    dated = "" if len(years) == len(papers) else f" ({len(years)} are dated)"
    return f", from {first}{dated}" if first == last else f", from {first} to {last}{dated}"


def _silent(topic: Question, papers: Sequence[Paper]) -> list[str]:
    """Return the words of the topic that occur in no paper."""
    told = {stem(word) for paper in papers for word in words(f"{paper.title} {paper.abstract}")}
    terms = dict.fromkeys(topic.terms)
    return [f"“{term}”" for term in terms if stem(term) not in told][:_MAX_SILENT]


def _listed(parts: Sequence[str], *, last: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"
