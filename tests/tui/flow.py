"""What the tests of the whole chat do again and again."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from assistant.sessions import Exchange, Session
from assistant.tui.app import ChatApp
from assistant.tui.conversation import Conversation
from assistant.types import Answer, AnswerSentence, Citation, Paper, Timings, Usage
from tests.tui.waiting import dump, until

FACT = "What BLEU score does the Transformer reach on English-to-German translation?"
PROVED = (
    "On WMT 2014 English-to-German translation task we obtain 28.4 BLEU, over 2 BLEU above the "
    "best earlier results."
)
UNPROVED = "We obtain 99.9 BLEU on the WMT 2014 English-to-German translation task, as we said."
LORA = "LoRA: Low-Rank Adaptation of Large Language Models"
UNKNOWN = "How do I descale an espresso machine?"


def chat_of(pilot: Pilot[Any]) -> ChatApp:
    """Return the app of a pilot."""
    assert isinstance(pilot.app, ChatApp)
    return pilot.app


async def opened(pilot: Pilot[Any]) -> ChatApp:
    """Wait until the library of the chat is open."""
    app = chat_of(pilot)
    await until(pilot, lambda: app.chat.engine.library, "the library is open")
    return app


async def ask(pilot: Pilot[Any], question: str) -> None:
    """Write a question into the prompt and send it."""
    prompt = chat_of(pilot).chat.prompt
    prompt.focus()
    prompt.text = question
    await pilot.press("enter")


async def answered(pilot: Pilot[Any], question: str) -> ChatApp:
    """Ask, and wait until there is nothing left to do."""
    app = await opened(pilot)
    await ask(pilot, question)
    await until(pilot, lambda: exchanges(app) and not app.chat.asking.busy, "an answer")
    await until(pilot, lambda: app.chat.engine.running is None, "a rest")
    return app


def titled(app: ChatApp, title: str) -> Paper:
    """Return the paper of the library with this title."""
    library = app.chat.engine.library
    assert library is not None
    return library.paper(title)


def exchanges(app: ChatApp) -> list[Exchange]:
    """Return what was said in the conversation on the screen."""
    return app.chat.asking.session.exchanges


def words(app: ChatApp) -> str:
    """Return what the screen shows, as words with single blanks between them."""
    return " ".join(dump(app).split())


def status(app: ChatApp) -> str:
    """Return the last row of the screen."""
    return dump(app).splitlines()[-1]


def shown_part(app: ChatApp, number: int, name: str) -> str:
    """Return the text of a part of an exchange, "" if it is not shown."""
    view = app.chat.query_one(Conversation).view(number)
    assert view is not None
    part = view.query_one(f".{name}", Static)
    return str(part.render()) if part.display else ""


def fill(session: Session, count: int) -> None:
    """Give a session this many exchanges, each with a sentence of its own length and a quote."""
    for number in range(len(session.exchanges), len(session.exchanges) + count):
        session.ask(f"Question {number}: what does it say?")
        text = f"Answer {number} {'word ' * (number * 7 % 60)}ends."
        session.finish(number, answer(text, "X: “Quote.”"))


def answer(*texts: str) -> Answer:
    """Return an answer whose sentences have these texts and a citation each."""
    citations = tuple(
        Citation(
            number=number,
            paper_id=f"p{number}",
            title=f"Title {number}",
            quote=f"Quote {number}",
            start=0,
            end=7,
            score=1.0,
        )
        for number, _ in enumerate(texts, start=1)
    )
    sentences = tuple(
        AnswerSentence(text=text, citations=(number,), kind="generated")
        for number, text in enumerate(texts, start=1)
    )
    return Answer(
        question="?",
        found=True,
        text=" ".join(sentence.marked for sentence in sentences),
        sentences=sentences,
        citations=citations,
        timings=Timings(total_s=1.0),
        usage=Usage(papers_read=1, sentences_read=2, tokens_written=3),
    )
