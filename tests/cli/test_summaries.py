"""Summaries, surveys, comparisons and overviews on the command line, with the sample library."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.library import Library

TOPIC = "subword tokenization"
UNKNOWN = "descaling espresso machines"
HOSTILE = (
    {
        "title": "One [red]Sentence[/red] | `x` & a < b\x1b[31m",
        "abstract": "We paint one [bold]widget[/bold] | green.",
    },
    {
        "title": "=SUM(1,2) of Widgets",
        "abstract": "=1+1 widgets are painted green by our method. They last 37% longer.",
    },
    {
        "title": "Über grüne Dinge",
        "abstract": "Wir untersuchen grüne Dinge. Sie halten 37 % länger als rote.",
    },
    {"title": "Widgets of Green", "abstract": "Green widgets fade. We mend them."},
)
BARE = "@article{d, title={Widgets Without an Abstract}}"
SURVEY = ["survey", TOPIC, "--year", "2016..2018"]
"""Of nine papers, which takes a fifth of the time."""
DOCUMENTS = (SURVEY, ["compare", "LoRA", "Adam"], ["overview"])


def run(folder: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(main, ["--library", str(folder), *arguments])
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert "Something broke" not in result.output
    assert "\x1b" not in result.output
    return result


def run_json(folder: Path, *arguments: str) -> dict[str, Any]:
    result = run(folder, *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    (line,) = result.stdout.splitlines()
    return dict(json.loads(line))


def papers_of(folder: Path, years: str) -> list[Any]:
    return list(run_json(folder, "papers", "--year", years)["papers"])


def check_quotes(library: Library, made: dict[str, Any]) -> None:
    """Fail if a citation is not what the abstract says where the citation points."""
    assert made["citations"]
    for citation in made["citations"]:
        abstract = library.paper(citation["paper_id"]).abstract
        assert citation["quote"] == abstract[citation["start"] : citation["end"]] != ""


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "a.json").write_text(json.dumps(HOSTILE), encoding="utf-8")
    (folder / "b.bib").write_text(BARE, encoding="utf-8")
    added = run(folder / "library", "add", str(folder / "a.json"), str(folder / "b.bib"))
    assert added.stderr.endswith("Added 5, updated 0, unchanged 0.\n")
    return folder / "library"


def test_a_summary_is_a_quote_with_its_proof(sample_folder: Path) -> None:
    result = run(sample_folder, "summarize", "flashattention:", "fast")
    said, proof = result.stdout.split("\n\n")
    assert said.startswith("“")
    assert said.endswith("[1]")
    assert proof.startswith("[1] FlashAttention: Fast and Memory-Efficient")
    assert run(sample_folder, "summarise", "flashattention:", "fast").stdout == result.stdout


def test_a_note_has_a_line_for_each_aspect(sample_folder: Path) -> None:
    lines = run(sample_folder, "summarize", "--long", "FlashAttention").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == "Problem Method Result Data Code".split()
    assert "not stated" in lines[-1]


@pytest.mark.parametrize("arguments", [[], ["--long"]])
def test_summaries_in_json_quote_to_the_letter(
    sample_folder: Path, sample_library: Library, arguments: list[str]
) -> None:
    made = run_json(sample_folder, "summarize", "LoRA", *arguments)
    assert made["title"].startswith("LoRA")
    assert ("aspects" in made) == bool(arguments)
    check_quotes(sample_library, made)


@pytest.mark.parametrize(
    "arguments",
    [
        ["summarize", "nothing of that name"],
        ["summarize", "a"],
        ["compare", "LoRA", "nothing of that name"],
        ["compare", UNKNOWN],
        ["compare", "LoRA"],
    ],
)
def test_what_names_no_single_paper_is_code_3(sample_folder: Path, arguments: list[str]) -> None:
    result = run(sample_folder, *arguments)
    assert (result.exit_code, result.stdout) == (3, "")
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["Error", "Hint"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["survey", TOPIC, "--format", "csv"],
        ["survey", TOPIC, "--json", "--format", "markdown"],
        ["survey", TOPIC, "--output", "survey.svg"],
        ["survey", "year:2020.."],
        ["survey", TOPIC, "--papers", "0"],
        ["compare", "LoRA", "Adam", "--year", "2020"],
        ["overview", "words"],
    ],
)
def test_what_makes_no_sense_is_code_2(sample_folder: Path, arguments: list[str]) -> None:
    result = run(sample_folder, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: ")


def test_a_survey_shows_every_paper_of_its_counts(
    sample_folder: Path, sample_library: Library
) -> None:
    made = run_json(sample_folder, *SURVEY)
    check_quotes(sample_library, made)
    entries = [entry for theme in made["themes"] for entry in theme["papers"]]
    assert made["papers"] == len(entries) > 1
    text = run(sample_folder, "survey", *TOPIC.split(), *SURVEY[2:]).stdout
    assert text.startswith(made["opening"])
    markdown = run(sample_folder, *SURVEY, "--format", "markdown").stdout
    for theme in made["themes"]:
        assert f"\n{theme['name']} ({len(theme['papers'])})\n─" in text
        assert f"\n## {theme['name']} ({len(theme['papers'])})\n" in markdown
    for entry in entries:
        (number,) = entry["sentence"]["citations"]
        titled = f"{entry['title']} ({entry['year']})"
        assert f"[{number}] {titled}\n    {entry['sentence']['text']}\n" in text
        assert f"- \\[{number}\\] **{titled}**\\\n  “" in markdown


def test_no_more_papers_are_shown_than_asked_for_and_those_that_pass(sample_folder: Path) -> None:
    made = run_json(sample_folder, *SURVEY, "--papers", "1")
    assert (made["papers"], made["searched"]) == (1, len(papers_of(sample_folder, "2016..2018")))
    made = run_json(sample_folder, "survey", TOPIC, "year:..2017")
    assert {entry["year"] for theme in made["themes"] for entry in theme["papers"]} == {2016}


def test_a_topic_of_which_there_is_nothing_names_the_nearest(
    sample_folder: Path, tmp_path: Path
) -> None:
    asked = ["survey", UNKNOWN, "--year", "2020"]
    result = run(sample_folder, *asked)
    assert result.exit_code == 3
    assert result.stdout.startswith("None of the ")
    assert f" is about “{UNKNOWN}”.\n\nNearest papers:\n  " in result.stdout
    file = tmp_path / "survey.md"
    to_file = run(sample_folder, *asked, "-o", str(file))
    assert (to_file.exit_code, to_file.stdout, to_file.stderr) == (3, "", result.stdout)
    assert not file.exists()
    made = json.loads(run(sample_folder, *asked, "--json").stdout)
    assert (made["found"], made["themes"]) == (False, [])


def test_a_comparison_has_a_cell_for_each_paper_and_aspect(
    sample_folder: Path, sample_library: Library
) -> None:
    made = run_json(sample_folder, "compare", "LoRA", "Adam")
    check_quotes(sample_library, made)
    quotes = {citation["number"]: citation["quote"] for citation in made["citations"]}
    text = run(sample_folder, "compare", "LoRA", "Adam").stdout
    rows = run(sample_folder, "compare", "LoRA", "Adam", "--format", "csv").stdout
    markdown = run(sample_folder, "compare", "LoRA", "Adam", "--format", "markdown").stdout
    for paper, row in zip(made["papers"], csv.DictReader(io.StringIO(rows)), strict=True):
        assert (row["title"], row["year"]) == (paper["title"], str(paper["year"]))
        for aspect in made["aspects"]:
            cell = paper[aspect]
            if cell["citation"] is None:
                assert (row[aspect], row[f"{aspect}_quote"]) == ("not stated", "")
            else:
                assert row[aspect] == cell["text"]
                assert row[f"{aspect}_quote"] == quotes[int(row[f"{aspect}_citation"])]
                assert f"  {cell['text']} [{cell['citation']}]\n" in text
    assert [line.count(" | ") for line in markdown.splitlines()[2:6]] == [6, 6, 6, 6]
    assert text.count("\n[") == 0
    assert all(f"   [{number}] “" in text for number in quotes)


def test_a_topic_is_compared_if_it_stands_in_quotation_marks(sample_folder: Path) -> None:
    quoted = run(sample_folder, "compare", "subword units tokenizer")
    assert quoted.exit_code == 0
    assert quoted.stdout.startswith("A  ")
    bare = run(sample_folder, "compare", "subword", "units", "tokenizer")
    assert (bare.exit_code, bare.stdout) == (3, "")
    assert "quotation marks" in bare.stderr


@pytest.mark.parametrize(
    ("arguments", "ending"), list(zip(DOCUMENTS, ("md", "txt", "json"), strict=True))
)
def test_the_ending_of_a_file_names_the_form(
    sample_folder: Path, tmp_path: Path, arguments: list[str], ending: str
) -> None:
    file = tmp_path / f"made.{ending}"
    result = run(sample_folder, *arguments, "-o", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith(f"Wrote {file}.\n")
    form = {"md": "markdown", "txt": "text", "json": "json"}[ending]
    assert file.read_text("utf-8") == run(sample_folder, *arguments, "--format", form).stdout


@pytest.mark.parametrize("arguments", DOCUMENTS)
def test_no_file_is_overwritten_without_force(
    sample_folder: Path, tmp_path: Path, arguments: list[str]
) -> None:
    file = tmp_path / "made.md"
    file.write_text("mine")
    result = run(sample_folder, *arguments, "-o", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is there already" in result.stderr
    assert file.read_text() == "mine"
    assert run(sample_folder, *arguments, "-o", str(file), "--force").exit_code == 0
    assert file.read_text() != "mine"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_in_no_folder_is_refused_before_the_work(
    sample_folder: Path, tmp_path: Path
) -> None:
    result = run(sample_folder, "survey", TOPIC, "-o", str(tmp_path / "none" / "survey.md"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no such folder" in result.stderr


def test_an_overview_counts_and_draws_the_library(sample_folder: Path, tmp_path: Path) -> None:
    made = run_json(sample_folder, "overview")
    text = run(sample_folder, "overview").stdout
    assert made["papers"] == len(made["map"]) == 52
    assert text.startswith("52 papers, ")
    for letter, theme in zip("ABCDEFGH", made["themes"], strict=False):
        assert f"\n{letter}  {theme['name']} " in text
        assert theme["central_title"].split()[0] in text
    assert max(map(len, text.splitlines())) <= 80
    for ending in ("svg", "html"):
        run(sample_folder, "overview", "-o", str(tmp_path / f"map.{ending}"))
    assert ET.parse(tmp_path / "map.svg").getroot().tag.endswith("svg")
    assert (tmp_path / "map.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_an_overview_of_nothing_is_code_3(sample_folder: Path) -> None:
    result = run(sample_folder, "overview", "year:1900")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == "No paper of the library matches year:1900.\n"


@pytest.mark.parametrize("title", ["One", "=SUM", "Über", "Widgets of"])
def test_abstracts_of_one_sentence_and_of_another_language_are_quoted(
    hostile_folder: Path, title: str
) -> None:
    with Library.open(hostile_folder) as library:
        check_quotes(library, run_json(hostile_folder, "summarize", title))
    assert run(hostile_folder, "summarize", "--long", title).exit_code == 0


def test_a_paper_without_an_abstract_is_told_and_kept(hostile_folder: Path) -> None:
    result = run(hostile_folder, "summarize", "Widgets Without")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "has no abstract" in result.stderr
    row = run(hostile_folder, "compare", "Widgets Without", "One", "--format", "csv").stdout
    assert row.splitlines()[1].count("not stated") == 6
    assert "1 without an abstract" in run(hostile_folder, "overview").stdout


def test_no_text_of_a_paper_acts(hostile_folder: Path, tmp_path: Path) -> None:
    survey = run(hostile_folder, "survey", "widgets").stdout
    assert "One [red]Sentence[/red] | `x` & a < b" in survey
    assert "“We paint one [bold]widget[/bold] | green.”" in survey
    arguments = ["compare", "One", "=SUM", "--format"]
    rows = list(csv.reader(io.StringIO(run(hostile_folder, *arguments, "csv").stdout)))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    table = run(hostile_folder, *arguments, "markdown").stdout
    assert "One \\[red\\]Sentence\\[/red\\] \\| \\`x\\` & a \\< b" in table
    for ending in ("svg", "html"):
        file = tmp_path / f"map.{ending}"
        run(hostile_folder, "overview", "-o", str(file))
        assert "`x` &amp; a &lt; b" in file.read_text("utf-8")


@pytest.mark.parametrize("command", [["survey", "attention"], ["compare", "attention models"]])
def test_ctrl_c_stops_and_what_was_read_is_written(sample_folder: Path, command: list[str]) -> None:
    body = """import os, signal, sys
from assistant.cli import main
from assistant.summaries.types import SurveyProgress

begin = SurveyProgress.__init__

def interrupted(self, **fields):
    begin(self, **fields)
    if self.told == 2:  # somebody presses Ctrl-C
        os.kill(os.getpid(), signal.SIGINT)

SurveyProgress.__init__ = interrupted
main(sys.argv[1:])
"""
    result = subprocess.run(
        [sys.executable, "-c", body, "--library", str(sample_folder), *command, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert result.returncode == 128 + signal.SIGINT, result.stderr
    made = json.loads(result.stdout)
    assert made["complete"] is False
    assert made["papers"]
    assert "Stopping; what is done is kept." in result.stderr
    assert "Stopped before every paper was read" in result.stderr


def test_ctrl_c_ends_an_overview_without_a_word_of_it(sample_folder: Path, tmp_path: Path) -> None:
    body = """import os, signal, sys
from assistant.cli import main
from assistant.summaries import overview

find = overview.find_twins

def interrupted(*papers):
    os.kill(os.getpid(), signal.SIGINT)  # somebody presses Ctrl-C
    return find(*papers)

overview.find_twins = interrupted
main(sys.argv[1:])
"""
    file = tmp_path / "map.svg"
    result = subprocess.run(
        [sys.executable, "-c", body, "--library", str(sample_folder), "overview", "-o", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert result.returncode == 128 + signal.SIGINT, result.stderr
    assert result.stdout == ""
    assert result.stderr == "\nStopping. Press Ctrl-C again to stop at once.\nStopped.\n"
    assert not file.exists()
