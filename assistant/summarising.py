"""What a library tells of itself: summaries, surveys, comparisons. A part of ``Library``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from assistant.encoders.embedder import Embedder
from assistant.errors import Cancelled, NothingFound
from assistant.models import LoadedModels
from assistant.retrieval.question import read_topic, taken_apart
from assistant.retrieval.relevance import relevant
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.scale import CosineScale
from assistant.store.folder import LibraryFolder
from assistant.store.stored import Vectors
from assistant.summaries.comparison import compare
from assistant.summaries.limits import COMPARED_PAPERS, SURVEYED_PAPERS
from assistant.summaries.overview import OverviewProgress, make_overview, stopping_at
from assistant.summaries.paper import summarize
from assistant.summaries.reader import SummaryReader
from assistant.summaries.survey import Surveying
from assistant.summaries.types import (
    Comparison,
    Overview,
    Summary,
    Survey,
    SurveyProgress,
)
from assistant.text.query import Filter, as_filter
from assistant.themes.vectors import paper_vectors
from assistant.types import Cancellation, Paper, is_cancelled

T = TypeVar("T")


class Summarising(ABC):
    """The methods of a library that say what papers hold, each sentence with its proof."""

    _folder: LibraryFolder
    _models: LoadedModels

    @abstractmethod
    def paper(self, reference: str) -> Paper:
        """Return the paper that is meant."""

    @property
    @abstractmethod
    def embedder(self) -> Embedder:
        """Return what made the index, loaded when it is first used."""

    @property
    @abstractmethod
    def _retriever(self) -> Retriever:
        """Return the search of the library."""

    def summarize(self, reference: str, *, long: bool = False) -> Summary:
        """Say in one sentence what a paper, named as for :meth:`paper`, says; or note its aspects.

        With ``long`` there is a line for problem, method, result, data and code, or "not stated".
        Raises NothingFound if no single paper is meant or it has no abstract.
        """
        return summarize(self.paper(reference), reader=self._reader, long=long)

    def survey(
        self,
        topic: str,
        *,
        papers: Sequence[str] = (),
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
        max_papers: int = SURVEYED_PAPERS,
        cancel: Cancellation | None = None,
    ) -> Survey:
        """Return every paper about a topic, in named themes, with a proved sentence for each.

        With ``papers``, named as for :meth:`paper`, these alone are read; conditions in the topic
        and those of ``filter`` limit it as they do for :meth:`search`. Once ``cancel`` is raised
        the survey holds what was read until then. Raises UsageError if the topic is empty or too
        long, or a condition malformed, NothingFound if a paper is not there.
        """
        events = self.stream_survey(
            topic, papers=papers, filter=filter, max_papers=max_papers, cancel=cancel
        )
        return _last(events, Survey)

    def stream_survey(
        self,
        topic: str,
        *,
        papers: Sequence[str] = (),
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
        max_papers: int = SURVEYED_PAPERS,
        cancel: Cancellation | None = None,
    ) -> Iterator[SurveyProgress | Survey]:
        """Survey as :meth:`survey` does, and yield how far it is; the survey is last."""
        asked = taken_apart(topic, filter, "topic")
        self._folder.follow()
        surveying = Surveying(
            retriever=self._retriever,
            embedder=self.embedder,
            encoder=self._models.encoder,
            reader=self._reader,
            vectors=self._vectors,
        )
        return surveying.stream(
            asked.text,
            among=self._named(papers),
            limit=asked.filter,
            max_papers=max_papers,
            cancel=cancel,
        )

    def compare(
        self,
        *references: str,
        papers: Sequence[str] = (),
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
        max_papers: int = COMPARED_PAPERS,
        cancel: Cancellation | None = None,
    ) -> Comparison:
        """Set papers side by side: task, method, data, result, cost and code of each.

        Several references name papers, as for :meth:`paper`. A single one is a topic: the
        papers about it are compared, the most relevant first; with ``papers`` and ``filter`` of
        these alone, as for :meth:`survey`. Once ``cancel`` is raised the comparison holds the
        papers that were read until then.

        Raises NothingFound if a paper is not there or there are no two to compare.
        """
        events = self.stream_comparison(
            *references, papers=papers, filter=filter, max_papers=max_papers, cancel=cancel
        )
        return _last(events, Comparison)

    def stream_comparison(
        self,
        *references: str,
        papers: Sequence[str] = (),
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
        max_papers: int = COMPARED_PAPERS,
        cancel: Cancellation | None = None,
    ) -> Iterator[SurveyProgress | Comparison]:
        """Compare as :meth:`compare` does, and yield how far it is; the comparison is last."""
        if len(references) > 1:
            named = {paper.paper_id: paper for paper in map(self.paper, references)}
            if len(named) < 2:
                raise NothingFound(
                    f"“{references[0]}” has nothing beside it: all names mean one paper.",
                    hint="Name another paper beside it, by id or title.",
                )
            return compare(list(named.values()), reader=self._reader, cancel=cancel)
        topic = references[0] if references else ""
        among = self._named(papers)
        about = self._about(topic, among, filter, max_papers=max_papers, cancel=cancel)
        return compare(about, reader=self._reader, cancel=cancel)

    def overview(
        self,
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
        *,
        progress: OverviewProgress | None = None,
        cancel: Cancellation | None = None,
    ) -> Overview:
        """Return what is in the library: themes, years, venues, twins, outliers and a map.

        With a filter only papers that pass it are looked at. ``progress`` is told the step
        ("reading", "grouping", "naming", "placing"), how much of it is done, and of how much.
        Raises UsageError if the filter is malformed, Cancelled once ``cancel`` is set.
        """
        tell = stopping_at(cancel, progress)
        self._folder.follow()
        papers = list(self._folder.mirror.papers(as_filter(filter)))
        ids = [paper.paper_id for paper in papers]
        vectors = self._vectors(ids, progress=partial(tell, "reading"))
        scale = CosineScale.of(self._folder.store.about)
        return make_overview(papers, vectors, embedder=self.embedder, scale=scale, progress=tell)

    def _about(
        self,
        topic: str,
        among: Sequence[str],
        limit: Filter | str | None,
        *,
        max_papers: int,
        cancel: Cancellation | None,
    ) -> list[Paper]:
        """Return the papers about a topic, most relevant first. Raises NothingFound."""
        asked = taken_apart(topic, limit, "topic")
        self._folder.follow()
        judged = []
        about = read_topic(asked.text)
        for page in self._retriever.judged(about, among=among, limit=asked.filter):
            judged += page
            if is_cancelled(cancel):
                raise Cancelled("Stopped.")
        papers = [one.found.paper for one in relevant(judged)[:max_papers]]
        if len(papers) < 2:
            told = f"only “{papers[0].title}” is" if papers else "none is"
            place = "of the pinned papers" if among else "in the library"
            more = " pin others," if among else ""
            raise NothingFound(
                f"There is nothing to compare: {place} {told} about “{asked.text}”.",
                hint=f"Name two papers or more by id or title,{more} or give another topic.",
            )
        return papers

    def _named(self, references: Sequence[str]) -> list[str]:
        """Return the ids of papers, named as for :meth:`paper`."""
        return [self.paper(reference).paper_id for reference in references]

    def _vectors(
        self, paper_ids: Sequence[str], *, progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        store, mirror = self._folder.store, self._folder.mirror
        return paper_vectors(paper_ids, store=store, mirror=mirror, progress=progress)

    @property
    def _reader(self) -> SummaryReader:
        return SummaryReader(encoder=self._models.encoder, ranker=self._models.ranker)


def _last(events: Iterator[SurveyProgress | T], kind: type[T]) -> T:
    for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError(f"a run ends with a {kind.__name__} or an error")
