"""``assistant add``: what it reports, and that a stop loses nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from assistant.cli.add import MAX_REJECTED_SHOWN
from assistant.readers.tables.columns import FIELDS
from assistant.resources import sample_papers

PAPER = {"title": "On Blue Widgets", "abstract": "We paint widgets blue. They last 40% longer."}


def run(folder: Path, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--library", str(folder), "add", *arguments], input=stdin)


def write_papers(file: Path, *papers: dict[str, str]) -> Path:
    file.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
    return file


def test_the_sample_is_added_once(own_folder: Path) -> None:
    count = len(sample_papers().read_text(encoding="utf-8").splitlines())
    result = run(own_folder, "--sample")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"Added 0, updated 0, unchanged {count}.\n"


def test_what_is_new_what_changed_and_what_did_not_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    file = write_papers(tmp_path / "papers.jsonl", PAPER, {**PAPER, "title": "On Red Widgets"})
    assert run(folder, str(file)).stderr == "Added 2, updated 0, unchanged 0.\n"
    write_papers(
        file,
        {**PAPER, "abstract": PAPER["abstract"] + " Red ones last longer still."},
        {**PAPER, "title": "On Red Widgets"},
    )
    result = run(folder, "--json", str(file))
    report = json.loads(result.stdout)
    assert (report["added"], report["updated"], report["unchanged"]) == (0, 1, 1)
    assert report["rejected"] == []


def test_what_is_rejected_is_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    file = write_papers(tmp_path / "papers.jsonl", {"title": "No abstract"}, PAPER)
    result = run(tmp_path / "library", str(tmp_path / "missing.txt"), str(file))
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert lines[0] == "Added 1, updated 0, unchanged 0; rejected 2:"
    assert lines[1].startswith(f"  {tmp_path / 'missing.txt'}: ")
    assert lines[2].startswith(f"  {file}:1: ")


TABLE = "Headline,Text\nOn Blue Widgets,We paint widgets blue. They last 40% longer.\n"


@pytest.mark.parametrize(
    "pairs",
    [
        ["Headline=title"],
        ["headline = Title", "Text=abstract"],
        ["title=Headline", "abstract=Text"],
    ],
)
def test_a_user_can_say_what_the_columns_of_a_table_hold(tmp_path: Path, pairs: list[str]) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    options = [word for pair in pairs for word in ("--map", pair)]
    result = run(tmp_path / "library", str(tmp_path / "table.csv"), *options)
    assert (result.exit_code, result.stderr) == (0, "Added 1, updated 0, unchanged 0.\n")


def test_a_table_whose_columns_are_not_known_names_them_and_the_option(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("Headline,Abstract,Year,Doi\nA,It is.,2020,\n")
    result = run(tmp_path / "library", str(tmp_path / "table.csv"))
    assert result.exit_code == 1
    assert '"Headline"' in result.stderr
    assert "--map COLUMN=FIELD" in result.stderr


@pytest.mark.parametrize("pair", ["Headline=headline", "Headline", "=title", "Headline=", "="])
def test_a_map_to_no_field_is_a_usage_error_that_lists_the_fields(
    tmp_path: Path, pair: str
) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    result = run(tmp_path / "library", str(tmp_path / "table.csv"), "--map", pair)
    assert result.exit_code == 2
    assert not (tmp_path / "library").exists()
    message, hint = result.stderr.splitlines()
    assert pair.strip("=").partition("=")[0] in message
    assert "title, abstract, authors, year" in hint


def test_if_nothing_could_be_read_it_failed(tmp_path: Path) -> None:
    result = run(tmp_path / "library", str(tmp_path / "missing.txt"))
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-2:] == [
        "Error: Nothing could be added.",
        "Hint: The lines above say why.",
    ]


def test_a_long_list_of_rejected_records_is_cut_for_people_only(tmp_path: Path) -> None:
    file = write_papers(tmp_path / "papers.jsonl", PAPER, *([{"title": "x"}] * 30))
    result = run(tmp_path / "library", "--json", str(file))
    assert len(json.loads(result.stdout)["rejected"]) == 30
    assert len(result.stderr.splitlines()) == 1 + MAX_REJECTED_SHOWN + 1


def test_standard_input_is_a_dash(tmp_path: Path) -> None:
    result = run(tmp_path / "library", "-", stdin=json.dumps(PAPER) + "\n")
    assert (result.exit_code, result.stderr) == (0, "Added 1, updated 0, unchanged 0.\n")


def test_a_library_that_is_a_file_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("x", encoding="utf-8")
    result = run(tmp_path / "library", "--sample")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert (tmp_path / "library").read_text(encoding="utf-8") == "x"


def test_ctrl_c_keeps_what_was_added_and_the_next_run_finishes(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    papers = [{**PAPER, "title": f"{PAPER['title']} {n}"} for n in range(160)]
    # A comment of a few kilobytes makes the whole longer than a pipe holds, so that what was
    # written was also read: at that moment the command is in its work.
    lines = [json.dumps({**paper, "comment": "x" * 4000}) + "\n" for paper in papers]
    command = [sys.executable, "-m", "assistant", "--library", str(folder), "add", "-"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    process.stdin.write("".join(lines[:-1]))
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(lines[-1])
    assert process.returncode == 130, stderr
    assert "are kept" in stderr
    assert "Traceback" not in stderr
    kept = len(CliRunner().invoke(main, ["--library", str(folder), "papers"]).stdout.splitlines())
    assert 0 < kept < len(papers)
    result = run(folder, "-", stdin="".join(lines))
    assert f"Added {len(papers) - kept}, updated 0, unchanged {kept}." in result.stderr


def test_the_help_names_every_field_that_a_column_may_hold_and_loads_no_format() -> None:
    code = (
        "import sys; from assistant.cli import main\n"
        "try: main(['add', '--help'])\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ", ".join(FIELDS) in " ".join(run.stdout.split())
    loaded = set(run.stderr.split())
    assert "assistant.cli.add" in loaded
    assert loaded.isdisjoint({"assistant.readers.formats", "assistant.library"})
