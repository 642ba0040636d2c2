"""Lines to the rows of a table: quotation marks, and what one wrong mark costs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.lines import MAX_LINE_CHARS, Line
from assistant.readers.tables.rows import MAX_ROW_CHARS, OVERLONG, UNCLOSED, Row, read_rows


def read(text: str, *, delimiter: str = ",", cells: int = 3, quote: str = '"') -> list[Row]:
    lines = [
        Line(number, line if len(line) <= MAX_LINE_CHARS else None)
        for number, line in enumerate(text.split("\n"), 1)
    ]
    return list(read_rows(lines, delimiter=delimiter, cells=cells, quote=quote))


def cells(text: str) -> list[tuple[str, ...]]:
    rows = read(text)
    assert [row.problem for row in rows if row.problem] == []
    return [row.cells for row in rows]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a,b,c", ("a", "b", "c")),
        (",,", ("", "", "")),
        ('"a, b",,"c"', ("a, b", "", "c")),
        ('"say ""yes""",b,c', ('say "yes"', "b", "c")),
        ('"""yes""",b,""', ('"yes"', "b", "")),
        ('"a\nb\n\nc",d,e', ("a\nb\n\nc", "d", "e")),
        ('a, "b, c",d', ("a", "b, c", "d")),
        ('"a" ,b,c', ("a", "b", "c")),
        ('5" disk,b,c', ('5" disk', "b", "c")),
        ('"He said "yes" to it",b,c', ('He said "yes" to it', "b", "c")),
    ],
)  # fmt: skip
def test_quotation_marks_hold_a_cell_together(text: str, row: tuple[str, ...]) -> None:
    assert cells(text) == [row]


def test_rows_know_their_first_lines_and_blank_lines_are_none() -> None:
    rows = read('a,b,c\n\n"d\ne",f,g\n  \nh,i,j')
    assert [(row.line, row.cells[0]) for row in rows] == [(1, "a"), (3, "d\ne"), (6, "h")]


def test_a_mark_that_is_not_closed_is_a_sign_where_that_makes_the_row_right() -> None:
    assert cells('a,"b,c\nd,e,f\ng,"h",i') == [("a", '"b', "c"), ("d", "e", "f"), ("g", "h", "i")]
    assert cells('a,"b,c\nd,e,f') == [("a", '"b', "c"), ("d", "e", "f")]


@pytest.mark.parametrize("next_row", ["1,2,3", '"1",2,3', '1,"2, and\n more",3'])
def test_else_it_costs_its_own_row(next_row: str) -> None:
    rows = read(f'a,b,"c, d\n{next_row}\n4,5,6')
    assert rows[0].line == 1
    assert rows[0].problem == UNCLOSED or len(rows[0].cells) != 3
    assert [row.cells[0] for row in rows[1:]] == ["1", "4"]
    assert [row.problem for row in rows[1:]] == ["", ""]


def test_a_row_of_the_wrong_width_is_given_as_it_is() -> None:
    assert [row.cells for row in read("a\nb,c,d,e\nf,g,h")] == [
        ("a",),
        ("b", "c", "d", "e"),
        ("f", "g", "h"),
    ]


def test_an_overlong_line_and_an_overlong_row_are_passed_over() -> None:
    long = "x" * (MAX_LINE_CHARS + 1)
    assert [(row.line, row.problem) for row in read(f"a,b,c\n{long}\nd,e,f")] == [
        (1, ""),
        (2, OVERLONG),
        (3, ""),
    ]
    lines = "y" * 1_000 + "\n"
    rows = read(f'"a\n{lines * (MAX_ROW_CHARS // 1_000 + 5)}",b,c\nd,e,f')
    assert (rows[0].line, rows[0].problem) == (1, UNCLOSED)
    assert rows[-1].cells == ("d", "e", "f")


@pytest.mark.parametrize("line", ['x, "y', 'x,"y', '"', 'a,"b", "c', '"a", b", c'])
def test_a_file_of_open_marks_is_not_read_again_and_again(line: str) -> None:
    assert len(read("\n".join([line] * 20_000))) >= 10_000


CELL = st.text(st.sampled_from("ab ,;\t\"'\n") | st.characters(exclude_categories=["C", "Z"]))


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1),
    st.sampled_from(",;\t|"),
    st.sampled_from("\"'"),
)
def test_what_the_csv_module_writes_is_read_back(
    rows: list[list[str]], delimiter: str, quote: str
) -> None:
    out = io.StringIO()
    csv.writer(
        out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL, quotechar=quote
    ).writerows(rows)
    read_back = read(out.getvalue(), delimiter=delimiter, quote=quote)
    # A quoted delimiter in front of a mark, after a line break, looks like a new cell.
    if not any(f"{delimiter}{quote}" in cell for row in rows for cell in row):
        assert [list(row.cells) for row in read_back] == rows


@given(st.text(st.sampled_from('ab,"\n ')))
def test_no_letter_is_lost(text: str) -> None:
    rows = read(text)
    kept = sum(cell.count("a") for row in rows for cell in row.cells)
    if not any(row.problem or len(row.cells) != 3 for row in rows):
        assert kept == text.count("a")
    assert [row.line for row in rows] == sorted({row.line for row in rows})
