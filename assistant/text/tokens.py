"""Counts tokens as the language model counts them, without loading the model.

tiktoken's own encodings are downloads; ours is built from the vocabulary that every GGUF
file carries. Byte-level BPE is fully described by its list of merges: ranks are the 256
bytes, then each merge in order. The pieces that merges may not cross are given by a
pattern, one for each pre-tokenizer that llama.cpp names in ``tokenizer.ggml.pre``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tiktoken

TokenCounter = Callable[[str], int]
"""Gives the number of tokens of a text."""

_LETTERS_AND_SYMBOLS = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+"
_LLAMA3_STYLE = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

PRE_TOKENIZERS = {
    "gpt-2": _LETTERS_AND_SYMBOLS + r"| ?\p{N}+|\s+(?!\S)|\s+",
    # Every digit is a piece of its own, cut out before anything else is looked at.
    "smollm": _LETTERS_AND_SYMBOLS + r"|\p{N}|\s+(?=\p{N})|\s+(?!\S)|\s+",
    "llama-bpe": _LLAMA3_STYLE % "{1,3}",
    "qwen2": _LLAMA3_STYLE % "",
}
"""Pattern by the name in ``tokenizer.ggml.pre`` (llama.cpp, ``src/llama-vocab.cpp``)."""


def byte_level_encoding(
    name: str, *, merges: Sequence[str], pre_tokenizer: str
) -> tiktoken.Encoding | None:
    """Build the encoding of a byte-level BPE model.

    ``merges`` are pairs such as ``"Ġ t"``, most frequent first, in GPT-2's spelling of bytes.
    Returns None if the pattern is not known or a merge is not of bytes.
    """
    pattern = PRE_TOKENIZERS.get(pre_tokenizer)
    if pattern is None:
        return None
    byte_of = _byte_of_symbol()
    ranks = {bytes([value]): value for value in range(256)}
    for merge in merges:
        left, _, right = merge.partition(" ")
        try:
            token = bytes(byte_of[symbol] for symbol in left + right)
        except KeyError:
            return None
        ranks.setdefault(token, len(ranks))
    return tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})


def counter(encoding: tiktoken.Encoding) -> TokenCounter:
    """Return a counter that reads special tokens in a text as plain text."""
    return lambda text: len(encoding.encode_ordinary(text))


def _byte_of_symbol() -> dict[str, int]:
    """Invert GPT-2's table, which spells each byte as one printable character."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [value for value in range(256) if value not in printable]
    table = {chr(value): value for value in printable}
    table.update({chr(256 + position): value for position, value in enumerate(others)})
    return table
