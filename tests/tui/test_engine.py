"""The work behind the screen: adding while asking, switching models, failing well."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.errors import LibraryError, ModelError
from assistant.library import Library
from assistant.tui.engine import Engine
from assistant.types import AddProgress, AddReport
from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import FACT, PROVED, answered, ask, exchanges, opened, shown_part, words
from tests.tui.waiting import dump, run, until


def own(folder: Path, model: StagedModel) -> Library:
    return Library.open(folder, settings=Settings(), model=model)


def test_a_question_is_answered_while_files_are_added(
    chat: MakeChat, model: StagedModel, own_folder: Path, tmp_path: Path
) -> None:
    record = '{"title": "Added later", "abstract": "It takes 42 seconds to add a paper."}\n'
    (tmp_path / "more.jsonl").write_text(record)
    may_go_on = threading.Event()

    async def check() -> None:
        async with chat(lambda: own(own_folder, model)).run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            library = app.chat.engine.library
            assert library is not None
            add = library.add

            def slow_add(*paths: str, **options: object) -> AddReport:
                may_go_on.wait()
                return add(*paths, **options)  # type: ignore[arg-type]

            library.add = slow_add  # type: ignore[method-assign, assignment]
            app.chat.add_papers([str(tmp_path / "more.jsonl")])
            await until(pilot, lambda: "Reading files" in dump(app), "the bar")
            model.draft = PROVED
            await answered(pilot, FACT)
            assert exchanges(app)[0].outcome == "answered"
            app.chat.on_index_progressed(_progress(3, 10))
            await until(pilot, lambda: "3 of 10 papers" in dump(app), "the progress")
            may_go_on.set()
            await until(pilot, lambda: "1 paper added." in words(app), "the result")
            await until(pilot, lambda: "53 papers" in dump(app).splitlines()[-1], "the count")

    try:
        run(check())
    finally:
        may_go_on.set()


def _progress(done: int, total: int) -> object:
    from assistant.tui.messages import IndexProgressed

    return IndexProgressed(AddProgress(papers_done=done, papers_total=total, elapsed_s=1.0))


def test_only_one_add_goes_on_at_a_time(
    chat: MakeChat, model: StagedModel, own_folder: Path
) -> None:
    may_go_on = threading.Event()

    def wait(*paths: str, **options: object) -> AddReport:
        may_go_on.wait()
        return AddReport()

    async def check() -> None:
        app = chat(lambda: own(own_folder, model))
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await opened(pilot)
            library = app.chat.engine.library
            assert library is not None
            library.add = wait  # type: ignore[method-assign, assignment]
            app.chat.add_papers(["x"])
            app.chat.add_papers(["y"])
            await until(pilot, lambda: "being added or removed already" in words(app), "a note")
            may_go_on.set()
            await until(pilot, lambda: not app.chat.engine.adding, "the end")

    try:
        run(check())
    finally:
        may_go_on.set()


def test_what_was_rejected_is_shown(
    chat: MakeChat, model: StagedModel, own_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.jsonl").write_text('{"title": "No abstract [/]"}\nnot json\n')

    async def check() -> None:
        app = chat(lambda: own(own_folder, model))
        async with app.run_test(size=(120, 40)) as pilot:
            await opened(pilot)
            assert not app.chat.check_action("show_rejected", ())
            app.chat.add_papers([str(tmp_path / "bad.jsonl")])
            await until(pilot, lambda: "2 records" in words(app), "the result")
            assert app.chat.check_action("show_rejected", ())
            app.chat.action_show_rejected()
            await until(pilot, lambda: "bad.jsonl" in dump(app), "the report")

    run(check())


def test_files_that_cannot_be_added_are_told(
    chat: MakeChat, model: StagedModel, own_folder: Path
) -> None:
    def fail(*paths: str, **options: object) -> AddReport:
        raise LibraryError("The disk is [/] full.", hint="Make room.")

    async def check() -> None:
        app = chat(lambda: own(own_folder, model))
        async with app.run_test(size=(120, 40)) as pilot:
            await opened(pilot)
            library = app.chat.engine.library
            assert library is not None
            library.add = fail  # type: ignore[method-assign, assignment]
            app.chat.add_papers(["x"])
            await until(pilot, lambda: "The disk is [/] full. Make room." in words(app), "why")
            assert not app.chat.engine.adding
            await answered(pilot, FACT)

    run(check())


def test_another_model_is_used_from_the_next_question_on(
    chat: MakeChat, model: StagedModel, own_folder: Path
) -> None:
    async def check() -> None:
        app = chat(lambda: own(own_folder, model))
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await opened(pilot)
            await pilot.press("f2")
            await until(pilot, lambda: "SmolLM2-135M-Instruct" in dump(app), "the models")
            await pilot.press("down", "up", "enter")
            await until(
                pilot,
                lambda: dump(app).splitlines()[-1].endswith("SmolLM2-135M-Instruct"),
                "the model",
            )
            app.chat.engine.use_model("no such model")
            await until(pilot, lambda: "no such model" in words(app), "the reason")
            assert app.chat.engine.model_name == "SmolLM2-135M-Instruct"

    run(check())


def test_a_question_waits_while_a_model_is_loaded(
    chat: MakeChat, model: StagedModel, own_folder: Path
) -> None:
    may_load = threading.Event()

    def load(name: str) -> None:
        may_load.wait()
        raise ModelError("It does not load.")

    async def check() -> None:
        app = chat(lambda: own(own_folder, model))
        async with app.run_test(size=(120, 40)) as pilot:
            await opened(pilot)
            library = app.chat.engine.library
            assert library is not None
            library.use_model = load  # type: ignore[method-assign]
            app.chat.engine.use_model("big")
            await ask(pilot, FACT)
            await until(pilot, lambda: "Waits" in shown_part(app, 0, "outcome"), "it waits")
            may_load.set()
            await until(pilot, lambda: exchanges(app)[0].outcome == "answered", "an answer")

    try:
        run(check())
    finally:
        may_load.set()


def test_before_the_library_is_open_nothing_can_be_done_with_it() -> None:
    posted: list[object] = []
    engine = Engine(lambda: pytest.fail("not asked for"), posted.append)
    with pytest.raises(LibraryError):
        engine.browse("x")
    with pytest.raises(LibraryError):
        engine.add(["x"])
    assert (engine.model_name, engine.paper("x")) == ("", None)
    engine.find_models()
    engine.ask("?")
    assert engine.run_next(()) is None
    assert engine.close(timeout_s=0.1)
    assert posted == []
