"""Brings papers into a library: joins records of the same paper, cuts, embeds, stores."""

from __future__ import annotations

from assistant.indexing.gathering import PROGRAM
from assistant.indexing.index_embedder import IndexEmbedder
from assistant.indexing.indexer import BATCH_PAPERS, Indexer, digest_of, remove, stopped
from assistant.indexing.problems import CheckProgress, CheckReport, Problem
from assistant.indexing.reindexing import Reindexing, ReindexProgress, ReindexReport
from assistant.indexing.remembering import RememberingEmbedder
from assistant.indexing.repairing import Checkup
from assistant.indexing.tagging import checked_tags, retag

__all__ = [
    "BATCH_PAPERS",
    "PROGRAM",
    "CheckProgress",
    "CheckReport",
    "Checkup",
    "IndexEmbedder",
    "Indexer",
    "Problem",
    "ReindexProgress",
    "ReindexReport",
    "Reindexing",
    "RememberingEmbedder",
    "checked_tags",
    "digest_of",
    "remove",
    "retag",
    "stopped",
]
