"""``assistant eval`` on a real library: what it prints, what it keeps, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.evaluation.marks import FIGURES
from tests.hostile.conftest import STEERING

TITLE = "Attention Is All You Need"
FACT = {
    "id": "f1",
    "kind": "fact",
    "question": "What BLEU score does the Transformer reach on English-to-German translation?",
    "title": TITLE,
    "answers": ["28.4"],
}
NONE = {"id": "n1", "kind": "none", "question": "How do I descale an espresso machine?"}
QUOTES_ALONE = ("--set", "llm.enabled=false", "--set", "embedding.threads=1")
"""One thread: several that wait for each other crawl where other tests run at the same time."""


def run(folder: Path, *arguments: str, setting: str = "llm.enabled=false") -> Result:
    """Run ``eval`` with quotes alone: what a model writes is measured elsewhere."""
    options = ["--library", str(folder), *QUOTES_ALONE, "--set", setting]
    result = CliRunner().invoke(main, [*options, "eval", *arguments])
    assert "Traceback" not in result.output
    assert "Something broke" not in result.output
    assert not set(result.output) & STEERING
    return result


def write(path: Path, *rows: dict[str, Any] | str) -> str:
    file = path / "exam.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


@pytest.fixture(autouse=True)
def _own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_the_figures_are_printed_and_fit_80_columns(sample_folder: Path, tmp_path: Path) -> None:
    result = run(sample_folder, write(tmp_path, FACT, NONE))
    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= 80
    for line in (
        "  right paper found first            1.000  0.207–1.000    1 of 1 questions",
        "  fact given and cited, in 60 words  1.000  0.207–1.000    1 of 1 questions",
        "  said not found                     1.000  0.207–1.000    1 of 1 questions",
        "  0.18                     0.000          1.000  ← in force",
    ):
        assert line in result.stdout.splitlines()
    kept = list((tmp_path / "data" / "abstract-assistant" / "evaluations").iterdir())
    assert [f"Kept in {kept[0]}"] == result.stderr.splitlines()[-1:]


def test_json_holds_every_figure_and_what_was_measured(sample_folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path, FACT, NONE)
    result = run(sample_folder, file, "--json", "--name", "base", "--only", "fact")
    (line,) = result.stdout.splitlines()
    value = json.loads(line)
    assert list(value) == ["run", "figures", "compared"]
    assert value["compared"] is None
    assert value["run"]["name"] == "base"
    assert value["run"]["settings"]["llm.enabled"] is False
    assert value["figures"]["questions"] == {"fact": 1, "none": 0, "multi": 0}
    assert value["figures"]["shares"].keys() < {figure.name for figure in FIGURES}
    assert value["figures"]["seconds"].keys() == {"search_s", "first_words_s", "answer_s"}


def test_a_changed_setting_is_compared_question_by_question(
    sample_folder: Path, tmp_path: Path
) -> None:
    file = write(tmp_path, FACT, NONE)
    assert run(sample_folder, file, "--name", "base").exit_code == 0
    shy = "answer.min_confidence=1.0"
    result = run(sample_folder, file, "--compare", "base", setting=shy)
    assert result.exit_code == 0, result.output
    told = result.stdout.partition("Compared with “base”")[2]
    assert "answer.min_confidence: 0.18 → 1.0" in told
    assert "worse: fact answered, title cited first, title cited, fact given" in told
    assert "Not a question changed: " in told
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_named_run_is_not_made_twice_and_a_file_is_gone_on_with(
    sample_folder: Path, tmp_path: Path
) -> None:
    file, out = write(tmp_path, FACT, NONE), tmp_path / "run.jsonl"
    first = run(sample_folder, file, "--out", str(out), "--name", "x")
    lines = out.read_bytes().splitlines(keepends=True)
    assert len(lines) == 3
    assert first.stderr.endswith(f"Kept in {out}\n")
    again = run(sample_folder, file, "--out", str(out), "--name", "x")
    assert "was made before" in again.stderr
    assert again.stdout == first.stdout
    assert out.read_bytes() == b"".join(lines)
    out.write_bytes(b"".join(lines[:2]))
    assert (
        "1 questions are done" in run(sample_folder, file, "--out", str(out), "--name", "x").stderr
    )
    assert len(out.read_bytes().splitlines()) == 3


def test_every_bad_line_is_named_and_nothing_is_asked(sample_folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path, FACT, "{", NONE, '{"kind": "\x1b[31mfact"}')
    result = run(sample_folder, file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[:3] == [
        '  exam.jsonl:2: no JSON object such as {"kind": "none", "question": "…"}',
        '  exam.jsonl:4: no JSON object such as {"kind": "none", "question": "…"}',
        f"Error: 2 lines of {file} cannot be used: see above.",
    ]
    assert not (tmp_path / "data").exists()


def test_papers_that_the_library_lacks_are_named_by_line(
    sample_folder: Path, tmp_path: Path
) -> None:
    other = FACT | {"id": "f2", "title": "Nobody Wrote This"}
    result = run(sample_folder, write(tmp_path, FACT, other))
    assert result.exit_code == 0
    assert "  line 2: Nobody Wrote This\n" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["/no/such/file.jsonl"], 1, "cannot be read"),
        (["--compare", "nothing"], 1, "no run called 'nothing'"),
        (["--compare", "last"], 1, "no earlier run"),
        (["--name", "last"], 1, "cannot be the name"),
        (["--limit", "0"], 2, "not in the range"),
        (["--only", "all"], 2, "not one of"),
        (["--out", ""], 2, "need a value"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_asked(
    sample_folder: Path, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    result = run(sample_folder, *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert not (tmp_path / "data").exists()


def test_without_a_library_it_is_code_4_and_an_exam_of_other_papers_is_refused(
    own_folder: Path, tmp_path: Path
) -> None:
    assert run(tmp_path / "none").exit_code == 4
    result = run(own_folder, write(tmp_path, FACT | {"title": "Nobody Wrote This"}))
    assert result.exit_code == 1
    assert "holds no paper" in result.stderr


def test_hostile_questions_and_runs_do_not_reach_the_terminal(
    sample_folder: Path, tmp_path: Path
) -> None:
    evil = "\x1b]0;owned\x07\u202e"
    rows = [
        FACT | {"id": f"f{evil}", "question": f"How {evil}fast is the Transformer?"},
        NONE | {"question": f"{evil}year:abc espresso [red]/"},
    ]
    file = write(tmp_path, *rows)
    first = run(sample_folder, file, "--name", f"a{evil}b")
    assert first.exit_code == 0
    assert "Could not be asked: n1: " in first.stdout
    (kept,) = (tmp_path / "data" / "abstract-assistant" / "evaluations").iterdir()
    header, *results = kept.read_text().splitlines()
    run_line = json.loads(header)
    run_line["run"] |= {"name": f"z{evil}", "started": evil, "version": evil}
    run_line["run"]["settings"]["llm.model"] = evil
    strange = tmp_path / "strange.jsonl"
    strange.write_text("\n".join([json.dumps(run_line), *results]))
    # The run has a name: nothing is asked again.
    again = [file, "--name", f"a{evil}b", "--compare", str(strange)]
    assert "Compared with “z”" in run(sample_folder, *again).stdout
    value = json.loads(run(sample_folder, *again, "--json").stdout)
    assert value["compared"]["questions"] == 2
    assert value["compared"]["with"]["version"] == evil
