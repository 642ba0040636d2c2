"""Trains the evidence ranker: which sentence answers a question, and whether any does.

    python -m training.ranker --data FOLDER --weights FOLDER --out FOLDER

A cross-encoder in the shape of all-MiniLM-L6-v2, begun from its weights: question and sentence
are read together and give one score. The loss is a softmax over the sentences and "none of
them", whose score is 0: a score above 0 says that a sentence answers. Two stages: the public
sets; then our own questions, which are nearest to what users ask, among some of the others.

Progress is kept every few minutes; the same command goes on from there. With the same seed, data
and number of threads the result is the same.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from assistant.encoders.network import MAX_TOKENS
from assistant.encoders.ranker import passage
from training.groups import Group, misplaced, own_questions, read_groups, shrink, without_titles

SEED = 20261122
GROUPS_A_STEP = 8
ROWS_AT_ONCE = 16
WARM_UP = 0.06
DECAY = 0.01
TITLE_LEFT_OUT = 0.15
"""Share of groups shown without the title, so that the title alone never decides."""
MISPLACED = 0.15
"""Share of answered questions that are asked of another paper instead: no sentence answers."""
KEPT_EVERY_S = 180
MEASURED_ARTICLES = ("Force", "Harvard University", "Normans")
"""Of SQuAD: never trained on, so that the ranker can be measured on them."""


class Ranker(nn.Module):
    """Scores question and sentence, read together: ids, mask and types to one number a row."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.dense = nn.Linear(width, width)
        self.score = nn.Linear(width, 1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Return the scores, shape ``(rows,)``."""
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.score(torch.tanh(self.dense(states[:, 0]))).squeeze(-1)


def score(network: nn.Module, tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]) -> Tensor:
    """Return the scores of pairs of question and passage, shape ``(pairs,)``.

    Pairs of about one length are read together: padded to the longest of all they cost double.
    """
    encodings = tokenizer.encode_batch(list(pairs))
    order = sorted(range(len(pairs)), key=lambda i: len(encodings[i].ids))
    parts = []
    for first in range(0, len(order), ROWS_AT_ONCE):
        chosen = [encodings[i] for i in order[first : first + ROWS_AT_ONCE]]
        longest = max(len(encoding.ids) for encoding in chosen)
        for encoding in chosen:
            encoding.pad(longest)
        parts.append(
            network(
                torch.tensor([encoding.ids for encoding in chosen]),
                torch.tensor([encoding.attention_mask for encoding in chosen]),
                torch.tensor([encoding.type_ids for encoding in chosen]),
            )
        )
    return torch.cat(parts)[torch.tensor(order).argsort()]


def load_encoder(weights: Path) -> BertModel:
    """Return the encoder to begin from; its word vectors stay as they are."""
    # PyTorch's fused attention takes three times as long on a processor as the plain one.
    encoder = BertModel.from_pretrained(
        weights, add_pooling_layer=False, attn_implementation="eager"
    )
    encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    return encoder


def load_tokenizer(weights: Path) -> Tokenizer:
    """Return the tokenizer, set to cut the passage where a pair is too long."""
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer


def loss_of(scores: Tensor, groups: Sequence[Group]) -> Tensor:
    """Return the mean loss: -log of the probability that falls on a right choice."""
    losses = []
    start = 0
    for group in groups:
        own = scores[start : start + len(group.sentences)]
        start += len(group.sentences)
        every = torch.logsumexp(torch.cat([own, own.new_zeros(1)]), 0)
        # With no right sentence "none of them" is right, and its score is 0.
        right = torch.logsumexp(own[sorted(group.right)], 0) if group.right else 0.0
        losses.append(every - right)
    return torch.stack(losses).mean()


def arranged(groups: Sequence[Group], *, times: int) -> list[Group]:
    """Return the groups in the order of training, each as often as said."""
    chance = random.Random(SEED)
    order: list[Group] = []
    for _ in range(times):
        shuffled = list(groups)
        chance.shuffle(shuffled)
        for group in shuffled:
            away = group.right and chance.random() < MISPLACED
            shown = misplaced(group, chance.choice(shuffled)) if away else group
            bare = chance.random() < TITLE_LEFT_OUT
            order.append(without_titles(shown) if bare else shown)
    return order


def pairs_of(group: Group) -> list[tuple[str, str]]:
    """Return what the network reads for a group."""
    return [(group.question, passage(told.title, told.text)) for told in group.sentences]


def train(
    network: Ranker, tokenizer: Tokenizer, order: Sequence[Group], *, rate: float, out: Path
) -> None:
    """Train on the groups in this order; keep progress, and at last the network, in ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    if (out / "ranker.pt").exists():
        network.load_state_dict(torch.load(out / "ranker.pt", weights_only=True))
        return
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=DECAY)
    steps = len(order) // GROUPS_A_STEP
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (WARM_UP * steps), (steps - step) / steps)
    )
    first = _resume(out, network, optimizer, schedule)
    kept_s = told_s = time.monotonic()
    running = 0.0
    for step in range(first, steps):
        chance = random.Random(SEED + step)
        batch = order[step * GROUPS_A_STEP : (step + 1) * GROUPS_A_STEP]
        groups = [shrink(group, chance) for group in batch]
        pairs = [pair for group in groups for pair in pairs_of(group)]
        torch.manual_seed(SEED + step)
        with torch.autocast("cpu", torch.bfloat16):
            scores = score(network, tokenizer, pairs)
        loss = loss_of(scores.float(), groups)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        running += (loss.item() - running) * (0.02 if step > 50 else 1 / (step - first + 1))
        if time.monotonic() - told_s > 15:
            told_s = time.monotonic()
            print(f"step {step + 1} of {steps}, loss {running:.3f}", flush=True)
        if time.monotonic() - kept_s > KEPT_EVERY_S:
            kept_s = time.monotonic()
            _keep(out, step + 1, network, optimizer, schedule)
    torch.save(network.state_dict(), out / "ranker.pt")


def _keep(out: Path, step: int, network: Any, optimizer: Any, schedule: Any) -> None:
    state = {
        "step": step,
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }
    torch.save(state, out / "progress.pt.new")
    (out / "progress.pt.new").replace(out / "progress.pt")


def _resume(out: Path, network: Any, optimizer: Any, schedule: Any) -> int:
    """Load what an earlier run kept; return the step at which to go on."""
    path = out / "progress.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    print(f"going on at step {state['step']}")
    return int(state["step"])


def main() -> None:
    """Train both stages with the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--weights", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    public = [
        group
        for group in read_groups(chosen.data / "qa")
        if group.sentences[0].title not in MEASURED_ARTICLES
    ]
    own = own_questions(chosen.data / "summaries/scitldr_train_dev.jsonl")
    mixed = random.Random(SEED).sample(public, len(own) // 2)
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(SEED)
    tokenizer = load_tokenizer(chosen.weights)
    network = Ranker(load_encoder(chosen.weights))
    print(f"{len(public)} groups of the public sets")
    train(network, tokenizer, arranged(public, times=1), rate=8e-5, out=chosen.out / "public")
    print(f"{len(own)} groups of our own, among {len(mixed)} of the others")
    train(network, tokenizer, arranged([*own, *mixed], times=2), rate=4e-5, out=chosen.out / "own")


if __name__ == "__main__":
    main()
