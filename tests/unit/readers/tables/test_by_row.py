"""Tables whose rows are fields, as Embase writes them, and what of them is not guessed at."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers import read_papers
from assistant.readers.formats import detect
from assistant.readers.lines import MAX_LINE_CHARS
from assistant.readers.source import Source
from assistant.readers.tables.rows import MAX_ROW_CHARS
from assistant.types import Paper, Rejected

RAIN = """"TITLE","Rain by night: a trial"
"AUTHOR NAMES","Lee A.","Chen B."
"CORRESPONDENCE ADDRESS","A. Lee, Univ Rain. Email: a@rain.example"
"AiP/IP ENTRY DATE","2014-05-01"
"SOURCE","Journal of Rain (2014) 3:3 (152-160). Date of Publication: 2014"
"ABSTRACT","Rain falls, by night.

METHODS, we count it.
""A lot"", it seems."
"AUTHOR KEYWORDS","rain","night (noon, moon)"
"EMTREE MEDICAL INDEX TERMS","article","human"
"MEDLINE PMID","31000001"
"DOI","10.1000/RAIN"
"""
FOG = """"TITLE","Fog by day"
"AUTHOR NAMES","Lee A."
"SOURCE","Journal of Fog (2015) 3:3 (152-160). Date of Publication: 2015"
"ABSTRACT","Fog is grey."
"""


def read(text: str, columns: dict[str, str] | None = None) -> list[Paper | Rejected]:
    found = detect(Source.of(io.BytesIO(text.encode()), file="f"))
    assert found.name == "fields by row"
    return list(read_papers(["-"], stdin=io.BytesIO(text.encode()), columns=columns))


def said(records: list[Paper | Rejected]) -> list[object]:
    return [r.title if isinstance(r, Paper) else (r.line, r.reason) for r in records]


def test_all_fields_of_a_block_are_read() -> None:
    paper, fog = read(f"{RAIN}\n{FOG}")
    assert isinstance(paper, Paper)
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by night: a trial",
        abstract='Rain falls, by night. METHODS, we count it. "A lot", it seems.',
        authors=("Lee A.", "Chen B."),
        year=2014,
        venue="Journal of Rain",
        doi="10.1000/rain",
        pmid="31000001",
        keywords=("rain", "night (noon, moon)"),
        source="-",
    )
    assert isinstance(fog, Paper)
    assert (fog.title, fog.abstract, fog.year) == ("Fog by day", "Fog is grey.", 2015)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("between", ["", "\n", ",,,\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@pytest.mark.parametrize("above", ["", "Results of a session, 5 May\n\n"])
def test_blocks_are_told_apart_however_they_are_written(
    delimiter: str, between: str, quoting: int, above: str
) -> None:
    text = above
    for number in range(3):
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
        writer.writerow(["TITLE", f"Paper, number {number}"])
        writer.writerow(["AUTHOR NAMES", "Lee A.", "Chen B."])
        writer.writerow(["ABSTRACT", f"It rains; {number} times.\n\nRESULTS, none.\nABSTRACT"])
        text += out.getvalue() + between.replace(",", delimiter)
    records = read(text)
    assert said(records) == [f"Paper, number {number}" for number in range(3)]
    assert isinstance(records[2], Paper)
    assert records[2].abstract == "It rains; 2 times. RESULTS, none. ABSTRACT"
    assert records[2].authors == ("Lee A.", "Chen B.")


def test_a_record_that_went_wrong_costs_only_itself() -> None:
    bad = {
        FOG.replace('"TITLE","Fog by day"\n', '\n'): (1, "no title"),
        FOG.replace('"Fog is grey."', '"Fog is grey.'): (4, "a quotation mark that is not closed"),
        FOG.replace('"Fog is grey."', '"Fog",", is grey."'): (
            0,
            'several values in the row "ABSTRACT", where a paper has one',
        ),
        FOG.replace("Fog by day", 'A","B'): (
            0,
            'several values in the row "TITLE", where a paper has one',
        ),
        FOG.replace('"ABSTRACT",', "lost words\n").replace('"Fog is', 'Fog is'): (
            2,
            "a line that is no field of a record",
        ),
        FOG.replace("grey", "x" * (MAX_LINE_CHARS + 1)): (
            3,
            "a line of more than 1,000,000 characters",
        ),
        FOG.replace("grey", "words\n" * (MAX_ROW_CHARS // 5 + 1)): (
            0,
            "a record of more than 2,000,000 characters",
        ),
    }  # fmt: skip
    first = RAIN.count("\n") + 1
    for text, (line, reason) in bad.items():
        records = said(read(RAIN + text + RAIN))
        assert records[0] == records[-1] == "Rain by night: a trial"
        ((at, why),) = [record for record in records if isinstance(record, tuple)]
        assert why == reason
        if reason != "a quotation mark that is not closed":
            assert at == first + line
        assert len(records) == 3


def test_what_stands_below_a_record_is_said_and_what_lost_its_title_joins_no_other() -> None:
    assert said(read(f"{RAIN}\nwords, below\n\n{FOG}")) == [
        "Rain by night: a trial",
        (15, "a line that is no field of a record"),
        "Fog by day",
    ]
    rain, rest, fog = read(RAIN + FOG.replace('"TITLE","Fog by day"\n', "") + FOG)
    assert isinstance(rain, Paper)
    assert rain.authors == ("Lee A.", "Chen B.")
    assert said([rest, fog]) == [(14, "no title"), "Fog by day"]


def test_papers_in_columns_are_refused_with_one_line() -> None:
    text = '"TITLE","A","B"\n"AUTHOR NAMES","Lee A.","Chen B."\n"ABSTRACT","x","y"\n'
    ((line, reason),) = said(read(text))  # type: ignore[misc]
    assert (line, reason) == (1, 'several values in the row "TITLE", where a paper has one')


def test_a_user_may_say_what_a_row_holds() -> None:
    (paper, missing) = read(FOG, {"author names": "keywords", "HEADLINE": "title"})
    assert isinstance(paper, Paper)
    assert (paper.keywords, paper.authors) == (("Lee A.",), ())
    assert isinstance(missing, Rejected)
    assert missing.reason == 'no row "HEADLINE" in any record'


@pytest.mark.parametrize(
    "text",
    [
        "TITLE,ABSTRACT,AUTHORS\nRain,It falls.,Lee\nFog,Grey.,Lee\n",
        "TITLE\n\nRain by Night\n\nABSTRACT\n\nRain falls by night.\n",
        "ABSTRACT, it falls.\n",
        '"TITLE"\n"A"\n"B"\n',
    ],
)
def test_other_texts_in_capitals_are_no_such_table(text: str) -> None:
    assert detect(Source.of(io.BytesIO(text.encode()), file="f")).name != "fields by row"


WRITTEN = st.text(
    st.sampled_from('aé ,;\t"|\n') | st.characters(exclude_categories=["C"]), max_size=40
).map(lambda text: f"t{text}")


@given(st.lists(st.tuples(WRITTEN, WRITTEN, WRITTEN), min_size=1, max_size=5))
def test_no_record_that_is_written_is_lost(rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for title, abstract, venue in rows:
        writer.writerows([["TITLE", title], ["SOURCE TITLE", venue], ["ABSTRACT", abstract], []])
    assert len(read(out.getvalue())) == len(rows)


@given(st.text(st.sampled_from('TILEABSRC",\n ab'), max_size=80))
def test_any_text_behind_a_record_gives_papers_and_reasons(text: str) -> None:
    records = read(f"{FOG}{text}\n{FOG}")
    assert sum(isinstance(r, Paper) and r.title == "Fog by day" for r in records) >= 1
    assert all(isinstance(r, Rejected) or r.title for r in records)
