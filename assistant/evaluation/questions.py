"""Reads an exam: questions, one JSON object a line, with what a right answer to each would hold.

The format is described in ``assistant/sample/README.md``. A line that is no question is reported
with its number and a reason, never passed over: a figure over fewer questions than were written
would say less than it seems to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from assistant.errors import InputError
from assistant.resources import sample_papers
from assistant.text.clean import normalise
from assistant.types import Rejected

QuestionKind = Literal["fact", "none", "multi"]
"""One paper answers it, no paper does, or several are needed."""
KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_QUESTIONS = 20_000
MAX_QUESTION_CHARS = 4_000
MAX_TITLE_CHARS = 1_000
MAX_ANSWER_CHARS = 1_000
MAX_ANSWERS = 100
"""Accepted answers to one question, and titles of one question."""
MAX_ID_CHARS = 60

_NO_OBJECT = 'no JSON object such as {"kind": "none", "question": "…"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPaper:
    """A paper that belongs in a good answer."""

    title: str
    answers: tuple[str, ...] = ()
    """Any one of them gives the fact; none are needed where the paper alone is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamQuestion:
    """A question and what a right answer to it holds."""

    question_id: str
    kind: QuestionKind
    text: str
    gold: tuple[GoldPaper, ...] = ()
    """One paper of a ``fact``, several of a ``multi``, nothing of a ``none``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """The questions of a file, in its order."""

    path: str
    sha256: str
    questions: tuple[ExamQuestion, ...]
    lines: tuple[int, ...] = ()
    """The number of the line of each question, from 1."""
    rejected: tuple[Rejected, ...] = ()
    """The lines that are no questions."""

    def select(self, kinds: Sequence[QuestionKind] = (), *, limit: int | None = None) -> Exam:
        """Return the exam with questions of these kinds, and at most ``limit`` of them.

        Those that are taken stand evenly spread over the file, so that a small part of an exam
        is like the whole of it. Raises InputError if none is left.
        """
        chosen = [i for i, q in enumerate(self.questions) if not kinds or q.kind in kinds]
        if limit is not None and limit < len(chosen):
            step = (len(chosen) - 1) / max(1, limit - 1)
            chosen = [chosen[int(place * step)] for place in range(limit)]
        if not chosen:
            wanted = f" of the kind {' or '.join(kinds)}" if kinds else ""
            raise InputError(
                f"{self.path} holds no question{wanted}.",
                hint="The format is described in the README of the sample library.",
            )
        return replace(
            self,
            questions=tuple(self.questions[place] for place in chosen),
            lines=tuple(self.lines[place] for place in chosen),
        )


def sample_exam() -> Path:
    """Return the file of questions about the sample library."""
    return sample_papers().with_name("questions.jsonl")


def read_exam(path: Path) -> Exam:
    """Read an exam; lines that are no questions are in ``rejected``.

    Raises InputError if the file cannot be read or is too large.
    """
    content = _content(path)
    questions: list[ExamQuestion] = []
    lines: list[int] = []
    rejected: list[Rejected] = []
    known: dict[ExamQuestion | str, int] = {}
    for number, line in _numbered(content):
        try:
            question = _question(line, number)
            # Runs are compared question by question: each has to be there once.
            alike = replace(question, question_id="")
            for key, what in ((question.question_id, "id"), (alike, "question")):
                if key in known:
                    raise ValueError(f"the same {what} as line {known[key]}")
            known |= {question.question_id: number, alike: number}
        except ValueError as error:
            rejected.append(Rejected(file=path.name, line=number, reason=str(error)))
            continue
        if len(questions) == MAX_QUESTIONS:
            raise InputError(
                f"{path} holds more than {MAX_QUESTIONS:,} questions.",
                hint="Divide it into several files.",
            )
        questions.append(question)
        lines.append(number)
    return Exam(
        path=str(path),
        sha256=hashlib.sha256(content).hexdigest(),
        questions=tuple(questions),
        lines=tuple(lines),
        rejected=tuple(rejected),
    )


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no file.", hint="Name a file of questions.")
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{path} cannot be read: {reason.lower()}.", hint="Name a file of questions."
        ) from error
    if len(content) > MAX_FILE_BYTES:
        raise InputError(
            f"{path} is larger than {MAX_FILE_BYTES // 1024**2} MiB.",
            hint="Divide it into several files.",
        )
    return content


def _numbered(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers."""
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _question(line: bytes, number: int) -> ExamQuestion:
    """Return the question of a line. Raises ValueError with a reason for its writer."""
    row = _object(line)
    kind = row.get("kind")
    if kind not in KINDS:
        raise ValueError(f'"kind" has to be one of {", ".join(KINDS)}')
    text = _text(row.get("question"), '"question"', MAX_QUESTION_CHARS)
    given = row.get("id")
    named = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    return ExamQuestion(
        question_id=f"line {number}" if given is None else _text(named, '"id"', MAX_ID_CHARS),
        kind=kind,
        text=text,
        gold=_gold(kind, row),
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError("not in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(_NO_OBJECT) from error
    if not isinstance(row, dict):
        raise ValueError(_NO_OBJECT)
    return row


def _gold(kind: QuestionKind, row: dict[str, Any]) -> tuple[GoldPaper, ...]:
    if kind == "none":
        return ()
    if kind == "fact":
        title = _text(row.get("title"), '"title" of a fact', MAX_TITLE_CHARS)
        return (GoldPaper(title=title, answers=_answers(row.get("answers"), '"answers"')),)
    titles = _texts(row.get("titles"), '"titles" of a multi', MAX_TITLE_CHARS)
    if len({*titles}) < len(titles):
        raise ValueError('the same title twice in "titles"')
    answers = row.get("answers") or {}
    if not isinstance(answers, dict):
        raise ValueError('"answers" of a multi have to be an object: {"title": ["answer", …]}')
    accepted = {normalise(title): _answers(of, '"answers"') for title, of in answers.items()}
    if strange := accepted.keys() - {*titles}:
        raise ValueError(f'"answers" for a title that is not in "titles": {min(strange)[:80]}')
    return tuple(GoldPaper(title=title, answers=accepted.get(title, ())) for title in titles)


def _answers(value: object, name: str) -> tuple[str, ...]:
    return _texts([value] if isinstance(value, str) else value, name, MAX_ANSWER_CHARS)


def _texts(value: object, name: str, max_chars: int) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"{name} is no list of texts" if value else f"{name} is missing")
    if len(value) > MAX_ANSWERS:
        raise ValueError(f"{name} has more than {MAX_ANSWERS} entries")
    return tuple(_text(item, name, max_chars) for item in value)


def _text(value: object, name: str, max_chars: int) -> str:
    if value is None:
        raise ValueError(f"{name} is missing")
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    if not (text := normalise(value)):
        raise ValueError(f"{name} is empty")
    if len(text) > max_chars:
        raise ValueError(f"{name} has more than {max_chars:,} characters")
    return text
