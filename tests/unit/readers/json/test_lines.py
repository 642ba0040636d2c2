"""JSON lines: names of fields, kinds of values, and lines that are no paper."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.identity import paper_id
from assistant.readers.json.lines import read_json_lines
from assistant.readers.limits import MAX_ABSTRACT_CHARS
from assistant.readers.lines import Line
from assistant.types import Paper, Rejected

TITLE = "A Small Model of Rain"
ABSTRACT = "We model rain. It falls."


def read(*records: object) -> list[Paper | Rejected]:
    texts = [record if isinstance(record, str) else json.dumps(record) for record in records]
    return list(
        read_json_lines([Line(i + 1, text) for i, text in enumerate(texts)], file="d/f.jsonl")
    )


def paper_of(**fields: Any) -> Paper:
    (paper,) = read({"title": TITLE, "abstract": ABSTRACT, **fields})
    assert isinstance(paper, Paper), paper
    return paper


def reason_of(record: object) -> str:
    (rejected,) = read(record)
    assert isinstance(rejected, Rejected), rejected
    assert (rejected.file, rejected.line) == ("d/f.jsonl", 1)
    return rejected.reason


def test_all_fields_of_a_paper_are_read_back() -> None:
    paper = Paper(
        paper_id=paper_id(TITLE, doi="10.1000/ab"),
        title=TITLE,
        abstract=ABSTRACT,
        authors=("Ann Lee", "Bo Chen"),
        year=2021,
        venue="Journal of Rain",
        doi="10.1000/ab",
        arxiv_id="2101.00001",
        pmid="123",
        url="https://a.example",
        keywords=("rain", "models"),
        source="f.jsonl",
    )
    assert read(paper.to_json()) == [paper]


def test_other_names_are_understood() -> None:
    (paper,) = read(
        {"_id": "arXiv:2101.00001v2", "Title": TITLE, "text": ABSTRACT, "journal-ref": "J. Rain",
         "published": "2021-01-02T00:00:00Z", "DOI": "doi:10.1000/AB", "author": "Ann Lee"}
    )  # fmt: skip
    assert isinstance(paper, Paper)
    assert (paper.arxiv_id, paper.year, paper.venue) == ("2101.00001", 2021, "J. Rain")
    assert (paper.doi, paper.authors, paper.abstract) == ("10.1000/ab", ("Ann Lee",), ABSTRACT)


def test_a_numbering_of_somebody_elses_does_not_count() -> None:
    assert paper_of(id="p017").paper_id == paper_of(_id=17).paper_id == paper_id(TITLE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["Ann Lee", " Bo  Chen "], ("Ann Lee", "Bo Chen")),
        ([{"given": "Ann", "family": "Lee"}, {"name": "Bo Chen"}], ("Ann Lee", "Bo Chen")),
        ("Lee, Ann; Chen, Bo", ("Lee, Ann", "Chen, Bo")),
        ("Ann Lee, Bo Chen and C. Diaz", ("Ann Lee", "Bo Chen", "C. Diaz")),
        ("Lee, Ann and Chen, Bo", ("Lee, Ann", "Chen, Bo")),
        ("Ann Lee", ("Ann Lee",)),
        ("", ()),
        (None, ()),
        ([], ()),
    ],
)
def test_authors_come_as_lists_objects_or_text(value: object, expected: tuple[str, ...]) -> None:
    assert paper_of(authors=value).authors == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2017, 2017),
        (2017.0, 2017),
        ("2017", 2017),
        ("12 June 2017", 2017),
        ("2017-06-12", 2017),
        ("in press", None),
        (None, None),
        (12, None),
        (1e300, None),
    ],
)
def test_a_year_is_found_in_numbers_and_dates(value: object, expected: int | None) -> None:
    assert paper_of(year=value).year == expected


def test_keywords_come_as_list_or_text() -> None:
    assert (
        paper_of(keywords=["a", "b c"]).keywords
        == paper_of(tags="a, b c;").keywords
        == ("a", "b c")
    )


def test_text_is_normalised_and_otherwise_kept() -> None:
    (paper,) = read(
        {"title": "A\u202e  title\n", "abstract": "85.4\\%\x1b[31m of\u200b it \ud800."}
    )
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == ("A title", "85.4\\% of it .")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ('{"title": "A", ', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('{"year": ' + "9" * 5_000 + "}", "not valid JSON"),
        ("[1, 2]", "not a JSON object"),
        ("null", "not a JSON object"),
        ({"abstract": ABSTRACT}, "no title"),
        ({"title": " \u200b ", "abstract": ABSTRACT}, "no title"),
        ({"title": TITLE}, f'no abstract: "{TITLE}"'),
        ({"title": TITLE, "abstract": None}, "no abstract"),
        ({"title": 5, "abstract": ABSTRACT}, '"title" is a number, not text'),
        ({"title": TITLE, "abstract": [ABSTRACT]}, '"abstract" is a list, not text'),
        (
            {"title": TITLE, "abstract": ABSTRACT, "year": True},
            '"year" is true or false, not a year',
        ),
        ({"title": TITLE, "abstract": ABSTRACT, "authors": 5}, '"authors" is a number'),
        ({"title": TITLE, "abstract": ABSTRACT, "authors": [5]}, '"authors" holds something'),
        ({"title": TITLE, "abstract": ABSTRACT, "keywords": {"a": 1}}, '"keywords" is an object'),
        ({"title": "t" * 1_001, "abstract": ABSTRACT}, "a title of more than 1,000 characters"),
        ({"title": TITLE, "abstract": "a" * (MAX_ABSTRACT_CHARS + 1)}, "an abstract of more than"),
    ],
)
def test_a_line_that_is_no_paper_is_rejected_with_its_reason(record: object, reason: str) -> None:
    assert reason_of(record).startswith(reason)


def test_a_long_abstract_is_taken() -> None:
    assert len(paper_of(abstract="a" * 50_000).abstract) == 50_000


def test_a_bad_line_does_not_stop_the_others() -> None:
    good = {"title": TITLE, "abstract": ABSTRACT}
    lines = [
        Line(1, json.dumps(good)),
        Line(2, "{"),
        Line(3, "  "),
        Line(4, None),
        Line(5, json.dumps(good)),
    ]
    records = list(read_json_lines(lines, file="f"))
    assert [type(record) for record in records] == [Paper, Rejected, Rejected, Paper]
    assert [record.line for record in records if isinstance(record, Rejected)] == [2, 4]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = ["title", "abstract", "authors", "year", "doi", "id", "keywords", "pmid", "url"]


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(), VALUES))
def test_any_object_gives_one_paper_or_one_rejection(record: dict[str, Any]) -> None:
    (result,) = read(record)
    assert isinstance(result, Rejected) or (result.title and result.abstract)
