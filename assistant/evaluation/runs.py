"""Keeps the runs of an exam: one file a run, one line a question, written as it is answered.

The first line says what was measured: which questions, which library, which settings, which
program. A run that was cut short is gone on with by one for which all of this is the same, and
two runs are compared with the difference between these lines in view.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from assistant.config import Value
from assistant.errors import InputError
from assistant.evaluation.questions import ExamQuestion, QuestionKind
from assistant.evaluation.results import ExamResult
from assistant.sessions.linefile import append, read
from assistant.shapes import restore
from assistant.text.clean import normalise

LAST = "last"
"""In place of a label: the run before this one on the same questions."""
MAX_LABEL_CHARS = 60
ENDING = ".jsonl"
_OUTER = frozenset({"cli", "tui", "evaluation"})
"""Folders of the package that no answer passes through on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """What a run measures."""

    started: str
    """In UTC, as ``2026-01-31T12:00:00Z``."""
    exam: str
    """The file of the questions."""
    exam_sha256: str
    questions: int
    """So many were chosen from it."""
    library: str
    papers: int
    library_sha256: str
    """Of ids, titles and abstracts."""
    version: str
    program_sha256: str
    """Of source and prompts: a version that is being worked on changes every day."""
    name: str = ""
    kinds: tuple[QuestionKind, ...] = ()
    limit: int | None = None
    settings: Mapping[str, Value] = field(default_factory=dict)
    """``section.key`` to value: all that an answer depends on."""

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values, in their order here."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Return the header of such an object. Raises ValueError if it is none."""
        if not isinstance(value, dict):
            raise ValueError("RunHeader is no object")
        settings = value.get("settings", {})
        if not isinstance(settings, dict) or not all(
            isinstance(setting, str | int | float) for setting in settings.values()
        ):
            raise ValueError("RunHeader.settings is of the wrong kind")
        header = restore(cls, {name: item for name, item in value.items() if name != "settings"})
        return replace(header, settings=settings)

    def measures_as(self, other: RunHeader) -> bool:
        """Tell whether one run can go on with the other: all is the same but the time."""
        return self == replace(other, started=self.started, exam=self.exam, library=self.library)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that was kept, whole or not."""

    path: Path
    header: RunHeader
    results: Mapping[ExamQuestion, ExamResult]

    @property
    def complete(self) -> bool:
        """Whether every question was asked."""
        return len(self.results) >= self.header.questions


class RunFile:
    """A run that is being made; each result is on the disk before the next question is asked."""

    def __init__(self, run: Run) -> None:
        self.path = run.path
        self.header = run.header
        self.results = dict(run.results)

    def add(self, result: ExamResult) -> None:
        """Keep a result; the first makes the file. Raises InputError if it cannot be written."""
        line = _line({"result": result.to_json()})
        lines = deque([line])
        try:
            if not self.path.exists():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                lines.appendleft(_line({"run": self.header.to_json()}))
            append(self.path, lines, create=True, durable=True)
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be written: {(error.strerror or str(error)).lower()}.",
                hint="Name another file with --out, or free space on the disk.",
            ) from error
        # As it will be read again: what is reported now is reported later.
        self.results[result.question] = _result(line)


class RunFolder:
    """The folder in which runs are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, header: RunHeader, *, out: Path | None = None) -> RunFile:
        """Return the run to go on with, or a new one; in the file ``out`` if one is named.

        Gone on with are runs that were cut short, and the whole run if it has a name or a file:
        its results are then there already.

        Raises InputError if ``out`` holds something else.
        """
        if out is not None:
            return self._open_file(out, header)
        for path in self._newest_first():
            other = read_header(path)
            if other is not None and header.measures_as(other):
                run = read_run(path)
                if header.name or not run.complete:
                    return RunFile(run)
        stamp = header.started.replace("-", "").replace(":", "")
        path = self.folder / f"{stamp}-{secrets.token_hex(3)}{ENDING}"
        return RunFile(Run(path=path, header=header, results={}))

    def find(self, label: str, *, besides: RunFile) -> Run:
        """Return the run to compare with: the newest of that name, the last one, or a file.

        ``besides`` is the run that is compared, which is not returned itself. Raises InputError
        if there is none.
        """
        names: dict[str, None] = {}
        for path in self._newest_first():
            header = read_header(path)
            if header is None or path == besides.path:
                continue
            names[header.name] = None
            same_exam = header.exam_sha256 == besides.header.exam_sha256
            if (label == LAST and same_exam) or header.name == label:
                return read_run(path)
        if label == LAST:
            raise InputError(
                "There is no earlier run on these questions.",
                hint="Run it once without --compare.",
            )
        if Path(label).is_file():
            return read_run(Path(label))
        known = ", ".join(name for name in names if name)
        raise InputError(
            f"There is no run called '{label}'.",
            hint=f"There are: {known}." if known else "Give a run a name with --name.",
        )

    def _open_file(self, path: Path, header: RunHeader) -> RunFile:
        if not path.exists():
            return RunFile(Run(path=path, header=header, results={}))
        other = read_header(path)
        if other is None or not header.measures_as(other):
            what = "no run" if other is None else "a run with other questions or settings"
            raise InputError(
                f"{path} is there already and holds {what}.", hint="Name another file with --out."
            )
        return RunFile(read_run(path))

    def _newest_first(self) -> list[Path]:
        try:
            return sorted(self.folder.glob(f"*{ENDING}"), reverse=True)
        except OSError:
            return []


def _result(line: bytes) -> ExamResult:
    """Return the result of a line. Raises ValueError, KeyError or TypeError if it is none."""
    return ExamResult.from_json(json.loads(line)["result"])


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"


def read_header(path: Path) -> RunHeader | None:
    """Return what a file of a run measures; None if it is no such file."""
    try:
        return RunHeader.from_json(json.loads(next(read(path)))["run"])
    except (OSError, StopIteration, ValueError, KeyError, TypeError, RecursionError):
        return None


def read_run(path: Path) -> Run:
    """Return a run with the results that are whole. Raises InputError if the file is none."""
    header = read_header(path)
    if header is None:
        raise InputError(
            f"{path} is no run of an exam.", hint="Name a file that 'assistant eval' wrote."
        )
    results = {result.question: result for result in _results(path)}
    return Run(path=path, header=header, results=results)


def _results(path: Path) -> Iterator[ExamResult]:
    try:
        for line in read(path):
            try:
                yield _result(line)
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # the header, or a line that a crash cut short: it is asked again
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}."
        ) from error


def checked_label(label: str) -> str:
    """Return the name of a run, in readable form. Raises InputError if it cannot be one."""
    name = normalise(label)
    if not name or name == LAST or len(name) > MAX_LABEL_CHARS:
        raise InputError(
            f"'{name[:MAX_LABEL_CHARS]}' cannot be the name of a run.",
            hint=f"A name has 1 to {MAX_LABEL_CHARS} characters and is not '{LAST}'.",
        )
    return name


def program_sha256(package: Path, *more: Path) -> str:
    """Return the digest of the source that makes an answer, and of Markdown files in other folders.

    How an answer is shown or judged is left out: no answer changes with it.
    """
    digest = hashlib.sha256()
    source = (
        file for file in package.rglob("*.py") if file.parts[len(package.parts)] not in _OUTER
    )
    prompts = (file for folder in more for file in folder.rglob("*.md"))
    for file in sorted([*source, *prompts]):
        digest.update(f"{file.name}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
