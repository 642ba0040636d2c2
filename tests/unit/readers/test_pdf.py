"""PDF files: title and abstract of the first page, or plainly why not."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.readers import read_papers
from assistant.types import Paper, Rejected

TITLE = "Counting Rain with Very Small Networks"
ABSTRACT = [
    "Rain is hard to predict, and earlier networks need a map of the whole",
    "sky. We present a network of two layers that reads one barometer and is",
    "right in 84.2% of all hours, which is more than a coin. The code is free.",
]
JOINED = " ".join(ABSTRACT)

Text = tuple[float, str]
"""A line of a page: the size of its letters, and the text."""

PAGE: list[Text] = [
    (8, "Proceedings of the Rain Conference 2021"),
    (17, "Counting Rain with Very"),
    (17, "Small Networks"),
    (11, "Ann Lee and Bo Chen"),
    (9, "University of Rain"),
    (12, "Abstract"),
    *[(10, line) for line in ABSTRACT],
    (12, "1 Introduction"),
    (10, "Rain falls by night and by day, as everybody knows."),
]


def pdf(*pages: Sequence[Text], info: dict[str, str] | None = None, margin: str = "") -> bytes:
    """Write a PDF by hand: Helvetica, one line below the other."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = []
    for lines in pages:
        shown = [f"BT /F1 20 Tf 0 1 -1 0 30 300 Tm ({margin}) Tj ET"] if margin else []
        height = 780.0
        for size, text in lines:
            height -= size * 1.5
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            shown.append(f"BT /F1 {size} Tf 72 {height} Td ({escaped}) Tj ET")
        content = "\n".join(shown)
        kids.append(f"{len(objects) + 1} 0 R")
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects) + 2} 0 R"
            f" /Resources << /Font << /F1 {font} >> >> >>",
            f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream",
        ]
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    entries = " ".join(f"/{key} ({value})" for key, value in (info or {}).items())
    objects.append(f"<< {entries} >>")
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n"
    return data + f"{end}{trailer}startxref\n{len(data)}\n%%EOF\n".encode()


def read(data: bytes) -> Paper | Rejected:
    (record,) = read_papers(["-"], stdin=io.BytesIO(data))
    return record


def paper_of(*pages: Sequence[Text], info: dict[str, str] | None = None, margin: str = "") -> Paper:
    paper = read(pdf(*pages, info=info, margin=margin))
    assert isinstance(paper, Paper), paper
    return paper


def reason_of(*pages: Sequence[Text], info: dict[str, str] | None = None) -> str:
    rejected = read(pdf(*pages, info=info))
    assert isinstance(rejected, Rejected), rejected
    return rejected.reason


def test_title_and_abstract_of_the_first_page_are_found() -> None:
    paper = paper_of(PAGE)
    assert (paper.title, paper.abstract) == (TITLE, JOINED)
    assert (paper.authors, paper.year, paper.doi, paper.arxiv_id) == ((), None, "", "")


@pytest.mark.parametrize(
    "heading",
    ["Abstract", "ABSTRACT", "Abstract.", "A B S T R A C T", "ABSTRACT:", "Summary"],
)
@pytest.mark.parametrize(
    "end",
    ["1 Introduction", "1. Introduction", "I. INTRODUCTION", "Introduction", "Keywords: rain, snow",
     "Index Terms—rain", "CCS Concepts"],
)  # fmt: skip
def test_an_abstract_has_a_heading_and_an_end(heading: str, end: str) -> None:
    page = [*PAGE[:5], (10, heading), *PAGE[6:9], (10, end), *PAGE[10:]]
    assert paper_of(page).abstract == JOINED


@pytest.mark.parametrize("start", ["Abstract—", "Abstract. ", "Abstract: ", "ABSTRACT "])
def test_an_abstract_may_begin_on_the_line_of_its_heading(start: str) -> None:
    page = [
        *PAGE[:5],
        (9, f"{start}{ABSTRACT[0]}"),
        *[(9, line) for line in ABSTRACT[1:]],
        *PAGE[9:],
    ]
    assert paper_of(page).abstract == JOINED


def test_an_abstract_ends_where_the_type_changes() -> None:
    page = [*PAGE[:9], (7, "Permit to copy this work is given."), *PAGE[10:]]
    assert paper_of(page).abstract == JOINED
    assert paper_of([*PAGE[:9], (14, "Rain and Its Ways"), *PAGE[10:]]).abstract == JOINED


def test_a_cover_page_is_passed_over() -> None:
    cover = [(20.0, "Downloaded from a repository"), (10.0, "Please cite the published version.")]
    assert paper_of(cover, PAGE).title == TITLE


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Counting rain with very small networks", "Counting rain with very small networks"),
        ("Microsoft Word - rain_final.doc", TITLE),
        ("rain.tex", TITLE),
        ("untitled", TITLE),
        ("Another Paper That Was Here Before", TITLE),
        ("", TITLE),
    ],
)
def test_the_title_of_the_metadata_counts_if_the_page_has_it(said: str, title: str) -> None:
    assert paper_of(PAGE, info={"Title": said}).title == title


def test_authors_are_those_of_the_metadata_if_the_page_has_them() -> None:
    assert paper_of(PAGE, info={"Author": "Ann Lee; Bo Chen"}).authors == ("Ann Lee", "Bo Chen")
    assert paper_of(PAGE, info={"Author": "ann; root"}).authors == ()


def test_the_stamp_of_arxiv_gives_id_and_year() -> None:
    paper = paper_of(PAGE, margin="arXiv:2101.00001v3 [cs.CL] 7 Mar 2021")
    assert (paper.arxiv_id, paper.year) == ("2101.00001", 2021)
    assert (paper.title, paper.abstract) == (TITLE, JOINED)


def test_the_only_doi_of_the_page_is_that_of_the_paper() -> None:
    page = [*PAGE, (8.0, "https://doi.org/10.1000/RAIN.")]
    assert paper_of(page).doi == "10.1000/rain"
    assert paper_of([*page, (8.0, "See doi:10.1000/snow")]).doi == ""


def test_words_divided_at_the_end_of_a_line_are_put_together() -> None:
    lines = [
        "We study attention and self attention, and a net with self-",
        "attention that is state-of-the-art. It beats state-of-the-",
        "art networks in predic-",
        "tion, at once, by far, and in GPT-",
        "2 as well as in the non-",
        "linear case, over all years and all of the days.",
    ]
    page = [*PAGE[:6], *[(10.0, line) for line in lines], *PAGE[9:]]
    assert paper_of(page).abstract == (
        "We study attention and self attention, and a net with self-attention that is "
        "state-of-the-art. It beats state-of-the-art networks in prediction, at once, by far, and "
        "in GPT-2 as well as in the nonlinear case, over all years and all of the days."
    )


def test_what_is_not_found_is_said_plainly() -> None:
    assert reason_of(PAGE[:5] + PAGE[10:]) == "no abstract found on the first page of this PDF"
    short = [*PAGE[:6], (10.0, "Short."), *PAGE[9:]]
    assert reason_of(short) == "no abstract found on the first page of this PDF"
    flat = [(10.0, text) for _, text in PAGE]
    assert reason_of(flat) == "no title found on the first page of this PDF"
    assert reason_of([]) == "no text on the first page of this PDF; perhaps it is a scan"


def test_a_pdf_may_lie_in_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("storage/rain.pdf", pdf(PAGE))
    (paper,) = read_papers([tmp_path / "a.zip"])
    assert isinstance(paper, Paper)
    assert (paper.title, paper.source) == (TITLE, "a.zip/storage/rain.pdf")


def test_without_the_extra_a_pdf_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    assert "pip install 'abstract-assistant[pdf]'" in reason_of(PAGE)


def test_a_locked_pdf_is_named() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(PAGE))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    rejected = read(out.getvalue())
    assert isinstance(rejected, Rejected)
    assert "password" in rejected.reason


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_pdf_gives_one_record(data: st.DataObject) -> None:
    content = bytearray(pdf(PAGE, info={"Title": TITLE}))
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(9, len(content)))
    for part in (content, content[:cut]):
        record = read(bytes(part))
        assert isinstance(record, Rejected) or (record.title and record.abstract)
