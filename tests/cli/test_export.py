"""Papers as references on the command line: data on standard output, files never overwritten."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main

FACT = "What BLEU score does the Transformer reach on English-to-German translation?"
TITLE = "Attention Is All You Need"
UNKNOWN = "How do I descale an espresso machine?"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--library", str(folder), *arguments])


def test_the_whole_library_goes_to_standard_output(sample_folder: Path) -> None:
    result = run(sample_folder, "export", "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(list(csv.DictReader(io.StringIO(result.stdout)))) == 52
    assert run(sample_folder, "export").stdout.count("\n@") == 51


def test_what_a_search_finds_is_exported_best_first(sample_folder: Path) -> None:
    result = run(sample_folder, "export", "--format", "jsonl", "--limit", "3", *FACT.split())
    papers = [json.loads(line) for line in result.stdout.splitlines()]
    assert papers[0]["title"] == TITLE
    assert len(papers) == 3
    searched = run(sample_folder, "search", "--format", "jsonl", "--limit", "3", FACT)
    assert searched.stdout == result.stdout


@pytest.mark.parametrize("ending", ["bib", "ris", "json", "csv", "md", "jsonl"])
def test_the_ending_of_a_file_names_the_format(
    sample_folder: Path, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"papers.{ending}"
    result = run(sample_folder, "export", "--output", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"Wrote 52 papers to {file}.\n"
    if ending != "md":
        assert run(tmp_path / "new", "add", str(file)).stderr.startswith("Added 52, ")


def test_what_is_exported_and_added_again_is_the_same_library(
    sample_folder: Path, tmp_path: Path
) -> None:
    files = [str(tmp_path / f"papers.{ending}") for ending in ("bib", "ris", "json", "csv")]
    for file in files:
        run(sample_folder, "export", "--output", file)
    assert run(tmp_path / "new", "add", *files).exit_code == 0
    old, new = (
        json.loads(run(folder, "papers", "--json").stdout)["papers"]
        for folder in (sample_folder, tmp_path / "new")
    )
    same = ("paper_id", "title", "abstract", "year", "venue", "doi", "arxiv_id", "url")
    assert [[paper[name] for name in same] for paper in new] == [
        [paper[name] for name in same] for paper in old
    ]


def test_no_file_is_overwritten_without_force(sample_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "refs.bib"
    file.write_text("mine")
    result = run(sample_folder, "export", "--output", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 2
    assert file.read_text() == "mine"
    assert run(sample_folder, "export", "--output", str(file), "--force").exit_code == 0
    assert file.read_text().startswith("@")


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "--output", "refs.unknown"],
        ["export", "--format", "word"],
        ["export", "--limit", "3"],
        ["export", "--limit", "3", "--year", "2020"],
        ["export", "--limit", "3", "year:2020"],
        ["search", "x", "--json", "--format", "ris"],
        ["ask", "x", "--json", "--cite", "ris"],
    ],
)
def test_what_makes_no_sense_is_refused(sample_folder: Path, arguments: list[str]) -> None:
    result = run(sample_folder, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 2


def test_a_library_without_papers_is_code_3(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("")
    run(tmp_path / "new", "add", str(tmp_path / "none.jsonl"))
    result = run(tmp_path / "new", "export")
    assert (result.exit_code, result.stdout) == (3, "")


def test_the_citations_of_an_answer_are_references(sample_folder: Path) -> None:
    result = run(sample_folder, "ask", "--cite", "bibtex", FACT)
    assert result.exit_code == 0
    assert result.stdout.startswith("@inproceedings{vaswani2017attention,\n")
    assert "28.4" in result.stderr
    assert "28.4 BLEU" in result.stdout  # in the abstract


def test_no_answer_has_no_references(sample_folder: Path) -> None:
    result = run(sample_folder, "ask", "--cite", "ris", UNKNOWN)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr


def test_a_reader_that_stops_early_is_no_error(sample_folder: Path) -> None:
    command = [sys.executable, "-m", "assistant", "--library", str(sample_folder), "export"]
    process = subprocess.Popen(
        [*command, "--format", "csl"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait() == 1


@pytest.mark.parametrize("arguments", [["year:1900"], ["--year", "1900"], ["x", "--year", "1900"]])
def test_where_nothing_matches_no_file_is_written(
    sample_folder: Path, tmp_path: Path, arguments: list[str]
) -> None:
    file = tmp_path / "refs.bib"
    file.write_text("mine")
    for place in ([], ["--output", str(file), "--force"], ["--format", "csl"]):
        result = run(sample_folder, "export", *arguments, *place)
        assert (result.exit_code, result.stdout) == (3, "")
        assert result.stderr == "No paper of the library matches year:1900.\n"
    assert file.read_text() == "mine"


def test_papers_keep_their_places_and_keys_when_they_are_tagged(
    own_folder: Path, tmp_path: Path
) -> None:
    twins = [{"title": f"Twin {n}", "abstract": "A.", "year": 2020} for n in (1, 2)]
    (tmp_path / "twins.json").write_text(json.dumps(twins))
    run(own_folder, "add", str(tmp_path / "twins.json"))
    before = run(own_folder, "export").stdout
    assert "{2020twin," in before
    assert "{2020twina," in before
    assert run(own_folder, "tag", "Twin 1", "--add", "x").exit_code == 0
    assert run(own_folder, "export").stdout == before


def test_conditions_alone_are_exported_in_the_order_of_the_whole(sample_folder: Path) -> None:
    lines = run(sample_folder, "export", "--format", "jsonl").stdout.splitlines()
    recent = run(sample_folder, "export", "year:2020..", "--format", "jsonl").stdout.splitlines()
    assert recent == [line for line in lines if json.loads(line)["year"] >= 2020]


@pytest.mark.parametrize("words", [["attention", "-one"], ["-one", "attention"]])
def test_a_word_that_begins_like_an_option_is_left_out_and_no_file_is_written(
    words: list[str], sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run(sample_folder, "export", "--format", "jsonl", "--limit", "52", *words)
    query = run(sample_folder, "export", "--format", "jsonl", "--limit", "52", " ".join(words))
    assert (found.exit_code, found.stdout) == (0, query.stdout)
    papers = [json.loads(line) for line in found.stdout.splitlines()]
    assert papers
    assert not any(re.search(r"\bone\b", paper["abstract"], re.I) for paper in papers)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [["-orefs.bib"], ["-o./refs", "--format", "bibtex"]])
def test_a_file_may_stand_right_behind_its_option(
    place: list[str], sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(sample_folder, "export", "attention", *place).exit_code == 0
    (file,) = tmp_path.iterdir()
    assert file.read_text().startswith("@")
