"""What other programs rely on in the formats of references."""

from __future__ import annotations

import csv
import io
import json
import weakref
from collections.abc import Collection, Iterator
from pathlib import PurePath

import pytest

from assistant.errors import UsageError
from assistant.types import Paper
from assistant.writers.export import export_papers
from assistant.writers.formats import EXPORT_FORMATS, ExportFormat, export_format, format_of_file

PAPER = Paper(
    paper_id="0123456789ab",
    title="On <mask> & $x^2$",
    abstract="A *bold* claim. It holds.",
    authors=("Laurens van der Maaten", "King, Martin Luther, Jr.", "Gemini Team", "Madonna"),
    year=2020,
    venue="Journal of Tests",
    doi="10.1000/a_b",
    arxiv_id="2001.00001",
    pmid="123",
    url="https://a.example/x?y=1&z=2",
    keywords=("one, two", "three"),
    source="old.bib",
    tags=("to read",),
)


class SomePaper(Paper):
    """A paper of which it can be seen how long it lives."""

    __slots__ = ("__weakref__",)


def written(format_name: str, *papers: Paper) -> str:
    return "".join(export_format(format_name).write(papers))


@pytest.mark.parametrize("chosen", EXPORT_FORMATS, ids=lambda chosen: chosen.name)
def test_papers_are_not_kept_when_they_are_written(chosen: ExportFormat) -> None:
    made: weakref.WeakSet[Paper] = weakref.WeakSet()
    most = 0

    class Papers(Collection[Paper]):
        def __iter__(self) -> Iterator[Paper]:
            nonlocal most
            for number in range(100):
                paper = SomePaper(**{**PAPER.to_json(), "paper_id": str(number)})
                made.add(paper)
                most = max(most, len(made))
                yield paper

        def __len__(self) -> int:
            return 100

        def __contains__(self, paper: object) -> bool:
            return paper in list(self)

    assert "".join(chosen.write(Papers())).count("mask") >= 100
    assert most <= 3


@pytest.mark.parametrize("chosen", EXPORT_FORMATS, ids=lambda chosen: chosen.name)
def test_no_papers_are_a_file_without_papers(chosen: ExportFormat) -> None:
    text = "".join(chosen.write([]))
    expected = {"csl": "[]\n", "csv": text}
    assert text == expected.get(chosen.name, "")
    assert len(text.splitlines()) <= 1


def test_ris_is_a_tag_a_line_from_ty_to_er() -> None:
    assert written("ris", PAPER).splitlines() == [
        "TY  - JOUR",
        "TI  - On <mask> & $x^2$",
        "AU  - van der Maaten, Laurens",
        "AU  - King, Martin Luther, Jr.",
        "AU  - Gemini Team",
        "AU  - Madonna",
        "PY  - 2020",
        "T2  - Journal of Tests",
        "AB  - A *bold* claim. It holds.",
        "KW  - one, two",
        "KW  - three",
        "DO  - 10.1000/a_b",
        "N1  - arXiv:2001.00001",
        "N1  - PMID: 123",
        "UR  - https://a.example/x?y=1&z=2",
        "ER  - ",
        "",
    ]


def test_csl_is_an_array_of_items_with_keys_of_their_own() -> None:
    items = json.loads(written("csl", PAPER, PAPER))
    assert [item["id"] for item in items] == ["vandermaaten2020mask", "vandermaaten2020maska"]
    assert items[0] == {
        "id": "vandermaaten2020mask",
        "type": "article-journal",
        "title": PAPER.title,
        "author": [
            {"family": "van der Maaten", "given": "Laurens"},
            {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
            {"literal": "Gemini Team"},
            {"family": "Madonna"},
        ],
        "issued": {"date-parts": [[2020]]},
        "container-title": "Journal of Tests",
        "DOI": "10.1000/a_b",
        "PMID": "123",
        "URL": PAPER.url,
        "note": "arXiv:2001.00001",
        "keyword": "one, two; three",
        "abstract": PAPER.abstract,
    }


@pytest.mark.parametrize(
    ("venue", "arxiv_id", "ris", "csl"),
    [
        ("Nature", "", "JOUR", "article-journal"),
        ("NeurIPS 2017", "", "CPAPER", "paper-conference"),
        ("arXiv", "", "UNPB", "article"),
        ("", "2001.00001", "UNPB", "article"),
        ("", "", "GEN", "document"),
    ],
)
def test_the_venue_decides_the_kind(venue: str, arxiv_id: str, ris: str, csl: str) -> None:
    paper = Paper(paper_id="1", title="T", abstract="A.", venue=venue, arxiv_id=arxiv_id)
    assert written("ris", paper).startswith(f"TY  - {ris}\n")
    assert json.loads(written("csl", paper))[0]["type"] == csl


def test_csv_has_a_row_a_paper_below_the_names() -> None:
    (row,) = csv.DictReader(io.StringIO(written("csv", PAPER)))
    assert row["title"] == PAPER.title
    assert row["citation_key"] == ""
    assert row["authors"] == "; ".join(PAPER.authors)
    assert row["keywords"] == "one, two; three"
    assert row["abstract"] == PAPER.abstract


@pytest.mark.parametrize("start", "=+-@")
def test_no_cell_of_csv_is_computed(start: str) -> None:
    paper = Paper(paper_id="1", title=f"{start}1+1", abstract="A.", authors=(f"{start}x",))
    (row,) = csv.DictReader(io.StringIO(written("csv", paper)))
    assert (row["title"], row["authors"]) == (f" {start}1+1", f" {start}x")


def test_markdown_shows_everything_as_the_text_it_is() -> None:
    assert written("markdown", PAPER) == (
        "- **On \\<mask\\> & x\\^2**\\\n"
        "  Laurens van der Maaten; King, Martin Luther, Jr.; Gemini Team; Madonna (2020). "
        "*Journal of Tests*. <https://doi.org/10.1000/a_b>\n"
        "\n"
        "  > A \\*bold\\* claim. It holds.\n"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a.example/<x>) y", "[a](b)"])
def test_an_address_in_markdown_leads_to_the_web_or_is_text(url: str) -> None:
    paper = Paper(paper_id="1", title="T", abstract="", url=url)
    shown = written("markdown", paper).splitlines()[1].strip()
    assert not shown.startswith("<") or shown.startswith("<https://")
    assert "<x>" not in shown
    assert "[a](" not in shown


def test_json_lines_carry_every_field() -> None:
    (line,) = written("jsonl", PAPER).splitlines()
    assert Paper.from_json(json.loads(line)) == PAPER


def test_a_format_is_known_by_its_name_and_by_the_ending_of_a_file() -> None:
    names = [chosen.name for chosen in EXPORT_FORMATS]
    assert names == ["bibtex", "ris", "csl", "csv", "markdown", "jsonl"]
    for chosen in EXPORT_FORMATS:
        assert export_format(chosen.name.upper()) is chosen
        assert format_of_file(PurePath(f"a.b{chosen.extensions[0].upper()}")) is chosen
    with pytest.raises(UsageError, match="no format 'word'"):
        export_format("word")
    with pytest.raises(UsageError, match="not known by its ending"):
        format_of_file(PurePath("refs"))


def test_a_stream_gets_bibtex_unless_it_is_told_otherwise() -> None:
    stream = io.StringIO()
    assert export_papers([PAPER], stream) == 1
    assert stream.getvalue() == written("bibtex", PAPER)


@pytest.mark.parametrize("format_name", ["bibtex", "csl"])
def test_papers_that_come_one_by_one_are_all_written(format_name: str) -> None:
    stream = io.StringIO()
    assert export_papers(iter([PAPER, PAPER]), stream, format=format_name) == 2
    assert stream.getvalue() == written(format_name, PAPER, PAPER)
