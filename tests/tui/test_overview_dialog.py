"""The overview of the library in its dialog: a map and tables, at every width."""

from __future__ import annotations

import threading

import pytest
from textual.message import Message

from assistant.tui.messages import OverviewFailed, OverviewMade, OverviewProgressed
from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import ask, exchanges, opened, words
from tests.tui.waiting import dump, run, until


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 40)])
def test_the_overview_shows_a_map_and_is_copied(
    chat: MakeChat, model: StagedModel, size: tuple[int, int]
) -> None:
    async def check() -> None:
        async with chat().run_test(size=size) as pilot:
            app = await opened(pilot)
            await ask(pilot, "/overview")
            await until(pilot, lambda: "52 papers, " in dump(app), "an overview")
            assert "AA" in words(app).replace(" ", "")
            await pilot.press("c")
            assert app.clipboard.startswith("# Overview of the library")
            await pilot.press("escape")
            assert app.screen is app.chat
            assert exchanges(app) == []

    run(check())


def test_the_overview_may_be_of_some_papers_and_tells_a_filter_that_is_none(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(100, 40)) as pilot:
            app = await opened(pilot)
            await ask(pilot, "/overview year:2017")
            await until(pilot, lambda: "from 2017" in dump(app), "an overview")
            assert "that match year:2017" in dump(app)
            await pilot.press("escape")
            await ask(pilot, "/overview year:[/]")
            await until(pilot, lambda: "year" in words(app) and "[/]" in words(app), "a reason")
            await until(pilot, lambda: "Reading the papers" not in dump(app), "a reason")
            await pilot.press("escape")

    run(check())


def test_an_overview_that_nobody_waits_for_any_more_is_stopped(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(100, 40)) as pilot:
            app = await opened(pilot)
            engine = app.chat.engine
            go_on = threading.Event()
            told: list[Message] = []
            post = engine._post

            def held(message: Message) -> None:
                told.append(message)
                post(message)
                if isinstance(message, OverviewProgressed) and message.step == "naming":
                    go_on.wait()

            engine._post = held
            try:
                await ask(pilot, "/overview")
                await until(pilot, lambda: "Naming the themes… 20 %" in words(app), "how far it is")
                await pilot.press("escape")
                assert app.screen is app.chat
            finally:
                go_on.set()
            for thread in engine._threads:
                thread.join()
            assert not any(isinstance(message, OverviewMade | OverviewFailed) for message in told)
            assert isinstance(told[-1], OverviewProgressed)
            assert told[-1].step == "naming"
            await ask(pilot, "/overview year:2017")
            await until(pilot, lambda: "from 2017" in dump(app), "another overview")

    run(check())
