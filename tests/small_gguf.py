"""GGUF files that hold a header and nothing that could be run: what a model says of itself."""

from __future__ import annotations

import struct


def small_gguf(*, size_bytes: int = 300_000, **metadata: str | int) -> bytes:
    """Return a GGUF file with metadata; ``__`` in a key stands for a full stop."""
    entries = []
    for key, value in metadata.items():
        name = key.replace("__", ".")
        if isinstance(value, str):
            entries.append(_string(name) + struct.pack("<I", 8) + _string(value))
        else:
            entries.append(_string(name) + struct.pack("<II", 4, value))
    header = struct.pack("<4sIQQ", b"GGUF", 3, 1, len(entries)) + b"".join(entries)
    start = -(-(len(header) + len(_tensor(0))) // 32) * 32
    # No two pieces of the tensor are alike, so that a gap or a swap in a download would show.
    rest = b"".join(struct.pack("<I", n) for n in range((size_bytes - start) // 4))
    return (header + _tensor(len(rest))).ljust(start, b"\0") + rest


def chat_gguf(*, size_bytes: int = 300_000, name: str = "chat") -> bytes:
    """Return what says that it can be talked to."""
    return small_gguf(
        size_bytes=size_bytes,
        general__architecture="llama",
        general__name=name,
        llama__context_length=4096,
        tokenizer__chat_template="{{ messages }}",
    )


def embedding_gguf(*, size_bytes: int = 300_000) -> bytes:
    """Return what says that it makes vectors."""
    return small_gguf(size_bytes=size_bytes, general__architecture="bert", bert__pooling_type=1)


def _tensor(size_bytes: int) -> bytes:
    """Return the description of a tensor of bytes."""
    return _string("rest") + struct.pack("<IQIQ", 1, size_bytes, 24, 0)


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()
