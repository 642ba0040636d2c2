"""Brings papers into a library: joins records of the same paper, cuts, embeds, stores."""

from __future__ import annotations

from assistant.indexing.gathering import PROGRAM
from assistant.indexing.indexer import BATCH_PAPERS, Indexer, remove
from assistant.indexing.problems import CheckProgress, CheckReport, Problem
from assistant.indexing.repairing import Checkup
from assistant.indexing.tagging import checked_tags, retag

__all__ = [
    "BATCH_PAPERS",
    "PROGRAM",
    "CheckProgress",
    "CheckReport",
    "Checkup",
    "Indexer",
    "Problem",
    "checked_tags",
    "remove",
    "retag",
]
