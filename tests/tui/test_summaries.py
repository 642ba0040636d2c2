"""Summaries, surveys and comparisons, as commands and as keys of a paper."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from assistant.summaries.types import SurveyProgress
from assistant.tui.app import ChatApp
from assistant.tui.messages import RunProgressed
from assistant.types import Searching
from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import (
    FACT,
    LORA,
    PROVED,
    answered,
    ask,
    exchanges,
    opened,
    shown_part,
    status,
    titled,
    words,
)
from tests.tui.hosts import HOSTILE
from tests.tui.waiting import dump, run, until

TOPIC = "attention year:2020"


@contextmanager
def held_at(app: ChatApp, when: Callable[[object], bool]) -> Iterator[threading.Event]:
    """Let the thread of a run wait at an event until what is yielded is set."""
    go_on = threading.Event()
    post = app.chat.engine._post

    def held(message: Message) -> None:
        post(message)
        if isinstance(message, RunProgressed) and when(message.event):
            go_on.wait()

    app.chat.engine._post = held
    try:
        yield go_on
    finally:
        go_on.set()
        app.chat.engine._post = post


def test_a_survey_lists_papers_whose_sentences_can_be_opened(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 50)) as pilot:
            app = await answered(pilot, f"/survey {TOPIC}")
            (exchange,) = exchanges(app)
            assert exchange.question == f"/survey {TOPIC}"
            assert exchange.answer is not None
            assert "that match year:2020 are about “attention”" in words(app)
            assert "papers read" in shown_part(app, 0, "usage")
            assert shown_part(app, 0, "note") == ""
            assert model.asked == 0
            assert "Longformer: The Long-Document Transformer" in {
                citation.title for citation in exchange.citations
            }
            await pilot.press("tab", "n", "n", "enter")
            second = exchange.citations[1]
            await until(pilot, lambda: app.chat.source_pane.current == second, "the source")
            paper = app.chat.source_pane.paper
            assert paper is not None
            assert paper.abstract[second.start : second.end] == second.quote

    run(check())


def test_what_was_told_is_there_again_when_the_conversation_is_resumed(
    chat: MakeChat, model: StagedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def check() -> None:
        async with chat().run_test(size=(120, 50)) as pilot:
            app = await answered(pilot, "/compare LoRA; BERT: Pre-training")
            told = exchanges(app)[0]
            view = app.chat.conversation.view(0)
            assert view is not None
            shown = view.answer.source
            app.chat.action_copy_answer_text()
            assert f"\n\n{LORA} (2022) [" in app.clipboard
            app.chat.action_export_session()
            (file,) = tmp_path.glob("*.md")
            assert f"**{LORA} (2022) \\[" in file.read_text()
        session_id = app.chat.asking.session.session_id
        async with chat(session_id=session_id).run_test(size=(120, 50)) as pilot:
            app = await opened(pilot)
            again = exchanges(app)[0]
            assert (again.answer, again.outcome) == (told.answer, "answered")
            view = app.chat.conversation.view(0)
            assert view is not None
            assert view.answer.source == shown
            assert len(view.links) >= len(again.citations)

    run(check())


def test_a_comparison_has_a_part_for_each_paper(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat(chat={"show_library": False}).run_test(size=(100, 60)) as pilot:
            app = await answered(pilot, "/compare LoRA; Attention Is All")
            rows = [row.strip(" ▏") for row in dump(app).splitlines()]
            assert "2 papers side by side." in rows
            for title in (f"{LORA} (2022)", "Attention Is All You Need (2017)"):
                assert rows[rows.index(title) - 1] == ""
                assert rows[rows.index(title) + 1].startswith("• ")
            assert any(row.startswith("• Result: “") for row in rows)
            assert "Not stated: " in words(app)

    run(check())


def test_a_summary_is_of_the_paper_that_is_named_or_open(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 50)) as pilot:
            app = await answered(pilot, "/summarize LoRA")
            assert exchanges(app)[0].question == "/summarize LoRA"
            lora = titled(app, LORA)
            assert {c.paper_id for c in exchanges(app)[0].citations} == {lora.paper_id}
            assert "In short" in words(app)
            app.chat.source_pane.show(titled(app, "Attention Is All"))
            app = await answered(pilot, "/summarize")
            assert exchanges(app)[1].question == "/summarize Attention Is All You Need"
            assert {c.title for c in exchanges(app)[1].citations} == {"Attention Is All You Need"}

    run(check())


def test_a_key_sums_up_the_paper_under_the_cursor_and_another_compares_the_pinned(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 50)) as pilot:
            app = await opened(pilot)
            pane = app.chat.library_pane
            await until(pilot, lambda: "Adam" in dump(app), "papers")
            pane.query_one(Input).focus()
            await pilot.press("down", "m")
            await until(pilot, lambda: exchanges(app), "a summary")
            first = pane.highlighted
            assert first is not None
            assert exchanges(app)[0].question == f"/summarize {first.title}"
            await pilot.press("c", "space", "down", "space", "c")
            await until(pilot, lambda: len(exchanges(app)) == 2, "a comparison")
            await until(pilot, lambda: not app.chat.asking.busy, "a rest")
            assert [e.outcome for e in exchanges(app)] == ["answered"] * 2
            answer = exchanges(app)[1].answer
            assert answer is not None
            assert answer.sentences[0].text == "2 papers side by side."
            assert all(paper.title in answer.text for paper in app.chat.prompt.scope)
            assert exchanges(app)[1].scope == ()

    run(check())


def test_a_key_sums_up_the_open_paper(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(80, 30)) as pilot:
            app = await opened(pilot)
            app.chat.source_pane.show(titled(app, LORA))
            await pilot.press("ctrl+g")
            await until(pilot, lambda: "m Summarize" in dump(app), "the source")
            await pilot.press("m")
            await until(pilot, lambda: exchanges(app) and not app.chat.asking.busy, "a summary")
            assert exchanges(app)[0].question == f"/summarize {LORA}"
            assert not app.chat.source_pane.display
            assert "In short" in words(app)

    run(check())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/surve birds", "Did you mean /survey?"),
        ("/survey", "What is the survey to be about?"),
        ("/compare", "Which papers are to be compared?"),
        ("/summarize", "Which paper is to be summarized?"),
    ],
)
def test_a_command_that_cannot_be_done_is_told_and_can_be_written_anew(
    chat: MakeChat, model: StagedModel, text: str, told: str
) -> None:
    async def check() -> None:
        app = chat(chat={"show_library": False})
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            await opened(pilot)
            await ask(pilot, text)
            await until(pilot, lambda: list(app._notifications), "the reason")
            assert told in next(iter(app._notifications)).message
            assert app.chat.prompt.text == text
            assert exchanges(app) == []

    run(check())


def test_a_question_may_begin_with_a_slash_and_stays_one(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, " /survey byte pair encoding")
            assert exchanges(app)[0].question.strip() == "/survey byte pair encoding"
            answer = exchanges(app)[0].answer
            assert answer is not None
            assert not any(sentence.kind == "counted" for sentence in answer.sentences)
            app.chat.prompt.focus()
            await pilot.press("up")
            assert app.chat.prompt.text == " /survey byte pair encoding"
        session_id = app.chat.asking.session.session_id
        async with chat(session_id=session_id).run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            await pilot.press("up")
            assert app.chat.prompt.text == " /survey byte pair encoding"

    run(check())


def test_a_paper_that_is_not_there_is_told_where_the_summary_would_be(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, "/summarize no such paper [/]")
            assert exchanges(app)[0].outcome == "failed"
            assert "no such paper [/]" in shown_part(app, 0, "outcome")

    run(check())


def test_a_survey_of_nothing_says_so_and_names_what_is_nearest(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, "/survey espresso machine descaling")
            assert shown_part(app, 0, "headline") == "Not in your library"
            view = app.chat.conversation.view(0)
            assert view is not None
            assert view.links

    run(check())


def test_a_survey_waits_for_the_answer_before_it(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        model.hold(PROVED)
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            await ask(pilot, FACT)
            await until(pilot, lambda: model.asked == 1, "the model writes")
            await ask(pilot, "/summarize LoRA")
            await until(pilot, lambda: len(exchanges(app)) == 2, "a summary that waits")
            assert "Waits" in shown_part(app, 1, "outcome")
            model.go_on.set()
            await until(pilot, lambda: not app.chat.asking.busy, "both")
            assert [exchange.outcome for exchange in exchanges(app)] == ["answered"] * 2

    run(check())


async def held_comparison(pilot: Pilot[None], app: ChatApp) -> None:
    """Begin a comparison of three papers, and wait until the first is told of."""
    await ask(pilot, "/compare LoRA; BERT: Pre-training; Attention Is All")
    await until(pilot, lambda: "Summing up 1 of 3 papers" in status(app), "the progress")
    assert "Summing up 1 of 3 papers" in shown_part(app, 0, "draft")


def test_escape_keeps_what_is_done_and_says_so(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 50)) as pilot:
            app = await opened(pilot)
            with held_at(app, lambda event: isinstance(event, SurveyProgress)) as go_on:
                await held_comparison(pilot, app)
                await pilot.press("escape")
                await until(pilot, lambda: "Stopping" in status(app), "it is being stopped")
                go_on.set()
                await until(pilot, lambda: not app.chat.asking.busy, "a rest")
            (exchange,) = exchanges(app)
            assert exchange.outcome == "answered"
            assert {c.title for c in exchange.citations} == {LORA}
            assert "was stopped before every paper was read" in words(app)

    run(check())


def test_escape_twice_stops_at_once(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 50)) as pilot:
            app = await opened(pilot)
            with held_at(app, lambda event: isinstance(event, SurveyProgress)):
                await held_comparison(pilot, app)
                await pilot.press("escape", "escape")
                await until(pilot, lambda: exchanges(app)[0].outcome == "stopped", "stopped")
                assert shown_part(app, 0, "outcome") == "Stopped."
            await answered(pilot, "/summarize LoRA")
            assert [e.outcome for e in exchanges(app)] == ["stopped", "answered"]

    run(check())


def test_a_survey_that_is_stopped_at_once_keeps_the_best_of_what_it_read(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 50)) as pilot:
            app = await opened(pilot)
            with held_at(app, lambda event: isinstance(event, Searching)) as go_on:
                await ask(pilot, f"/survey {TOPIC}")
                await until(pilot, lambda: exchanges(app), "a survey")
                await until(pilot, lambda: exchanges(app)[0].query, "it began")
                await pilot.press("escape")
                go_on.set()
                await until(pilot, lambda: exchanges(app)[0].outcome == "answered", "its end")
            survey = exchanges(app)[0].answer
            assert survey is not None
            assert "stopped before every paper was read" in survey.text
            await answered(pilot, "/summarize LoRA")

    run(check())


def test_tab_completes_a_command_and_else_goes_on(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(100, 30)) as pilot:
            app = await opened(pilot)
            await pilot.press("slash")
            await until(pilot, lambda: "/survey  /compare" in dump(app), "the commands")
            await pilot.press(*"sur")
            await pilot.press("tab")
            assert app.chat.prompt.text == "/survey "
            assert app.focused is app.chat.prompt
            await until(pilot, lambda: "/survey topic: " in dump(app), "what it takes")
            await pilot.press("tab")
            assert app.focused is not app.chat.prompt

    run(check())


def test_the_palette_begins_a_survey_of_what_is_written(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(100, 30)) as pilot:
            app = await opened(pilot)
            app.chat.prompt.text = "sparse attention"
            await pilot.press("ctrl+p")
            await until(pilot, lambda: "Index files" in dump(app), "the palette")
            await pilot.press(*"survey")
            await until(pilot, lambda: "Index files" not in dump(app), "a command")
            await pilot.press("enter")
            await until(pilot, lambda: app.chat.prompt.text == "/survey sparse attention", "it")
            assert app.focused is app.chat.prompt

    run(check())


def test_a_hostile_topic_is_shown_as_text(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(100, 40)) as pilot:
            app = await opened(pilot)
            for count, text in enumerate(filter(str.strip, HOSTILE), start=1):
                app = await answered(pilot, f"/summarize {text}")
                assert len(exchanges(app)) == count
                assert "\x1b" not in dump(app)
                assert "\u202e" not in dump(app)
            app = await answered(pilot, "/survey [/] [red]attention[/] <mask> [x=y")
            assert "[red]attention[/] <mask> [x=y" in words(app)
            assert exchanges(app)[-1].outcome == "answered"

    run(check())
