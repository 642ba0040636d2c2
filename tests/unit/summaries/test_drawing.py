"""Overviews as pictures and text: whole, legible, and safe with any title."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from assistant.summaries.drawing import map_lines, overview_html, overview_markdown, overview_svg
from assistant.summaries.drawing.svg import HEIGHT, WIDTH, place_labels
from assistant.summaries.types import Overview, PlacedPaper, ThemeOverview
from assistant.text.clean import printable

HOSTILE = "</title></style><script>alert(1)</script>]]>&lt;\"'><img src=x onerror=y> | [a](b)"
SVG = "{http://www.w3.org/2000/svg}"
TEXT = st.text(max_size=40)


def overview_of(titles: list[str], names: list[str], *, venue: str = "Nature") -> Overview:
    return Overview(
        papers=len(titles),
        without_abstract=1,
        themes=tuple(
            ThemeOverview(
                name=name,
                size=len(titles[n :: len(names)]),
                central_paper_id=f"p{n}",
                central_title=titles[n] if n < len(titles) else "",
                first_year=1999,
                last_year=2001,
            )
            for n, name in enumerate(names)
        ),
        years=((1999, 1), (2001, 2)),
        venues=((venue, 2),),
        twins=(("p0", "p1"),),
        outliers=("p0",),
        map=tuple(
            PlacedPaper(
                paper_id=f"p{n}",
                title=title,
                year=2001 if n % 2 else None,
                theme=None if n == 0 or not names else n % len(names),
                x=(n * 0.37) % 1,
                y=(n * 0.61) % 1,
            )
            for n, title in enumerate(titles)
        ),
    )


EMPTY = Overview(
    papers=0, without_abstract=0, themes=(), years=(), venues=(), twins=(), outliers=(), map=()
)
PLAIN = overview_of([f"Paper {n}" for n in range(40)], ["sparse attention", "glacier retreat"])


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def test_svg_shows_every_paper_with_its_title() -> None:
    root = ET.fromstring(overview_svg(PLAIN))
    titles = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert [title.split("\n")[0].removesuffix(" (2001)") for title in titles] == [
        paper.title for paper in PLAIN.map
    ]


def test_svg_names_every_theme() -> None:
    root = ET.fromstring(overview_svg(PLAIN))
    names = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert names == ["sparse attention", "glacier retreat"]


@pytest.mark.parametrize("count", [1, 8, 20])
def test_labels_do_not_overlap_and_stay_inside(count: int) -> None:
    names = [f"theme number {n} and something that is rather long" for n in range(count)]
    labels = place_labels(overview_of([f"Paper {n}" for n in range(60)], names))
    assert len(labels) == count
    assert not any(one.overlaps(other) for one, other in combinations(labels, 2))
    for label in labels:
        assert label.width / 2 <= label.x <= WIDTH - label.width / 2
        assert label.height / 2 <= label.y <= HEIGHT - label.height / 2


def test_hostile_titles_and_names_stay_text() -> None:
    hostile = overview_of([HOSTILE] * 12, [HOSTILE, "b\x00\x1b[31m\ufffe"], venue=HOSTILE)
    ET.fromstring(overview_svg(hostile))
    page = overview_html(hostile, title=HOSTILE)
    root = ET.fromstring(page.removeprefix("<!DOCTYPE html>"))
    assert not [element for element in root.iter() if "script" in element.tag]
    tags = _Tags()
    tags.feed(page)
    assert not tags.tags & {"script", "img", "a", "link", "iframe", "object"}
    assert not {name for name in tags.attributes if name.startswith("on")}
    assert "<img" not in MarkdownIt("commonmark").enable("table").render(
        overview_markdown(hostile, title=HOSTILE)
    )


@given(st.lists(TEXT, min_size=1, max_size=6), st.lists(TEXT, max_size=3))
def test_any_text_can_be_drawn(titles: list[str], names: list[str]) -> None:
    overview = overview_of(titles, names)
    ET.fromstring(overview_svg(overview))
    ET.fromstring(overview_html(overview).removeprefix("<!DOCTYPE html>"))
    overview_markdown(overview).encode()
    for line in map_lines(overview):
        assert printable(line) == line
        assert cell_len(line) <= 80


def test_page_asks_nothing_of_a_network() -> None:
    page = overview_html(PLAIN).replace("http://www.w3.org/2000/svg", "")
    assert "http" not in page.replace("http-equiv", "")
    assert "url(" not in page
    assert "default-src 'none'" in page


def test_page_holds_all_tables() -> None:
    page = overview_html(PLAIN)
    for heading in ("Themes", "Years", "Venues", "May be the same paper", "Like no other"):
        assert f"<h2>{heading}</h2>" in page
    assert "40 papers, 2 themes, from 1999 to 2001; 1 without an abstract." in page


def test_markdown_tables_have_as_many_cells_as_columns() -> None:
    hostile = overview_of([HOSTILE] * 4, [HOSTILE], venue=HOSTILE)
    html = MarkdownIt("commonmark").enable("table").render(overview_markdown(hostile))
    assert html.count("<table>") == 4
    for row in html.split("<tr>")[1:]:
        assert row.count("<td") + row.count("<th") - row.count("<thead") in (2, 4)


def test_terminal_map_fits_its_width_and_tells_its_letters() -> None:
    lines = map_lines(PLAIN, width=60, height=12)
    assert all(cell_len(line) <= 60 for line in lines)
    assert set("".join(lines[:12])) <= {"A", "B", "·", " "}
    legend = "\n".join(lines[13:])
    assert "A sparse attention" in legend
    assert "B glacier retreat" in legend
    assert "· like no other" in legend


def test_terminal_map_shows_up_as_up() -> None:
    placed = PLAIN.map[1]
    top = Overview(
        papers=1,
        without_abstract=0,
        themes=PLAIN.themes[:1],
        years=(),
        venues=(),
        twins=(),
        outliers=(),
        map=(PlacedPaper(paper_id="a", title=placed.title, year=None, theme=0, x=0.0, y=1.0),),
    )
    assert map_lines(top, width=20, height=5)[0] == "A"


def test_wide_letters_keep_the_legend_in_its_columns() -> None:
    wide = overview_of([f"Paper {n}" for n in range(9)], ["注意力机制" * 12, "氷河の後退"])
    assert all(cell_len(line) <= 80 for line in map_lines(wide))


def test_an_empty_library_can_be_drawn() -> None:
    assert map_lines(EMPTY) == []
    ET.fromstring(overview_svg(EMPTY))
    assert "0 papers, 0 themes." in overview_html(EMPTY)
    assert "0 papers" in overview_markdown(EMPTY)
