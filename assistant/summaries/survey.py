"""A survey of a topic: every paper about it, in themes, with a proved sentence for each.

No model makes anything up: papers are there because their abstracts were read and found to be
about the topic, the sentences are theirs, and what is counted is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.encoders.embedder import Embedder
from assistant.encoders.reading import ReadingEncoder
from assistant.retrieval.evidence import by_paper, cut_sentences, names_something, read_sentences
from assistant.retrieval.question import Question, read_topic
from assistant.retrieval.ranked import RankedSentence
from assistant.retrieval.relevance import RelevantPaper, relevant, surely_from
from assistant.retrieval.retriever import Retriever
from assistant.store.stored import Vectors
from assistant.summaries import cues
from assistant.summaries.limits import SURVEYED_PAPERS
from assistant.summaries.opening import Searched, not_found, opening
from assistant.summaries.reader import SummaryReader
from assistant.summaries.sentences import PAPERS_AT_ONCE
from assistant.summaries.types import (
    Survey,
    SurveyEntry,
    SurveyProgress,
    SurveyTheme,
)
from assistant.text.query import NO_FILTER, Filter
from assistant.themes.grouping import SURVEY_THEMES, find_themes
from assistant.types import AnswerSentence, Cancellation, Citation, Paper, is_cancelled

NEAREST = 5
"""Papers named that were left out."""
OTHERS = "Others"
"""The theme of papers that belong to no other."""
PERHAPS = "Perhaps about it"
"""In place of a theme, of papers that are less surely about the topic; last."""

_ON_TOPIC = 0.75
"""A paper's summary is shown if it tells of its own work, and of the topic nearly as much as any
sentence that does."""
_SAYING_BONUS = 0.1
"""Added for a sentence that says what the authors' work is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A paper of a survey, and the sentence that says what it brings to the topic."""

    about: RelevantPaper
    text: str = ""
    """What is shown of the sentence; empty for a paper without an abstract."""
    start: int = 0
    end: int = 0

    @property
    def paper(self) -> Paper:
        """The paper itself."""
        return self.about.found.paper


@dataclass(frozen=True, kw_only=True)
class Surveying:
    """Surveys the topics of one library."""

    retriever: Retriever
    embedder: Embedder
    encoder: ReadingEncoder
    reader: SummaryReader
    vectors: Callable[[Sequence[str]], Vectors]
    """Gives a unit vector for each of the papers with these ids."""

    def stream(
        self,
        text: str,
        *,
        among: Collection[str] = (),
        limit: Filter = NO_FILTER,
        max_papers: int = SURVEYED_PAPERS,
        cancel: Cancellation | None = None,
    ) -> Iterator[SurveyProgress | Survey]:
        """Yield how far it is, paper by paper, and at last the survey.

        With ``among`` only the papers with these ids are read. Once ``cancel`` is raised, what was
        read until then makes the survey, which is not complete.
        """
        topic = read_topic(text)
        judged: list[RelevantPaper] = []
        for page in self.retriever.judged(topic, among=among, limit=limit):
            judged += page
            yield SurveyProgress(judged=len(judged), told=0, total=None)
            if is_cancelled(cancel):
                break
        about = relevant(judged)
        wanted = about[:max_papers]
        told: list[Told] = []
        for first in range(0, len(wanted), PAPERS_AT_ONCE):
            if told and is_cancelled(cancel):  # the best of what was found are told in any case
                break
            for one in self._tell(topic, wanted[first : first + PAPERS_AT_ONCE]):
                told.append(one)
                yield SurveyProgress(judged=len(judged), told=len(told), total=len(wanted))
        yield self._survey(
            topic,
            told,
            left_out=_left_out(judged, told),
            cut=len(about) - len(wanted),
            complete=not is_cancelled(cancel),
            among=among,
            limit=limit,
        )

    def _tell(self, topic: Question, about: Sequence[RelevantPaper]) -> Iterator[Told]:
        """Yield for each paper the sentence that says what it brings to the topic."""
        papers = [one.found.paper for one in about]
        summaries = self.reader.key_sentences(papers)
        read = by_paper(read_sentences(topic, cut_sentences(papers), encoder=self.encoder))
        for one, summary in zip(about, summaries, strict=True):
            sentences = read.get(one.found.paper.paper_id, [])
            if summary is None or not sentences:
                yield Told(about=one)
                continue
            own = _own_work(one.found.paper, sentences)
            best = max(own, key=_fitness, default=None)
            near = max((s.meaning for s in own if s.start == summary.start), default=0.0)
            if best is None or near >= _ON_TOPIC * best.meaning:
                yield Told(about=one, text=summary.text, start=summary.start, end=summary.end)
            else:
                yield Told(about=one, text=best.text, start=best.start, end=best.end)

    def _survey(
        self,
        topic: Question,
        told: Sequence[Told],
        *,
        left_out: Sequence[RelevantPaper],
        cut: int,
        complete: bool,
        among: Collection[str],
        limit: Filter,
    ) -> Survey:
        searched = self.retriever.count(limit, among=among)
        searched_in = Searched(papers=searched, pinned=bool(among), limit=limit)
        citations: list[Citation] = []
        sure, perhaps = _parted(told)
        groups = [*self._themes(topic, sure), *([(PERHAPS, perhaps)] if perhaps else [])]
        themes = tuple(
            SurveyTheme(name=name, entries=tuple(_entry(one, citations) for one in group))
            for name, group in groups
        )
        if told:
            said = opening(
                topic,
                themes[:-1] if perhaps else themes,
                papers=[one.paper for one in sure],
                perhaps=len(perhaps),
                searched=searched_in,
                cut=cut,
                complete=complete,
            )
        else:
            said = not_found(topic, searched=searched_in, complete=complete)
        return Survey(
            topic=topic.text,
            found=bool(told),
            opening=said,
            themes=themes,
            citations=tuple(citations),
            nearest=tuple(one.found.hit for one in left_out[:NEAREST]),
            searched=searched,
            complete=complete,
        )

    def _themes(self, topic: Question, told: Sequence[Told]) -> list[tuple[str, list[Told]]]:
        """Return the papers in themes, and last those that belong to none."""
        known = {one.paper.paper_id: one for one in told}
        if not known:
            return []
        grouping = find_themes(
            [one.paper for one in told],
            self.vectors(list(known)),
            embedder=self.embedder,
            encoder=self.encoder,
            topic=topic.text,
            max_themes=SURVEY_THEMES,
        )
        themes = [(theme.name, [known[i] for i in theme.paper_ids]) for theme in grouping.themes]
        if grouping.others:
            themes.append((OTHERS, [known[i] for i in grouping.others]))
        return themes


def _parted(told: Sequence[Told]) -> tuple[list[Told], list[Told]]:
    """Return the papers that are surely about the topic, and those that perhaps are."""
    least = surely_from(max((one.about.relevance for one in told), default=0.0))
    sure = [one for one in told if one.about.relevance >= least]
    return sure, [one for one in told if one.about.relevance < least]


def _own_work(paper: Paper, sentences: Sequence[RankedSentence]) -> list[RankedSentence]:
    """Return the sentences that say what the paper does, not what others did, it asks or hopes."""
    own = cues.own_work(paper.title)
    return [
        one
        for one in sentences
        if own.search(one.text) and not one.text.endswith("?") and not cues.IMPLIES.search(one.text)
    ]


def _fitness(sentence: RankedSentence) -> float:
    return sentence.meaning + _SAYING_BONUS * names_something(sentence.text)


def _left_out(judged: Sequence[RelevantPaper], told: Sequence[Told]) -> list[RelevantPaper]:
    kept = {one.paper.paper_id for one in told}
    rest = [one for one in judged if one.found.paper.paper_id not in kept]
    return sorted(rest, key=lambda one: -one.relevance)


def _entry(told: Told, citations: list[Citation]) -> SurveyEntry:
    """Return the entry of a paper, and add its citation."""
    paper, sentence = told.paper, None
    if told.text:
        citation = Citation(
            number=len(citations) + 1,
            paper_id=paper.paper_id,
            title=paper.title,
            quote=paper.abstract[told.start : told.end],
            start=told.start,
            end=told.end,
            score=told.about.relevance,
        )
        citations.append(citation)
        sentence = AnswerSentence(
            text=f"“{told.text}”", citations=(citation.number,), kind="quoted"
        )
    return SurveyEntry(
        paper_id=paper.paper_id,
        title=paper.title,
        year=paper.year,
        relevance=told.about.relevance,
        sentence=sentence,
    )
