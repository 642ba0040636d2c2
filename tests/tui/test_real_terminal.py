"""The program as people run it: on a terminal, with the real models, from start to quit."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.tui.pseudo_terminal import (
    CTRL_C,
    CTRL_Q,
    ENTER,
    ESCAPE,
    PATIENCE_S,
    TAB,
    Terminal,
    running,
)

QUESTION = "What BLEU score does the Transformer reach on English-to-German translation?"
ANOTHER = "How many trainable parameters does LoRA save?"
SLOW = [
    "retrieval.read_papers=1000",
    "embedding.batch_size=1",
    "embedding.threads=1",
    "llm.threads=1",
]
CORNER = "╭"
"""Of the prompt's border, whose colour shows whether the prompt has the focus."""


def chat(folder: Path, *arguments: str) -> list[str]:
    """Return the arguments of a chat in which an answer takes long enough to be stopped."""
    changes = [word for setting in SLOW for word in ("--set", setting)]
    return ["--library", str(folder), *changes, "chat", *arguments]


def test_a_conversation_from_start_to_quit_and_on(own_folder: Path) -> None:
    with running(*chat(own_folder)) as terminal:
        terminal.wait_until_idle()
        assert not terminal.is_as_it_was
        terminal.type(QUESTION, ENTER)
        terminal.wait_for("28.4 BLEU", "[1]")
        terminal.wait_until_idle()
        open_citation(terminal)
        terminal.type(ANOTHER, ENTER)
        terminal.wait_until_busy()
        terminal.type(ESCAPE)
        terminal.wait_for(ANOTHER, "Stopped.")
        terminal.wait_until_idle()
        terminal.type(CTRL_Q)
        assert (terminal.wait_for_end(), terminal.is_as_it_was) == (0, True)
    with running(*chat(own_folder, "--continue")) as terminal:
        terminal.wait_for("28.4 BLEU", ANOTHER, "Stopped.")
        terminal.type(CTRL_Q)
        assert (terminal.wait_for_end(), terminal.is_as_it_was) == (0, True)


def open_citation(terminal: Terminal) -> None:
    """Open the first citation with the keyboard, look at its source, and go back."""
    in_prompt = terminal.colour_of(CORNER)
    terminal.type(TAB)
    terminal.wait_until(lambda: terminal.colour_of(CORNER) != in_prompt, "another focus")
    terminal.type("n", ENTER)
    terminal.wait_for("Ashish Vaswani", "simpler architecture", "28.4 BLEU, over")
    assert terminal.style_of("28.4 BLEU, over") != terminal.style_of("simpler architecture")
    terminal.type(ESCAPE)
    terminal.wait_until(lambda: terminal.colour_of(CORNER) == in_prompt, "the prompt's focus")


@pytest.mark.parametrize("way", ["ctrl+q", "ctrl+c twice", "terminated"])
def test_left_during_an_answer_it_leaves_the_terminal_clean(own_folder: Path, way: str) -> None:
    with running(*chat(own_folder)) as terminal:
        terminal.wait_until_idle()
        terminal.type(QUESTION, ENTER)
        terminal.wait_until_busy()
        match way:
            case "ctrl+q":
                terminal.type(CTRL_Q)
            case "ctrl+c twice":
                terminal.type(CTRL_C, CTRL_C)
            case _:
                terminal.process.terminate()
        assert (terminal.wait_for_end(), terminal.is_as_it_was) == (0, True)


def test_it_ends_when_its_terminal_is_closed_without_a_signal(own_folder: Path) -> None:
    with running(*chat(own_folder)) as terminal:
        terminal.wait_until_idle()
        terminal.type(QUESTION, ENTER)
        terminal.wait_until_busy()
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE_S) == 128 + signal.SIGHUP


def test_alone_it_starts_the_chat_and_says_how_to_begin(tmp_path: Path) -> None:
    with running("--library", str(tmp_path / "new")) as terminal:
        terminal.wait_for("0 papers", "Add", "sample")
        terminal.type(CTRL_Q)
        assert (terminal.wait_for_end(), terminal.is_as_it_was) == (0, True)
