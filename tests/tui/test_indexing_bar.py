"""The bar of an add, and the empty state that leads to it."""

from __future__ import annotations

import pytest
from textual.widgets import ProgressBar, Static

from assistant.tui.empty_state import EmptyState
from assistant.tui.indexing_bar import IndexingBar
from assistant.types import AddProgress, AddReport, Rejected
from tests.tui.hosts import HOSTILE, Heard, Host
from tests.tui.waiting import dump, run, until

REJECTED = (Rejected(file="x", line=1, reason="no abstract"),)


def at(done: int, total: int | None, *, elapsed_s: float = 1.0) -> AddProgress:
    return AddProgress(papers_done=done, papers_total=total, elapsed_s=elapsed_s)


@pytest.mark.parametrize("width", [60, 100])
def test_it_appears_follows_the_add_and_can_stop_it(width: int) -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(IndexingBar())
        async with app.run_test(size=(width, 20), message_hook=heard.append) as pilot:
            bar = app.query_one(IndexingBar)
            assert not bar.display
            bar.start()
            await until(pilot, lambda: "Reading files" in dump(app))
            bar.progress(at(120, 395))
            await until(pilot, lambda: "Adding: 120 of 395 papers" in dump(app))
            assert app.query_one(ProgressBar).percentage == pytest.approx(120 / 395)
            await pilot.click("#indexing-stop")
            await until(pilot, lambda: heard.of(IndexingBar.Stopped))
            assert "Stopping" in dump(app)

    run(test())


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (50, "384 of 10,000 papers"),
        (60, "384 of 10,000 papers, 5:00 left"),
        (100, "384 of 10,000 papers, 32/s, 5:00 left"),
    ],
)
def test_it_says_how_fast_it_goes_and_for_how_long_still(width: int, told: str) -> None:
    async def test() -> None:
        app = Host(IndexingBar())
        async with app.run_test(size=(width, 20)) as pilot:
            bar = app.query_one(IndexingBar)
            bar.start()
            await until(pilot, lambda: "Reading files" in dump(app))
            bar.progress(at(64, 10_000, elapsed_s=20.0))  # the model was loaded first
            bar.progress(at(384, 10_000, elapsed_s=30.0))
            words = app.query_one("#indexing-words", Static)
            await until(pilot, lambda: str(words.render()) == f"Adding: {told}")
            assert app.query_one(ProgressBar).size.width >= 6
            assert "Stop" in dump(app)
            bar.start()  # another add goes at its own speed
            bar.progress(at(10, None))
            bar.progress(at(30, None, elapsed_s=5.0))
            await until(pilot, lambda: str(words.render()) == "Adding: 30 papers, 5.0/s")

    run(test())


def test_a_total_that_is_not_known_or_too_small_does_no_harm() -> None:
    async def test() -> None:
        app = Host(IndexingBar())
        async with app.run_test() as pilot:
            bar = app.query_one(IndexingBar)
            bar.start()
            for now in (at(5, None), at(0, 0), at(7, 3)):
                bar.progress(now)
                await pilot.pause()
            await until(pilot, lambda: "Adding: 7 of 7 papers" in dump(app))

    run(test())


def test_the_result_stays_while_there_is_something_rejected_to_see() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(IndexingBar())
        async with app.run_test(message_hook=heard.append) as pilot:
            bar = app.query_one(IndexingBar)
            bar.start()
            report = AddReport(added=3, rejected=REJECTED)
            bar.finish(report)
            await until(pilot, lambda: "3 papers added, 1 record not readable." in dump(app))
            await pilot.click("#indexing-report")
            await until(pilot, lambda: heard.of(IndexingBar.ReportAsked))
            assert heard.of(IndexingBar.ReportAsked)[0].report == report
            await pilot.click("#indexing-close")
            await until(pilot, lambda: not bar.display)

    run(test())


def test_progress_that_comes_after_the_end_changes_nothing() -> None:
    async def test() -> None:
        app = Host(IndexingBar())
        async with app.run_test() as pilot:
            bar = app.query_one(IndexingBar)
            bar.start()
            bar.finish(AddReport(added=3))
            bar.progress(at(1, 2))
            await until(pilot, lambda: "3 papers added." in dump(app))
            bar.start()
            await until(pilot, lambda: "Reading files" in dump(app))
            assert "Stop" in dump(app)

    run(test())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_failure_says_what_happened_and_what_to_do(text: str) -> None:
    async def test() -> None:
        app = Host(IndexingBar())
        async with app.run_test(size=(60, 20)) as pilot:
            bar = app.query_one(IndexingBar)
            bar.start()
            bar.fail(f"It failed: {text}", "Wait.")
            await until(pilot, lambda: "It failed" in dump(app) and "Close" in dump(app))
            assert "\x1b" not in dump(app)

    run(test())


@pytest.mark.parametrize("size", [(60, 12), (60, 20), (160, 40)])
def test_the_empty_state_offers_two_ways_and_reports_the_choice(size: tuple[int, int]) -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(EmptyState())
        async with app.run_test(size=size, message_hook=heard.append) as pilot:
            await until(pilot, lambda: "Your library is empty." in dump(app))
            app.query_one("#empty-add").focus()
            await pilot.press("enter")
            await until(pilot, lambda: heard.of(EmptyState.AddAsked))
            await pilot.press("right", "enter")
            await until(pilot, lambda: heard.of(EmptyState.SampleAsked))
            # As long as a button looks pressed, Textual takes no click on it.
            await until(pilot, lambda: not app.query("Button.-active"))
            await pilot.click("#empty-add")
            await until(pilot, lambda: len(heard.of(EmptyState.AddAsked)) == 2)

    run(test())
