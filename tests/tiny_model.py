"""A chat model of a few kilobytes that runs: one layer of random weights, and any header.

What it writes has no sense. Its tokenizer is of the kind of SentencePiece ("llama"), which is not
byte-level BPE as the starter's is.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

WIDTH, HEADS, INNER, CONTEXT = 32, 2, 64, 512
_WORDS = "▁The ▁authors ▁train The Falcon ▁is ▁a ▁network . , ▁and <|im_end|> \n".split(" ")
_LETTERS = [chr(n) for n in range(0x21, 0x7F)]
_BYTE, _CONTROL, _NORMAL, _UNKNOWN = 6, 3, 1, 2


def tiny_model(path: Path, *, template: str | None, begins: bool = True) -> Path:
    """Write such a model; ``begins``: whether every text begins with a mark."""
    tokens, kinds = _tokens()
    metadata: dict[str, object] = {
        "general.architecture": "llama",
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.block_count": 1,
        "llama.feed_forward_length": INNER,
        "llama.attention.head_count": HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [-float(n) for n in range(len(tokens))],
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_bos_token": begins,
    }
    if template is not None:
        metadata["tokenizer.chat_template"] = template
    path.write_bytes(_gguf(metadata, _weights(len(tokens))))
    return path


def _tokens() -> tuple[list[str], list[int]]:
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{n:02X}>" for n in range(256)), "▁"]
    kinds = [_UNKNOWN, _CONTROL, _CONTROL, *([_BYTE] * 256), _NORMAL]
    more = [word for word in [*_WORDS, *_LETTERS] if word not in tokens]
    more = list(dict.fromkeys(more))
    return [*tokens, *more], [*kinds, *([_NORMAL] * len(more))]


def _weights(vocabulary: int) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(0)
    shapes = {
        "token_embd.weight": (vocabulary, WIDTH),
        "output_norm.weight": (WIDTH,),
        "output.weight": (vocabulary, WIDTH),
        "blk.0.attn_norm.weight": (WIDTH,),
        **{f"blk.0.attn_{name}.weight": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")},
        "blk.0.ffn_norm.weight": (WIDTH,),
        "blk.0.ffn_gate.weight": (INNER, WIDTH),
        "blk.0.ffn_up.weight": (INNER, WIDTH),
        "blk.0.ffn_down.weight": (WIDTH, INNER),
    }
    return {name: chance.normal(size=shape).astype("<f4") for name, shape in shapes.items()}


def _gguf(metadata: dict[str, object], weights: dict[str, np.ndarray]) -> bytes:
    """Return the file: see ggml-org/ggml, ``docs/gguf.md``."""
    parts = [struct.pack("<4sIQQ", b"GGUF", 3, len(weights), len(metadata))]
    parts += [_string(key) + _value(value) for key, value in metadata.items()]
    data, offset = [], 0
    for name, values in weights.items():
        shape = values.shape[::-1]
        parts.append(_string(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape))
        parts.append(struct.pack("<IQ", 0, offset))
        raw = values.tobytes()
        data.append(raw + bytes(-len(raw) % 32))
        offset += len(data[-1])
    header = b"".join(parts)
    return header + bytes(-len(header) % 32) + b"".join(data)


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: object) -> bytes:
    if isinstance(value, list):
        # Kinds of tokens are signed, unlike all other whole numbers here.
        items = [
            struct.pack("<Ii", 5, item) if isinstance(item, int) else _value(item) for item in value
        ]
        return (
            struct.pack("<I", 9)
            + items[0][:4]
            + struct.pack("<Q", len(items))
            + b"".join(item[4:] for item in items)
        )
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    return struct.pack("<I", 8) + _string(str(value))
