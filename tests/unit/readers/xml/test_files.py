"""XML files cut into records: what is broken costs only itself, and nothing is expanded."""

from __future__ import annotations

import io
import tracemalloc
from html import escape
from itertools import chain, repeat
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.formats import detect
from assistant.readers.lines import NotText
from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.xml.elements import Element
from assistant.readers.xml.files import MAX_RECORD_CHARS, read_records, root_of
from assistant.text.clean import normalise
from assistant.types import Paper, Rejected

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


def source_of(data: bytes | str) -> Source:
    return Source.of(io.BytesIO(data.encode() if isinstance(data, str) else data), file="d/f.xml")


def fields_of(record: Element) -> Fields:
    return Fields(title=record.text("t"), abstract=record.text("a"))


def read(data: bytes | str, first_child: str = "") -> list[str]:
    """Return the titles of the papers and the reports of what is none."""
    records = read_records(source_of(data), names={"r": first_child}, to_fields=fields_of)
    return [record.title if isinstance(record, Paper) else str(record) for record in records]


def record_of(title: str, abstract: str = "It is so.") -> str:
    return f"<r><t>{title}</t><a>{abstract}</a></r>"


RAIN, FOG = record_of("Rain"), record_of("Fog")


def test_records_are_read_in_order_and_know_their_lines() -> None:
    text = f"<?xml version='1.0'?>\n<s>\n{RAIN}\n\n<r>\n<t/></r>{FOG}\n</s>"
    assert read(text) == ["Rain", "d/f.xml:5: no title", "Fog"]
    assert read(text.replace("\n", "\r\n")) == read(text)


def test_a_record_alone_and_several_documents_in_one_file_are_read() -> None:
    document = f"<?xml version='1.0'?><!DOCTYPE s SYSTEM 's.dtd'><s>{RAIN}</s>\n"
    assert read(RAIN) == ["Rain"]
    assert read(document * 3) == ["Rain"] * 3


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("<r><t>A</r>", "not valid XML: mismatched tag"),
        ("<r><t>A<b</t></r>", "not valid XML: not well-formed (invalid token)"),
        ("<r><t>A</t>", "not closed: the next record begins in line 2"),
        ("<r><t>A <!-- open </t></r>", "not closed: the next record begins in line 2"),
        ("<r><t><![CDATA[A</t></r>", "not closed: the next record begins in line 2"),
        (f"<r>{'<i>' * 300}{'</i>' * 300}</r>", "elements nested deeper than 200"),
        ("<r><t>A</t><!DOCTYPE r></r>", "not valid XML: not well-formed (invalid token)"),
    ],
)
def test_a_broken_record_costs_only_itself(broken: str, problem: str) -> None:
    assert read(f"<s>{RAIN}{broken}\n{FOG}</s>") == ["Rain", f"d/f.xml:1: {problem}", "Fog"]


def test_a_file_that_was_cut_off_gives_what_is_whole() -> None:
    text = f"<s>\n{RAIN}\n{FOG}\n</s>\n"
    assert read(text[: text.index("Fog")]) == [
        "Rain",
        "d/f.xml:3: cut off: the file ends within this record",
    ]
    (*papers, last) = read(text[: text.index("</s>") - 1])
    assert papers == ["Rain", "Fog"]
    assert "cut off" in last
    assert read(f"<s>{RAIN}</s><!-- made by hand -->\n") == ["Rain"]
    assert read("<s/>") == read("<s></s>") == []


def test_a_record_without_beginning_is_told_by_its_end() -> None:
    text = f"<s>{RAIN}\n{FOG.replace('<r>', '<x>')}\n{FOG}</s>"
    assert read(text) == ["Rain", "d/f.xml:2: a record that ends here has no beginning", "Fog"]


def test_a_record_within_a_broken_one_is_read_in_its_place() -> None:
    text = f"<s><o>{RAIN}</o><x>{FOG}</o></s>"
    names = {"o": "", "r": ""}
    records = [*read_records(source_of(text), names=names, to_fields=lambda e: e.name)]
    assert [str(record) for record in records] == ["d/f.xml:1: o", "d/f.xml:1: r"]


@given(st.integers(min_value=1, max_value=200))
def test_no_cut_loses_a_record_before_it(length: int) -> None:
    text = f"<?xml version='1.0'?>\n<s>\n{RAIN}\n{FOG}\n</s>"
    whole = text[:length].count("</r>")
    assert read(text[:length])[:whole] == ["Rain", "Fog"][:whole]


def test_records_in_comments_are_no_records() -> None:
    text = f"<s><!-- {RAIN} --><![CDATA[{RAIN}]]>{FOG}</s>"
    assert read(text) == ["Fog"]
    assert read(f"<s>{record_of('<!-- </r> -->Rain<![CDATA[ </r> & ]]>')}</s>") == ["Rain </r> &"]


def test_an_element_of_the_same_name_within_a_record_is_no_record() -> None:
    text = "<s><r>\n<h/><t>Rain</t><r><r>x</r></r></r><r><h/><t>Fog</t></r><r>y</r></s>"
    assert read(text, first_child="h") == ["Rain", "Fog"]


def test_names_count_without_prefix_declaration_and_capitals() -> None:
    assert read(
        f"<o:S>{record_of('Rain').replace('<r', '<o:R').replace('</r', '</o:R')}</o:S>"
    ) == ["Rain"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("R&amp;D", "R&D"),
        ("R&D & more", "R&D & more"),
        ("p < 0.05 <0.1", "p < 0.05 <0.1"),
        ("&alpha;&nbsp;&ndash; &Uuml;ber", "α – Über"),
        ("&#945;&#x3b1;", "αα"),
        ("a&#x1F;b&#11;c&#8203;d", "a b cd"),
        ("1990&#150;1995", "1990–1995"),
        ("&unknown; stays", "&unknown; stays"),
        ("a\x0bb\x01c\x0cd", "a bc d"),
        ("<![CDATA[a & b &alpha; < c]]>", "a & b α < c"),
    ],
)
def test_what_is_no_xml_but_plain_to_read_is_mended(written: str, meant: str) -> None:
    assert read(f"<s>{record_of(written)}</s>") == [meant]


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE s [\n<!-- it\'s a "bomb" -->\n'
    '<!ENTITY a0 "ha"><!ENTITY % p SYSTEM "p.dtd">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 30))
    + '<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY nbsp "]>">]>\n<s>'
)


@pytest.mark.parametrize("name", ["a29", "x"])
def test_a_record_with_a_declared_entity_is_rejected_and_the_rest_goes_in(name: str) -> None:
    assert read(f"{BOMB}{record_of(f'&{name};')}\n{record_of('Rain&nbsp;falls')}</s>") == [
        f'd/f.xml:5: uses the entity "{name}" that the file declares, which is not expanded',
        "Rain falls",
    ]


def test_a_declared_entity_in_an_attribute_is_rejected_too() -> None:
    (report,) = read(f'{BOMB}<r k="&a29;"><t>Rain</t></r></s>')
    assert "not expanded" in report


def test_the_first_element_is_found_behind_declarations() -> None:
    assert root_of(source_of(BOMB)) == "s"
    assert root_of(source_of("<!-- <a> --><?b c?>\n<!DOCTYPE d>\n<e:f/>")) == "f"
    assert root_of(source_of("no XML <a>")) == ""
    for endless in ("<!--", "<?", "<!DOCTYPE a [", "<!DOCTYPE a [<!--", "<!DOCTYPE a '"):
        assert root_of(source_of("<?xml?>" + endless * 10_000)) == ""


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("ISO-8859-1", "latin-1"),
        ("ISO-8859-1", "utf-8"),
        ("UTF-8", "latin-1"),
        ("windows-1252", "cp1252"),
        ("iso-8859-2", "iso-8859-2"),
        ("windows-1250", "cp1250"),
        ("x-unknown", "utf-8"),
    ],
)
def test_encodings_are_those_that_a_file_is_in(declared: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><s>{record_of("Größe")}</s>'
    assert read(text.encode(encoding)) == ["Größe"]


@pytest.mark.parametrize(
    ("declared", "encoding", "title"),
    [
        ("windows-1251", "cp1251", "Дождь и туман"),
        ("KOI8-R", "koi8-r", "Дождь и туман"),
        ("GB2312", "gb2312", "雨和雾的模型研究"),
        ("Shift_JIS", "cp932", "雨と霧のモデル"),
    ],
)
def test_other_scripts_are_read_as_declared(declared: str, encoding: str, title: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><s>{record_of(title) * 20}</s>'
    assert read(text.encode(encoding)) == [title] * 20


class Endless(io.RawIOBase):
    """A beginning, one piece many times, and an end."""

    def __init__(self, begin: str, piece: str, times: int, end: str) -> None:
        super().__init__()
        self._pieces = chain([begin], repeat(piece, times), [end])
        self._left = b""

    def read(self, size: int = -1, /) -> bytes:
        self._left = self._left or next(self._pieces, "").encode()
        given, self._left = self._left[:size], self._left[size:]
        return given


@pytest.mark.parametrize("piece", ["x" * 65_536, "<i>" * 21_845, "<" * 65_536, "&" * 65_536])
def test_a_record_without_end_is_passed_over(piece: str) -> None:
    times = MAX_RECORD_CHARS // 65_536 + 2
    stream = Endless("<s><r><t>", piece, times, f"</t></r>\n{RAIN}</s>")
    source = Source.of(cast(BinaryIO, stream), file="f")
    records = list(read_records(source, names={"r": ""}, to_fields=fields_of))
    assert [getattr(record, "title", None) for record in records] == [None, "Rain"]
    assert "a record of more than 16,000,000 characters" in str(records[0])


def test_memory_does_not_grow_with_the_file() -> None:
    stream = Endless("<s>", RAIN * 200, 30, "</s>")
    source = Source.of(cast(BinaryIO, stream), file="f")
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_records(source, names={"r": ""}, to_fields=fields_of))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 6_000
    assert peak < 2_000_000


@given(TEXTS, TEXTS)
def test_any_text_comes_back(title: str, abstract: str) -> None:
    # Elements and entities that are text in XML are markup to every reader (records).
    title = "T" + title.replace("<", "").replace("&", "")
    abstract = abstract.replace("<", "").replace("&", "")
    text = f"<s>{record_of(escape(title), escape(abstract))}</s>"
    (paper,) = read_records(source_of(text), names={"r": ""}, to_fields=fields_of)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == (normalise(title), normalise(abstract))


@given(
    st.lists(
        st.sampled_from([
            "<r>", "</r>", "<t>", "</t>", "<a>", "<!--", "-->", "<![CDATA[", "]]>", "<r/>", "&",
            "x", "<", ">", "&lt;", "&x;", "\n", "<?", "?>", "<!DOCTYPE r [", "]", '"', "'",
            "\xa0", "\udce4",
        ])
    )
)  # fmt: skip
def test_no_mixture_of_marks_fails(pieces: list[str]) -> None:
    data = "".join(["<s>", RAIN, *pieces]).encode("utf-8", "surrogateescape")
    assert read(data)[0] == "Rain"


@given(st.binary(max_size=200))
def test_no_bytes_fail(data: bytes) -> None:
    for begin in (b"", b"<?xml version='1.0'?><s><r>", b'<?xml version="1.0" encoding="gbk"?><r>'):
        try:
            read(begin + data)
        except NotText:
            continue


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<?xml version='1.0'?><lolz>&lol;</lolz>", "XML of another kind (<lolz>)"),
        ('<!DOCTYPE l [<!ENTITY a "&b;">]><l>&a;</l>', "XML of another kind (<l>)"),
        ("<!DOCTYPE html><html><p>Rain</p></html>", "a web page"),
        ("<html>\n<p>Rain</p>\n\n<p>Fog</p></html>", "a web page"),
        ("<?xml version='1.0'?><!-- ", "XML whose first element is not found"),
    ],
)
def test_xml_of_another_kind_gets_one_reason(text: str, reason: str) -> None:
    source = source_of(text)
    (rejected,) = detect(source).read(source)
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith(reason)
