"""Tokens are counted as the model counts them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.llama import vocabulary_counter
from assistant.readers import read_papers
from assistant.resources import sample_papers
from assistant.text.tokens import TokenCounter, byte_level_encoding, counter
from assistant.types import Paper

# Control characters and code points without a character are dropped or rare; the two
# tokenizers disagree by a token about some.
CHARACTERS = st.characters(exclude_categories=["Cc", "Cn", "Co", "Cs"])


@pytest.fixture(scope="module")
def count_by_model(gguf: Path) -> TokenCounter:
    return vocabulary_counter(gguf)


def test_every_sample_abstract_counts_as_in_the_model(
    count_tokens: TokenCounter, count_by_model: TokenCounter
) -> None:
    papers = [paper for paper in read_papers([sample_papers()]) if isinstance(paper, Paper)]
    assert len(papers) > 40
    texts = [text for paper in papers for text in (paper.title, paper.abstract)]
    assert [count_tokens(text) for text in texts] == [count_by_model(text) for text in texts]


@given(
    text=st.text(CHARACTERS, max_size=80) | st.text("aZ 's019.,-\n\té×²½αβ(中\u00a0", max_size=80)
)
def test_any_text_counts_as_in_the_model(
    text: str, count_tokens: TokenCounter, count_by_model: TokenCounter
) -> None:
    assert count_tokens(text) == count_by_model(text)


@pytest.mark.parametrize("text", ["<|im_start|>user\n", "</s><|endoftext|>", "[INST]", ""])
def test_marks_of_the_chat_format_count_as_plain_text(
    text: str, count_tokens: TokenCounter, count_by_model: TokenCounter
) -> None:
    assert count_tokens(text) == count_by_model(text) >= len(text) / 8


def test_an_unknown_pre_tokenizer_gives_no_encoding() -> None:
    assert byte_level_encoding("x", merges=["a b"], pre_tokenizer="of-next-year") is None


def test_merges_that_are_not_of_bytes_give_no_encoding() -> None:
    assert byte_level_encoding("x", merges=["a b", "中 文"], pre_tokenizer="gpt-2") is None


def test_a_vocabulary_without_merges_counts_bytes() -> None:
    encoding = byte_level_encoding("x", merges=[], pre_tokenizer="qwen2")
    assert encoding is not None
    assert counter(encoding)("a é") == 4


@pytest.mark.parametrize(
    ("pre_tokenizer", "tokens"), [("gpt-2", 1), ("smollm", 4), ("llama-bpe", 2), ("qwen2", 4)]
)
def test_digits_are_grouped_as_the_pre_tokenizer_says(pre_tokenizer: str, tokens: int) -> None:
    merges = ["2 0", "1 7", "20 1", "201 7", "20 17"]
    encoding = byte_level_encoding("x", merges=merges, pre_tokenizer=pre_tokenizer)
    assert encoding is not None
    assert counter(encoding)("2017") == tokens
