"""A library of papers: the one object through which everything else is done.

The command line, the chat and other programs all use this class. It opens the store,
loads a model when it is first needed, and hands the work to the layers below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from assistant.answering.ask import Answering
from assistant.config import Settings, load_settings
from assistant.encoders.embedder import Embedder
from assistant.encoders.loading import embedder_name
from assistant.errors import NothingFound
from assistant.indexing import (
    PROGRAM,
    IndexEmbedder,
    Indexer,
    RememberingEmbedder,
    checked_tags,
    remove,
    retag,
)
from assistant.llm.model import LanguageModel
from assistant.models import LoadedModels
from assistant.readers import (
    STANDARD_INPUT,
    as_read,
    origin_of,
    read_papers,
    read_with_origins,
)
from assistant.readers.tables.columns import checked_columns
from assistant.retrieval.question import read_question, taken_apart
from assistant.retrieval.retriever import Retriever
from assistant.store.filling import Filling
from assistant.store.folder import LibraryFolder, prepare
from assistant.summarising import Summarising
from assistant.text.query import Filter, as_filter
from assistant.types import (
    AddProgress,
    AddReport,
    Answer,
    Cancellation,
    Event,
    Finished,
    Hit,
    InstalledModel,
    Listing,
    Paper,
    PaperOrder,
    Rejected,
    Turn,
)
from assistant.upkeep import Upkeep, folder_of

if TYPE_CHECKING:
    from os import PathLike


class Library(Summarising, Upkeep):
    """Papers in a folder, and everything that can be asked of them.

    Use it as a context manager, or call :meth:`close`. It may be shared between threads; a
    second process may read, and is refused while this one writes.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        *,
        model: LanguageModel | None = None,
        create: bool = True,
        filling: Filling | None = None,
    ) -> None:
        """Open the library in an existing folder; callers use :meth:`open`."""
        self.folder = folder
        self.settings = settings
        self._models = LoadedModels(settings, model=model)
        self._folder = LibraryFolder(
            folder,
            embedder=embedder_name(settings.embedding),
            server=settings.store,
            create=create,
            filling=filling,
        )
        self._index = IndexEmbedder(self._folder, self._models, settings.embedding)
        self._store = self._folder.store
        self._mirror = self._folder.mirror

    @classmethod
    def open(
        cls,
        path: str | PathLike[str] | None = None,
        *,
        settings: Settings | None = None,
        create: bool = True,
        model: LanguageModel | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> Library:
        """Open the library at ``path`` (default: the one that the settings name).

        ``model`` phrases the answers in place of the one that the settings name. A large library
        on a server is read when it is first opened: ``progress`` is told how many passages are.

        Raises LibraryMissing if ``create`` is false and there is none, LibraryError if the folder
        cannot be used, Cancelled once ``cancel`` is set: the next opening goes on. One that was
        indexed with another embedder than the settings name keeps to it: see
        :attr:`outdated_index` and :meth:`reindex`.
        """
        chosen = settings or load_settings().settings
        folder = folder_of(path, chosen)
        prepare(folder, create=create, on_server=bool(chosen.store.url))
        return cls(folder, chosen, model=model, create=create, filling=Filling(progress, cancel))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder and free the models."""
        self._models.close()
        self._folder.close()

    def add(
        self,
        *paths: str | PathLike[str],
        stdin: BinaryIO | None = None,
        columns: Mapping[str, str] | None = None,
        sync: bool = False,
        progress: Callable[[AddProgress], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> AddReport:
        """Read files and folders (``-``: ``stdin``) and index the papers in them.

        With ``sync``, papers that the files of a folder held when they were last added, and hold
        no more, are removed; what cannot be read now is left as it was.

        ``columns`` says what the columns of tables hold where their names do not tell:
        ``{"Headline": "title"}``. A file that cannot be read is reported as rejected and the rest
        goes on. Raises Cancelled once ``cancel`` is set, LibraryBusy while another process writes
        (to a server several may), UsageError if ``columns`` names what is no field of a paper.
        """
        chosen = checked_columns(columns or {})
        total = None
        if progress is not None and all(map(_is_on_disk, paths)):
            # Reading costs a hundredth of indexing: read once more to know how far it is.
            records = read_papers(paths, columns=chosen)
            total = sum(isinstance(record, Paper) for record in records)
        return self.add_records(
            read_with_origins(paths, stdin=stdin, columns=chosen),
            sync=[origin_of(path) for path in paths if Path(path).is_dir()] if sync else [],
            papers_total=total,
            progress=progress,
            cancel=cancel,
        )

    def add_papers(self, papers: Iterable[Paper]) -> AddReport:
        """Index papers that a program made itself; the report names those that are none."""
        return self.add_records((PROGRAM, as_read(paper)) for paper in papers)

    def add_records(
        self,
        records: Iterable[tuple[str, Paper | Rejected]],
        *,
        sync: Sequence[str] = (),
        embedder: RememberingEmbedder | None = None,
        papers_total: int | None = None,
        progress: Callable[[AddProgress], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> AddReport:
        """Index records, with the paths of their files, as :meth:`add` does.

        ``embedder``, of the library's own, may know vectors that were made elsewhere.
        """
        with self._folder.turns(cancel=cancel) as turn:
            with turn():
                self._index.adopt()
            indexer = self._indexer(papers_total=papers_total, progress=progress, cancel=cancel)
            if embedder is not None or self._folder.is_shared:
                indexer.embedder = embedder or RememberingEmbedder(self.embedder)
            indexer.turn = turn if self._folder.is_shared else None
            report = indexer.add(records, sync=sync)
            with turn():
                self._index.calibrate()
            return report

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
    ) -> list[Hit]:
        """Return the papers that fit a text best, best first.

        Conditions in the text (``year:2021.. -survey``), and those of ``filter``, have to be met:
        see :mod:`assistant.text.query`. Raises UsageError if the text is empty or too long, or a
        condition malformed.
        """
        self._folder.follow()
        asked = taken_apart(query, filter, "query")
        findings = self._retriever.find(read_question(asked.text), limit=asked.filter)
        return [paper.hit for paper in findings.papers[:limit]]

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        papers: Sequence[str] = (),
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
        cancel: Cancellation | None = None,
    ) -> Answer:
        """Answer a question; every sentence cites the paper that proves it.

        ``history`` are the exchanges before, which a question such as "and on TPUs?" leans on.
        With ``papers``, named as for :meth:`paper`, the answer comes from these alone; conditions
        in the question and those of ``filter`` limit it as they do for :meth:`search`.

        Raises UsageError if the question is empty or too long, or a condition malformed, Cancelled
        once ``cancel`` is set, ModelError if the language model fails.
        """
        events = self.stream(question, history=history, papers=papers, filter=filter, cancel=cancel)
        for event in events:
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("a run ends with Finished or an error")

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        papers: Sequence[str] = (),
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
        cancel: Cancellation | None = None,
    ) -> Iterator[Event]:
        """Answer as :meth:`ask` does, and yield what happens on the way; Finished is last."""
        self._folder.follow()
        asked = taken_apart(question, filter, "question")
        among = [self.paper(reference) for reference in papers]
        answering = Answering(
            retriever=self._retriever,
            encoder=self._models.encoder,
            load_model=lambda: self._models.model,
            settings=self.settings,
        )
        return answering.stream(
            asked.text,
            written=question,
            history=history,
            papers=among,
            limit=asked.filter,
            cancel=cancel,
        )

    def papers(
        self,
        filter: Filter | str | None = None,  # noqa: A002 - what it is called everywhere
    ) -> list[Paper]:
        """Return every paper that passes the filter, by title. Raises UsageError if it is none."""
        self._folder.follow()
        return list(self._mirror.papers(as_filter(filter)))

    def count(self) -> int:
        """Return the number of papers."""
        return self._mirror.count()

    def browse(self, text: str = "", *, order: PaperOrder = "title", limit: int = 500) -> Listing:
        """Return the first papers whose titles and authors hold every word of ``text``.

        A part of a word is enough: this serves a search that goes on while its words are typed.
        Conditions of a filter in the text are met. Raises UsageError if one is malformed.
        """
        self._folder.follow()
        return self._mirror.browse(text, order=order, limit=limit)

    def paper(self, reference: str) -> Paper:
        """Return the paper with this id or title, or with the only one that begins so.

        Raises NothingFound if there is none, or if there are several.
        """
        found = self._mirror.match(reference)
        if not found:
            raise NothingFound(
                f"There is no paper '{reference}' in the library.",
                hint="List them with 'assistant papers'.",
            )
        if len(found) > 1:
            some = "; ".join(f"{paper.paper_id} {paper.title[:60]}" for paper in found[:5])
            raise NothingFound(
                f"'{reference}' fits several papers: {some}.", hint="Give the id of one."
            )
        return found[0]

    def remove(self, *references: str) -> list[Paper]:
        """Remove papers, named as for :meth:`paper`, and return them; all of them or none."""
        papers = {paper.paper_id: paper for paper in map(self.paper, references)}
        with self._folder.writing():
            stored = self._mirror.get(list(papers))
            remove(stored.values(), store=self._store, mirror=self._mirror)
        return list(papers.values())

    def tag(
        self, *references: str, add: str | Iterable[str] = (), remove: str | Iterable[str] = ()
    ) -> list[Paper]:
        """Put tags on papers, named as for :meth:`paper`, or take them off; return the papers.

        Tags outlive the adding of a file again. Raises UsageError for a tag that is empty or very
        long, and what :meth:`paper` raises; nothing is changed then.
        """
        new, gone = checked_tags(add), checked_tags(remove)
        ids = list(dict.fromkeys(self.paper(reference).paper_id for reference in references))
        with self._folder.writing():
            held = self._mirror.get(ids)
            papers = [held[paper_id] for paper_id in ids if paper_id in held]
            return retag(papers, add=new, remove=gone, store=self._store, mirror=self._mirror)

    def tags(self) -> dict[str, int]:
        """Return the tags that papers were given, and on how many each is, most used first."""
        return self._mirror.tags()

    @property
    def embedder(self) -> Embedder:
        """The embedder that the library is indexed with, loaded when it is first used."""
        return self._index.load()

    @property
    def model_name(self) -> str:
        """The name of the language model, loaded or not; empty if it is switched off."""
        return self._models.model_name

    def models(self) -> list[InstalledModel]:
        """Return the chat models to choose from: on this machine, or with a server its own.

        Raises ModelError if the server cannot be asked.
        """
        return self._models.choices()

    def use_model(self, name: str) -> None:
        """Let another language model phrase the answers from now on.

        ``name`` is as in ``[llm] model``. An answer that is being written is finished first.
        Raises ModelMissing or ModelError, and keeps the model in use, if it cannot be loaded.
        """
        self._models.use_model(name)

    def warm_up(self) -> None:
        """Load the encoders and the language model now, so that the first answer is quick."""
        self.embedder.embed_query("warm")
        self._models.encoder.embed_query("warm")
        _ = self._models.model

    @cached_property
    def _retriever(self) -> Retriever:
        return Retriever(
            store=self._store,
            mirror=self._mirror,
            embedder=lambda: self.embedder,
            encoder=self._models.encoder,
            settings=self.settings.retrieval,
            ranker=self._models.ranker,
        )

    def _indexer(
        self,
        *,
        papers_total: int | None = None,
        progress: Callable[[AddProgress], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> Indexer:
        return Indexer(
            store=self._store,
            mirror=self._mirror,
            embedder=self.embedder,
            count_tokens=self._models.count_tokens,
            chunking=self.settings.chunking,
            papers_total=papers_total,
            progress=progress,
            cancel=cancel,
        )


def _is_on_disk(path: str | PathLike[str]) -> bool:
    """Tell whether a path can be read twice: no standard input, no pipe."""
    try:
        return str(path) != STANDARD_INPUT and (Path(path).is_file() or Path(path).is_dir())
    except OSError:
        return False
