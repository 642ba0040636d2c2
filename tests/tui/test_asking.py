"""From a question to its answer: what is shown on the way, what is kept, and how it is stopped."""

from __future__ import annotations

import json
import threading

from assistant.errors import LibraryError, ModelError
from assistant.library import Library
from assistant.tui.app import ChatApp
from assistant.types import Searching
from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import (
    FACT,
    PROVED,
    UNKNOWN,
    UNPROVED,
    answered,
    ask,
    exchanges,
    opened,
    shown_part,
    words,
)
from tests.tui.waiting import dump, run, until


def test_an_answer_shows_its_proved_sentences_and_what_was_used(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        model.draft = PROVED
        async with chat(chat={"show_library": False}).run_test(size=(80, 30)) as pilot:
            app = await answered(pilot, FACT)
            assert f"{PROVED[:-1]} ✓[1]." in words(app)
            assert "[2]" in words(app)
            usage = shown_part(app, 0, "usage")
            assert all(word in usage for word in ("papers", "sentences read", "token", " s"))
            assert exchanges(app)[0].outcome == "answered"

    run(check())


def test_what_is_not_proved_is_a_dim_draft_that_vanishes(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        model.hold(UNPROVED)
        async with chat().run_test(size=(120, 30)) as pilot:
            app = await opened(pilot)
            await ask(pilot, FACT)
            await until(pilot, lambda: "99.9 BLEU" in shown_part(app, 0, "draft"), "a draft")
            view = app.chat.conversation.view(0)
            assert view is not None
            assert view.answer.source == ""
            assert view.query_one(".draft").styles.text_style.dim
            model.go_on.set()
            await until(pilot, lambda: not app.chat.asking.busy, "an answer")
            assert "99.9" not in words(app)
            assert "28.4 BLEU" in words(app)
            assert shown_part(app, 0, "draft") == ""

    run(check())


def test_escape_stops_at_once_and_the_next_question_is_answered(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        model.hold(UNPROVED)
        async with chat().run_test(size=(120, 30)) as pilot:
            app = await opened(pilot)
            await ask(pilot, FACT)
            await until(pilot, lambda: model.asked == 1, "the model writes")
            await pilot.press("escape")
            await until(pilot, lambda: shown_part(app, 0, "outcome") == "Stopped.", "stopped")
            assert exchanges(app)[0].outcome == "stopped"
            assert "99.9" not in words(app)
            model.go_on.set()
            await answered(pilot, FACT)
            assert exchanges(app)[1].outcome == "answered"
            assert exchanges(app)[0].outcome == "stopped"

    run(check())


def test_a_question_waits_for_the_one_before_it(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        model.hold(PROVED)
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            await ask(pilot, FACT)
            await until(pilot, lambda: model.asked == 1, "the model writes")
            await ask(pilot, UNKNOWN)
            await until(pilot, lambda: len(exchanges(app)) == 2, "a second question")
            assert "Waits" in shown_part(app, 1, "outcome")
            assert model.asked == 1
            model.go_on.set()
            await until(pilot, lambda: not app.chat.asking.busy, "both answers")
            assert [exchange.outcome for exchange in exchanges(app)] == ["answered"] * 2
            assert "Not in your library" in words(app)

    run(check())


def test_escape_takes_the_answer_first_and_then_what_waits(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        model.hold(PROVED)
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            await ask(pilot, FACT)
            await until(pilot, lambda: model.asked == 1, "the model writes")
            await ask(pilot, FACT)
            await until(pilot, lambda: len(exchanges(app)) == 2, "a second question")
            await pilot.press("escape")
            await until(pilot, lambda: exchanges(app)[0].outcome == "stopped", "stopped")
            await until(pilot, lambda: model.asked == 2, "the second is answered")
            await pilot.press("escape")
            await until(pilot, lambda: exchanges(app)[1].outcome == "stopped", "stopped")
            assert not app.chat.asking.busy

    run(check())


def test_a_failure_is_told_where_the_answer_would_be_and_the_chat_lives_on(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        model.error = ModelError("The model staged failed: [/] no.", hint="Do [red]this.")
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            assert shown_part(app, 0, "outcome") == (
                "The model staged failed: [/] no.\nDo [red]this."
            )
            model.error = RuntimeError("nobody foresaw this")
            app = await answered(pilot, FACT)
            assert "nobody foresaw this" in shown_part(app, 1, "outcome")
            model.reset()
            app = await answered(pilot, FACT)
            assert [exchange.outcome for exchange in exchanges(app)] == [
                "failed",
                "failed",
                "answered",
            ]

    run(check())


def test_what_the_library_does_not_hold_is_a_state_with_titles_to_open(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 40)) as pilot:
            app = await answered(pilot, UNKNOWN)
            assert shown_part(app, 0, "headline") == "Not in your library"
            answer = exchanges(app)[0].answer
            assert answer is not None
            assert model.asked == 0
            await pilot.press("tab", "n", "n", "enter")
            nearest = answer.nearest[1]
            await until(pilot, lambda: app.chat.source_pane.paper is not None, "a paper")
            paper = app.chat.source_pane.paper
            assert paper is not None
            assert (paper.paper_id, app.chat.source_pane.display) == (nearest.paper_id, True)

    run(check())


def test_a_follow_up_shows_how_it_was_understood(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            await answered(pilot, "What does the Vision Transformer need to train?")
            app = await answered(pilot, "and on ImageNet?")
            query = exchanges(app)[1].query
            assert query != "and on ImageNet?"
            assert query in " ".join(shown_part(app, 1, "note").split())

    run(check())


def test_a_question_may_be_sent_before_the_library_is_open(
    chat: MakeChat, model: StagedModel, staged_library: Library
) -> None:
    may_open = threading.Event()

    def open_library() -> Library:
        may_open.wait()
        return staged_library

    async def check() -> None:
        async with chat(open_library).run_test(size=(120, 40)) as pilot:
            app = pilot.app
            assert isinstance(app, ChatApp)
            await ask(pilot, FACT)
            await until(pilot, lambda: "Waits" in shown_part(app, 0, "outcome"), "it waits")
            assert "Opening the library" in dump(app)
            may_open.set()
            await until(pilot, lambda: exchanges(app)[0].outcome == "answered", "an answer")

    try:
        run(check())
    finally:
        may_open.set()


def test_a_library_that_cannot_be_opened_is_tried_again_with_the_next_question(
    chat: MakeChat, model: StagedModel, staged_library: Library
) -> None:
    attempts = []

    def open_library() -> Library:
        attempts.append(1)
        if len(attempts) == 1:
            raise LibraryError("The disk is [/] gone.", hint="Plug it in.")
        return staged_library

    async def check() -> None:
        async with chat(open_library).run_test(size=(120, 40)) as pilot:
            app = pilot.app
            assert isinstance(app, ChatApp)
            await until(pilot, lambda: "The disk is [/] gone." in words(app), "the reason")
            assert "Plug it in." in words(app)
            await ask(pilot, FACT)
            await until(pilot, lambda: exchanges(app)[0].outcome == "answered", "an answer")
            assert len(attempts) == 2

    run(check())


def test_what_waits_for_a_library_that_does_not_open_fails_with_the_reason(
    chat: MakeChat, model: StagedModel
) -> None:
    may_fail = threading.Event()

    def open_library() -> Library:
        may_fail.wait()
        raise LibraryError("The disk is gone.", hint="Plug it in.")

    async def check() -> None:
        async with chat(open_library).run_test(size=(120, 40)) as pilot:
            app = pilot.app
            assert isinstance(app, ChatApp)
            await ask(pilot, FACT)
            await until(pilot, lambda: exchanges(app), "a question")
            may_fail.set()
            await until(pilot, lambda: exchanges(app)[0].outcome == "failed", "a failure")
            assert shown_part(app, 0, "outcome") == "The disk is gone.\nPlug it in."

    try:
        run(check())
    finally:
        may_fail.set()


def test_everything_shown_is_on_disk_before_the_answer_is_over(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        model.hold(PROVED)
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            await ask(pilot, FACT)
            await until(pilot, lambda: model.asked == 1, "the model writes")
            (file,) = app.chat.store.folder.glob("*.jsonl")
            assert FACT in [json.loads(line).get("question") for line in file.open()]

    run(check())


def test_a_conversation_that_cannot_be_saved_goes_on(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            app.chat.store.folder.write_text("a file where the folder should be")
            await answered(pilot, FACT)
            assert "28.4 BLEU" in words(app)
            assert "cannot be saved" in shown_part(app, 0, "warning")
            app.chat.store.folder.unlink()
            await answered(pilot, UNKNOWN)
            assert shown_part(app, 1, "warning") == ""
            saved = app.chat.store.load(app.chat.asking.session.session_id)
            assert [exchange.outcome for exchange in saved.exchanges] == ["answered"] * 2

    run(check())


def test_events_of_a_conversation_that_was_left_are_not_shown_in_the_next(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        model.hold(PROVED)
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            await ask(pilot, FACT)
            await until(pilot, lambda: model.asked == 1, "the model writes")
            left = app.chat.asking.session
            await pilot.press("ctrl+n")
            await until(pilot, lambda: app.chat.asking.session is not left, "another session")
            assert left.exchanges[0].outcome == "stopped"
            model.go_on.set()
            await answered(pilot, UNKNOWN)
            assert len(exchanges(app)) == len(left.exchanges) == 1
            assert "28.4" not in words(app)

    run(check())


def test_a_pinned_paper_limits_the_question(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            library = app.chat.engine.library
            assert library is not None
            lora = library.browse("LoRA").papers[0]
            app.chat.pin((lora,))
            await pilot.pause()
            assert f"in {lora.title[:20]}" in words(app)
            app = await answered(pilot, FACT)
            assert exchanges(app)[0].scope == (lora.paper_id,)
            assert {c.paper_id for c in exchanges(app)[0].citations} <= {lora.paper_id}
            assert "in 1 pinned paper" in words(app)
            app.chat.action_clear_pins()
            await pilot.pause()
            assert f"in {lora.title[:20]}" not in words(app)

    run(check())


def test_the_status_line_names_the_phase_and_the_model(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        model.hold(UNPROVED)
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            await ask(pilot, FACT)
            await until(pilot, lambda: model.asked == 1, "the model writes")
            await until(pilot, lambda: "Writing" in dump(app).splitlines()[-1], "the phase")
            await until(pilot, lambda: "tokens/s" in dump(app).splitlines()[-1], "the speed")
            assert "staged" in dump(app).splitlines()[-1]
            await pilot.press("escape")
            await until(pilot, lambda: "52 papers" in dump(app).splitlines()[-1], "a rest")

    run(check())


def test_the_session_knows_how_a_question_was_searched(
    chat: MakeChat, model: StagedModel, staged_library: Library
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            events = list(staged_library.stream(FACT))
            assert isinstance(events[0], Searching)
            assert exchanges(app)[0].query == events[0].query

    run(check())
