"""The dialogs: what they ask, what they give back, and that escape closes each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input

from assistant.sessions import SessionStore
from assistant.tui.dialogs.adding import AddDialog
from assistant.tui.dialogs.confirm import ConfirmDialog
from assistant.tui.dialogs.help import HelpDialog
from assistant.tui.dialogs.models import ModelsDialog, size
from assistant.tui.dialogs.report import MAX_RECORDS, ReportDialog, summary
from assistant.tui.dialogs.sessions import SessionsDialog
from assistant.tui.dialogs.text import TextDialog
from assistant.tui.library_pane import LibraryPane
from assistant.tui.paper_list import PaperList
from assistant.types import AddReport, InstalledModel, Rejected
from tests.tui.hosts import HOSTILE, DialogHost, Host, browse_in, paper
from tests.tui.waiting import dump, run, until

MODELS = [
    InstalledModel(name="small", path="/m/small.gguf", size_bytes=98_362_432, about="Quick."),
    InstalledModel(name="large.gguf", path="/m/large.gguf", size_bytes=2_500_000_000),
]


def report(count: int, *, file: str = "list.txt", reason: str = "no abstract") -> AddReport:
    rejected = tuple(Rejected(file=file, line=n + 1, reason=reason) for n in range(count))
    return AddReport(added=389, updated=3, unchanged=4, rejected=rejected)


EVERY: list[Callable[[SessionStore], Screen[Any]]] = [
    lambda store: ConfirmDialog("Remove it?"),
    lambda store: TextDialog("Rename", value="x"),
    lambda store: ReportDialog(report(50)),
    lambda store: ModelsDialog(MODELS, "small"),
    lambda store: HelpDialog(None),
    lambda store: AddDialog(),
    lambda store: SessionsDialog(store, ""),
]


@pytest.mark.parametrize("dialog", EVERY)
@pytest.mark.parametrize("size", [(60, 20), (100, 30), (160, 40)])
def test_every_dialog_fits_its_keys_on_the_screen_and_closes_with_escape(
    dialog: Callable[[SessionStore], Screen[Any]], size: tuple[int, int], store: SessionStore
) -> None:
    async def test() -> None:
        app = DialogHost(lambda: dialog(store))
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: "esc" in dump(app), "the keys are seen")
            text = dump(app)
            assert text.count("╭") == text.count("╯") == 1
            await pilot.press("escape")
            await until(pilot, lambda: app.results)
            assert app.results[0] in (None, False)

    run(test())


@pytest.mark.parametrize("dialog", EVERY)
def test_every_dialog_closes_when_someone_clicks_beside_it(
    dialog: Callable[[SessionStore], Screen[Any]], store: SessionStore
) -> None:
    async def test() -> None:
        app = DialogHost(lambda: dialog(store))
        async with app.run_test(size=(160, 50)) as pilot:
            await until(pilot, lambda: "esc" in dump(app))
            await pilot.click(offset=(1, 1))
            await until(pilot, lambda: app.results)

    run(test())


@pytest.fixture
def store(tmp_path: Any) -> SessionStore:
    found = SessionStore(tmp_path / "sessions")
    for number in range(30):
        found.new().ask(f"Question number {number}?")
    return found


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(["enter"], True), (["right", "enter"], False), (["tab", "left", "enter"], True)],
)
def test_a_question_is_answered_with_the_keyboard(keys: list[str], answer: bool) -> None:
    async def test() -> None:
        app = DialogHost(lambda: ConfirmDialog("Remove it?", detail="Paper", yes="Remove"))
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.screen.focused is not None)
            await pilot.press(*keys)
            await until(pilot, lambda: app.results == [answer])

    run(test())


def test_a_question_is_answered_with_the_mouse() -> None:
    async def test() -> None:
        app = DialogHost(lambda: ConfirmDialog("Remove it?"))
        async with app.run_test() as pilot:
            await until(pilot, lambda: "Remove it?" in dump(app))
            await pilot.click("#yes")
            await until(pilot, lambda: app.results == [True])

    run(test())


def test_a_text_is_changed_and_an_empty_one_is_not_taken() -> None:
    async def test() -> None:
        app = DialogHost(lambda: TextDialog("Rename", value="Old"))
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.screen.query(Input))
            assert "Rename" in dump(app)
            await pilot.press("ctrl+u", "enter")
            assert app.results == []
            await pilot.press(*"New name", "enter")
            await until(pilot, lambda: app.results == ["New name"])

    run(test())


def test_what_is_pasted_into_a_field_cannot_steer_the_terminal() -> None:
    async def test() -> None:
        app = DialogHost(lambda: TextDialog("Rename", value="\x1b[31mred\u202e"))
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.screen.query(Input))
            field = app.screen.query_one(Input)
            assert field.value == "red"
            field.insert_text_at_cursor(" \x1b]0;title\x07and [/]")
            await pilot.press("enter")
            await until(pilot, lambda: app.results == ["red and [/]"])

    run(test())


def test_a_model_is_chosen_and_the_one_in_use_is_marked() -> None:
    async def test() -> None:
        app = DialogHost(lambda: ModelsDialog(MODELS, "large.gguf"))
        async with app.run_test() as pilot:
            await until(pilot, lambda: "in use" in dump(app))
            assert "● large.gguf  2.5 GB  in use" in dump(app)
            assert "small  98 MB" in dump(app)
            await pilot.press("up", "enter")
            await until(pilot, lambda: app.results == ["small"])

    run(test())


def test_without_a_model_the_dialog_says_how_to_get_one() -> None:
    async def test() -> None:
        app = DialogHost(lambda: ModelsDialog([], ""))
        async with app.run_test() as pilot:
            await until(pilot, lambda: "No chat model is installed" in dump(app))
            assert "GGUF" in dump(app)

    run(test())


def test_models_of_a_server_have_no_size_and_say_where_they_are() -> None:
    async def test() -> None:
        models = [InstalledModel(name="qwen3-4b"), InstalledModel(name="phi [red]")]
        app = DialogHost(lambda: ModelsDialog(models, "qwen3-4b"))
        async with app.run_test() as pilot:
            await until(pilot, lambda: "● qwen3-4b  in use" in dump(app))
            assert "phi [red]" in dump(app)
            assert "MB" not in dump(app)
            assert "on the server that [llm] base_url names" in dump(app)

    run(test())


def test_sizes_are_said_as_people_say_them() -> None:
    assert [size(n) for n in (10, 98_362_432, 2_498_362_432)] == ["under 1 MB", "98 MB", "2.5 GB"]


def test_a_report_names_place_and_reason_of_each_rejected_record_and_scrolls() -> None:
    async def test() -> None:
        app = DialogHost(lambda: ReportDialog(report(MAX_RECORDS + 500)))
        async with app.run_test(size=(60, 20)) as pilot:
            await until(pilot, lambda: "line 1: no abstract" in dump(app))
            assert "list.txt" in dump(app)
            await pilot.press("end")
            await until(pilot, lambda: "and 500 more" in dump(app))

    run(test())


def test_the_counts_of_a_report_leave_out_what_did_not_happen() -> None:
    assert summary(AddReport(added=1)) == "1 paper added."
    assert summary(report(1)) == (
        "389 papers added, 3 updated, 4 there already, 1 record not readable."
    )


def test_help_names_the_focus_and_its_keys_then_those_of_the_chat() -> None:
    async def test() -> None:
        app = _WithKeys(LibraryPane(browse=browse_in([paper(1)])))
        async with app.run_test(size=(100, 60)) as pilot:
            await until(pilot, lambda: app.query_one(PaperList).option_count == 1)
            app.set_keymap({"pin": "x"})
            app.query_one(PaperList).focus()
            await pilot.press("down")
            app.push_screen(HelpDialog(app.focused))
            await until(pilot, lambda: "Everywhere" in dump(app))
            text = dump(app)
            here, everywhere = text.split("Everywhere")
            assert "Library" in here
            assert re.search(r"\bx +Limit questions to the paper", here)
            assert re.search(r"\bs +Sort by title", here)
            assert "Show or hide the library" in everywhere
            assert "Show or hide the library" not in here

    run(test())


class _WithKeys(Host):
    BINDINGS = [Binding("ctrl+b", "bell", "Library", id="library")]  # noqa: RUF012


def test_help_without_a_focus_shows_the_keys_that_work_everywhere() -> None:
    async def test() -> None:
        app: App[None] = App()
        async with app.run_test() as pilot:
            app.push_screen(HelpDialog(None))
            await until(pilot, lambda: "Help" in dump(app))

    run(test())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("size", [(60, 20), (100, 30)])
def test_hostile_text_is_shown_in_every_dialog(
    text: str, size: tuple[int, int], tmp_path: Any
) -> None:
    store = SessionStore(tmp_path / "sessions")
    store.new().ask(f"What about {text}?")
    models = [InstalledModel(name=f"m {text}", path=text, size_bytes=1, about=text)]
    dialogs: list[Callable[[], Screen[Any]]] = [
        lambda: ConfirmDialog(f"Remove {text}?", detail=text, yes=f"Yes {text}"[:20]),
        lambda: TextDialog(f"Rename {text}", value=text),
        lambda: ReportDialog(report(3, file=f"file {text}", reason=text)),
        lambda: ModelsDialog(models, text),
        lambda: SessionsDialog(store, ""),
    ]

    async def opened(dialog: Callable[[], Screen[Any]]) -> None:
        app = DialogHost(dialog)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: "esc" in dump(app), "the keys are seen")
            if isinstance(app.screen, SessionsDialog):
                await until(pilot, lambda: "1 question" in dump(app))
            assert "\x1b" not in dump(app)
            if text in ("[/", "[red]x", "[x=y"):
                assert text in dump(app)

    for dialog in dialogs:
        run(opened(dialog))
