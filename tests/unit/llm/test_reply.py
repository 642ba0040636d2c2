"""The text of a reply, however it is cut into pieces: no thoughts, nothing behind a stop text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.reply import read_reply, thought_through


def cut(text: str, seed: int) -> list[str]:
    """Cut a text into pieces at random."""
    chance, pieces = random.Random(seed), []
    while text:
        size = chance.randint(1, 4)
        pieces.append(text[:size])
        text = text[size:]
    return pieces


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It is fast.\nMore.", "It is fast."),
        ("<think>\nHm.\n</think>\n\nIt is fast.\nMore.", "It is fast."),
        ("  \n<think></think>It is fast.", "It is fast."),
        ("<thinking>Is it? 3 < 4.</thinking> Yes.", "Yes."),
        ("[THINK]So.[/THINK]Yes.", "Yes."),
        ("<think>never ends", ""),
        ("<think>a</think> \n ", ""),
        ("<thin ice>.", "<thin ice>."),
        ("<thin", "<thin"),
        ("  <", "  <"),
        ("", ""),
        ("It marks <think> so </think> there.", "It marks <think> so </think> there."),
        ("It ends in ##", "It ends in ##"),
        ("It ends ###here.", "It ends "),
    ],
)
@pytest.mark.parametrize("seed", range(8))
def test_a_reply_is_what_stands_after_the_thoughts(written: str, read: str, seed: int) -> None:
    assert "".join(read_reply(cut(written, seed), stop=["\n", "###"])) == read


@given(st.text(), st.integers(0, 99))
def test_a_reply_without_marks_is_left_as_it_is(written: str, seed: int) -> None:
    assert "".join(read_reply(cut(f"A{written}", seed))) == f"A{written}"


def test_a_reply_is_told_while_it_is_written() -> None:
    seen = []

    def pieces() -> object:
        for piece in ("It ", "is ", "fast."):
            seen.append(piece)
            yield piece

    reply = read_reply(pieces(), stop=["\n"])  # type: ignore[arg-type]
    assert next(reply) == "It "
    assert seen == ["It "]


def test_a_prompt_that_begins_thoughts_ends_them() -> None:
    assert thought_through("user: Hi\nassistant:") == "user: Hi\nassistant:"
    assert thought_through("assistant: <think>\n") == "assistant: <think>\n\n</think>\n\n"
