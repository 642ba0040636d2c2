"""Elements of a record and the words in them."""

from __future__ import annotations

import pytest

from assistant.readers.xml.elements import Element, NotXml, parse_element


def words(inner: str) -> str:
    return " ".join(parse_element(f"<t>{inner}</t>").words().split())


def test_elements_are_found_by_path_in_order() -> None:
    record = parse_element("<A><b><c>1</c></b><B x:K='v'><c> </c><c>2</c></B><b/></A>")
    assert record.name == "a"
    assert [element.words() for element in record.all("b/c")] == ["1", "", "2"]
    assert record.texts("b/c") == ["1", "2"]
    assert record.texts("d", "b/d", "b/c") == ["1", "2"]
    assert (record.text("d"), record.text("d", "b/c"), record.texts("d")) == ("", "1", [])
    assert [element.attributes for element in record.elements()] == [{}, {"k": "v"}, {}]
    assert isinstance(record.first("b"), Element)
    assert record.first("d") is None


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("a <i>b</i> c<b>d</b>", "a b cd"),
        ("10<sup>6</sup> m<sup>2 </sup>of CO<sub>2</sub>", "10^6 m^2 of CO2"),
        ("p<sub>trend</sub> log 10<sub>2</sub>", "p_trend log 10_2"),
        ("CD4<sup>+</sup> Tween<sup>®</sup>", "CD4+ Tween®"),
        ("x<sup><i>a</i><sub>b</sub></sup>", "x^a_b"),
        ("<style face='superscript'>13</style>C", "^13C"),
        ("CO<style face='normal'>2</style><style face='subscript'>x</style>", "CO2_x"),
        ("<p>One.</p><p>Two.</p>Three<br/>four", "One. Two. Three four"),
        ("a<!-- b -->c<?d e?>", "ac"),
        ("1 &lt; 2 &amp;lt; 3", "1 < 2 &lt; 3"),
    ],
)
def test_mixed_content_keeps_its_words(inner: str, expected: str) -> None:
    assert words(inner) == expected


def test_words_end_at_white_space_of_xml_only() -> None:
    assert parse_element("<t>\n \u00e0\xa0\t</t>").words() == "\u00e0\xa0"


def test_more_elements_than_any_record_has_are_refused() -> None:
    with pytest.raises(NotXml, match="more than 500,000 elements"):
        parse_element(f"<t>{'<i/>' * 500_001}</t>")
