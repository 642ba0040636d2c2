"""From fields to papers: markup, scripts, and identifiers that are written in several ways."""

from __future__ import annotations

import pytest

from assistant.readers.records import Fields, to_paper, without_markup
from assistant.types import Paper


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10<sup>6</sup> and m<sup>2 </sup>of", "10^6 and m^2 of"),
        ("CD4<sup>+</sup>, Na<sup> + </sup>", "CD4+, Na +"),
        ("CO<sub>2</sub>, x<sub>i</sub>, 10<sub>2</sub>", "CO2, x_i, 10_2"),
        ("<sub>V</sub>MLSS and <jats:sup>13</jats:sup>C", "VMLSS and ^13C"),
        ("x<sup><i>a</i><sub>b</sub></sup>", "x^a_b"),
        ('<span class="a">One</span> <a href="x">two</a>', "One two"),
        ("<p>One.</p><p>Two.</p>Three<br/>four", "One. Two. Three four"),
        ("if a <b and c> d, p <0.05, <mask>", "if a <b and c> d, p <0.05, <mask>"),
        ("R&amp;D &lt; 5 &alpha;", "R&D < 5 α"),
    ],
)
def test_markup_goes_and_words_and_signs_stay(text: str, expected: str) -> None:
    assert without_markup(text) == expected


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("10.1000/AB", "10.1000/ab"),
        ("https://doi.org/10.1000/AB", "10.1000/ab"),
        ("10.1000/AB, 10.1000/CD;10.1000/EF", "10.1000/ab"),
        ("10.1000/ab doi:10.1000/cd", "10.1000/ab"),
        ("10.1002/(sici)1097;2-#", "10.1002/(sici)1097;2-#"),
        ("none", "none"),
    ],
)
def test_of_several_dois_the_first_counts(written: str, doi: str) -> None:
    paper = to_paper(Fields(title="Rain", doi=written), file="d/f", line=1)
    assert isinstance(paper, Paper)
    assert paper.doi == doi


def test_a_long_run_of_signs_in_place_of_a_doi_is_passed_over_at_once() -> None:
    paper = to_paper(Fields(title="Rain", doi="10.1000/ab" + "," * 100_000), file="d/f", line=1)
    assert isinstance(paper, Paper)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("lee2001rain", "lee2001rain"),
        ("DBLP:conf/x/Lee01", "DBLP:conf/x/Lee01"),
        (" Lee+2001\n", "Lee+2001"),
        ("Lee et al 2001", ""),
        ("12345", ""),
        ("ITEM-1", ""),
        ("http://zotero.org/users/1/items/ABC", ""),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", ""),
    ],
)
def test_a_name_that_a_program_counted_out_is_no_citation_key(name: str, key: str) -> None:
    paper = to_paper(Fields(title="Rain", citation_key=name), file="d/f", line=1)
    assert isinstance(paper, Paper)
    assert paper.citation_key == key
