"""The chat shows how far the opening of a large library is, and leaving it ends that."""

from __future__ import annotations

import threading
from collections.abc import Callable

from assistant.errors import Cancelled
from assistant.library import Library
from assistant.types import Cancellation
from tests.tui.conftest import MakeChat
from tests.tui.flow import chat_of, status
from tests.tui.waiting import run, until


def test_it_is_shown_how_far_the_opening_is_and_leaving_ends_it(chat: MakeChat) -> None:
    ended = threading.Event()

    def open_library(*, progress: Callable[[int, int], None], cancel: Cancellation) -> Library:
        progress(12_000, 300_000)
        while not cancel.cancelled:
            ended.wait(0.01)
        ended.set()
        raise Cancelled("Stopped before the library was open.")

    async def check() -> None:
        app = chat()
        app.chat.engine._open_library = open_library
        async with app.run_test(size=(120, 40)) as pilot:
            app = chat_of(pilot)
            await until(pilot, lambda: "12,000 of 300,000 passages" in status(app), "how far")
            assert not ended.is_set()
            assert app.chat.engine.close(timeout_s=30)
            assert ended.is_set()

    run(check())
