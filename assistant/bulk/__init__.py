"""Millions of abstracts at once: read, cut and embedded on the machines of a Ray cluster."""

from __future__ import annotations

from assistant.bulk.ingest import ingest

__all__ = ["ingest"]
