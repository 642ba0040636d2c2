"""The commands on a real library: what they print where, and how they end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.resources import sample_papers

ANSWER_KEYS = [
    "question",
    "found",
    "text",
    "sentences",
    "citations",
    "nearest",
    "model",
    "timings",
]
FACT = "What BLEU score does the Transformer reach on English-to-German translation?"
TITLE = "Attention Is All You Need"
UNKNOWN = "How do I descale an espresso machine?"


def run(folder: Path, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--library", str(folder), *arguments], input=stdin)


def run_json(folder: Path, *arguments: str) -> dict[str, Any]:
    result = run(folder, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    (line,) = result.stdout.splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


def sample_titles() -> list[str]:
    lines = sample_papers().read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["title"] for line in lines]


def test_papers_lists_id_year_and_title(sample_folder: Path) -> None:
    result = run(sample_folder, "papers")
    rows = [line.split("  ", maxsplit=2) for line in result.stdout.splitlines()]
    assert sorted(row[2].strip() for row in rows) == sorted(sample_titles())
    assert len({row[0] for row in rows}) == len(rows)
    assert result.stderr == f"{len(rows)} papers\n"


def test_papers_as_json_holds_all_that_is_known(sample_folder: Path) -> None:
    papers = run_json(sample_folder, "papers")["papers"]
    paper = next(item for item in papers if item["title"] == TITLE)
    assert paper["year"] == 2017
    assert paper["authors"][0] == "Ashish Vaswani"
    assert "28.4 BLEU" in paper["abstract"]


def test_show_takes_an_id_the_beginning_of_one_and_a_title(sample_folder: Path) -> None:
    by_title = run_json(sample_folder, "show", TITLE)
    paper_id = by_title["paper_id"]
    assert run_json(sample_folder, "show", paper_id) == by_title
    assert run_json(sample_folder, "show", *TITLE.lower().split()) == by_title
    text = run(sample_folder, "show", paper_id).stdout
    assert text.startswith(f"{TITLE}\nid: {paper_id}\n")
    assert text.endswith(by_title["abstract"] + "\n")


def test_a_paper_that_is_not_there_is_one_error(sample_folder: Path) -> None:
    result = run(sample_folder, "show", "no such paper at all")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 2


def test_search_gives_the_contract_and_the_right_paper_first(sample_folder: Path) -> None:
    found = run_json(sample_folder, "search", "--limit", "3", *FACT.split())
    assert found["query"] == FACT
    assert [list(hit) for hit in found["hits"]] == [["paper_id", "title", "score"]] * 3
    assert found["hits"][0]["title"] == TITLE
    assert TITLE in run(sample_folder, "search", FACT).stdout.splitlines()[0]


def test_ask_gives_the_contract_and_a_verbatim_quote(sample_folder: Path) -> None:
    answer = run_json(sample_folder, "ask", FACT)
    assert list(answer) == ANSWER_KEYS
    assert list(answer["timings"]) == ["search_s", "first_token_s", "total_s"]
    assert answer["found"] is True
    assert "28.4" in answer["text"]
    numbers = [citation["number"] for citation in answer["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    for sentence in answer["sentences"]:
        assert sentence["kind"] in {"generated", "quoted"}
        assert sentence["citations"]
        assert set(sentence["citations"]) <= set(numbers)
    for citation in answer["citations"]:
        abstract = run_json(sample_folder, "show", citation["paper_id"])["abstract"]
        assert citation["quote"] == abstract[citation["start"] : citation["end"]]
        assert f"[{citation['number']}]" in answer["text"]
    assert answer["citations"][0]["title"] == TITLE


def test_ask_prints_the_answer_then_each_citation(sample_folder: Path) -> None:
    result = run(sample_folder, "ask", FACT)
    answer, citation = result.stdout.split("\n\n")[:2]
    assert result.exit_code == 0
    assert "28.4" in answer
    assert "[1]" in answer
    title, quote = citation.rstrip("\n").split("\n")[:2]
    assert title == f"[1] {TITLE}"
    assert quote.startswith("    “")
    assert result.stderr == ""


def test_ask_says_so_when_nothing_is_found_and_names_the_nearest(sample_folder: Path) -> None:
    result = run(sample_folder, "ask", UNKNOWN)
    assert result.exit_code == 3
    assert "Nearest papers:" in result.stdout
    assert any(f"  {title}\n" in result.stdout for title in sample_titles())
    assert result.stderr == ""


def test_questions_from_standard_input_are_answered_in_order(sample_folder: Path) -> None:
    result = run(sample_folder, "ask", "--json", "-", stdin=f"{FACT}\n\n{UNKNOWN}\n")
    first, empty, last = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 1
    assert (first["question"], first["found"]) == (FACT, True)
    assert list(empty) == ["question", "error"]
    assert (last["question"], last["found"]) == (UNKNOWN, False)


def test_queries_from_standard_input_are_searched_in_order(sample_folder: Path) -> None:
    result = run(sample_folder, "search", "--json", "-", "--limit", "1", stdin=f"{FACT}\nimages\n")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [item["query"] for item in found] == [FACT, "images"]
    assert [len(item["hits"]) for item in found] == [1, 1]


@pytest.mark.parametrize("question", ["", "   ", "x" * 100_000])
def test_a_question_that_is_none_is_one_error(sample_folder: Path, question: str) -> None:
    result = run(sample_folder, "ask", question)
    assert result.exit_code in {1, 2, 3}
    assert "Traceback" not in result.stderr
    if result.exit_code != 3:
        assert result.stderr.startswith("Error: ")
        assert len(result.stderr.splitlines()) == 2


def test_remove_prints_what_is_gone(own_folder: Path) -> None:
    paper_id = run_json(own_folder, "show", TITLE)["paper_id"]
    result = run(own_folder, "remove", "--yes", TITLE)
    assert (result.exit_code, result.stdout) == (0, f"{paper_id}  2017  {TITLE}\n")
    assert TITLE not in run(own_folder, "papers").stdout
    assert run(own_folder, "show", paper_id).exit_code == 3


def test_remove_does_not_guess_when_nobody_can_be_asked(sample_folder: Path) -> None:
    result = run(sample_folder, "remove", TITLE)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert TITLE in run(sample_folder, "papers").stdout


def test_of_several_papers_none_is_removed_if_one_is_unknown(own_folder: Path) -> None:
    assert run(own_folder, "remove", "--yes", TITLE, "no such paper at all").exit_code == 3
    assert TITLE in run(own_folder, "papers").stdout


@pytest.mark.parametrize(
    "arguments",
    [["search", "x"], ["ask", "x"], ["papers"], ["show", "x"], ["remove", "--yes", "x"]],
)
def test_without_a_library_it_is_code_4_and_none_is_made(
    tmp_path: Path, arguments: list[str]
) -> None:
    result = run(tmp_path / "none", *arguments)
    assert (result.exit_code, result.stdout) == (4, "")
    assert len(result.stderr.splitlines()) == 2
    assert not (tmp_path / "none").exists()


def test_without_a_model_it_is_code_4(sample_folder: Path) -> None:
    result = run(sample_folder, "--set", "llm.model=/no/such/model.gguf", "ask", FACT)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "/no/such/model.gguf" in result.stderr


def test_a_copied_library_answers_alike(sample_folder: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(sample_folder, tmp_path / "moved")
    assert run(moved, "papers").stdout == run(sample_folder, "papers").stdout
