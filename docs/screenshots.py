"""Makes the pictures of the chat that the README shows, with the sample library.

    python docs/screenshots.py

The real chat runs without a terminal, is asked real questions, and saves what would be seen.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from assistant.config import Settings
from assistant.library import Library
from assistant.resources import sample_papers
from assistant.sessions import SessionStore
from assistant.tui.app import ChatApp

FOLDER = Path(__file__).parent
WIDE, NARROW = (132, 36), (60, 20)
FACT = "What BLEU score does the Transformer reach on English-to-German translation?"
FOLLOW_UP = "and on English-to-French?"
UNKNOWN = "How do I descale an espresso machine?"


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    while not holds():
        await pilot.pause(0.05)
    await pilot.pause(0.3)


async def ask(pilot: Pilot[Any], question: str) -> None:
    chat = pilot.app.chat  # type: ignore[attr-defined]
    await until(pilot, lambda: chat.engine.library)
    chat.prompt.focus()
    chat.prompt.text = question
    await pilot.press("enter")
    await until(pilot, lambda: not chat.asking.busy and chat.engine.running is None)


def save(app: ChatApp, name: str) -> None:
    (FOLDER / name).write_text(app.export_screenshot(title="assistant"), encoding="utf-8")
    print(f"docs/{name}")


async def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Path(folder, "library"), settings=Settings()) as library,
    ):
        library.add(sample_papers())
        library.warm_up()

        def chat() -> ChatApp:
            store = SessionStore(Path(folder, "sessions"))
            return ChatApp(lambda: library, settings=Settings(), store=store, session=store.new())

        async with chat().run_test(size=WIDE) as pilot:
            await ask(pilot, FACT)
            await ask(pilot, FOLLOW_UP)
            await pilot.press("tab", "n", "enter")
            await pilot.pause(0.5)
            save(pilot.app, "chat.svg")  # type: ignore[arg-type]
        async with chat().run_test(size=WIDE) as pilot:
            await ask(pilot, UNKNOWN)
            save(pilot.app, "chat-not-in-your-library.svg")  # type: ignore[arg-type]
        async with chat().run_test(size=NARROW) as pilot:
            await ask(pilot, FACT)
            save(pilot.app, "chat-60x20.svg")  # type: ignore[arg-type]


if __name__ == "__main__":
    asyncio.run(main())
