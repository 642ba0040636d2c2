"""Files and questions that are none: each is told in a line, and the rest goes on."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

GOOD = {"title": "On Green Widgets", "abstract": "We paint widgets green. They last 37% longer."}
QUESTION = "How much longer do green widgets last?"

BAD_FILES: dict[str, tuple[bytes, str]] = {
    "binary.txt": (bytes(range(256)) * 400, "binary"),
    "mostly-zeros.txt": (b"Title\n\nAn abstract.\n" + bytes(5000), "binary"),
    "paper.pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
    "papers.zip": (b"PK\x03\x04" + bytes(60), "ZIP"),
    "papers.gz": (b"\x1f\x8b\x08" + bytes(60), "compressed"),
    "empty.txt": (b"", "empty"),
    "blank.txt": (b"\n \t\r\n\n", "empty"),
    "bom.txt": (b"\xef\xbb\xbf", "empty"),
    "title.jsonl": (b'{"title": "A title alone"}\n', "no abstract"),
    "title.txt": (b"A Title Alone and Nothing After It\n", "no abstract"),
    "nameless.jsonl": (b'{"abstract": "An abstract without a title."}\n', "no title"),
    "broken.jsonl": (b'{"title": "Cut off", "abstr', "not valid JSON"),
    "nested.jsonl": (b'{"title": ' + b"[" * 100_000, "not valid JSON"),
    "number.jsonl": (b'{"title": 5, "abstract": "Five."}\n', "not text"),
    "array.json": (b'[{"title": "A", "abstract": "B.}]', "not valid JSON"),
    "column.csv": (b"Title\nOn Red Widgets\nOn Blue Widgets\n", "--map"),
    "overlong.jsonl": (
        json.dumps({"title": "T", "abstract": "Word. " * 20_000}).encode(),
        "100,000 characters",
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("bad-input") / "library"


def write_bad_files(folder: Path) -> list[str]:
    for name, (content, _) in BAD_FILES.items():
        (folder / name).write_bytes(content)
    return [str(folder / name) for name in BAD_FILES]


@pytest.mark.parametrize("name", ["binary.txt", "empty.txt", "title.jsonl", "missing.txt"])
def test_a_bad_file_alone_is_one_error_that_says_why(library, tmp_path, run, name) -> None:
    write_bad_files(tmp_path)
    result = run(library, "add", str(tmp_path / name))
    lines = result.stderr.splitlines()
    assert (result.exit_code, result.stdout, len(lines)) == (1, "", 4)
    assert lines[0] == "Added 0, updated 0, unchanged 0; rejected 1:"
    assert lines[1].startswith(f"  {tmp_path / name}:")
    assert [line.partition(": ")[0] for line in lines[2:]] == ["Error", "Hint"]


def test_among_bad_files_the_good_one_goes_in(tmp_path, run, run_json, write_papers) -> None:
    bad = write_bad_files(tmp_path)
    missing = [str(tmp_path / "missing.txt"), str(tmp_path / "title.txt" / "below-a-file")]
    paths = [*bad, *missing, write_papers(GOOD, name="good.jsonl"), "/dev/zero"]
    (report,) = run_json(tmp_path / "library", "add", *paths)
    assert report["added"] == 1
    assert [item["file"] for item in report["rejected"]] == [*bad, *missing, "/dev/zero"]
    for item, (_, reason) in zip(report["rejected"], BAD_FILES.values(), strict=False):
        assert reason in item["reason"]
    assert run(tmp_path / "library", "search", QUESTION).stdout.count("On Green Widgets") == 1


def test_bytes_that_are_no_utf8_cost_nothing(library, tmp_path, run, run_json) -> None:
    file = tmp_path / "latin.txt"
    file.write_bytes(
        b"Caf\xe9 Widgets and their \x93Makers\x94\n\nWe visit the caf\xe9s of 23 towns\x85 It "
        b"takes 5 \xb5s. The byte \x81 stands in no table.\n"
    )
    (report,) = run_json(library, "add", str(file))
    assert (report["added"], report["rejected"]) == (1, [])
    shown = run(library, "show", "Café Widgets").stdout
    assert "Café Widgets and their “Makers”" in shown
    assert "cafés of 23 towns… It takes 5 µs." in shown


def test_a_line_of_200_megabytes_is_passed_over(library, tmp_path, run_json) -> None:
    file = tmp_path / "long.jsonl"
    part = b"x" * 1_000_000
    with file.open("wb") as stream:
        stream.write(b'{"title": "Before", "abstract": "This line is short."}\n{"title": "')
        for _ in range(200):
            stream.write(part)
        stream.write(b'"}\n{"title": "After", "abstract": "This line is short, too."}\n')
    (report,) = run_json(library, "add", str(file))
    assert report["added"] == 2
    assert [item["line"] for item in report["rejected"]] == [2]
    os.truncate(file, 0)  # pytest keeps the folders of its last runs


def test_an_abstract_of_50_000_characters_is_found_and_quoted(
    tmp_path, run_json, write_papers
) -> None:
    filler = "The widget was painted once more, and nothing of note was seen. " * 380
    abstract = f"{filler}The purple widget weighs 7,391 grams. {filler}".strip()
    assert 48_000 < len(abstract) <= 50_000
    paper = {"title": "A Very Long Report", "abstract": abstract}
    (report,) = run_json(tmp_path / "library", "add", write_papers(paper, GOOD))
    assert report["added"] == 2
    (shown,) = run_json(tmp_path / "library", "show", "A Very Long Report")
    assert shown["abstract"] == abstract
    (found,) = run_json(tmp_path / "library", "search", "weight of the purple widget")
    assert found["hits"][0]["title"] == "A Very Long Report"
    (answer,) = run_json(tmp_path / "library", "ask", "How much does the purple widget weigh?")
    for citation in answer["citations"]:
        if citation["title"] == "A Very Long Report":
            assert citation["quote"] == abstract[citation["start"] : citation["end"]]
    assert len(answer["text"]) < 2000


@pytest.mark.parametrize("question", ["", " \n\t ", "\x00\x1b", "why " * 25_000], ids=range(4))
def test_what_is_no_question_is_wrong_usage(sample_folder, run_failing, question) -> None:
    run_failing(sample_folder, 2, "ask", question)
    run_failing(sample_folder, 2, "search", "--json", question)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_in_a_batch_what_is_no_question_has_its_error_and_the_rest_goes_on(
    sample_folder, run_json, command
) -> None:
    good = "What BLEU score does the Transformer reach on English-to-German translation?"
    stdin = "\n".join(["", "why " * 25_000, "\x00\x1b", "x" * 1_100_000, good])
    *failed, answered = run_json(sample_folder, command, "-", stdin=stdin)
    assert len(failed) == 4
    assert all("error" in item for item in failed)
    assert all(len(line) < 3000 for line in map(json.dumps, failed))
    assert "error" not in answered
    assert good in answered.values()


def test_marks_and_symbols_alone_are_questions_too(sample_folder, run_json) -> None:
    questions = ["?", '"', "*", "AND OR NOT", "(((", "💥", "$question", "\u0301", "- -", "[/]"]
    stdin = b"\xff\xfe\n" + "\n".join(questions).encode()
    few = ["--set", "retrieval.read_papers=2"]
    for item in run_json(sample_folder, *few, "ask", "-", stdin=stdin):
        assert "error" not in item, item
        assert item["text"]


def test_a_question_too_long_for_the_model_is_answered_in_quotes(sample_folder, run_json) -> None:
    question = "What BLEU score does the Transformer reach on English-to-German translation?"
    (answer,) = run_json(sample_folder, "ask", question + " 1 2 3" * 1600)
    assert answer["found"]
    assert {sentence["kind"] for sentence in answer["sentences"]} == {"quoted"}
