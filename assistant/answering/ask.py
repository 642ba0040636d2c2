"""Answers a question as a stream of events: select, then speak, then prove.

Code and encoders choose the evidence sentences; the language model only phrases what was
chosen, and is asked only where there are other words for it; code then proves each sentence, and
what cannot be proved is replaced by the quote.
A wrong citation is therefore impossible with any model.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering.compose import choose, compared_papers, show
from assistant.answering.followup import resolve
from assistant.answering.prompts import fill, load_prompt
from assistant.answering.proof import copied_part, has_other_words, unsupported_because
from assistant.answering.refusal import confidence, explain
from assistant.answering.steering import Steering
from assistant.config import Settings
from assistant.encoders.reading import ReadingEncoder
from assistant.errors import Cancelled
from assistant.llm.model import LanguageModel
from assistant.retrieval.evidence import nearest_cosines
from assistant.retrieval.question import Question, read_question, read_topic
from assistant.retrieval.ranked import Findings, RankedSentence
from assistant.retrieval.relevance import RelevantPaper, relevant
from assistant.retrieval.retriever import Retriever
from assistant.text.clean import normalise, printable, readable
from assistant.text.query import NO_FILTER, Filter
from assistant.text.sentences import sentence_spans
from assistant.text.words import words
from assistant.types import (
    Answer,
    AnswerSentence,
    Cancellation,
    Citation,
    Event,
    Finished,
    Found,
    Paper,
    Reading,
    Searching,
    SentenceDone,
    SentenceKind,
    Timings,
    Token,
    Turn,
    Usage,
    is_cancelled,
    joined,
)

NEAREST = 5
"""Papers named beside every answer."""
MAX_LISTED = 200
"""Papers in a list: more are no answer but a survey."""

_MIN_SIMILARITY = 0.6
"""Least cosine of a draft and its evidence: a part that says too little falls below."""
_MAX_ANSWERING_LOSS = 0.02
"""How much less of the question a draft may cover than the quote that it replaces."""

_PROMPT_TOKENS = 128
"""Room for the prompt's own words and the marks of the chat template."""
_MARK = re.compile(r"\[\d")
_POINTING_BACK = frozenset("it its they their this that these those we our he she".split())


@dataclass(frozen=True, kw_only=True)
class Listed:
    """All papers of a kind."""

    topic: str
    papers: list[RelevantPaper]
    """Most relevant first."""
    searched: int
    """Papers among which they were looked for."""
    confidence: float


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What an answer is made of."""

    evidence: list[RankedSentence]
    """In the order of the answer; none if nothing answers."""
    findings: Findings
    confidence: float
    """The probability that the evidence answers."""
    listed: Listed | None
    usage: Usage


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Answers questions from one library."""

    retriever: Retriever
    encoder: ReadingEncoder
    load_model: Callable[[], LanguageModel | None]
    settings: Settings

    def stream(
        self,
        text: str,
        *,
        history: Sequence[Turn] = (),
        papers: Sequence[Paper] = (),
        limit: Filter = NO_FILTER,
        written: str = "",
        cancel: Cancellation | None = None,
    ) -> Iterator[Event]:
        """Yield the events of one answer; the last is Finished. Raises Cancelled.

        With ``papers`` the answer is looked for in these alone, with ``limit`` in papers that pass
        this filter. ``written`` is the question with the conditions in it, if it has any.
        """
        started_s = time.perf_counter()

        def elapsed_s() -> float:
            return time.perf_counter() - started_s

        query = resolve(text, history, pinned=[paper.title for paper in papers])
        yield Searching(query=query)
        question = read_question(query)
        pinned = [paper.paper_id for paper in papers]
        selection = yield from self._select(question, pinned, limit, cancel)
        evidence, findings = selection.evidence, selection.findings
        timings = Timings(search_s=elapsed_s())
        model = self.load_model() if evidence else None
        answer = Answer(
            question=written or text,
            found=bool(evidence),
            text="" if evidence else explain(question, findings, limit=limit, pinned=bool(pinned)),
            citations=_number(evidence),
            nearest=tuple(paper.hit for paper in findings.papers[:NEAREST]),
            model=model.name if model is not None else "",
            timings=timings,
            usage=selection.usage,
            confidence=selection.confidence,
        )
        yield Found(hits=answer.nearest, evidence=tuple(sentence.evidence for sentence in evidence))
        for event in self._speak(model, question, selection, answer.citations, cancel):
            answer = _grown(answer, event, elapsed_s())
            yield event
        yield Finished(answer=replace(answer, timings=replace(answer.timings, total_s=elapsed_s())))

    def _select(
        self,
        question: Question,
        pinned: Sequence[str],
        limit: Filter,
        cancel: Cancellation | None,
    ) -> Generator[Reading, None, Selection]:
        """Yield what is read, and return the evidence to answer with."""
        listed = yield from self._list(question, pinned, limit, cancel)
        among = [one.found.paper.paper_id for one in listed.papers] if listed else pinned
        candidates = self.retriever.candidates(
            question, among=among, limit=limit, leading=len(among) if listed else 0
        )
        usage = Usage(papers_read=candidates.leading, sentences_read=len(candidates.sentences))
        yield Reading(papers=usage.papers_read, sentences=usage.sentences_read)
        _check(cancel)
        findings = self.retriever.read(question, candidates)
        _check(cancel)
        sure = listed.confidence if listed else self._confidence(question, findings)
        answers = bool(listed.papers) if listed else sure >= self.settings.answer.min_confidence
        evidence = choose(question, findings, self.settings.answer, pinned=among) if answers else []
        if listed:
            evidence.sort(key=lambda sentence: among.index(sentence.paper.paper_id))
        return Selection(
            evidence=evidence, findings=findings, confidence=sure, listed=listed, usage=usage
        )

    def _list(
        self,
        question: Question,
        pinned: Sequence[str],
        limit: Filter,
        cancel: Cancellation | None,
    ) -> Generator[Reading, None, Listed | None]:
        """Yield what is read, and return all papers of a kind, if that is what is asked for."""
        if not question.asks_list or pinned:
            return None
        topic = read_topic(question.text)
        judged: list[RelevantPaper] = []
        for page in self.retriever.judged(topic, limit=limit):
            judged += page
            yield Reading(papers=len(judged), sentences=0)
            _check(cancel)
        return Listed(
            topic=topic.text,
            papers=relevant(judged)[:MAX_LISTED],
            searched=self.retriever.count(limit),
            confidence=max((one.relevance for one in judged), default=0.0),
        )

    @staticmethod
    def _confidence(question: Question, findings: Findings) -> float:
        """Return the probability that the evidence answers the question."""
        # Papers that are compared by their names are there, whatever one of them says alone.
        return 1.0 if compared_papers(question, findings) else confidence(question, findings)

    def _speak(
        self,
        model: LanguageModel | None,
        question: Question,
        selection: Selection,
        citations: Sequence[Citation],
        cancel: Cancellation | None,
    ) -> Iterator[Token | SentenceDone]:
        """Yield the sentences of the answer, in the model's words where it can have any."""
        if selection.listed and citations:
            yield _count(selection.listed, citations)
        for evidence, citation in zip(selection.evidence, citations, strict=True):
            written = ""
            # A long list would be written for minutes; its end is quoted.
            early = citation.number <= self.settings.answer.max_papers
            if model is not None and early and self._can_phrase(question, evidence):
                for piece in self._write(model, question, evidence, cancel):
                    written += piece
                    yield Token(text=printable(piece))
            _check(cancel)
            yield self._prove(written, question, evidence, citation, titled=bool(selection.listed))

    def _can_phrase(self, question: Question, evidence: RankedSentence) -> bool:
        """Tell whether there are other words for the evidence, and a prompt is sure to fit.

        It fits if its bytes would: no token is shorter than a byte.
        """
        if not has_other_words(evidence.text, title=readable(evidence.paper.title)):
            return False
        settings = self.settings.llm
        said = f"{question.text}{evidence.paper.title}{evidence.text}"
        size = len(said.encode("utf-8", "replace"))
        return size + settings.max_tokens + _PROMPT_TOKENS <= settings.context_tokens

    def _write(
        self,
        model: LanguageModel,
        question: Question,
        evidence: RankedSentence,
        cancel: Cancellation | None,
    ) -> Iterator[str]:
        """Yield what the model makes of the evidence: one line at most."""
        title = readable(evidence.paper.title)
        messages = fill(
            load_prompt("answer"),
            title=title,
            evidence=evidence.text,
            question=question.text,
        )
        yield from model.stream(
            messages,
            max_tokens=self.settings.llm.max_tokens,
            temperature=self.settings.llm.temperature,
            stop=["\n"],
            cancel=cancel,
            steer=Steering(evidence.text, title=title),
        )

    def _prove(
        self,
        written: str,
        question: Question,
        evidence: RankedSentence,
        citation: Citation,
        *,
        titled: bool,
    ) -> SentenceDone:
        """Let the model's first sentence stand if it is proved and answers; else quote.

        With ``titled`` it stands behind the title of its paper.
        """
        draft = _first_sentence(normalise(written))
        holds = bool(draft) and self._holds(draft, question, evidence)
        copied = copied_part(draft, evidence=evidence.text) if holds else ""
        if holds and not copied:
            kind: SentenceKind = "generated"
            text = draft
        else:
            # Words that the model only copied are the paper's, and are shown as such.
            kind = "quoted"
            text = f"“{copied or evidence.text}”" if titled else show(evidence, part=copied)
        if titled:
            text = f"{readable(evidence.paper.title)} — {text}".removeprefix(" — ")
        sentence = AnswerSentence(text=text, citations=(citation.number,), kind=kind)
        return SentenceDone(sentence=sentence, citations=(citation,), draft="" if holds else draft)

    def _holds(self, draft: str, question: Question, evidence: RankedSentence) -> bool:
        title = readable(evidence.paper.title)
        # Out of its abstract nobody can tell who "we" or "it" is; a quote has the name in front.
        if any(word.casefold() in _POINTING_BACK for word in words(draft)[:1]):
            return False
        # A paper's own "[7]" may stand in its quote; in a sentence of ours it would pass for ours.
        if _MARK.search(draft):
            return False
        if unsupported_because(draft, evidence=evidence.text, title=title):
            return False
        vectors = self.encoder.embed([draft, evidence.text])
        if float(vectors[0] @ vectors[1]) < _MIN_SIMILARITY:
            return False
        asked, told = self.encoder.embed_tokens([question.text, f"{title}. {draft}"])
        covered = float(nearest_cosines(asked, told).mean())
        return covered >= evidence.meaning - _MAX_ANSWERING_LOSS


def _grown(answer: Answer, event: Token | SentenceDone, elapsed_s: float) -> Answer:
    """Return the answer with what just happened."""
    if answer.timings.first_token_s is None:
        answer = replace(answer, timings=replace(answer.timings, first_token_s=elapsed_s))
    if isinstance(event, Token):
        written = answer.usage.tokens_written + 1
        return replace(answer, usage=replace(answer.usage, tokens_written=written))
    sentences = (*answer.sentences, event.sentence)
    return replace(answer, sentences=sentences, text=joined(sentences))


def _count(listed: Listed, citations: Sequence[Citation]) -> SentenceDone:
    """Return the sentence that says how many papers there are; it cites them all."""
    verb = "fits" if len(citations) == 1 else "fit"
    sentence = AnswerSentence(
        text=f"{len(citations)} of {listed.searched:,} papers {verb} “{listed.topic}”.",
        citations=tuple(citation.number for citation in citations),
        kind="counted",
    )
    return SentenceDone(sentence=sentence, citations=tuple(citations))


def _number(chosen: Sequence[RankedSentence]) -> tuple[Citation, ...]:
    """Number the evidence in the order of the answer."""
    return tuple(
        Citation(
            number=number,
            paper_id=sentence.paper.paper_id,
            title=sentence.paper.title,
            quote=sentence.quote,
            start=sentence.start,
            end=sentence.end,
            score=sentence.score,
        )
        for number, sentence in enumerate(chosen, start=1)
    )


def _first_sentence(text: str) -> str:
    spans = sentence_spans(text)
    return text[slice(*spans[0])] if spans else ""


def _check(cancel: Cancellation | None) -> None:
    if is_cancelled(cancel):
        raise Cancelled("Stopped.")
