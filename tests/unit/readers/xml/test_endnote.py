"""EndNote XML of old and new versions, and of other programs."""

from __future__ import annotations

import io

import pytest

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected


def styled(text: str, face: str = "normal") -> str:
    return f'<style face="{face}" font="default" size="100%">{text}</style>'


RECORD = f"""<record><database name="a.enl" path="/a.enl">a.enl</database>
<source-app name="EndNote" version="20.0">EndNote</source-app><rec-number>1</rec-number>
<ref-type name="Journal Article">17</ref-type><contributors><authors>
<author>{styled("Lee, Ann")}</author><author>{styled("Rain Group,")}</author></authors>
<secondary-authors><author>{styled("Ed, Itor")}</author></secondary-authors></contributors>
<titles><title>{styled("Rain of 10")}{styled("6", "superscript")}{styled(" drops by ")}
{styled("night", "italic")}</title><secondary-title>{styled("Journal of Rain")}</secondary-title>
</titles><periodical><full-title>{styled("J Rain")}</full-title></periodical>
<keywords><keyword>{styled("rain; fog")}</keyword>
<keyword>{styled("night&#xD;day")}</keyword></keywords>
<dates><year>{styled("2019")}</year><pub-dates><date>{styled("Jan 5")}</date></pub-dates></dates>
<accession-num>{styled("123456")}</accession-num>
<abstract>{styled("Rain falls.&#xD;CO")}{styled("2", "subscript")}{styled(" &lt; 5%.")}</abstract>
<notes>{styled("arXiv:2101.00001")}</notes>
<urls><related-urls><url>{styled("&lt;Go to ISI&gt;://000")}</url>
<url>{styled("https://a.example")}</url>
</related-urls><pdf-urls><url>internal-pdf://1/a.pdf</url></pdf-urls></urls>
<electronic-resource-num>{styled("10.1000/AB")}</electronic-resource-num>
<remote-database-name>{styled("Medline")}</remote-database-name></record>"""


def read(*records: str) -> list[Paper | Rejected]:
    text = f'<?xml version="1.0" encoding="UTF-8"?><xml><records>{"".join(records)}</records></xml>'
    return read_text(text)


def read_text(text: str) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.xml")
    format_ = detect(source)
    assert format_.name == "EndNote XML"
    return list(format_.read(source))


def paper_of(record: str) -> Paper:
    (paper,) = read(record)
    assert isinstance(paper, Paper), paper
    return paper


def test_all_fields_are_read() -> None:
    paper = paper_of(RECORD)
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain of 10^6 drops by night",
        abstract="Rain falls. CO2 < 5%.",
        authors=("Lee, Ann", "Rain Group"),
        year=2019,
        venue="Journal of Rain",
        doi="10.1000/ab",
        arxiv_id="2101.00001",
        pmid="123456",
        url="https://a.example",
        keywords=("rain", "fog", "night", "day"),
        source="f.xml",
    )


def test_texts_without_style_are_read() -> None:
    paper = paper_of(
        "<record><titles><title>Rain</title></titles><periodical><full-title>J Rain</full-title>"
        "</periodical><contributors><authors><author>Lee, Ann</author></authors></contributors>"
        "<dates><pub-dates><date>5 Jan 2020</date></pub-dates></dates><urls><web-urls>"
        "<url>https://pubmed.ncbi.nlm.nih.gov/77/</url></web-urls></urls></record>"
    )
    assert (paper.title, paper.venue, paper.year, paper.authors) == (
        "Rain", "J Rain", 2020, ("Lee, Ann",)
    )  # fmt: skip
    assert (paper.abstract, paper.pmid) == ("", "77")


@pytest.mark.parametrize("database", ["Embase", "", "Web of Science"])
def test_the_number_of_another_database_is_no_pmid(database: str) -> None:
    assert paper_of(RECORD.replace("Medline", database)).pmid == ""


def test_a_number_that_is_no_doi_may_be_an_arxiv_id() -> None:
    record = RECORD.replace("10.1000/AB", "arXiv:2202.00002").replace("arXiv:2101.00001", "")
    paper = paper_of(record)
    assert (paper.doi, paper.arxiv_id) == ("", "2202.00002")


def test_the_form_before_endnote_8_is_read() -> None:
    (paper,) = read_text(
        "<?xml version='1.0'?><XML><RECORDS><RECORD><REFERENCE_TYPE>0</REFERENCE_TYPE><AUTHORS>"
        "<AUTHOR>Lee, A.</AUTHOR><AUTHOR>Chen, B.</AUTHOR></AUTHORS><YEAR>1999</YEAR>"
        "<TITLE>Rain</TITLE><SECONDARY_TITLE>J Rain</SECONDARY_TITLE><ABSTRACT>It falls.</ABSTRACT>"
        "<KEYWORDS><KEYWORD>rain</KEYWORD></KEYWORDS><URL>http://a.example</URL></RECORD></RECORDS></XML>"
    )
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract, paper.venue) == ("Rain", "It falls.", "J Rain")
    assert (paper.authors, paper.year, paper.keywords) == (("Lee, A.", "Chen, B."), 1999, ("rain",))
    assert paper.url == "http://a.example"


def test_a_record_without_title_is_rejected_and_the_next_is_read() -> None:
    rejected, paper = read("<record><rec-number>1</rec-number></record>", RECORD)
    assert isinstance(rejected, Rejected)
    assert (rejected.reason, isinstance(paper, Paper)) == ("no title", True)
    assert read_text("<?xml version='1.0'?>\n<xml><records></records></xml>") == []
