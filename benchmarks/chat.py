"""Measures how soon the terminal chat answers to its user.

    python benchmarks/chat.py LIBRARY [QUESTIONS.jsonl] [--runs 5]

The real program runs on a pseudo-terminal, and pyte, a terminal emulator, tells what is to be
seen. Printed are, as median and 95th percentile: the time from the start of the program until a
letter that is typed stands in the prompt; the time from a key to its echo while an answer is
being written; the time from Enter to the first words of an answer, in the chat, beside the same
of ``assistant ask`` with its models loaded, for the same questions in the same run.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

from assistant.library import Library
from assistant.resources import sample_papers
from assistant.types import SentenceDone, Token

COLUMNS, ROWS = 120, 40
PATIENCE_S = 60.0
QUESTIONS = 12
EMPTY = "Ask your papers a question"
"""What the prompt shows when nothing is in it."""


class Chat:
    """The program on a terminal."""

    def __init__(self, library: str) -> None:
        self._keyboard, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self.started_s = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant", "--library", library, "chat"],
            stdin=end, stdout=end, stderr=subprocess.DEVNULL,
            env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip

    def type(self, keys: str) -> float:
        """Press keys and return the time at which that was."""
        os.write(self._keyboard, keys.encode())
        return time.perf_counter()

    def wait(self, holds: Callable[[], bool]) -> float:
        """Read until something can be seen; return the time at which it was."""
        end_s = time.perf_counter() + PATIENCE_S
        while not holds():
            if time.perf_counter() > end_s:
                self.process.kill()
                sys.exit("the chat did not come to it:\n" + "\n".join(self._screen.display))
            self.read(0.05)
        return time.perf_counter()

    def read(self, wait_s: float) -> None:
        if select.select([self._keyboard], [], [], wait_s)[0]:
            self._stream.feed(os.read(self._keyboard, 65_536))

    @property
    def prompt(self) -> str:
        """The text in the prompt, which stands three lines above the foot of the screen."""
        rows = self._screen.display[-6:-1]
        return "".join(row.partition("│")[2].strip(" │") for row in rows if "│" in row)

    @property
    def status(self) -> str:
        return self._screen.display[-1].strip()

    def close(self) -> None:
        self.type("\x11")
        end_s = time.perf_counter() + 10
        while self.process.poll() is None and time.perf_counter() < end_s:
            self.read(0.1)
        self.process.kill()
        os.close(self._keyboard)


def time_starts(library: str, runs: int) -> list[float]:
    """Return seconds from the start of the program to an echo in its prompt."""
    took = []
    for _ in range(runs):
        chat = Chat(library)
        chat.wait(lambda chat=chat: EMPTY in chat.prompt)
        chat.type("q")
        took.append(chat.wait(lambda chat=chat: chat.prompt.startswith("q")) - chat.started_s)
        chat.close()
    return took


def time_answers(library: str, questions: list[str]) -> tuple[list[float], list[float]]:
    """Return seconds from Enter to the first words, and from a key to its echo meanwhile."""
    chat = Chat(library)
    chat.wait(lambda: "papers" in chat.status and "SmolLM" in chat.status)
    first_words, echoes = [], []
    for question in questions:
        chat.type(question)
        chat.wait(lambda question=question: chat.prompt.endswith(question[-12:]))
        sent_s = chat.type("\r")
        chat.wait(lambda: not _idle(chat))
        first_s = chat.wait(lambda: chat.status.startswith("Writing") or _idle(chat))
        first_words.append(first_s - sent_s)
        while not _idle(chat):
            pressed_s = chat.type("x")
            echoes.append(chat.wait(lambda: chat.prompt == "x") - pressed_s)
            chat.type("\x7f")
            chat.wait(lambda: EMPTY in chat.prompt)
    chat.close()
    return first_words, echoes


def _idle(chat: Chat) -> bool:
    return "papers" in chat.status.split("  ")[0]


def time_asking(library: str, questions: list[str]) -> list[float]:
    """Return seconds to the first words of ``ask`` with its models loaded."""
    took = []
    with Library.open(library, create=False) as opened:
        opened.warm_up()
        for question in questions:
            started_s = time.perf_counter()
            for event in opened.stream(question):
                if isinstance(event, Token | SentenceDone):
                    took.append(time.perf_counter() - started_s)
                    break
    return took


def report(name: str, seconds: list[float]) -> None:
    ranked = sorted(seconds)
    p95 = ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))]
    print(
        f"{name:<34} median {statistics.median(ranked):.3f} s   p95 {p95:.3f} s   n {len(ranked)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library")
    default = sample_papers().with_name("questions.jsonl")
    parser.add_argument("questions", nargs="?", default=default)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    lines = Path(given.questions).read_text(encoding="utf-8").splitlines()
    facts = [record for record in map(json.loads, lines) if record.get("kind", "fact") == "fact"]
    questions = [record["question"] for record in facts[:QUESTIONS]]
    report("start to an echo in the prompt", time_starts(given.library, given.runs))
    asked = time_asking(given.library, questions)
    first_words, echoes = time_answers(given.library, questions)
    report("first words, ask", asked)
    report("first words, chat", first_words)
    report("key to echo while answering", echoes)
    ratio = statistics.median(first_words) / statistics.median(asked)
    print(f"first words, chat / ask            {ratio:.2f}")


if __name__ == "__main__":
    main()
