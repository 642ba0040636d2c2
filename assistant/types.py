"""The nouns of the assistant: papers, passages, evidence, answers, and the events of a run.

Everything here is a frozen dataclass without behaviour beyond ``to_json``, so that the
command line, the chat and a caller's own program can pass these around and compare them.
Offsets are counted in Unicode code points of ``Paper.abstract``.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from assistant.shapes import restore


class Cancellation:
    """A flag that one thread raises and another checks; it cannot be taken back."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the run that was given this flag to stop at its next step."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the run was asked to stop."""
        return self._event.is_set()


def is_cancelled(cancel: Cancellation | None) -> bool:
    """Tell whether a run was asked to stop; one without a flag never is."""
    return cancel is not None and cancel.cancelled


SentenceKind = Literal["generated", "quoted", "counted"]
"""Whose words a sentence of an answer is in: the model's (and proved), the paper's own, or ours: a
count or a heading, which cites what stands under it, or a remark, which cites nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper of a library.

    ``title`` and ``abstract`` are the author's text as it was read: runs of white space are
    one blank and control characters are gone, nothing else is changed. What is shown to a
    reader goes through :func:`assistant.text.clean.readable` first.
    """

    paper_id: str
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    doi: str = ""
    arxiv_id: str = ""
    pmid: str = ""
    url: str = ""
    keywords: tuple[str, ...] = ()
    source: str = ""
    """Names of the files it was read from, ``; `` between them (``-`` for standard input)."""
    tags: tuple[str, ...] = ()
    """Labels that a user of the library gave it."""
    citation_key: str = ""
    """The key under which a file of references cites it, as it is written there."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values, in their order here."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the paper of such an object. Raises ValueError if it is none."""
        return restore(cls, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that a reader could not take, and why."""

    file: str
    line: int | None
    """Number of the line, from 1, at which the record begins; None if the file has no lines."""
    reason: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A window of whole sentences of an abstract: the unit that is embedded and stored."""

    paper_id: str
    index: int
    """Position among the passages of its paper, from 0."""
    text: str
    """The title, a line break, and ``abstract[start:end]``, both readable."""
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A paper that a search found."""

    paper_id: str
    title: str
    score: float
    """0.7 x cosine of its best passage + 0.3 x BM25 relative to the best paper (defaults)."""

    def to_json(self) -> dict[str, Any]:
        """Return ``{"paper_id", "title", "score"}``."""
        return {"paper_id": self.paper_id, "title": self.title, "score": round(self.score, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The beginning of a list of papers."""

    papers: tuple[Paper, ...]
    total: int
    """Papers in the whole list."""


PaperOrder = Literal["title", "year", "author"]
"""Orders of a list of papers: by title, newest first, by the first author."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence of a paper that may answer the question: ``abstract[start:end]``."""

    paper_id: str
    title: str
    quote: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The proof of one or more sentences of an answer; ``quote == abstract[start:end]``."""

    number: int
    """The ``n`` of the mark ``[n]`` in the text of the answer, from 1."""
    paper_id: str
    title: str
    quote: str
    start: int
    end: int
    score: float

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values, in their order here."""
        return {**asdict(self), "score": round(self.score, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """One sentence of an answer, with the numbers of the citations that prove it."""

    text: str
    citations: tuple[int, ...]
    kind: SentenceKind

    @property
    def heads(self) -> bool:
        """Whether this is the heading of the sentences that follow it."""
        return self.kind == "counted" and bool(self.citations)

    @property
    def marked(self) -> str:
        """The sentence with its marks in front of the full stop: ``It is fast [1].``"""
        if not self.citations:
            return self.text.rstrip()
        marks = "".join(f"[{number}]" for number in self.citations)
        if self.kind == "counted" and len(self.citations) > 2:
            marks = f"[{self.citations[0]}]–[{self.citations[-1]}]"
        body = self.text.rstrip()
        if body[-1:] in ".!?":
            return f"{body[:-1]} {marks}{body[-1]}"
        return f"{body} {marks}"


def joined(sentences: Sequence[AnswerSentence]) -> str:
    """Return the text of an answer: running text, or with a count in front a line for each.

    A later count heads a part of the answer: an empty line stands before it.
    """
    if not sentences or sentences[0].kind != "counted":
        return " ".join(sentence.marked for sentence in sentences)
    first, *rest = sentences
    lines = (("\n\n" if one.heads else "\n") + one.marked for one in rest)
    return first.marked + "".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds since the question was asked; None for what did not happen."""

    search_s: float | None = None
    first_token_s: float | None = None
    """Until the first words of the answer could be shown."""
    total_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was read and written for an answer."""

    papers_read: int = 0
    """Papers whose sentences were compared with the question."""
    sentences_read: int = 0
    tokens_written: int = 0
    """By the language model, in its own tokens; proved or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer and its proof.

    With ``found`` false there are no sentences and no citations: ``text`` says what the
    library does hold about the question and ``nearest`` names the closest papers.
    """

    question: str
    found: bool
    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Hit, ...] = ()
    model: str = ""
    timings: Timings = field(default_factory=Timings)
    usage: Usage = field(default_factory=Usage)
    confidence: float = 0.0
    """The probability, 0 to 1, by which it was decided whether to answer. Not part of the JSON."""

    def to_json(self) -> dict[str, Any]:
        """Return the documented object of ``assistant ask --json``."""
        return {
            "question": self.question,
            "found": self.found,
            "text": self.text,
            "sentences": [
                {"text": s.text, "citations": list(s.citations), "kind": s.kind}
                for s in self.sentences
            ],
            "citations": [citation.to_json() for citation in self.citations],
            "nearest": [hit.to_json() for hit in self.nearest],
            "model": self.model,
            "timings": {
                name: None if value is None else round(value, 4)
                for name, value in asdict(self.timings).items()
            },
        }

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the answer of such an object. Raises ValueError if it is none."""
        return restore(cls, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One earlier exchange of a conversation, passed to ``ask`` as history."""

    question: str
    """As it was searched: a follow-up in full (``Searching.query``)."""
    answer: str = ""
    titles: tuple[str, ...] = ()
    """Titles of the papers that the answer cited, most important first."""


# The events of a run of ``ask``, in the order in which they can occur.


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """The search begins; ``query`` is the question as it is searched (follow-ups resolved)."""

    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The leading papers are about to be read sentence by sentence."""

    papers: int
    sentences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The search is over: the papers, best first, and the sentences chosen from them."""

    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the sentence that the model is writing. Not proved yet."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceDone:
    """A sentence stands: ``draft`` is what the model wrote where its words did not hold."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]
    """The citations of this sentence."""
    draft: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The run is over; always the last event."""

    answer: Answer


Event = Searching | Reading | Found | Token | SentenceDone | Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledModel:
    """A chat model that can be used: its file is on this machine, or a server has it."""

    name: str
    """As ``[llm] model`` takes it: a name of the catalogue, of a GGUF file, or of the server."""
    path: str = ""
    """Of the file; empty if a server has it."""
    size_bytes: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A record that was joined with a paper known from another record."""

    title: str
    source: str
    """Name of the file that the record was read from."""
    into: str
    """The title of the paper in the record that was there before."""
    into_source: str
    by: str
    """What told that they are the same: ``DOI``, ``arXiv id``, ``PMID``, ``title`` or ``title
    without subtitle``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReport:
    """What ``Library.add`` did. Counts are records."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    """Were there already, in the library or earlier in the same input."""
    removed: int = 0
    """Papers that no file of a synchronised folder holds any more."""
    without_abstract: int = 0
    """Of those that were added: papers that can be found by their titles only."""
    rejected: tuple[Rejected, ...] = ()
    merged: tuple[Merged, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return counts and the rejected records as JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddProgress:
    """Where an ``add`` stands, given to its ``progress`` callback after each batch."""

    papers_done: int
    """Papers that are in the library now or were there already."""
    papers_total: int | None
    """Papers in the input; None while that is not known."""
    elapsed_s: float
