"""JSON documents: where their records are, their lines, and what a damaged one costs."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers import read_papers
from assistant.readers.json.documents import looks_like_json
from assistant.readers.json.stream import MAX_VALUE_CHARS
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

PAPERS = [{"title": f"Rain {number}", "abstract": f"It falls {number}."} for number in range(1, 5)]
TITLES = [paper["title"] for paper in PAPERS]
LAYOUTS: list[dict[str, Any]] = [
    {},
    {"indent": 1},
    {"indent": 4},
    {"indent": "\t"},
    {"separators": (",", ":")},
]


def read(data: str | bytes) -> list[Paper | Rejected]:
    content = data.encode() if isinstance(data, str) else data
    return list(read_papers(["-"], stdin=io.BytesIO(content)))


def titles(data: str | bytes) -> list[str]:
    records = read(data)
    assert [str(record) for record in records if isinstance(record, Rejected)] == []
    return [record.title for record in records if isinstance(record, Paper)]


def problems(data: str) -> list[tuple[int | None, str]]:
    return [(r.line, r.reason) for r in read(data) if isinstance(r, Rejected)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "document",
    [
        PAPERS,
        {"items": PAPERS},
        {"meta": {"count": 4}, "results": PAPERS, "group_by": []},
        {"status": "ok", "message": {"total-results": 4, "items": PAPERS}},
        {"total": 4, "offset": 0, "data": PAPERS},
        {"hitCount": 4, "resultList": {"result": PAPERS}},
        {"result": {"hits": {"@total": "4", "hit": [{"@id": "1", "info": p} for p in PAPERS]}}},
        {"hits": {"total": 4, "hits": [{"_id": "x", "_source": paper} for paper in PAPERS]}},
        {"search-results": {"entry": PAPERS}},
        {"response": {"numFound": 4, "docs": PAPERS}},
        {str(number): paper for number, paper in enumerate(PAPERS)},
        [PAPERS[:2], PAPERS[2:]],
        [{"paper": paper} for paper in PAPERS],
    ],
    ids=lambda document: ",".join(document) if isinstance(document, dict) else "list",
)  # fmt: skip
def test_records_are_found_wherever_a_document_has_them(
    document: object, layout: dict[str, Any]
) -> None:
    assert titles(json.dumps(document, **layout)) == TITLES


@pytest.mark.parametrize("indent", [None, 2])
def test_one_record_is_a_document_too(indent: int | None) -> None:
    references = [{"title": "Another", "abstract": "It is."}]
    document = {"keywords": [], **PAPERS[0], "references": references}
    assert titles(json.dumps(document, indent=indent)) == TITLES[:1]
    assert titles(json.dumps({"message": document}, indent=indent)) == TITLES[:1]


@pytest.mark.parametrize("between", ["\n", "\n\n", ",\n", "\x1e", ""])
@pytest.mark.parametrize("indent", [None, 2])
def test_documents_may_follow_each_other(between: str, indent: int | None) -> None:
    pages = [{"results": PAPERS[:2]}, {"results": PAPERS[2:]}]
    assert titles(between.join(json.dumps(page, indent=indent) for page in pages)) == TITLES
    assert titles(between.join(json.dumps(paper, indent=2) for paper in PAPERS)) == TITLES


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_document_is_read_in_any_encoding(encoding: str) -> None:
    text = json.dumps([{"title": "Größe", "abstract": "Σ."}], ensure_ascii=False, indent=1)
    assert titles(text.replace("\n", "\r\n").encode(encoding)) == ["Größe"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "damage",
    [
        ('"abstract": "It falls 2."', '"abstract": "It falls 2.'),
        ('"abstract"', 'abstract"'),
        ('"It falls 2."', '"It says "falls" 2."'),
        ('"It falls 2."', '"It falls 2.",,'),
        ('"It falls 2."', "'It falls 2.'"),
        ('"It falls 2."', '"\\x"'),
        ('"It falls 2."', '["It falls 2."'),
        ('"It falls 2."', "9" * 5_000),
    ],
    ids=lambda damage: damage[1][:30],
)  # fmt: skip
def test_a_damaged_record_costs_only_itself(
    damage: tuple[str, str], layout: dict[str, Any]
) -> None:
    text = json.dumps(PAPERS, **layout)
    start = text.index("{", text.index("{") + 1)
    colon = '":' if "separators" in layout else '": '
    old, new = (part.replace('": ', colon) for part in damage)
    records = read(text[:start] + text[start:].replace(old, new, 1))
    assert [r.title for r in records if isinstance(r, Paper)] == [TITLES[0], *TITLES[2:]]
    (rejected,) = [r for r in records if isinstance(r, Rejected)]
    assert rejected.reason.startswith("not valid JSON: ")
    assert rejected.line == text.count("\n", 0, start) + 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_too_much_between_records_is_reported_and_passed_over(
    layout: dict[str, Any],
) -> None:
    text = json.dumps(PAPERS, **layout)
    end = text.index("}") + 1
    for extra in ("}", " nonsense"):
        records = read(text[:end] + extra + text[end:])
        assert [r.title for r in records if isinstance(r, Paper)] == TITLES
        assert sum(isinstance(r, Rejected) for r in records) == 1
    assert titles(text.replace("}", "},", 1).replace("},,", "},")) == TITLES
    assert titles(text.replace("]", ",]")) == TITLES


def test_an_element_that_is_no_object_is_rejected_at_its_line() -> None:
    text = '[\n"b",\n"a",\nnull,\n' + json.dumps(PAPERS[0]) + ",\ntrue]"
    assert problems(text) == [(line, "not a JSON object") for line in (2, 3, 4, 6)]
    assert problems('["a", "b"]') == [(1, "not a JSON object")] * 2


@pytest.mark.parametrize("cut", [1, 2, 20])
def test_a_file_that_breaks_off_gives_what_it_has(cut: int) -> None:
    for document in (PAPERS, {"items": PAPERS}):
        records = read(json.dumps(document, indent=1)[:-cut])
        found = [r.title for r in records if isinstance(r, Paper)]
        assert found == (TITLES if cut <= 2 else TITLES[:3])
        if cut > 2 or document is PAPERS:
            assert isinstance(records[-1], Rejected)


def test_a_record_without_title_or_of_nothing_but_a_title_is_rejected() -> None:
    records = [{"abstract": "It is."}, {"title": "T"}, {"title": "T", "year": 2020}, {}]
    assert problems(json.dumps(records, indent=0)) == [
        (2, "no title"),
        (5, 'no abstract: "T"'),
        (12, "no title"),
    ]
    assert problems("[]") == problems('{"items": []}') == [(None, "no papers in this file")]


@pytest.mark.parametrize("first", ['{"title": "A", ', "{", '{"title": "A" "abstract": "B"}', "{}"])
def test_a_damaged_first_line_does_not_make_a_document_of_lines(first: str) -> None:
    records = read(first + "\n" + "".join(json.dumps(paper) + "\n" for paper in PAPERS))
    assert [r.title for r in records if isinstance(r, Paper)] == TITLES
    assert [r.line for r in records if isinstance(r, Rejected)] == [1]


def test_an_overlong_record_is_passed_over_and_the_next_is_read() -> None:
    long = {"title": "Long", "notes": [{"title": "x", "text": "y" * 1_000}] * 17_000}
    text = json.dumps([PAPERS[0], long, PAPERS[1]], indent=1)
    assert len(text) > MAX_VALUE_CHARS
    records = read(text)
    assert [r.title for r in records if isinstance(r, Paper)] == TITLES[:2]
    assert [(r.line, r.reason) for r in records if isinstance(r, Rejected)] == [
        (6, "a record of more than 16,000,000 characters")
    ]


class Endless:
    """A file of records that are made while they are read, then an end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


@pytest.mark.parametrize("separator", [b",", b",\n "])
def test_a_long_list_is_read_in_bounded_memory(separator: bytes) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"meta": {}, "items": ['
        for number in range(4_000):
            yield json.dumps({"title": f"T {number}", "abstract": "a" * 2_000}).encode() + separator
        yield b"{}]}"

    tracemalloc.start()
    try:
        records = read_papers(["-"], stdin=cast(BinaryIO, Endless(pieces())))
        count = sum(isinstance(record, Paper) for record in records)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 4_000
    assert peak_bytes < 5_000_000


def test_a_text_without_end_is_passed_over_in_bounded_memory() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'[{"title": "'
        for _ in range(1_000):
            yield b"a" * 100_000

    tracemalloc.start()
    try:
        (rejected,) = read_papers(["-"], stdin=cast(BinaryIO, Endless(pieces())))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(rejected, Rejected)
    assert peak_bytes < 150_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1] A. Lee. Rain by night.\n", False),
        ("[Rain] by Night\n\nIt falls.\n", False),
        ('["Rain", he said]\n', False),
        ("[]", True),
        (' \n[ {"a": 1}]', True),
        ("{", True),
        ("Rain {by} Night", False),
    ],
)
def test_prose_in_brackets_is_not_json(text: str, expected: bool) -> None:
    assert looks_like_json(Source.of(io.BytesIO(text.encode()), file="f")) is expected


PIECES = st.lists(
    st.sampled_from(
        ['{"title": "A", "abstract": "B"}', '"items":', "{", "}", "[", "]", ",", ":", '"', "\n",
         "\\", "1", "null", ' "a": ', '"title"', "tru", "-Infinity"]
    )
).map("".join)  # fmt: skip


@given(st.sampled_from(["[", "{", '{"items": [', ""]), PIECES)
def test_any_text_gives_papers_and_rejections(start: str, text: str) -> None:
    for record in read(start + text):
        assert isinstance(record, Rejected) or record.title


@given(
    st.lists(
        st.fixed_dictionaries(
            {"title": st.text("aé\"\\{}[],:\n ", min_size=1).map(lambda text: f"t{text}")},
            optional={
                "abstract": st.text("b\"{}[],:\n "),
                "x": st.lists(st.dictionaries(st.text(), st.text())),
            },
        ).map(lambda fields: {**fields, "year": 2020}),
        min_size=1,
    ),
    st.sampled_from(LAYOUTS),
    st.booleans(),
)  # fmt: skip
def test_no_record_is_lost_whatever_is_in_it(
    papers: list[dict[str, Any]], layout: dict[str, Any], wrapped: bool
) -> None:
    text = json.dumps({"items": papers} if wrapped else papers, **layout)
    assert titles(text) == [" ".join(paper["title"].split()) for paper in papers]
