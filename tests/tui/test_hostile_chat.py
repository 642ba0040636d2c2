"""Whatever a paper, a question, a model or an error holds is shown as text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widgets.markdown import MarkdownBlock

from assistant.sessions import Exchange
from assistant.text.clean import normalise, readable
from assistant.tui.conversation import Conversation
from assistant.tui.display import verbatim
from assistant.tui.status import StatusLine
from assistant.types import Answer, AnswerSentence, Citation, Hit
from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import answered, exchanges, opened
from tests.tui.hosts import HOSTILE
from tests.tui.waiting import dump, run, until

MARKDOWN = (
    "# not a heading",
    "- not a list",
    "1. not a number",
    "> not a quote",
    "*a* _b_ `c` ~~d~~ **e**",
    "[text](http://x) ![image](y) <http://z>",
    "| a | b |",
    "---",
    "&amp; &#65; &lt;",
    "a\\*b \\ c\\",
    "https://example.org www.example.org",
    "[1] [^2] [3](cite:3)",
    "```",
    "    indented",
    "$x$ :smile: ==mark==",
    "<b>bold</b><!-- no -->",
)


class ExchangeHost(App[None]):
    """An app with a conversation and a status line."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = Conversation()
        self.status = StatusLine()

    def compose(self) -> ComposeResult:
        yield self.conversation
        yield self.status


def exchange(text: str, **fields: Any) -> Exchange:
    """Return an exchange that says ``text`` wherever something is said."""
    return Exchange(question=text, asked_at="", query=f"{text} more", scope=(text,), **fields)


def found(text: str) -> Answer:
    """Return an answer with the text as a sentence of the model and as a quote."""
    citations = tuple(
        Citation(
            number=n, paper_id=f"p{n}", title=text, quote=text, start=0, end=len(text), score=1.0
        )
        for n in (1, 2)
    )
    sentences = (
        AnswerSentence(text=text, citations=(1,), kind="generated"),
        AnswerSentence(text=f"X: “{text}”", citations=(2,), kind="quoted"),
    )
    return Answer(
        question=text, found=True, text=text, sentences=sentences, citations=citations, model=text
    )


def refused(text: str) -> Answer:
    hits = (Hit(paper_id="p1", title=text, score=1.0),)
    return Answer(question=text, found=False, text=text, nearest=hits)


def paragraphs(app: App[None]) -> list[str]:
    """Return the text of the answer, a paragraph each."""
    return [
        block._content.plain for block in app.query(MarkdownBlock) if block._content.plain.strip()
    ]


@pytest.mark.parametrize("text", HOSTILE + MARKDOWN)
def test_an_answer_shows_every_character_of_its_sentences(text: str) -> None:
    app = ExchangeHost()

    async def check() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            shown = [exchange(text, answer=found(text), outcome="answered")]
            await app.conversation.load(shown)
            await pilot.pause()
            said = paragraphs(app)
            clean = normalise(text)
            end = clean[-1:] if clean[-1:] in ".!?" else ""
            assert said[0] == f"{clean.removesuffix(end)} ✓[1]{end}".strip()
            assert said[1] == normalise(f"X: “{text}” [2]")
            view = app.conversation.view(0)
            assert view is not None
            assert [c.number for c in view.links if isinstance(c, Citation)] == [1, 2]

    run(check())


@pytest.mark.parametrize("text", HOSTILE + MARKDOWN)
def test_headings_and_remarks_show_every_character(text: str) -> None:
    app = ExchangeHost()

    async def check() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            sentences = (
                AnswerSentence(text=text, citations=(), kind="counted"),
                AnswerSentence(text=f"{text} (1)", citations=(1,), kind="counted"),
                AnswerSentence(text=f"X: “{text}”", citations=(1,), kind="quoted"),
                AnswerSentence(text=f"Not stated: {text}", citations=(), kind="counted"),
            )
            told = replace(found(text), sentences=sentences)
            await app.conversation.load([exchange(text, answer=told, outcome="answered")])
            await pilot.pause()
            clean = normalise(text)
            assert paragraphs(app) == [
                *filter(None, [clean]),
                normalise(f"{text} (1)"),
                normalise(f"X: “{text}” [1]"),
                normalise(f"Not stated: {text}"),
            ]

    run(check())


@pytest.mark.parametrize("text", HOSTILE + MARKDOWN)
def test_a_refusal_shows_every_character_of_its_titles(text: str) -> None:
    app = ExchangeHost()

    async def check() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            shown = [exchange(text, answer=refused(text), outcome="answered")]
            await app.conversation.load(shown)
            await pilot.pause()
            said = paragraphs(app)
            assert said == [*filter(None, [normalise(text)]), readable(text) or "Untitled"]
            view = app.conversation.view(0)
            assert view is not None
            assert len(view.links) == 1

    run(check())


@pytest.mark.parametrize("text", HOSTILE)
def test_questions_drafts_errors_and_warnings_are_shown_as_text(text: str) -> None:
    app = ExchangeHost()

    async def check() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            app.status.model(text)
            app.status.idle(text, hints=[verbatim(text)])
            await app.conversation.load([exchange(text, error=text, outcome="failed")])
            view = app.conversation.view(0)
            assert view is not None
            view.write(text)
            view.warn(text)
            view.announce(text)
            await pilot.pause()
            shown = dump(app)
            assert "\x1b" not in shown
            assert "\u202e" not in shown
            for part in ("question", "outcome", "warning"):
                static = view._parts[part]
                plain = str(static.render()).replace("\n", " ")
                assert normalise(plain) == normalise(text)

    run(check())


def test_a_hostile_question_is_asked_kept_and_shown(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(100, 40)) as pilot:
            await opened(pilot)
            for text in (
                "[/] [red]x [x=y <mask> <s>",
                "w" * 9_000,
                "変換器 🎉 👩‍👩‍👧",
                "x" * 11_000,
            ):
                app = await answered(pilot, text)
            assert [e.outcome for e in exchanges(app)] == ["answered"] * 3 + ["failed"]
            await until(pilot, lambda: "at most 10,000" in dump(app), "the reason")

    run(check())
