"""An exam is read as it is written, and every line that is no question is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import InputError
from assistant.evaluation.questions import (
    MAX_ANSWERS,
    MAX_QUESTION_CHARS,
    ExamQuestion,
    GoldPaper,
    read_exam,
    sample_exam,
)

FACT = {"id": "f1", "kind": "fact", "question": "How fast?", "title": "FNet", "answers": ["80%"]}
NONE = {"id": "n1", "kind": "none", "question": "Who paid?", "answers": [], "title": None}
MULTI = {
    "id": "m1",
    "kind": "multi",
    "question": "All?",
    "titles": ["A", "B"],
    "answers": {"A": ["1"]},
}


def write(path: Path, *rows: object) -> Path:
    file = path / "exam.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def reasons(path: Path, *rows: object) -> list[tuple[int | None, str]]:
    return [(r.line, r.reason) for r in read_exam(write(path, *rows)).rejected]


def test_the_exam_of_the_sample_library_is_read_whole() -> None:
    exam = read_exam(sample_exam())
    assert exam.rejected == ()
    kinds = [question.kind for question in exam.questions]
    assert [kinds.count(kind) for kind in ("fact", "none", "multi")] == [110, 50, 14]
    assert all(bool(question.gold) == (question.kind != "none") for question in exam.questions)


def test_each_kind_is_read_with_what_it_asks_for(tmp_path: Path) -> None:
    exam = read_exam(write(tmp_path, FACT, "", NONE, MULTI))
    assert exam.lines == (1, 3, 4)
    assert exam.questions == (
        ExamQuestion(
            question_id="f1",
            kind="fact",
            text="How fast?",
            gold=(GoldPaper(title="FNet", answers=("80%",)),),
        ),
        ExamQuestion(question_id="n1", kind="none", text="Who paid?"),
        ExamQuestion(
            question_id="m1",
            kind="multi",
            text="All?",
            gold=(GoldPaper(title="A", answers=("1",)), GoldPaper(title="B")),
        ),
    )


def test_an_id_may_be_missing_or_a_number_and_one_answer_a_text(tmp_path: Path) -> None:
    row = {key: value for key, value in FACT.items() if key != "id"} | {"answers": "80%"}
    exam = read_exam(write(tmp_path, row, NONE | {"id": 7}))
    assert [question.question_id for question in exam.questions] == ["line 1", "7"]
    assert exam.questions[0].gold[0].answers == ("80%",)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("not json", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ("[" * 100_000, "no JSON object"),
        ("{}", '"kind" has to be one of fact, none, multi'),
        (NONE | {"kind": ["none"]}, '"kind" has to be one of'),
        ({"kind": "none"}, '"question" is missing'),
        (NONE | {"question": "\u200b \x1b[31m"}, '"question" is empty'),
        (NONE | {"question": "x" * (MAX_QUESTION_CHARS + 1)}, "more than 4,000 characters"),
        (NONE | {"question": 7}, '"question" is no text'),
        (NONE | {"id": True}, '"id" is no text'),
        (FACT | {"title": None}, '"title" of a fact is missing'),
        (FACT | {"answers": []}, '"answers" is missing'),
        (FACT | {"answers": {"a": 1}}, '"answers" is no list of texts'),
        (FACT | {"answers": ["x", None]}, '"answers" is missing'),
        (FACT | {"answers": ["x"] * (MAX_ANSWERS + 1)}, "more than 100 entries"),
        (MULTI | {"titles": "A"}, '"titles" of a multi is no list'),
        (MULTI | {"titles": ["A", "A"]}, "the same title twice"),
        (MULTI | {"answers": ["1"]}, "have to be an object"),
        (MULTI | {"answers": {"C": ["1"]}}, 'not in "titles": C'),
    ],
)
def test_a_line_that_is_no_question_is_named_with_its_reason(
    tmp_path: Path, row: Any, reason: str
) -> None:
    ((line, told),) = reasons(tmp_path, NONE | {"id": "first", "question": "First?"}, row)
    assert line == 2
    assert reason in told


def test_a_question_or_an_id_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    again = FACT | {"id": "f2"}
    other = NONE | {"id": "f1"}
    assert reasons(tmp_path, FACT, again, other) == [
        (2, "the same question as line 1"),
        (3, "the same id as line 1"),
    ]


def test_bytes_that_are_no_text_are_named_and_a_mark_at_the_start_is_not(tmp_path: Path) -> None:
    file = tmp_path / "exam.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(FACT).encode() + b"\r\n\xff\xfe\n")
    exam = read_exam(file)
    assert len(exam.questions) == 1
    assert [(r.line, r.reason) for r in exam.rejected] == [(2, "not in UTF-8")]


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_exam(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="is no file"):
        read_exam(tmp_path)


def test_a_limit_takes_questions_from_the_whole_file() -> None:
    exam = read_exam(sample_exam())
    some = exam.select(limit=9)
    assert len(some.questions) == len(some.lines) == 9
    assert {question.kind for question in some.questions} == {"fact", "none", "multi"}
    assert some == exam.select(limit=9)
    assert exam.select(limit=10_000).questions == exam.questions


def test_kinds_are_selected_and_nothing_left_is_an_error(tmp_path: Path) -> None:
    exam = read_exam(write(tmp_path, FACT, NONE))
    assert [q.question_id for q in exam.select(["none"]).questions] == ["n1"]
    with pytest.raises(InputError, match="no question of the kind multi"):
        exam.select(["multi"])
    with pytest.raises(InputError, match="holds no question"):
        read_exam(write(tmp_path)).select()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["id", "kind", "question", "title", "titles", "answers"]),
        st.sampled_from(["fact", "none", "multi"])
        | st.text(max_size=5)
        | st.none()
        | st.integers()
        | st.lists(st.text(max_size=3) | st.none(), max_size=3)
        | st.dictionaries(st.text(max_size=3), st.lists(st.text(max_size=3), max_size=2)),
    )
)
def test_whatever_an_object_holds_it_is_a_question_or_rejected(
    tmp_path: Path, row: dict[str, Any]
) -> None:
    exam = read_exam(write(tmp_path, json.dumps(row)))
    assert len(exam.questions) + len(exam.rejected) == 1
