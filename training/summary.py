"""Trains the network that says which words of an abstract come back in a summary of it.

    python -m training.summary --data FOLDER --out models/summary-minilm.npz

It learns on the train split of SciTLDR: for each word of an abstract, whether it stands in the
one-sentence summary that its authors wrote, and whether it stands there together with the next
word. It reads states of all-MiniLM-L6-v2 as the assistant runs it, which stays as it is; what is
trained is one hidden layer, several times with other seeds, and their mean is kept as one layer.
Papers of an exam are left out. Seeds are fixed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from assistant.encoders.reading import ReadingEncoder
from assistant.retrieval.evidence import cut_sentences
from assistant.summaries.salience import (
    MAX_DEVIATIONS,
    ReadSentence,
    read_words,
    word_list,
)
from assistant.text.clean import normalise, readable
from assistant.types import Paper
from training.groups import is_kept_out, read_rows

SEED = 20261122
NETWORKS = 3
WIDTH = 64
EPOCHS = 6
WORDS_A_STEP = 512
RATE = 2e-3
DECAY = 0.05
INPUT_DROPOUT = 0.1
HIDDEN_DROPOUT = 0.3
PAPERS_AT_ONCE = 32
STATE_SHARE = 0.4
"""Deviation of a part of a state, of which there are 384; that of other figures is 1."""


class Labelled(NamedTuple):
    """Papers' words as the network reads them, and whether the summary has word and pair."""

    figures: NDArray[np.float32]
    labels: NDArray[np.float32]


def read_papers(path: Path, split: str) -> Iterator[tuple[Paper, list[str]]]:
    """Yield the papers of a split that are in no exam, and their summaries."""
    for row in read_rows(path):
        if row["split"] == split and not is_kept_out(row["title"]):
            abstract = normalise(" ".join(row["sentences"]))
            title = normalise(row["title"])
            yield Paper(paper_id=row["id"], title=title, abstract=abstract), row["summaries"]


def label(papers: Sequence[tuple[Paper, list[str]]], embedder: ReadingEncoder) -> Labelled:
    """Read the papers and return what the network is told of each word, and what is true."""
    figures, labels = [], []
    for first in range(0, len(papers), PAPERS_AT_ONCE):
        batch = papers[first : first + PAPERS_AT_ONCE]
        read = read_words([cut_sentences([paper]) for paper, _ in batch], encoder=embedder)
        for sentences, (_, summaries) in zip(read, batch, strict=True):
            for one in sentences:
                figures.append(one.figures.astype(np.float16))
                labels.append(_labels(one, summaries))
        print(f"read {first + len(batch)} of {len(papers)}", flush=True)
    return Labelled(np.concatenate(figures), np.concatenate(labels))


def _labels(read: ReadSentence, summaries: Sequence[str]) -> NDArray[np.float32]:
    """Return the shares of the summaries that have each word, and it with the next."""
    own = [word.stem for word in read.words]
    found = np.zeros((len(own), 2), dtype=np.float32)
    for summary in summaries:
        told = [word.stem for word in word_list(readable(summary))]
        words, pairs = set(told), set(pairwise(told))
        for i, stem in enumerate(own):
            found[i, 0] += stem in words
            found[i, 1] += tuple(own[i : i + 2]) in pairs
    return found / len(summaries)


def train(told: Tensor, labels: Tensor, seed: int) -> nn.Sequential:
    """Return a network trained on these words."""
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.Dropout(INPUT_DROPOUT),
        nn.Linear(told.shape[1], WIDTH),
        nn.ReLU(),
        nn.Dropout(HIDDEN_DROPOUT),
        nn.Linear(WIDTH, 2),
    )
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = len(told) // WORDS_A_STEP
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=EPOCHS * steps)
    loss_of = nn.BCEWithLogitsLoss()
    for epoch in range(EPOCHS):
        order = torch.randperm(len(told))
        total = 0.0
        for chosen in order[: steps * WORDS_A_STEP].split(WORDS_A_STEP):
            loss = loss_of(network(told[chosen].float()), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"seed {seed}, epoch {epoch + 1}: loss {total / steps:.4f}", flush=True)
    return network.eval()


def fit(read: Labelled, *, state_width: int) -> dict[str, NDArray[np.float16 | np.float32]]:
    """Return the arrays of the mean of several networks, as one network with one layer."""
    mean = read.figures.mean(axis=0, dtype=np.float64)
    scale = read.figures.std(axis=0, dtype=np.float64) + 1e-6
    scale[:state_width] /= STATE_SHARE
    told = np.clip((read.figures - mean) / scale, -MAX_DEVIATIONS, MAX_DEVIATIONS)
    shown, labels = torch.tensor(told.astype(np.float16)), torch.tensor(read.labels)
    networks = [train(shown, labels, SEED + i) for i in range(NETWORKS)]
    hidden = [part for network in networks for part in network if isinstance(part, nn.Linear)]
    first, last = hidden[0::2], hidden[1::2]
    joined = {
        "hidden": torch.cat([layer.weight for layer in first]).T,
        "hidden_bias": torch.cat([layer.bias for layer in first]),
        "out": torch.cat([layer.weight for layer in last], dim=1).T / NETWORKS,
        "out_bias": torch.stack([layer.bias for layer in last]).mean(dim=0),
    }
    weights = {name: array.detach().numpy().astype(np.float16) for name, array in joined.items()}
    return {**weights, "mean": mean.astype(np.float32), "scale": scale.astype(np.float32)}


def main() -> None:
    """Train with the arguments of the command line and write the file of weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    embedder = ReadingEncoder(threads=chosen.threads)
    papers = list(read_papers(chosen.data / "summaries/scitldr_train_dev.jsonl", "train"))
    arrays = fit(label(papers, embedder), state_width=embedder.dimension)
    np.savez_compressed(chosen.out, **arrays)
    print(f"wrote {chosen.out}: {chosen.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
