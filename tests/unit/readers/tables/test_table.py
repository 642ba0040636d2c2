"""Tables: which column is which, rows that went wrong, and what is no table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.readers import read_papers
from assistant.readers.source import Source
from assistant.readers.tables.table import looks_like_table
from assistant.types import Paper, Rejected

TITLE = "A Small Model of Rain"
ABSTRACT = "We model rain, and it falls."


def read(data: str | bytes, columns: Mapping[str, str] | None = None) -> list[Paper | Rejected]:
    content = data.encode() if isinstance(data, str) else data
    return list(read_papers(["-"], stdin=io.BytesIO(content), columns=columns))


def papers(data: str | bytes, columns: Mapping[str, str] | None = None) -> list[Paper]:
    records = read(data, columns)
    assert [str(record) for record in records if isinstance(record, Rejected)] == []
    return [record for record in records if isinstance(record, Paper)]


def problems(data: str, columns: Mapping[str, str] | None = None) -> list[tuple[int | None, str]]:
    return [(r.line, r.reason) for r in read(data, columns) if isinstance(r, Rejected)]


def table(header: Sequence[str], *rows: Sequence[str], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([header, *rows])
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_read_with_any_delimiter_line_end_and_encoding(
    delimiter: str, end: str, encoding: str
) -> None:
    rows = [[f"Größe, Σ; {number}", ABSTRACT, "Lee, Ann; Chen, Bo"] for number in range(3)]
    text = table(["title", "abstract", "authors"], *rows, delimiter=delimiter)
    found = papers(text.replace("\n", end).encode(encoding))
    assert [paper.title for paper in found] == [row[0] for row in rows]
    assert {paper.abstract for paper in found} == {ABSTRACT}
    assert found[0].authors == ("Lee, Ann", "Chen, Bo")


SCOPUS = {
    "Authors": "Lee, A.; Chen, B.",
    "Author full names": "Lee, Ann (57190000001); Chen, Bo (6600001)",
    "Author(s) ID": "57190000001; 6600001", "Title": TITLE, "Year": "2021",
    "Source title": "Journal of Rain", "DOI": "10.1000/RAIN", "Link": "https://a.example",
    "Abstract": ABSTRACT, "Author Keywords": "rain; snow", "Index Keywords": "other",
    "PubMed ID": "123", "Source": "Scopus",
}  # fmt: skip
WEB_OF_SCIENCE = {
    "PT": "J", "AU": "Lee, A; Chen, B", "AF": "Lee, Ann; Chen, Bo", "TI": TITLE,
    "SO": "Journal of Rain", "DE": "rain; snow", "AB": ABSTRACT, "PY": "2021",
    "DI": "10.1000/rain", "PM": "123",
}  # fmt: skip
IEEE = {
    "Document Title": TITLE, "Authors": "Ann Lee; Bo Chen", "Publication Title": "Journal of Rain",
    "Publication Year": "2021", "Abstract": ABSTRACT, "DOI": "10.1000/rain",
    "PDF Link": "https://a.example", "Author Keywords": "rain;snow", "IEEE Terms": "x",
}  # fmt: skip
ZOTERO = {
    "Key": "ABC", "Item Type": "journalArticle", "Publication Year": "2021",
    "Author": "Lee, Ann; Chen, Bo", "Title": TITLE, "Publication Title": "Journal of Rain",
    "DOI": "10.1000/rain", "Url": "https://a.example", "Abstract Note": ABSTRACT,
    "Date": "2021-03", "Extra": "PMID: 123", "Manual Tags": "rain; snow", "Automatic Tags": "x",
}  # fmt: skip
PUBMED = {
    "PMID": "123", "Title": TITLE, "Authors": "Lee A, Chen B.", "Citation": "x",
    "First Author": "Lee A", "Journal/Book": "Journal of Rain", "Publication Year": "2021",
    "DOI": "10.1000/rain",
}  # fmt: skip
EMBASE = {
    "Title": TITLE, "Original Title": "", "Author Names": "Lee A., Chen B.",
    "Source": "Journal of Rain (2021) 3:3 (152-160). Date of Publication: 2021",
    "Abstract": ABSTRACT, "Open URL Link": "http://a.example/x?sid=E&id=doi:10.1000%2Frain",
}  # fmt: skip
SPRINGER = {
    "Item Title": TITLE, "Publication Title": "Journal of Rain", "Book Series Title": "",
    "Item DOI": "10.1000/rain", "Authors": "Ann LeeBo McDonaldCy van DyckD. O’Neil",
    "Publication Year": "2021", "URL": "https://a.example", "Content Type": "Article",
}  # fmt: skip
COVIDENCE = {
    "Title": TITLE, "Authors": "Lee, A.; Chen, B.", "Abstract": ABSTRACT,
    "Published Year": "2021", "Journal": "Journal of Rain", "DOI": "10.1000/rain",
    "Covidence #": "#1", "Study": "Lee 2021", "Tags": "rain; snow",
}  # fmt: skip
PUBLISH_OR_PERISH = {
    "Cites": "4", "Authors": "A Lee, B Chen, ...", "Title": TITLE, "Year": "2021",
    "Source": "Journal of Rain", "Publisher": "P", "ArticleURL": "https://a.example",
    "DOI": "", "Abstract": ABSTRACT,
}  # fmt: skip
RAYYAN = {
    "key": "rayyan-1", "title": TITLE, "year": "2021", "journal": "Journal of Rain",
    "authors": "Lee, Ann and Chen, Bo", "url": "https://a.example", "abstract": ABSTRACT,
    "notes": "RAYYAN-INCLUSION: x", "doi": "10.1000/rain", "keywords": "rain,snow",
}  # fmt: skip
GERMAN = {"Titel": TITLE, "Autoren": "Lee, A.; Chen, B.", "Jahr": "2021", "Zeitschrift": "Z"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (SCOPUS, {"authors": ("Lee, Ann", "Chen, Bo"), "doi": "10.1000/rain", "pmid": "123",
                  "keywords": ("rain", "snow"), "url": "https://a.example"}),
        (WEB_OF_SCIENCE, {"authors": ("Lee, Ann", "Chen, Bo"), "doi": "10.1000/rain",
                          "pmid": "123", "keywords": ("rain", "snow")}),
        (IEEE, {"authors": ("Ann Lee", "Bo Chen"), "keywords": ("rain", "snow")}),
        (ZOTERO, {"authors": ("Lee, Ann", "Chen, Bo"), "pmid": "123",
                  "keywords": ("rain", "snow"), "url": "https://a.example"}),
        (PUBMED, {"authors": ("Lee A", "Chen B"), "pmid": "123", "abstract": ""}),
        (EMBASE, {"authors": ("Lee A.", "Chen B."), "doi": "10.1000/rain"}),
        (SPRINGER, {"authors": ("Ann Lee", "Bo McDonald", "Cy van Dyck", "D. O’Neil"),
                    "abstract": "", "doi": "10.1000/rain"}),
        (COVIDENCE, {"authors": ("Lee, A.", "Chen, B."), "keywords": ("rain", "snow")}),
        (PUBLISH_OR_PERISH, {"authors": ("A Lee", "B Chen"), "url": "https://a.example"}),
        (RAYYAN, {"authors": ("Lee, Ann", "Chen, Bo"), "keywords": ("rain", "snow")}),
        (GERMAN, {"authors": ("Lee, A.", "Chen, B."), "venue": "Z", "abstract": ""}),
    ],
    ids=["Scopus", "WoS", "IEEE", "Zotero", "PubMed", "Embase", "Springer", "Covidence", "PoP",
         "Rayyan", "German"],
)  # fmt: skip
def test_the_columns_of_known_exports_are_understood(
    row: dict[str, str], expected: dict[str, object]
) -> None:
    (paper,) = papers(table(list(row), list(row.values())))
    said = paper.to_json()
    wanted = {
        "title": TITLE,
        "abstract": ABSTRACT,
        "year": 2021,
        "venue": "Journal of Rain",
        **expected,
    }
    assert {name: said[name] for name in wanted} == wanted


def test_what_a_user_says_of_a_column_counts_more_than_its_name() -> None:
    text = table(["Title", "Headline", "Text"], ["1", TITLE, ABSTRACT])
    assert [paper.title for paper in papers(text)] == ["1"]
    columns = {"headline": "title", "Title": "keywords"}
    (paper,) = papers(text, columns)
    assert (paper.title, paper.abstract, paper.keywords) == (TITLE, ABSTRACT, ("1",))
    (paper,) = papers(table(["x", "y"], [TITLE, ABSTRACT]), {"x": "Title", "Y": "ABSTRACT"})
    assert (paper.title, paper.abstract) == (TITLE, ABSTRACT)


def test_a_column_that_a_user_named_and_that_is_not_there_is_reported() -> None:
    text = table(["title", "abstract"], [TITLE, ABSTRACT])
    assert len(read(text, {"Titel": "title"})) == 2
    ((line, reason),) = problems(text, {"Titel": "title"})
    assert line == 1
    assert reason.startswith('no column "Titel"; it has "title", "abstract"; ')


def test_a_field_that_does_not_exist_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(UsageError, match="no field 'headline'") as caught:
        read("a,b\n", {"a": "headline"})
    assert "keywords" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    ["Title\nA\nB\n", '"Title"\n"A"\n\n"B"\n', "title\r\nA\r\n", '"abstract"\n"A."\n"B."\n'],
)
def test_a_table_of_one_column_is_one_rejection_that_says_what_to_do(text: str) -> None:
    ((line, reason),) = problems(text)
    assert line == 1
    name = text.strip('"').partition("\n")[0].strip('"\r')
    assert f'it has "{name}"' in reason
    assert "--map COLUMN=FIELD" in reason


def test_a_single_column_is_read_if_the_user_says_that_it_holds_titles() -> None:
    assert [paper.title for paper in papers("name\nA, b\nC\n", {"name": "title"})] == ["A, b", "C"]


def test_a_table_without_titles_is_one_rejection() -> None:
    text = table(["abstract", "authors", "year", "doi"], *[[ABSTRACT, "Lee", "2021", ""]] * 5)
    ((line, reason),) = problems(text)
    assert line == 1
    assert '"abstract", "authors", "year", "doi"' in reason
    assert "--map" in reason


def test_records_know_the_line_at_which_they_begin() -> None:
    text = 'title,abstract,year\nA,"x\ny",1\n,"x\ny",2\nB,z,3\n,z,4\n'
    assert problems(text) == [(4, "no title"), (7, "no title")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("A,x,2020,1", "a row of 4 cells, where the header has 3"),
        ("A,x, y,2020", "a row of 4 cells, where the header has 3"),
        ("A,x", "a row of 2 cells, where the header has 3"),
        ("A", "a row of 1 cells, where the header has 3"),
        ('A,"x', "a quotation mark that is not closed"),
        ("z" * 1_100_000, "a line of more than 1,000,000 characters"),
        (",x,2020", "no title"),
    ],
)
def test_a_row_that_went_wrong_costs_only_itself(row: str, problem: str) -> None:
    text = f"title,abstract,year\nFirst,x,2020\n{row}\nLast,x,2020\n"
    records = read(text)
    assert [r.title for r in records if isinstance(r, Paper)] == ["First", "Last"]
    assert [(r.line, r.reason) for r in records if isinstance(r, Rejected)] == [(3, problem)]


def test_empty_cells_may_be_missing_at_the_end_or_too_many() -> None:
    text = "id,title,abstract,year,doi\n1,A,x\n2,B,x,2020\n3,C,x,2020,,,\n,,,,\n"
    assert problems(text) == [(2, "a row of 3 cells, where the header has 5")]
    records = read(text)
    assert [r.title for r in records if isinstance(r, Paper)] == ["B", "C"]


@pytest.mark.parametrize(
    "above",
    ["sep=,\n", "About the data: exported on 5 May 2021, all fields\n", "Export\n\nAll, of it\n"],
)
def test_a_header_may_follow_a_few_rows_about_the_export(above: str) -> None:
    text = above + table(["title", "abstract", "authors", "year"], [TITLE, ABSTRACT, "", "2021"])
    (paper,) = papers(text)
    assert paper.title == TITLE
    assert problems(text + "x\n")[0][0] == text.count("\n") + 1


def test_the_numbers_of_rows_may_have_no_name() -> None:
    assert papers('"title"\t"abstract"\n"1"\t"A"\t"x"\n"2"\t"B"\t"y"\n')[1].title == "B"
    assert papers(",title,abstract\n0,A,x\n1,B,y\n")[1].title == "B"


def test_a_markdown_table_is_a_table() -> None:
    text = "| Title | Abstract |\n|---|:---:|\n| A | It is. |\n| B | It was. |\n"
    assert [(paper.title, paper.abstract) for paper in papers(text)] == [
        ("A", "It is."),
        ("B", "It was."),
    ]


APOSTROPHES = [
    ["It's Rain, by Night", "The models', it's said, and 'rain', fall.\n\nIt \"falls\".", "2001"],
    ["The Dogs'", "'", "2002"],
    ["Fog by Day", "Fog isn't grey.", ""],
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])
@pytest.mark.parametrize("with_header", [True, False])
def test_cells_between_apostrophes_are_read(
    delimiter: str, quoting: int, with_header: bool
) -> None:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator="\n", quotechar="'", quoting=quoting
    )  # type: ignore[arg-type]
    if with_header:
        writer.writerow(["title", "abstract", "year"])
    else:
        out.write(delimiter.join(["title", "abstract", "year"]) + "\n")
    writer.writerows(APOSTROPHES)
    found = papers(out.getvalue())
    assert [[paper.title, paper.abstract, str(paper.year or "")] for paper in found] == [
        [" ".join(cell.split()) for cell in row] for row in APOSTROPHES
    ]


def test_cells_that_only_have_apostrophes_in_front_or_all_around_are_told_apart() -> None:
    tight = "title,abstract\n'Rain','It falls.'\n'Fog','Grey.'\n"
    assert [paper.title for paper in papers(tight)] == ["Rain", "Fog"]
    text = table(
        ["title", "abstract"], ["'Tis Rain", "It falls, it does."], ["'Rain'", "It falls."]
    )
    assert [paper.title for paper in papers(text)] == ["'Tis Rain", "'Rain'"]


@pytest.mark.parametrize(
    "row", ["'A','the models', they say',''", "'A','the models', they say',", "'A','x"]
)
def test_an_apostrophe_that_may_end_a_cell_or_a_word_costs_its_row(row: str) -> None:
    text = f"'title','abstract','year'\n'First','x',''\n{row}\n'Last','x',''\n"
    assert problems(text) == [(3, "a quotation mark that is not closed")]
    assert [r.title for r in read(text) if isinstance(r, Paper)] == ["First", "Last"]


def test_a_single_column_between_apostrophes_is_read_without_them() -> None:
    assert papers("'name'\n'A, b'\n'C''s'\n", {"name": "title"})[1].title == "C's"


def test_attachments_and_notes_of_zotero_are_left_out() -> None:
    rows = [["note", "A note", "x"], ["book", TITLE, "x"], ["attachment", "PDF", ""]]
    assert [p.title for p in papers(table(["Item Type", "Title", "Abstract Note"], *rows))] == [
        TITLE
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Rain by Night\n\nRain falls by night. We count it.\n",
        "Rain, Snow, and the Year\n\nTitle and abstract, authors and year, are given.\n",
        "Titles, Abstracts\n\nIt rains, it snows, and it does so all year.\n\nOne, Two\n\nThree.\n",
        "Title\n\nRain by Night\n\nAbstract\n\nRain falls by night.\n",
        "Abstract\nRain falls by night, and so does snow.\n",
        "title: Rain by Night; abstract: it falls\n",
        "a,b,c\n1,2,3\n",
        "name;size\nx;1\n",
        "",
    ],
)
def test_prose_and_other_tables_are_no_tables_of_papers(text: str) -> None:
    assert not looks_like_table(Source.of(io.BytesIO(text.encode()), file="f.csv"))


CELL = st.text(st.sampled_from('aé ,;\t"|\n') | st.characters(exclude_categories=["C"]))
WRITTEN = CELL.filter(lambda text: '"' not in text).map(lambda text: f"t{text}".strip())


@given(
    st.lists(st.tuples(WRITTEN, WRITTEN, WRITTEN), min_size=1),
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_every_row_of_a_written_table_is_read(
    rows: list[tuple[str, str, str]], delimiter: str, quoting: int
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("title", "abstract", "venue"), *rows])
    assert len(papers(out.getvalue())) == len(rows)


@given(
    st.text(st.sampled_from('ab,;\t"\n ')), st.sampled_from(["title,abstract", "title;year", ""])
)
def test_any_text_gives_papers_and_rejections(text: str, header: str) -> None:
    for record in read(f"{header}\n{text}"):
        assert isinstance(record, Rejected) or record.title


def test_columns_of_openalex_and_of_a_citation_key_are_known() -> None:
    header = ["display_name", "authorships.author.display_name", "abstract", "Citation Key"]
    (paper,) = papers(table(header, [TITLE, "Ann Lee|Bo Chen", ABSTRACT, "lee2021"]))
    assert (paper.title, paper.abstract, paper.citation_key) == (TITLE, ABSTRACT, "lee2021")
    assert paper.authors == ("Ann Lee", "Bo Chen")
