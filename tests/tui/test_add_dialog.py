"""Adding files: the path is completed and looked at before anything is added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from assistant.resources import sample_papers
from assistant.tui.dialogs.adding import AddDialog, PathField
from tests.tui.hosts import DialogHost
from tests.tui.waiting import dump, run, until


def app_with_dialog() -> DialogHost:
    return DialogHost(AddDialog)  # type: ignore[arg-type]


def field(pilot: Pilot[Any]) -> PathField:
    found = pilot.app.screen.query_one(PathField)
    assert isinstance(found, PathField)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "My Papers").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "My Papers" / name).write_text("x")
    return tmp_path


def test_tab_completes_the_path_and_enter_adds_it(folder: Path) -> None:
    async def test() -> None:
        app = app_with_dialog()
        async with app.run_test() as pilot:
            await until(pilot, lambda: isinstance(app.screen, AddDialog))
            field(pilot).value = f"{folder}/My"
            await pilot.press("tab")
            await until(pilot, lambda: field(pilot).value == f"{folder}/My\\ Papers/")
            await until(pilot, lambda: "2 files" in dump(app))
            await pilot.press("enter")
            await until(pilot, lambda: app.results == [[f"{folder}/My Papers"]])

    run(test())


def test_the_completion_is_shown_while_one_types(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)

    async def test() -> None:
        app = app_with_dialog()
        async with app.run_test(size=(160, 30)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, AddDialog))
            await pilot.press(*"./My")
            await until(pilot, lambda: "My\\ Pap" in dump(app))
            await pilot.press("right")
            assert field(pilot).value == "./My\\ Papers/"

    run(test())


def test_what_is_not_there_is_said_and_not_added(folder: Path) -> None:
    async def test() -> None:
        app = app_with_dialog()
        async with app.run_test() as pilot:
            await until(pilot, lambda: isinstance(app.screen, AddDialog))
            field(pilot).value = f"{folder}/My\\ Papers nowhere.txt"
            await pilot.press("enter")
            await until(pilot, lambda: "does not exist" in dump(app))
            assert app.results == []

    run(test())


def test_several_lines_dropped_on_the_field_are_several_paths(folder: Path) -> None:
    async def test() -> None:
        app = app_with_dialog()
        async with app.run_test() as pilot:
            await until(pilot, lambda: isinstance(app.screen, AddDialog))
            names = [f"{folder}/My Papers/{name}" for name in ("a.txt", "b.txt")]
            field(pilot).post_message(events.Paste("\n".join(names)))
            await until(pilot, lambda: field(pilot).value)
            await pilot.press("enter")
            await until(pilot, lambda: app.results == [names])

    run(test())


def test_tab_goes_on_where_there_is_nothing_to_complete() -> None:
    async def test() -> None:
        app = app_with_dialog()
        async with app.run_test() as pilot:
            await until(pilot, lambda: isinstance(app.screen, AddDialog))
            await pilot.press("tab", "enter")
            await until(pilot, lambda: app.results == [[str(sample_papers())]])

    run(test())


def test_the_keys_at_the_foot_can_be_clicked(folder: Path) -> None:
    async def test() -> None:
        app = app_with_dialog()
        async with app.run_test() as pilot:
            await until(pilot, lambda: isinstance(app.screen, AddDialog))
            field(pilot).value = f"{folder}/My Papers/a.txt"
            await until(pilot, lambda: "1 file" in dump(app))
            rows = dump(app).split("\n")
            row = next(y for y, line in enumerate(rows) if "complete" in line)
            await pilot.click(offset=(rows[row].index(" add") + 1, row))
            await until(pilot, lambda: app.results == [[f"{folder}/My Papers/a.txt"]])

    run(test())


@pytest.mark.parametrize("text", ["[/", "[red]x", "[x=y", "\x1b[31m", "\u202e", "w" * 10_000, "変"])
def test_hostile_paths_are_said_as_text(text: str) -> None:
    async def test() -> None:
        app = app_with_dialog()
        async with app.run_test(size=(60, 20)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, AddDialog))
            field(pilot).value = f"x{text}"
            await until(
                pilot, lambda: "does not exist" in dump(app) or "cannot be read" in dump(app)
            )
            assert "\x1b" not in dump(app)
            await pilot.press("enter")
            assert app.results == []

    run(test())


def test_many_paths_are_counted() -> None:
    async def test() -> None:
        app = app_with_dialog()
        async with app.run_test() as pilot:
            await until(pilot, lambda: isinstance(app.screen, AddDialog))
            field(pilot).value = " ".join(f"x{number}" for number in range(20))
            await until(pilot, lambda: "and 14 more, 14 not readable" in dump(app))

    run(test())
