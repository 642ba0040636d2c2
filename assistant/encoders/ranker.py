"""Reads question and sentence together and says how well the sentence answers.

A cross-encoder in the shape of all-MiniLM-L6-v2, trained by ``training/ranker.py`` to choose
among the sentences of a paper and "none of them", whose score is 0. It sees what vectors of
single texts cannot: that a number is asked for and which of three, or that a sentence speaks
of the question's subject and does not answer it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.catalogue.locating import locate
from assistant.encoders.network import Network

BATCH_SIZE = 8


class EvidenceRanker:
    """Scores sentences as answers to a question. Safe to share between threads."""

    def __init__(self, name: str, *, threads: int = 0) -> None:
        """Load the model called ``name`` in the catalogue, or the one in this folder.

        Raises ModelMissing if it is not installed and ModelError if it cannot be loaded.
        """
        self.name = name
        weights, tokenizer = locate(name, "rank")
        # With int8 weights and bf16 between the layers, OpenVINO 2026 crashes on AMX processors.
        self._network = Network(
            weights, tokenizer, batch_size=BATCH_SIZE, threads=threads, precision="f32"
        )

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return for each passage the log-odds, against "none of them", that it answers."""
        found = np.zeros(len(passages), dtype=np.float32)
        for index, output in self._network.run([(question, passage) for passage in passages]):
            found[index] = output.item()
        return found


def passage(title: str, sentence: str) -> str:
    """Return a sentence as the ranker reads it: behind the title, which names what "we" do."""
    return f"{title}. {sentence}" if title else sentence
