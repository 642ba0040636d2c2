"""OAI-PMH: arXiv's formats, Dublin Core, and records without a paper."""

from __future__ import annotations

import io

import pytest

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

HEADER = "<header><identifier>oai:x:1</identifier><datestamp>2020-01-01</datestamp></header>"
ARXIV = """<arXiv xmlns="http://arxiv.org/OAI/arXiv/" xsi:schemaLocation="x">
 <id>2101.00001</id><created>2020-12-31</created><updated>2022-01-01</updated><authors><author>
 <keyname>Lee</keyname><forenames>Ann</forenames><suffix>Jr</suffix></author><author>
 <keyname>Rain Collaboration</keyname></author></authors><title>Rain
  by Night</title><categories>cs.LG stat.ML</categories><comments>5 pages</comments>
 <journal-ref>J. Rain 1</journal-ref><doi>10.1000/AB, 10.1000/CD;10.1000/EF</doi>
 <abstract>  Rain falls.
It ends.
</abstract></arXiv>"""
RAW = """<arXivRaw><id>1601.00001</id><submitter>A. Lee</submitter>
<version version="v1"><date>Mon, 4 Jan 2016 19:18:42 GMT</date><size>2kb</size></version>
<version version="v2"><date>Tue, 5 Mar 2019 19:18:42 GMT</date></version><title>Fog by Day</title>
<authors>Ann Lee (1), Bo Chen (2 and (3)) and C. Diaz ((1) MIT, (2) X)</authors>
<categories>hep-ph</categories><abstract>Fog is grey.</abstract></arXivRaw>"""
DUBLIN_CORE = """<oai_dc:dc xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title xml:lang="en">Rain by Night</dc:title><dc:title xml:lang="de">Regen</dc:title>
<dc:creator>Lee, Ann</dc:creator><dc:creator>Chen, Bo</dc:creator>
<dc:contributor>Ed</dc:contributor>
<dc:subject>Rain</dc:subject><dc:subject>Night</dc:subject>
<dc:description xml:lang="de">Regen fällt, und das sehr lange, wie wir zeigen.</dc:description>
<dc:description>Comment: 5 pages, 3 figures, and a very long comment on them.</dc:description>
<dc:description xml:lang="en">Rain falls. &lt;i&gt;It ends&lt;/i&gt;.</dc:description>
<dc:description>Accepted</dc:description>
<dc:date>2021-03-04</dc:date><dc:date>2019</dc:date><dc:date>unknown</dc:date>
<dc:identifier>1234567</dc:identifier><dc:identifier>https://a.example/1</dc:identifier>
<dc:identifier>doi:10.1000/AB</dc:identifier><dc:source>Journal of Rain; Vol 1</dc:source>
<dc:relation>https://doi.org/10.1000/other</dc:relation>
<dc:relation>info:eu-repo/semantics/altIdentifier/pmid/77</dc:relation></oai_dc:dc>"""


def answer(*contents: str) -> str:
    records = "".join(
        f"<record>{HEADER}<metadata>{content}</metadata></record>\n" for content in contents
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<ListRecords>\n{records}<resumptionToken>1|2</resumptionToken></ListRecords></OAI-PMH>"
    )


def read(text: str) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.xml")
    format_ = detect(source)
    assert format_.name == "OAI-PMH"
    return list(format_.read(source))


def paper_of(text: str) -> Paper:
    (paper,) = read(text)
    assert isinstance(paper, Paper), paper
    return paper


def test_the_format_of_arxiv_is_read() -> None:
    paper = paper_of(answer(ARXIV))
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by Night",
        abstract="Rain falls. It ends.",
        authors=("Lee, Ann, Jr", "Rain Collaboration"),
        year=2020,
        venue="J. Rain 1",
        doi="10.1000/ab",
        arxiv_id="2101.00001",
        keywords=("cs.LG", "stat.ML"),
        source="f.xml",
    )


def test_the_raw_format_of_arxiv_is_read() -> None:
    paper = paper_of(answer(RAW))
    assert paper.authors == ("Ann Lee", "Bo Chen", "C. Diaz")
    assert (paper.title, paper.year, paper.arxiv_id) == ("Fog by Day", 2016, "1601.00001")


@pytest.mark.parametrize(
    ("number", "created", "year"),
    [
        ("1601.04794", "2026-08-30", 2016),
        ("2101.00001", "2020-12-31", 2020),
        ("hep-th/9901001", "", 1999),
        ("math.AG/0201082", "2002-01-02", 2002),
        ("unknown", "2003-01-02", 2003),
    ],
)
def test_the_year_is_that_of_the_first_version(number: str, created: str, year: int) -> None:
    record = ARXIV.replace("2101.00001", number).replace("2020-12-31", created)
    assert paper_of(answer(record)).year == year


def test_dublin_core_is_read() -> None:
    paper = paper_of(answer(DUBLIN_CORE))
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by Night",
        abstract="Rain falls. It ends.",
        authors=("Lee, Ann", "Chen, Bo"),
        year=2019,
        venue="Journal of Rain; Vol 1",
        doi="10.1000/ab",
        pmid="77",
        url="https://a.example/1",
        keywords=("Rain", "Night"),
        source="f.xml",
    )


def test_dublin_core_of_arxiv_names_the_journal_among_the_identifiers() -> None:
    paper = paper_of(
        answer(
            "<dc><title>Rain</title><identifier>http://arxiv.org/abs/0704.0001</identifier>"
            "<identifier>Phys.Rev.D76:013009,2007</identifier><identifier>doi:10.1103/x</identifier></dc>"
        )
    )
    assert (paper.arxiv_id, paper.venue) == ("0704.0001", "Phys.Rev.D76:013009,2007")
    assert (paper.doi, paper.url) == ("10.1103/x", "http://arxiv.org/abs/0704.0001")


@pytest.mark.parametrize(
    "text",
    [
        ARXIV,
        RAW,
        DUBLIN_CORE,
        f"<ListRecords><record>{HEADER}<metadata>{ARXIV}</metadata></record></ListRecords>",
        f"<Records><Record>{HEADER}<metadata>{RAW}</metadata></Record></Records>",
    ],
)
def test_records_without_the_answer_around_them_are_read(text: str) -> None:
    assert paper_of(text).abstract


def test_what_is_no_paper_is_said() -> None:
    deleted = "<record>" + HEADER.replace("<header", "<header status='deleted'") + "</record>"
    empty = f"<record>{HEADER}<metadata/></record>"
    marc = f"<record>{HEADER}<metadata><record><leader/></record></metadata></record>"
    text = answer(ARXIV).replace("<resumptionToken>", deleted + empty + marc + "<resumptionToken>")
    paper, *rejected = read(text)
    assert isinstance(paper, Paper)
    assert [record.reason for record in rejected if isinstance(record, Rejected)] == [
        "deleted from its archive: oai:x:1",
        "no metadata: oai:x:1",
        'metadata of a kind that is not read ("record"): oai:x:1',
    ]


def test_an_answer_without_records_is_empty() -> None:
    assert read('<?xml version="1.0"?><OAI-PMH><error code="noRecordsMatch"/></OAI-PMH>') == []
