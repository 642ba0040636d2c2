"""A conversation is on disk as it goes, and comes back as it was."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant.sessions import Session, SessionStore
from assistant.types import (
    Answer,
    AnswerSentence,
    Citation,
    Hit,
    SentenceDone,
    Timings,
    Turn,
    Usage,
)

HOSTILE = (
    '[/ [red]x <mask> \x1b]0;t\x07 \u202e \ud800 \x00 \u2028 “é数据😀” \\ " {}\n' + "a" * 10_000
)


def citation(number: int = 1, title: str = "BitNet: 1-bit models") -> Citation:
    return Citation(
        number=number, paper_id=f"p{number}", title=title, quote="It is fast.", start=3, end=14,
        score=0.123456789,
    )  # fmt: skip


def done(text: str = "It is fast.", number: int = 1) -> SentenceDone:
    sentence = AnswerSentence(text=text, citations=(number,), kind="generated")
    return SentenceDone(sentence=sentence, citations=(citation(number),), draft="It was fast.")


def answer(question: str = "How fast is it?", text: str = "It is fast [1].") -> Answer:
    return Answer(
        question=question,
        found=True,
        text=text,
        sentences=(done().sentence,),
        citations=(citation(),),
        nearest=(Hit(paper_id="p1", title="BitNet: 1-bit models", score=0.9),),
        model="a-model",
        timings=Timings(search_s=0.123456, total_s=1.0),
        usage=Usage(papers_read=3, sentences_read=20, tokens_written=12),
    )


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "library" / "sessions")


def reloaded(session: Session) -> Session:
    """The session as another program finds it on disk now."""
    return SessionStore(session._path.parent).load(session.session_id)


def test_nothing_is_created_before_there_is_a_question(store: SessionStore) -> None:
    session = store.new()
    session.rename("A title")
    assert not store.folder.parent.exists()
    session.ask("How fast is it?")
    assert reloaded(session).title == "A title"


def test_each_step_is_on_disk_when_it_returns(store: SessionStore) -> None:
    session = store.new()
    steps = [
        lambda: session.ask("and on TPUs?", scope=["p1", "p2"]),
        lambda: session.searched(0, "and on TPUs? (BitNet)"),
        lambda: session.sentence(0, done()),
        lambda: session.sentence(0, done("It is small.", 2)),
        lambda: session.sentence(0, done("It is cheap.", 1)),
        lambda: session.finish(0, answer()),
        lambda: session.ask("Why?"),
        lambda: session.stop(1),
        lambda: session.ask("Why not?"),
        lambda: session.fail(2, "The model failed."),
    ]
    for step in steps:
        step()
        assert reloaded(session).exchanges == session.exchanges
    first, second, third = session.exchanges
    assert (first.outcome, first.answer, first.query) == (
        "answered", answer(), "and on TPUs? (BitNet)",
    )  # fmt: skip
    assert first.scope == ("p1", "p2")
    assert (second.outcome, third.outcome, third.error) == (
        "stopped", "failed", "The model failed.",
    )  # fmt: skip


def test_what_stood_of_an_answer_is_kept_with_its_proofs(store: SessionStore) -> None:
    session = store.new()
    session.ask("How fast is it?")
    session.sentence(0, done())
    session.sentence(0, done("It is small.", 2))
    session.sentence(0, done("It is cheap.", 1))
    session.stop(0)
    (exchange,) = reloaded(session).exchanges
    assert [sentence.text for sentence in exchange.sentences] == [
        "It is fast.", "It is small.", "It is cheap.",
    ]  # fmt: skip
    assert exchange.citations == (citation(1), citation(2))
    assert (exchange.outcome, exchange.answer) == ("stopped", None)


def test_a_question_over_which_the_program_died_is_open(store: SessionStore) -> None:
    code = f"""
from pathlib import Path
from assistant.sessions import SessionStore
session = SessionStore(Path({str(store.folder)!r})).new()
session.ask("How fast is it?")
session.searched(0, "How fast is BitNet?")
print(session.session_id, flush=True)
os.kill(os.getpid(), 9)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    session = store.load(run.stdout.strip())
    (exchange,) = session.exchanges
    assert (exchange.outcome, exchange.query) == ("open", "How fast is BitNet?")
    assert session.history == ()
    session.ask("Again?")
    assert [one.question for one in reloaded(session).exchanges] == ["How fast is it?", "Again?"]


def test_the_first_end_of_an_exchange_counts(store: SessionStore) -> None:
    session = store.new()
    session.ask("How fast is it?")
    session.stop(0)
    session.finish(0, answer())
    session.sentence(0, done())
    session.fail(0, "Too late.")
    assert session.exchanges[0].outcome == "stopped"
    assert session.exchanges[0].sentences == ()
    assert reloaded(session).exchanges == session.exchanges


def test_the_history_tells_what_was_searched_said_and_cited(store: SessionStore) -> None:
    session = store.new()
    for question in ("How fast is it?", "and on TPUs?", "Why?", "Why not?"):
        session.ask(question)
    session.finish(0, answer())
    session.searched(1, "and on TPUs? (BitNet)")
    session.sentence(1, done())
    session.stop(1)
    session.fail(2, "The model failed.")
    assert session.history == (
        Turn(question="How fast is it?", answer="It is fast [1].", titles=(citation().title,)),
        Turn(
            question="and on TPUs? (BitNet)",
            answer="It is fast [1].",
            titles=(citation().title,),
        ),
        Turn(question="Why?"),
    )
    assert reloaded(session).history == session.history


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How fast is it?", "How fast is it?"),
        ("Two\nlines,\tof\x1b[31m text", "Two lines, of text"),
        ("word " * 100, "word " * 15 + "word…"),
        ("a" * 10_000, "a" * 79 + "…"),
    ],
)
def test_the_first_question_is_the_title(store: SessionStore, question: str, title: str) -> None:
    session = store.new()
    assert session.title == ""
    session.ask(question)
    session.ask("Why?")
    assert session.title == title
    assert len(title) <= 80
    assert reloaded(session).title == title


def test_a_title_can_be_given_and_taken_back(store: SessionStore) -> None:
    session = store.new()
    session.ask("How fast is it?")
    session.rename(" On\nspeed ")
    assert (session.title, reloaded(session).title) == ("On speed", "On speed")
    session.rename(" ")
    assert (session.title, reloaded(session).title) == ("How fast is it?", "How fast is it?")


def test_hostile_text_comes_back_as_it_was(store: SessionStore) -> None:
    session = store.new()
    session.ask(HOSTILE, scope=[HOSTILE])
    session.searched(0, HOSTILE)
    session.sentence(0, done(HOSTILE))
    session.ask(HOSTILE)
    session.finish(1, answer(HOSTILE, HOSTILE))
    session.ask(HOSTILE)
    session.fail(2, HOSTILE)
    session.rename(HOSTILE)
    assert reloaded(session).exchanges == session.exchanges
    assert reloaded(session).title == session.title
    data = session._path.read_bytes()
    assert data.isascii()
    assert not any(byte < 32 and byte != 10 for byte in data)
    assert all(json.loads(line) for line in data.splitlines())


def test_two_programs_may_add_to_one_session(store: SessionStore) -> None:
    mine = store.new()
    mine.ask("First?")
    theirs = reloaded(mine)
    mine.ask("Mine?")
    theirs.ask("Theirs?")
    theirs.finish(1, answer("Theirs?"))
    mine.stop(1)
    theirs.stop(0)
    mine.fail(0, "Too late.")
    assert [(one.question, one.outcome) for one in reloaded(mine).exchanges] == [
        ("First?", "stopped"), ("Mine?", "stopped"), ("Theirs?", "answered"),
    ]  # fmt: skip


def test_threads_may_share_a_session(store: SessionStore) -> None:
    session = store.new()

    def talk(name: str) -> None:
        for _ in range(20):
            number = session.ask(name)
            session.sentence(number, done(name))
            session.stop(number)

    threads = [threading.Thread(target=talk, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(session.exchanges) == 60
    assert all(one.question == one.sentences[0].text for one in session.exchanges)
    assert reloaded(session).exchanges == session.exchanges
