"""The nouns of summaries: what one paper says, a survey of a topic, a comparison, an overview.

As in :mod:`assistant.types`, these are frozen dataclasses without behaviour beyond ``to_json``.
Every sentence and every cell carries the citation that proves it; what is not stated is empty.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.types import AnswerSentence, Citation, Hit, SentenceKind

Aspect = Literal["task", "problem", "method", "data", "result", "cost", "code"]
"""What one may ask of any paper. ``result`` is the headline result, with its numbers."""


NOT_STATED = "not stated"
"""Of an aspect, where the abstract does not speak of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one paper says, in the shape of an answer."""

    paper_id: str
    title: str
    text: str
    """The marked sentences; of a structured note, a line for each aspect."""
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    aspects: tuple[tuple[Aspect, int | None], ...] = ()
    """Of a structured note: each aspect and the place of its sentence; None for "not stated"."""

    def to_json(self) -> dict[str, Any]:
        """Return the documented object of ``assistant summarize --json``."""
        noted = {"aspects": dict(self.aspects)} if self.aspects else {}
        return {
            "paper_id": self.paper_id,
            "title": self.title,
            "text": self.text,
            "sentences": [sentence_json(sentence) for sentence in self.sentences],
            "citations": [citation.to_json() for citation in self.citations],
            **noted,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyEntry:
    """One paper of a survey, and the sentence that says what it brings to the topic."""

    paper_id: str
    title: str
    year: int | None
    relevance: float
    """The probability, 0 to 1, that the paper is about the topic."""
    sentence: AnswerSentence | None
    """None for a paper without an abstract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyTheme:
    """A theme of a survey; its entries, the most central first."""

    name: str
    entries: tuple[SurveyEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All papers of a library about a topic.

    With ``found`` false there are no themes: ``opening`` says so and ``nearest`` names papers.
    """

    topic: str
    found: bool
    opening: str
    """What these papers do and do not cover; its counts are those of the themes."""
    themes: tuple[SurveyTheme, ...] = ()
    citations: tuple[Citation, ...] = ()
    """Numbered in the order of the entries."""
    nearest: tuple[Hit, ...] = ()
    """Papers next to the topic that were left out, nearest first."""
    searched: int = 0
    """Papers that it was chosen from: the library, or those that are pinned or pass its filter."""
    complete: bool = True
    """False if it was stopped before every paper was read; the rest is missing then."""

    @property
    def entries(self) -> tuple[SurveyEntry, ...]:
        """The papers of all themes, in their order."""
        return tuple(entry for theme in self.themes for entry in theme.entries)

    def to_json(self) -> dict[str, Any]:
        """Return the documented object of ``assistant survey --json``."""
        return {
            "topic": self.topic,
            "found": self.found,
            "opening": self.opening,
            "papers": len(self.entries),
            "searched": self.searched,
            "complete": self.complete,
            "themes": [
                {"name": theme.name, "papers": [_entry_json(entry) for entry in theme.entries]}
                for theme in self.themes
            ],
            "citations": [citation.to_json() for citation in self.citations],
            "nearest": [hit.to_json() for hit in self.nearest],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyProgress:
    """Where a survey or a comparison stands."""

    judged: int
    """Papers that were read to know whether they are about the topic."""
    told: int
    """Papers of which a sentence, or a row, was chosen."""
    total: int | None
    """Papers that will be told of; None while they are being looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one paper says of one aspect, in few words."""

    text: str = NOT_STATED
    """A part of the cited sentence, readable; without one, why there is none."""
    citation: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPaper:
    """A row of a comparison."""

    paper_id: str
    title: str
    year: int | None
    cells: tuple[Cell, ...]
    """One for each aspect of the comparison."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Papers side by side."""

    aspects: tuple[Aspect, ...]
    papers: tuple[ComparedPaper, ...]
    citations: tuple[Citation, ...]
    complete: bool = True
    """False if it was stopped before every paper was read; the rest is missing then."""

    def to_json(self) -> dict[str, Any]:
        """Return the documented object of ``assistant compare --json``."""
        return {
            "aspects": list(self.aspects),
            "papers": [
                {
                    "paper_id": paper.paper_id,
                    "title": paper.title,
                    "year": paper.year,
                    **{
                        aspect: {"text": cell.text, "citation": cell.citation}
                        for aspect, cell in zip(self.aspects, paper.cells, strict=True)
                    },
                }
                for paper in self.papers
            ],
            "citations": [citation.to_json() for citation in self.citations],
            "complete": self.complete,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPaper:
    """A paper on the map of a library."""

    paper_id: str
    title: str
    year: int | None
    theme: int | None
    """The place of its theme; None for an outlier."""
    x: float
    """From 0, left, to 1. Near papers are about near things; the axes mean nothing."""
    y: float
    """From 0, bottom, to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeOverview:
    """A theme of a library."""

    name: str
    size: int
    central_paper_id: str
    central_title: str
    """The paper that is nearest to all others of the theme."""
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What is in a library."""

    papers: int
    without_abstract: int
    themes: tuple[ThemeOverview, ...]
    """Largest first."""
    years: tuple[tuple[int, int], ...]
    """Year and number of papers, oldest first; papers without a year are not counted."""
    venues: tuple[tuple[str, int], ...]
    """Venue and number of papers, most first."""
    twins: tuple[tuple[str, str], ...]
    """Ids of two papers that may be one: nearly the same text, or nearly the same title."""
    outliers: tuple[str, ...]
    """Ids of papers that are like no other, the loneliest first."""
    map: tuple[PlacedPaper, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the documented object of ``assistant overview --json``."""
        return {
            **asdict(self),
            "years": dict(self.years),
            "venues": dict(self.venues),
        }


def sentence_json(sentence: AnswerSentence) -> dict[str, Any]:
    """Return a sentence as it stands in the JSON of answers and summaries."""
    kind: SentenceKind = sentence.kind
    return {"text": sentence.text, "citations": list(sentence.citations), "kind": kind}


def _entry_json(entry: SurveyEntry) -> dict[str, Any]:
    return {
        "paper_id": entry.paper_id,
        "title": entry.title,
        "year": entry.year,
        "relevance": round(entry.relevance, 4),
        "sentence": None if entry.sentence is None else sentence_json(entry.sentence),
    }
