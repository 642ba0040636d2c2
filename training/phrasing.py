"""Trains the adapter with which the starter says in one direct sentence what a sentence tells.

    python -m training.phrasing --data FOLDER --model STARTER.gguf --out FOLDER

LoRA (Hu et al. 2021) of rank 8 on every linear layer of the starter's language model, on the
weights of its GGUF file as llama.cpp reads them, so that what is trained is what will run. The
prompt is that of ``prompts/answer.md``; the loss is that of the reply alone. The adapter is
written as ``phrasing.gguf``, which llama.cpp adds to the model while it loads.

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

import gguf
import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.answering.prompts import fill, load_prompt
from training.replies import Example, derived_examples, written_examples

SEED = 20261122
RANK = 8
ALPHA = 16
RATE = 6e-4
WARM_UP = 0.08
ROWS_A_STEP = 16
ROWS_AT_ONCE = 8
MAX_TOKENS = 224
DERIVED_SHARE = 0.5
"""Examples made by rules, relative to those that people wrote."""
KEPT_EVERY_S = 120
IGNORED = -100

LAYERS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""The linear layers of a block, and what GGUF calls them."""


class Adapted(nn.Module):
    """A frozen linear layer with a trained product of two small matrices beside it."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(RANK, layer.in_features) / layer.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, states: Tensor) -> Tensor:
        """Return the layer's output for ``states``, shape ``(..., in_features)``."""
        beside = nn.functional.linear(nn.functional.linear(states, self.down), self.up)
        return self.layer(states) + beside * (ALPHA / RANK)


def adapt(model: Any) -> dict[str, Adapted]:
    """Freeze the model, put an adapter on its layers and return them by their GGUF names."""
    model.requires_grad_(False)
    adapted = {}
    for number, block in enumerate(model.model.layers):
        for path, name in LAYERS.items():
            group, attribute = path.split(".")
            parent = getattr(block, group)
            layer = Adapted(getattr(parent, attribute))
            setattr(parent, attribute, layer)
            adapted[f"blk.{number}.{name}.weight"] = layer
    return adapted


def encoded(tokenizer: Any, example: Example) -> tuple[list[int], list[int]]:
    """Return the tokens of prompt and reply."""
    messages = fill(
        load_prompt("answer"),
        title=example.title,
        evidence=example.evidence,
        question=example.question,
    )
    prompt = tokenizer.apply_chat_template(
        [{"role": m.role, "content": m.content} for m in messages],
        add_generation_prompt=True,
        tokenize=False,
    )
    reply = tokenizer(f"{example.reply}<|im_end|>", add_special_tokens=False)
    return tokenizer(prompt, add_special_tokens=False)["input_ids"], reply["input_ids"]


def loss_of(model: Any, rows: Sequence[tuple[list[int], list[int]]]) -> Tensor:
    """Return the summed loss of the tokens of the replies."""
    longest = max(len(prompt) + len(reply) for prompt, reply in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    wanted = torch.full((len(rows), longest), IGNORED)
    for row, (prompt, reply) in enumerate(rows):
        length = len(prompt) + len(reply)
        ids[row, :length] = torch.tensor([*prompt, *reply])
        mask[row, :length] = 1
        # A state predicts the token after it.
        wanted[row, len(prompt) - 1 : length - 1] = torch.tensor(reply)
    with torch.autocast("cpu", torch.bfloat16):
        states = model.model(input_ids=ids, attention_mask=mask).last_hidden_state
        chosen = wanted != IGNORED
        # The vocabulary costs as much as a third of the model: only replies go through it.
        scores = model.lm_head(states[chosen])
    return nn.functional.cross_entropy(scores.float(), wanted[chosen], reduction="sum")


def train(
    model: Any,
    layers: dict[str, Adapted],
    order: Sequence[tuple[list[int], list[int]]],
    *,
    out: Path,
) -> None:
    """Train on the rows in this order; keep progress in ``out``."""
    weights = [weight for layer in layers.values() for weight in (layer.down, layer.up)]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.0)
    steps = len(order) // ROWS_A_STEP
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM_UP * steps), (steps - step) / steps, 1.0)
    )
    kept = out / "progress.pt"
    first = _resume(kept, weights, optimizer, schedule)
    kept_s = time.monotonic()
    for step in range(first, steps):
        batch = sorted(order[step * ROWS_A_STEP : (step + 1) * ROWS_A_STEP], key=_length)
        tokens = sum(len(reply) for _, reply in batch)
        optimizer.zero_grad()
        told = 0.0
        for start in range(0, len(batch), ROWS_AT_ONCE):
            loss = loss_of(model, batch[start : start + ROWS_AT_ONCE]) / tokens
            loss.backward()
            told += loss.item()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        print(f"step {step + 1} of {steps}, loss {told:.3f}", flush=True)
        if time.monotonic() - kept_s > KEPT_EVERY_S or step + 1 == steps:
            kept_s = time.monotonic()
            _keep(kept, step + 1, weights, optimizer, schedule)


def _keep(path: Path, step: int, weights: Sequence[Tensor], optimizer: Any, schedule: Any) -> None:
    state = {
        "step": step,
        "weights": [weight.detach() for weight in weights],
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def _resume(path: Path, weights: Sequence[Tensor], optimizer: Any, schedule: Any) -> int:
    """Load what an earlier run kept; return the step at which to go on."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    for weight, value in zip(weights, state["weights"], strict=True):
        weight.data.copy_(value)
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    print(f"going on at step {state['step']}")
    return int(state["step"])


def _length(row: tuple[list[int], list[int]]) -> int:
    return len(row[0]) + len(row[1])


def write_adapter(path: Path, layers: dict[str, Adapted], *, config: Any) -> None:
    """Write the adapter as llama.cpp reads it, in half precision."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(ALPHA))
    for name, layer in layers.items():
        up = layer.up.detach().numpy()
        if "attn_q" in name:
            up = _as_llama_cpp_turns(up, config.num_attention_heads)
        elif "attn_k" in name:
            up = _as_llama_cpp_turns(up, config.num_key_value_heads)
        writer.add_tensor(f"{name}.lora_a", layer.down.detach().numpy().astype(np.float16))
        writer.add_tensor(f"{name}.lora_b", up.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _as_llama_cpp_turns(rows: Any, heads: int) -> Any:
    """Order the rows of queries and keys as GGUF does: pairs that turn together lie together."""
    half = len(rows) // heads // 2
    return np.ascontiguousarray(rows.reshape(heads, 2, half, -1).swapaxes(1, 2).reshape(rows.shape))


def arranged(examples: Sequence[Example], derived: Sequence[Example]) -> list[Example]:
    """Return the examples in the order of training."""
    order = [*examples, *derived]
    random.Random(SEED).shuffle(order)
    return order


def main() -> None:
    """Train and write the adapter with the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="the starter's GGUF file")
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--at-most", type=int, help="examples, for a trial")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(SEED)
    chosen.out.mkdir(parents=True, exist_ok=True)
    abstracts = chosen.data / "summaries/scitldr_train_dev.jsonl"
    written = written_examples(abstracts)
    derived = derived_examples(abstracts, at_most=int(len(written) * DERIVED_SHARE), seed=SEED)
    tokenizer = AutoTokenizer.from_pretrained(chosen.model.parent, gguf_file=chosen.model.name)
    rows = [encoded(tokenizer, example) for example in arranged(written, derived)]
    rows = [row for row in rows if _length(row) <= MAX_TOKENS][: chosen.at_most]
    total = sum(map(_length, rows))
    print(f"{len(written)} written, {len(derived)} derived, {len(rows)} rows, {total} tokens")
    model = AutoModelForCausalLM.from_pretrained(
        # PyTorch's fused attention takes three times as long on a processor as the plain one.
        chosen.model.parent,
        gguf_file=chosen.model.name,
        attn_implementation="eager",
        dtype=torch.float32,
    )
    layers = adapt(model)
    train(model, layers, rows, out=chosen.out)
    write_adapter(chosen.out / "phrasing.gguf", layers, config=model.config)


if __name__ == "__main__":
    main()
