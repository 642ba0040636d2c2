"""Whatever happens to the file, the disk or another program, a conversation goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import AssistantError, LibraryError
from assistant.sessions import Session, SessionStore
from assistant.types import Answer, AnswerSentence, SentenceDone

ANSWER = Answer(question="First?", found=True, text="It is fast [1]." + " It is." * 300)
DONE = SentenceDone(
    sentence=AnswerSentence(text="It is fast.", citations=(), kind="quoted"), citations=()
)


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "library" / "sessions")


def reloaded(session: Session) -> Session:
    """The session as another program finds it on disk now."""
    return SessionStore(session._path.parent).load(session.session_id)


def lines(session: Session) -> list[bytes]:
    return session._path.read_bytes().splitlines(keepends=True)


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, 3_000), torn=st.binary(max_size=30))
def test_a_torn_end_costs_its_line_alone(
    tmp_path_factory: pytest.TempPathFactory, cut: int, torn: bytes
) -> None:
    session = SessionStore(tmp_path_factory.mktemp("torn")).new()
    session.ask("First?")
    session.finish(0, ANSWER)
    whole = session._path.read_bytes()
    head = len(lines(session)[0]) + len(lines(session)[1])
    keep = min(head + cut, len(whole))
    session._path.write_bytes(whole[:keep] + torn.replace(b"\n", b""))

    other = reloaded(session)
    assert other.exchanges[0].outcome in ("open", "answered")
    if keep < len(whole) - 1:
        assert other.exchanges[0].outcome == "open"
    number = other.ask("Next?")
    other.finish(number, ANSWER)
    again = reloaded(session)
    assert again.exchanges[0] == other.exchanges[0]
    assert again.exchanges[1:] == other.exchanges[1:]
    assert again.exchanges[1].answer == ANSWER


@pytest.mark.parametrize(
    "junk",
    [
        b"\n\n",
        b"\x00" * 4096 + b"\n",
        b"null\n[]\n1\n\xff\xfe\n",
        b"{" * 100_000 + b"\n",
        b'{"type":"mood","at":"2026-01-01T00:00:00.000+00:00","key":"x"}\n',
        b'{"type":"answer","at":"2026-01-01T00:00:00.000+00:00","key":"x"}\n',
        b'{"type":"stopped","at":"2026-01-01T00:00:00.000+00:00","key":"no such"}\n',
        b'{"type":"question","at":"2026-01-01T00:00:00.000+00:00","key":1,"question":"x"}\n',
        b'{"type":"question","at":"2026-01-01T00:00:00.000+00:00","key":"a","question":'
        + b"[" * 100_000
        + b"\n",
        b'{"type":"question","at":"yesterday","key":"a","question":"x"}\n',
        b'{"type":"title","at":"2026-01-01T00:00:00.000+00:00","title":null}\n',
        b"a" * (16 * 1024 * 1024)
        + b'{"type":"question","at":"2026-01-01T00:00:00.000+00:00","key":"a","question":"x"}\n',
        b'{"type":"question","at":"2026-01-01T00:00:00.000+00:00","key":"a","question":"'
        + b"a" * (40 * 1024 * 1024)
        + b'"}\n',
    ],
    ids=range(13),
)
def test_a_line_that_is_no_record_is_passed_over(store: SessionStore, junk: bytes) -> None:
    session = store.new()
    session.ask("First?")
    with session._path.open("ab") as file:
        file.write(junk)
    session.finish(0, ANSWER)
    assert reloaded(session).exchanges == session.exchanges
    assert reloaded(session).title == "First?"
    assert [one.questions for one in SessionStore(store.folder).summaries()] in ([1], [2])


def test_a_file_that_vanished_is_written_anew(store: SessionStore) -> None:
    session = store.new()
    session.ask("First?", scope=["p1"])
    session.searched(0, "First (resolved)?")
    session.finish(0, ANSWER)
    session.ask("Second?")
    session.sentence(1, DONE)
    session.stop(1)
    session.ask("Third?")
    session.fail(2, "It failed.")
    session.rename("A title")
    shutil.rmtree(store.folder.parent)
    session.ask("Fourth?")
    assert reloaded(session).exchanges == session.exchanges
    assert reloaded(session).title == "A title"


def test_processes_that_write_at_once_lose_nothing(store: SessionStore) -> None:
    session = store.new()
    session.ask("First?")
    code = f"""
import sys
from pathlib import Path
from assistant.sessions import SessionStore
session = SessionStore(Path({str(store.folder)!r})).load({session.session_id!r})
for number in range(40):
    session.stop(session.ask(f"{{sys.argv[1]}} {{number}} " + "x" * 5000))
"""
    programs = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "ab"]
    assert [program.wait() for program in programs] == [0, 0]
    found = [one.question.rsplit(" ", 1)[0] for one in reloaded(session).exchanges[1:]]
    assert sorted(found) == sorted(f"{name} {number}" for name in "ab" for number in range(40))


def test_a_full_disk_is_told_and_made_good_later(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = store.new()
    session.ask("First?")
    room = 30
    write = os.write

    def write_until_full(descriptor: int, data: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(descriptor, bytes(data)[:room])
        room -= written
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write_until_full)
        with pytest.raises(LibraryError, match="no space left") as caught:
            session.finish(0, ANSWER)
        assert "Free some space" in caught.value.hint
        with pytest.raises(LibraryError):
            session.ask("Second?")
    assert [one.outcome for one in session.exchanges] == ["answered", "open"]
    assert [one.outcome for one in reloaded(session).exchanges] == ["open"]
    session.stop(1)
    assert reloaded(session).exchanges == session.exchanges


def test_a_disk_that_is_full_from_the_start_is_made_good_later(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = store.new()

    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        with pytest.raises(LibraryError):
            session.ask("First?")
    assert SessionStore(store.folder).summaries() == []
    session.searched(0, "First (resolved)?")
    assert reloaded(session).exchanges == session.exchanges


def test_a_place_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    session = SessionStore(tmp_path / "file" / "sessions").new()
    with pytest.raises(AssistantError) as caught:
        session.ask("First?")
    assert isinstance(caught.value, LibraryError)
    assert caught.value.hint
    assert session.exchanges[0].question == "First?"
