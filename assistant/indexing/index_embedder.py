"""The embedder that the index of a library was made with, whatever the settings name by now."""

from __future__ import annotations

from assistant.config import EmbeddingSettings
from assistant.errors import EmbedderMismatch, ModelError
from assistant.indexing.calibration import measured_scale
from assistant.indexing.embedder_sources import remember_source, source_of
from assistant.llm.embedder import Embedder
from assistant.llm.embedders import embedder_name
from assistant.llm.loaded import LoadedModels
from assistant.llm.reading import READING_ENCODER
from assistant.retrieval.scale import CosineScale
from assistant.store.chroma import ChromaStore
from assistant.store.folder import LibraryFolder

_GROWTH = 2
"""How many times as many rows there are when the scale of the cosines is measured again."""


class IndexEmbedder:
    """Loads what the index of one library needs. Safe to share between threads."""

    def __init__(
        self, folder: LibraryFolder, models: LoadedModels, settings: EmbeddingSettings
    ) -> None:
        self._folder = folder
        self._models = models
        self._settings = settings
        self._checked: Embedder | None = None

    @property
    def name(self) -> str:
        """The name of the embedder that made the index."""
        return self._folder.store.embedder

    @property
    def wanted(self) -> str:
        """The name of the embedder that the settings name."""
        return embedder_name(self._settings)

    @property
    def is_outdated(self) -> bool:
        """Whether the settings name another embedder than that of an index with papers."""
        return self.name != self.wanted and self._folder.store.count() > 0

    def load(self) -> Embedder:
        """Return the embedder that made the index.

        Raises EmbedderMismatch if it cannot be had while the settings name another, or if it
        makes other vectors now; ModelMissing and ModelError if it cannot be loaded.
        """
        name = self.name
        if self._checked is not None and self._checked.name == name:
            return self._checked
        if name == self.wanted:
            embedder = self.load_wanted()
        else:
            try:
                source = source_of(self._folder.path, name, self._settings)
                embedder = self._models.embedder(source)
            except ModelError as error:
                raise EmbedderMismatch(
                    f"This library is indexed with '{name}', which cannot be loaded: "
                    f"{error.message}",
                    hint=f"Move it to '{self.wanted}' with 'assistant reindex', or let "
                    f"[embedding] model name '{name}'.",
                ) from error
        self._check(embedder)
        self._checked = embedder
        return embedder

    def load_wanted(self) -> Embedder:
        """Return the embedder that the settings name, for a new index.

        Raises ModelMissing and ModelError if it cannot be loaded.
        """
        embedder = self._models.embedder(self._settings)
        remember_source(self._folder.path, self._settings)
        return embedder

    def adopt(self) -> None:
        """Let an index that is empty be one of the embedder that the settings name.

        It is the caller's turn to write.
        """
        store = self._folder.store
        if self.name == self.wanted or store.count():
            return
        store.successor(embedder=self.wanted).close()
        store.succeed()
        self._folder.mirror.put((), removed=(), revision=store.revision)

    def calibrate(self) -> None:
        """Measure the scale of the cosines, if there is none yet or for far fewer rows.

        It is the caller's turn to write.
        """
        store = self._folder.store
        if self.name == READING_ENCODER:
            return
        rows = store.count()
        if rows <= _GROWTH * CosineScale.of(store.about).rows:
            return
        scale = measured_scale(store, embedder=self.load(), encoder=self._models.encoder)
        with store.writing():
            store.note(scale.notes())
        self._folder.mirror.put((), removed=(), revision=store.revision)

    def _check(self, embedder: Embedder) -> None:
        """Raise EmbedderMismatch if the vectors of the index are of another length."""
        if self.name == READING_ENCODER:
            return  # its files are known by their sha256
        size = vector_size(self._folder.store)
        if size not in {0, embedder.dimension}:
            raise EmbedderMismatch(
                f"This library is indexed with vectors of {size} numbers, and "
                f"'{embedder.name}' makes {embedder.dimension}: it is another model now.",
                hint="Index the library anew: assistant reindex",
            )


def vector_size(store: ChromaStore) -> int:
    """Return how many numbers the vectors of an index have; 0 if there is none."""
    if ids := store.ids(offset=0, limit=1):
        return next((row.vector.size for row in store.rows(ids) if row.vector is not None), 0)
    return 0
