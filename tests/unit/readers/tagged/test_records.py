"""What holds for every format with a tag on each line."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.source import Source
from assistant.readers.tagged.medline import read_medline
from assistant.readers.tagged.refer import read_refer
from assistant.readers.tagged.refworks import read_refworks
from assistant.readers.tagged.ris import read_ris
from assistant.readers.tagged.wos import read_wos
from assistant.types import Paper, Rejected

Reader = Callable[[Source], Iterator[Paper | Rejected]]

READERS = [
    pytest.param(read_ris, "TY  - JOUR", "TI  - {}", "AB  - {}", "ER  - ", id="RIS"),
    pytest.param(read_medline, "PMID- 1", "TI  - {}", "AB  - {}", "", id="MEDLINE"),
    pytest.param(read_wos, "PT J", "TI {}", "AB {}", "ER", id="Web of Science"),
    pytest.param(read_refworks, "RT Generic", "T1 {}", "AB {}", "", id="RefWorks"),
    pytest.param(read_refer, "%0 Journal", "%T {}", "%X {}", "", id="refer"),
]


def rows(read: Reader, text: str) -> list[str]:
    found = read(Source.of(io.BytesIO(text.encode()), file="f"))
    return [row.title if isinstance(row, Paper) else row.reason for row in found]


@pytest.mark.parametrize(("read", "first", "title", "abstract", "last"), READERS)
def test_bad_records_cost_one_row_each_in_bounded_memory(
    read: Reader, first: str, title: str, abstract: str, last: str
) -> None:
    def record(*lines: str) -> str:
        return "\n".join([first, *lines, last, "", ""])

    text = "".join([
        record(title.format("One")),
        record(title.format("Bad"), abstract.format("x" * 1_000_001), abstract.format("y")),
        record(title.format("Two")),
        record(title.format("Bad"), *[abstract.format("words " * 30)] * 100_000),
        record(abstract.format("no title")),
        record(title.format("Three")),
    ])  # fmt: skip
    tracemalloc.start()
    try:
        found = rows(read, text)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == [
        "One",
        "a line of more than 1,000,000 characters",
        "Two",
        "a record of more than 4,000,000 characters",
        "no title",
        "Three",
    ]
    assert peak_bytes < 2 * len(text) + 20_000_000


@given(st.text(st.sampled_from("TYERPMIDABXU01 -%\n\t1;,.[]"), max_size=120))
def test_any_text_gives_papers_or_reasons(text: str) -> None:
    for read in (read_ris, read_medline, read_wos, read_refworks, read_refer):
        assert all(rows(read, f"x{text}"))
