"""Filters and tags on the command line: in the query, as options, and what is said of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main

FACT = "What BLEU score does the Transformer reach on English-to-German translation?"
TITLE = "Attention Is All You Need"


def run(folder: Path, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--library", str(folder), *arguments], input=stdin)


def run_json(folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    result = run(folder, *arguments, "--json")
    assert result.exit_code == code, result.stderr
    (line,) = result.stdout.splitlines()
    value: dict[str, Any] = json.loads(line)
    return value


@pytest.mark.parametrize(
    "arguments",
    [
        ["attention author:vaswani"],
        ["attention", "author:vaswani"],
        ["attention", "--author", "vaswani"],
        ["attention", "--author", "Ashish Vaswani", "--year", "2017"],
        ['"English-to-German" year:2017 -survey'],
        ["attention", "--author", "vaswani", "--author", "shazeer"],
    ],
)
def test_search_takes_filters_in_the_query_and_as_options(
    arguments: list[str], sample_folder: Path
) -> None:
    found = run_json(sample_folder, "search", *arguments)
    assert [hit["title"] for hit in found["hits"]] == [TITLE]


def test_options_limit_every_line_of_a_batch(sample_folder: Path) -> None:
    result = run(
        sample_folder,
        *("search", "--json", "-", "--year", "2017"),
        stdin="attention\nattention year:2018\nattention year:x\n",
    )
    first, second, third = (json.loads(line) for line in result.stdout.splitlines())
    assert TITLE in [hit["title"] for hit in first["hits"]]
    assert second["hits"] == []
    assert "year:2019..2021" in third["error"]


def test_ask_is_limited_too(sample_folder: Path) -> None:
    answer = run_json(sample_folder, "ask", FACT, "--venue", "neurips", "--year", "..2017")
    assert {citation["title"] for citation in answer["citations"]} == {TITLE}
    assert answer["question"] == FACT


@pytest.mark.parametrize("command", ["search", "ask", "papers"])
def test_where_nothing_matches_it_is_said_with_code_3(command: str, sample_folder: Path) -> None:
    words = [] if command == "papers" else ["attention"]
    result = run(sample_folder, command, *words, "--year", "1900..", "--author", "nobody")
    assert result.exit_code == 3
    output = result.stdout if command == "ask" else result.stderr
    assert output == "No paper of the library matches year:1900.. author:nobody.\n"


def test_where_nothing_matches_json_is_empty(sample_folder: Path) -> None:
    assert run_json(sample_folder, "papers", "year:1900", code=3) == {"papers": []}
    assert run_json(sample_folder, "search", "x year:1900", code=3)["hits"] == []
    answer = run_json(sample_folder, "ask", "x year:1900", code=3)
    assert (answer["found"], answer["nearest"]) == (False, [])


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "x", "--year", "abc"],
        ["search", "x year:abc"],
        ["ask", "x", "--year", "abc"],
        ["ask", "x year:abc"],
        ["papers", "year:abc"],
        ["papers", "--year", "abc"],
    ],
)
def test_a_malformed_value_is_wrong_usage_and_the_form_is_said(
    arguments: list[str], sample_folder: Path
) -> None:
    result = run(sample_folder, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: 'year:abc' is no year" in result.stderr
    assert "year:2019..2021" in result.stderr


def test_papers_lists_those_that_pass(sample_folder: Path) -> None:
    years = [paper["year"] for paper in run_json(sample_folder, "papers")["papers"]]
    recent = run_json(sample_folder, "papers", "year:2020..")["papers"]
    assert sorted(paper["year"] for paper in recent) == sorted(y for y in years if y >= 2020)
    rest = run(sample_folder, "papers", "--", "-year:2020..")
    assert len(rest.stdout.splitlines()) == len(years) - len(recent)
    result = run(sample_folder, "papers", "some", "words")
    assert result.exit_code == 2
    assert "'some words' is no filter" in result.stderr


def test_tags_are_put_on_listed_shown_and_taken_off(own_folder: Path) -> None:
    assert "no tags yet" in run(own_folder, "tag").stderr
    result = run(own_folder, "tag", TITLE, "LoRA", "--add", "to read", "--add", "read")
    assert result.exit_code == 0, result.stderr
    assert [line.split("  ")[-1] for line in result.stdout.splitlines()] == ["[to read, read]"] * 2
    run(own_folder, "tag", TITLE, "--remove", "TO READ")
    assert run(own_folder, "tag").stdout == "     2  read\n     1  to read\n"
    assert run_json(own_folder, "tag")["tags"][0] == {"tag": "read", "papers": 2}
    assert "\ntags: read\n" in run(own_folder, "show", TITLE).stdout
    (paper,) = run_json(own_folder, "papers", 'tag:read -tag:"to read"')["papers"]
    assert (paper["title"], paper["tags"]) == (TITLE, ["read"])
    (hit,) = run_json(own_folder, "search", "attention", "--tag", "to read")["hits"]
    assert hit["title"].startswith("LoRA")


@pytest.mark.parametrize("arguments", [[TITLE], ["--add", "x"], ["no such paper", "--add", "x"]])
def test_tags_need_papers_and_papers_need_tags(arguments: list[str], own_folder: Path) -> None:
    result = run(own_folder, "tag", *arguments)
    assert result.exit_code in {2, 3}
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 2
    assert run_json(own_folder, "tag") == {"tags": []}


def test_without_a_library_there_is_nothing_to_tag(tmp_path: Path) -> None:
    result = run(tmp_path / "none", "tag")
    assert (result.exit_code, result.stdout) == (4, "")


def test_what_is_chosen_is_exported(own_folder: Path, tmp_path: Path) -> None:
    run(own_folder, "tag", TITLE, "--add", "cite")
    for arguments in (["tag:cite"], ["--tag", "cite"], ["attention", "--tag", "cite"]):
        result = run(own_folder, "export", *arguments, "--format", "jsonl")
        assert result.exit_code == 0, result.stderr
        (line,) = result.stdout.splitlines()
        assert json.loads(line)["title"] == TITLE
    many = run(own_folder, "export", "year:2020..", "--format", "jsonl").stdout.splitlines()
    assert len(many) > 10


@pytest.mark.parametrize(
    "words",
    [
        ["-survey attention", "year:2017"],
        ["-survey", "attention", "--year", "2017"],
        ["attention", "-survey", "-year:2018..", '-"large language"', "-hinton"],
        ["attention", "-2", "dB", "-tag:read"],
        ["--", "-survey", "attention"],
    ],
)
def test_a_word_with_a_dash_in_front_is_no_option(words: list[str], sample_folder: Path) -> None:
    result = run(sample_folder, "search", "--json", *words)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert TITLE in [hit["title"] for hit in found["hits"]]
    assert "survey" not in words[0] or "-survey" in found["query"]


def test_papers_takes_a_negated_condition_as_it_is(sample_folder: Path) -> None:
    found = run_json(sample_folder, "papers", "-year:2018..")["papers"]
    assert found
    assert all(paper["year"] < 2018 for paper in found)


@pytest.mark.parametrize("option", ["-limit", "-json", "-year=2017", "-n", "--unknown", "--survey"])
def test_an_option_that_is_misspelt_is_not_searched_for(option: str, sample_folder: Path) -> None:
    result = run(sample_folder, "search", "attention", option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "No such option" in result.stderr


def test_the_value_of_an_option_may_begin_with_a_dash(sample_folder: Path) -> None:
    result = run(sample_folder, "search", "attention", "--tag", "-x")
    assert result.stderr == "No paper of the library matches tag:-x.\n"


def test_a_misspelt_condition_is_searched_for_and_pointed_out(sample_folder: Path) -> None:
    result = run(sample_folder, "search", "attention", "autor:vaswani")
    assert (result.exit_code, result.stderr) == (
        0,
        "'autor:' is no filter; did you mean author:?\n",
    )
    result = run(sample_folder, "papers", "autor:vaswani")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Hint: 'autor:' is no filter; did you mean author:?" in result.stderr
