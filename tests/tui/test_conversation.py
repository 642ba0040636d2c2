"""A long conversation: few widgets, and what is read never moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from assistant.sessions import Exchange, SessionStore
from assistant.tui.conversation import WINDOW, Conversation
from tests.tui.flow import answer, fill
from tests.tui.waiting import dump, run, until


class ConversationHost(App[None]):
    """An app with a conversation and nothing else."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        super().__init__()
        self.exchanges = exchanges
        self.conversation = Conversation()

    def compose(self) -> ComposeResult:
        yield self.conversation

    async def on_mount(self) -> None:
        await self.conversation.load(self.exchanges)
        self.conversation.focus()


def conversation_of(count: int, folder: Any) -> tuple[ConversationHost, Any]:
    """Return an app that shows a session with ``count`` exchanges, and the session."""
    session = SessionStore(folder / "sessions").new()
    fill(session, count)
    return ConversationHost(session.exchanges), session


def rows(app: App[Any]) -> dict[int, int]:
    """Return the row of the screen on which each question stands."""
    found = {}
    for row, line in enumerate(dump(app).splitlines()):
        if match := re.search(r"Question (\d+):", line):
            found[int(match[1])] = row
    return found


class Pictures(list[tuple[int, dict[int, int]]]):
    """Where the questions stood in every picture that was drawn, and after how many turns."""

    turns = 0


@contextmanager
def watching(app: App[Any]) -> Iterator[Pictures]:
    pictures = Pictures()
    display = app._display

    def look(screen: Any, renderable: Any) -> None:
        pictures.append((pictures.turns, rows(app)))
        display(screen, renderable)

    app._display = look  # type: ignore[method-assign]
    yield pictures
    app._display = display  # type: ignore[method-assign]


def jumps(pictures: Pictures, *, most: int) -> list[tuple[dict[int, int], ...]]:
    """Return the pictures in which a question has moved by more than ``most`` rows in one turn.

    On a busy machine several turns are drawn as one: of these nothing can be said.
    """
    return [
        (before, after)
        for (turn, before), (then, after) in pairwise(pictures)
        if before
        and after
        and then - turn <= 1
        and not any(
            abs(after[number] - before[number]) <= most for number in before if number in after
        )
    ]


async def settled(pilot: Pilot[Any], conversation: Conversation, first: int) -> None:
    await until(pilot, lambda: conversation._first == first, f"the window begins at {first}")


def test_of_a_long_conversation_the_end_is_shown_and_little_is_mounted(tmp_path: Any) -> None:
    app, _ = conversation_of(500, tmp_path)

    async def check() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: 499 in rows(app), "the last question")
            assert app.conversation.scroll_y == app.conversation.max_scroll_y
            assert len(app.conversation._views) <= WINDOW

    run(check())


def test_scrolling_through_a_long_conversation_nothing_jumps(tmp_path: Any) -> None:
    app, _ = conversation_of(60, tmp_path)
    conversation = app.conversation

    async def check() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: 59 in rows(app), "the last question")
            with watching(app) as pictures:
                while 0 not in rows(app):
                    pictures.turns += 1
                    conversation.scroll_relative(y=-10)
                    await pilot.pause()
            assert jumps(pictures, most=10) == []
            assert len(conversation._views) <= WINDOW
            assert not conversation.query_one(".earlier").display
            with watching(app) as pictures:
                while 59 not in rows(app):
                    pictures.turns += 1
                    conversation.scroll_relative(y=10)
                    await pilot.pause()
            assert jumps(pictures, most=10) == []
            assert len(conversation._views) <= WINDOW

    run(check())


def test_end_goes_from_anywhere_to_the_last_exchange(tmp_path: Any) -> None:
    app, _ = conversation_of(200, tmp_path)

    async def check() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            for _ in range(8):
                await pilot.press("home")
                await pilot.pause()
            assert 199 not in rows(app)
            await pilot.press("end")
            await until(pilot, lambda: 199 in rows(app), "the last question")
            assert app.conversation.following

    run(check())


def test_the_citations_of_a_long_conversation_are_walked_beyond_the_window(tmp_path: Any) -> None:
    app, _ = conversation_of(60, tmp_path)

    async def check() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            for _ in range(60):
                await app.conversation.action_previous_citation()
            await pilot.pause()
            current = app.conversation.current
            assert current is not None
            assert current[0] == 30
            for _ in range(60):
                await app.conversation.action_next_citation()
            current = app.conversation.current
            assert current is not None
            assert current[0] == 59

    run(check())


def test_the_end_is_followed_until_the_reader_scrolls_up(tmp_path: Any) -> None:
    app, session = conversation_of(10, tmp_path)
    conversation = app.conversation

    async def grow() -> None:
        session.ask(f"Question {len(session.exchanges)}: and this?")
        number = len(session.exchanges) - 1
        await conversation.add(activity="running")
        session.finish(number, answer("A long answer. " * 30))
        await conversation.show(number)

    async def check() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await grow()
            await pilot.pause()
            assert conversation.scroll_y == conversation.max_scroll_y
            number = len(session.exchanges)
            session.ask(f"Question {number}: and this?")
            await conversation.add(activity="running")
            await pilot.pause()
            conversation.scroll_relative(y=-6)
            await pilot.pause()
            before = rows(app)
            view = conversation.view(number)
            assert view is not None
            with watching(app) as pictures:
                view.write("A draft that is rather long. " * 20)
                await until(pilot, lambda: "rather long" in str(view._draft), "a draft")
                session.finish(number, answer("A long answer. " * 30))
                await conversation.show(number)
                await pilot.pause()
            assert all(
                picture.get(number, row) == row
                for _, picture in pictures
                for number, row in before.items()
            )
            await pilot.press("end")
            await pilot.pause()
            assert conversation.scroll_y == conversation.max_scroll_y
            await grow()
            await pilot.pause()
            assert conversation.scroll_y == conversation.max_scroll_y

    run(check())


def test_another_width_keeps_the_exchange_that_is_read_in_its_place(tmp_path: Any) -> None:
    app, _ = conversation_of(40, tmp_path)

    async def check() -> None:
        async with app.run_test(size=(100, 24)) as pilot:
            await pilot.pause()
            app.conversation.scroll_relative(y=-100)
            await pilot.pause()
            top = min(rows(app))
            await pilot.resize_terminal(60, 24)
            await pilot.pause()
            assert top in rows(app)
            await pilot.resize_terminal(100, 24)
            await pilot.pause()
            assert top in rows(app)

    run(check())


def test_few_exchanges_stand_at_the_top(tmp_path: Any) -> None:
    app, _ = conversation_of(1, tmp_path)

    async def check() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert rows(app) == {0: 1}
            assert app.conversation.scroll_y == 0

    run(check())


def test_the_welcome_goes_with_the_first_question(tmp_path: Any) -> None:
    app, session = conversation_of(0, tmp_path)

    async def check() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            app.conversation.welcome(Content("Welcome [/]"))
            await pilot.pause()
            assert "Welcome [/]" in dump(app)
            session.ask("Question 0: ?")
            await app.conversation.add(activity="running")
            await pilot.pause()
            assert "Welcome" not in dump(app)

    run(check())
