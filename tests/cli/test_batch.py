"""A batch: one object a line, in order, and no line can end it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from assistant.cli.batch import MAX_LINE_BYTES, run_batch
from assistant.cli.exit_codes import ExitCode
from assistant.errors import Cancelled, InputError


def echo(question: str) -> dict[str, Any]:
    if question == "refused":
        raise InputError("It is refused.", hint="Ask otherwise.")
    if question == "broken":
        raise ZeroDivisionError("by zero")
    return {"question": question}


def run(content: bytes, capsys: pytest.CaptureFixture[str]) -> tuple[ExitCode, list[Any]]:
    code = run_batch(echo, stdin=io.BytesIO(content))
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_has_its_object_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    code, objects = run(b"one\ntwo\r\nthree", capsys)
    assert code == ExitCode.OK
    assert [item["question"] for item in objects] == ["one", "two", "three"]


def test_a_failing_question_has_an_object_and_the_batch_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, objects = run(b"refused\n\nbroken\nlast\n", capsys)
    assert code == ExitCode.FAILED
    assert objects == [
        {"question": "refused", "error": "It is refused. Ask otherwise."},
        {"question": "", "error": "The question is empty."},
        {"question": "broken", "error": "ZeroDivisionError: by zero"},
        {"question": "last"},
    ]


def test_a_line_without_end_is_refused_without_being_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, objects = run(b"x" * (3 * MAX_LINE_BYTES) + b"\nlast\n", capsys)
    assert code == ExitCode.FAILED
    assert "longer than" in objects[0]["error"]
    assert len(objects[0]["question"]) == 1000
    assert objects[1] == {"question": "last"}


def test_the_longest_line_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    code, objects = run(b"x" * MAX_LINE_BYTES + b"\nlast\n", capsys)
    assert (code, len(objects)) == (ExitCode.OK, 2)


def test_a_byte_order_mark_and_invalid_bytes_do_no_harm(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, objects = run(b"\xef\xbb\xbfone\n\xff\xfe\n", capsys)
    assert [item["question"] for item in objects] == ["one", "\ufffd\ufffd"]


def test_nothing_in_is_nothing_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(b"", capsys) == (ExitCode.OK, [])


def test_a_stop_ends_the_batch() -> None:
    def stop(_question: str) -> dict[str, Any]:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        run_batch(stop, stdin=io.BytesIO(b"one\ntwo\n"))
