"""The embedder that the index of a library was made with, whatever the settings name by now."""

from __future__ import annotations

from assistant.config import EmbeddingSettings
from assistant.encoders.embedder import Embedder
from assistant.encoders.loading import embedder_name
from assistant.encoders.reading import READING_ENCODER
from assistant.errors import EmbedderMismatch, ModelError, ModelMissing
from assistant.indexing.calibration import measured_scale
from assistant.indexing.embedder_sources import remember_source, source_of
from assistant.models import LoadedModels
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

    @property
    def source(self) -> EmbeddingSettings:
        """Settings that name the embedder that made the index."""
        return source_of(self.name, self._settings)

    def load(self) -> Embedder:
        """Return the embedder that made the index.

        Raises ModelMissing and ModelError if it cannot be loaded, EmbedderMismatch if it makes
        other vectors now.
        """
        name = self.name
        if self._checked is not None and self._checked.name == name:
            return self._checked
        if name == self.wanted:
            self._checked = self._fitting(self.load_wanted())
        else:
            self._checked = self._load_other(name)
        return self._checked

    def _load_other(self, name: str) -> Embedder:
        """Return the embedder of the index, which is not what the settings name."""
        try:
            source = source_of(name, self._settings)
            return self._fitting(self._models.embedder(source))
        except ModelError as error:
            kind = ModelMissing if isinstance(error, ModelMissing) else ModelError
            raise kind(
                f"This library is indexed with '{name}', which cannot be loaded: {error.message}",
                hint=f"Move it to '{self.wanted}' with 'assistant reindex', or let [embedding] "
                f"model name '{name}'.",
            ) from error

    def load_wanted(self) -> Embedder:
        """Return the embedder that the settings name, for a new index.

        Raises ModelMissing and ModelError if it cannot be loaded.
        """
        embedder = self._models.embedder(self._settings)
        remember_source(self._settings)
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

    def _fitting(self, embedder: Embedder) -> Embedder:
        """Return the embedder, or raise EmbedderMismatch if it makes vectors of another length."""
        if self.name == READING_ENCODER:
            return embedder  # its files are known by their sha256
        size = vector_size(self._folder.store)
        if size not in {0, embedder.dimension}:
            raise EmbedderMismatch(
                f"This library is indexed with vectors of {size} numbers, and "
                f"'{embedder.name}' makes {embedder.dimension}: it is another model now.",
                hint="Index the library anew: assistant reindex",
            )
        return embedder


def vector_size(store: ChromaStore) -> int:
    """Return how many numbers the vectors of an index have; 0 if there is none."""
    if ids := store.ids(offset=0, limit=1):
        return next((row.vector.size for row in store.rows(ids) if row.vector is not None), 0)
    return 0
