"""Saved conversations are listed, found, loaded and deleted."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError, SessionMissing
from assistant.sessions import SessionStore
from assistant.types import Answer, AnswerSentence, Citation, SentenceDone

TIMES = ("2026-01-01T10:00:00.000+00:00", "2026-01-01T10:00:00.001+00:00")


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "sessions")


def record(kind: str, at: str, **fields: Any) -> str:
    return json.dumps({"type": kind, "at": at, **fields}, separators=(",", ":")) + "\n"


def write(store: SessionStore, name: str, *records: str) -> Path:
    store.folder.mkdir(exist_ok=True)
    path = store.folder / f"{name}.jsonl"
    path.write_text("".join(records))
    return path


def question(text: str = "How fast is it?", *, at: str = TIMES[0], key: str = "k") -> str:
    return record("question", at, key=key, question=text)


def ids(found: list[Any]) -> list[str]:
    return [summary.session_id for summary in found]


def test_a_summary_tells_title_times_and_number_of_questions(store: SessionStore) -> None:
    path = write(
        store,
        "one",
        record("session", TIMES[0], version=1),
        question(),
        record("stopped", TIMES[1], key="k"),
        question("Why?", key="l", at="2026-01-02T00:00:00.000+00:00"),
        record("title", "2026-01-03T00:00:00.000+00:00", title="On speed"),
    )
    (summary,) = store.summaries()
    assert (summary.session_id, summary.title, summary.questions) == ("one", "On speed", 2)
    assert (summary.started_at, summary.updated_at) == (
        TIMES[0],
        "2026-01-02T00:00:00.000+00:00",
    )
    with path.open("a") as file:
        file.write(record("title", TIMES[1], title=""))
    (summary,) = store.summaries()
    assert summary.title == "How fast is it?"


def test_summaries_agree_with_the_sessions(store: SessionStore) -> None:
    session = store.new()
    for text in ("First?", "Second?", "Third?"):
        session.stop(session.ask(text))
    (summary,) = store.summaries()
    assert (summary.session_id, summary.title) == (session.session_id, session.title)
    assert summary.questions == len(session.exchanges)
    assert summary.started_at == session.exchanges[0].asked_at
    assert summary.updated_at >= session.exchanges[-1].asked_at
    session.rename("Renamed")
    assert [one.title for one in store.summaries()] == ["Renamed"]


def test_the_session_that_was_used_last_comes_first(store: SessionStore) -> None:
    write(store, "old", question(at="2026-01-01T00:00:00.000+00:00"))
    write(store, "new", question(at="2026-03-01T00:00:00.000+00:00"))
    write(
        store,
        "used",
        question(at="2025-01-01T00:00:00.000+00:00"),
        record("stopped", "2026-02-01T00:00:00.000+00:00", key="k"),
    )
    assert ids(store.summaries()) == ["new", "used", "old"]


def test_what_is_no_session_is_passed_over(store: SessionStore) -> None:
    assert store.summaries() == []
    write(store, "good", question())
    write(store, "empty")
    write(store, "no-question", record("session", TIMES[0], version=1))
    write(store, "junk", "\x00\x01 not json\n")
    write(store, "a name with blanks", question())
    (store.folder / "notes.txt").write_text(question())
    (store.folder / "folder.jsonl").mkdir()
    (store.folder / "gone.jsonl").symlink_to(store.folder / "nowhere")
    if hasattr(os, "mkfifo"):
        os.mkfifo(store.folder / "pipe.jsonl")
    assert ids(store.summaries()) == ["good"]
    assert ids(store.search("fast")) == ["good"]
    for name in ("empty", "no-question", "junk", "folder", "gone", "pipe", "nowhere"):
        with pytest.raises(SessionMissing):
            store.load(name)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_passed_over(store: SessionStore) -> None:
    write(store, "good", question())
    write(store, "secret", question()).chmod(0)
    assert ids(store.summaries()) == ["good"]


@pytest.mark.parametrize(
    "name", ["", "..", "../good", "a/b", "/etc/passwd", "a\x00", "é", "-a", "a" * 65]
)
def test_an_id_names_nothing_outside_the_folder(store: SessionStore, name: str) -> None:
    write(store, "good", question())
    (store.folder.parent / "good.jsonl").write_text(question())
    for use in (store.load, store.delete):
        with pytest.raises(SessionMissing) as caught:
            use(name)
        assert isinstance(caught.value, InputError)
        assert caught.value.hint
    assert (store.folder.parent / "good.jsonl").exists()


def test_search_finds_sessions_in_which_every_word_occurs(store: SessionStore) -> None:
    first = store.new()
    first.ask("How fast is it?")
    first.searched(0, "How fast is BitNet?")
    citation = Citation(
        number=1,
        paper_id="p",
        title="Flash\\-Attention: $O(n)$ memory",
        quote="q",
        start=0,
        end=1,
        score=1.0,
    )
    sentence = AnswerSentence(text="Müller’s method is quick.", citations=(1,), kind="quoted")
    first.finish(
        0,
        Answer(
            question="q",
            found=True,
            text=sentence.marked,
            sentences=(sentence,),
            citations=(citation,),
        ),
    )
    second = store.new()
    second.ask("What does ＧＰＴ cost?")
    second.sentence(0, SentenceDone(sentence=sentence, citations=(citation,)))
    second.rename("On prices")
    one, two = first.session_id, second.session_id
    for text, found in {
        "": {one, two},
        "  ": {one, two},
        "FAST": {one},
        "bitnet fast": {one},
        "fast cost": set(),
        "muller": {one, two},
        "MÜLLER quick": {one, two},
        "gpt": {two},
        "price": {two},
        "attention O(n)": {one, two},
        "answered": set(),
        "paper_id": set(),
        "[a-z]": set(),
    }.items():
        assert set(ids(store.search(text))) == found, text
    second.ask("And BitNet?")
    assert ids(store.search("bitnet")) == [two, one]


def test_deleting_is_final_and_spares_the_others(store: SessionStore) -> None:
    kept, gone = store.new(), store.new()
    kept.ask("Kept?")
    gone.ask("Gone?")
    store.delete(gone.session_id)
    store.delete(gone.session_id)
    assert ids(store.summaries()) == [kept.session_id]
    assert store.search("gone") == []
    with pytest.raises(SessionMissing):
        store.load(gone.session_id)


def test_what_was_deleted_is_not_written_again_by_those_who_still_use_it(
    store: SessionStore,
) -> None:
    session = store.new()
    session.ask("Secret?")
    store.delete(session.session_id)
    session.sentence(
        0,
        SentenceDone(sentence=AnswerSentence(text="s", citations=(), kind="quoted"), citations=()),
    )
    session.stop(0)
    session.rename("Title")
    assert list(store.folder.iterdir()) == []
    number = session.ask("Harmless?")
    session.stop(number)
    (path,) = store.folder.iterdir()
    assert "Secret" not in path.read_text()
    (exchange,) = SessionStore(store.folder).load(session.session_id).exchanges
    assert (exchange.question, exchange.outcome) == ("Harmless?", "stopped")


def test_a_session_in_use_is_one_object(store: SessionStore) -> None:
    session = store.new()
    session.ask("First?")
    session_id = session.session_id
    store.load(session_id).rename("Renamed")
    assert session.title == "Renamed"
    del session
    gc.collect()
    assert store.load(session_id).title == "Renamed"


def test_names_do_not_collide(store: SessionStore) -> None:
    names = {store.new().session_id for _ in range(1_000)}
    assert len(names) == 1_000


def test_a_file_that_changes_is_read_again(store: SessionStore) -> None:
    path = write(store, "one", question("First?"))
    assert [one.title for one in store.summaries()] == ["First?"]
    assert ids(store.search("second")) == []
    with path.open("a") as file:
        file.write(question("Second?", key="l"))
    assert [one.questions for one in store.summaries()] == [2]
    assert ids(store.search("second")) == ["one"]


def test_a_long_session_is_restored_whole(store: SessionStore) -> None:
    session = store.new()
    sentences = tuple(
        AnswerSentence(text=f"Sentence {n}.", citations=(n,), kind="quoted") for n in range(1, 5)
    )
    citations = tuple(
        Citation(number=n, paper_id="p", title="t" * 80, quote="q" * 200, start=0, end=1, score=0.5)
        for n in range(1, 5)
    )
    for number in range(500):
        session.ask(f"Question {number}?")
        session.finish(
            number,
            Answer(question="q", found=True, text="t", sentences=sentences, citations=citations),
        )
    again = SessionStore(store.folder).load(session.session_id)
    assert again.exchanges == session.exchanges
    assert [one.questions for one in SessionStore(store.folder).summaries()] == [500]
