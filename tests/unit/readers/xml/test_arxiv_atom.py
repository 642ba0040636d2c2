"""Atom feeds of arXiv: entries, versions, and answers that hold no paper."""

from __future__ import annotations

import io

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

BEGIN = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/x</id>
  <title>arXiv Query: search_query=all:rain&amp;start=0</title>
"""
ENTRY = """  <entry>
    <id>http://arxiv.org/abs/2101.00001v3</id>
    <title>Rain
  by Night</title>
    <updated>2022-02-03T00:00:00Z</updated>
    <link href="https://arxiv.org/abs/2101.00001v3" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/2101.00001v3" rel="related" title="pdf"/>
    <summary>  Rain falls. It costs $x &lt; 2$, 15\\%.
  It ends.
</summary>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <category term="stat.ML" scheme="http://arxiv.org/schemas/atom"/>
    <published>2020-12-31T18:00:00Z</published>
    <arxiv:comment>5 pages</arxiv:comment>
    <arxiv:primary_category term="stat.ML"/>
    <arxiv:journal_ref>J. Rain 1 (2022)</arxiv:journal_ref>
    <arxiv:doi>10.1000/AB</arxiv:doi>
    <author><name>Ann Lee</name><arxiv:affiliation>MIT</arxiv:affiliation></author>
    <author><name>Josâ Ã\x9f Müller</name></author>
    <author><name>JosÃ© GarcÃ\xada</name></author>
  </entry>
"""


def read(entries: str, end: str = "</feed>\n", begin: str = BEGIN) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO((begin + entries + end).encode()), file="d/f.xml")
    format_ = detect(source)
    assert format_.name == "arXiv Atom"
    return list(format_.read(source))


def test_all_fields_are_read() -> None:
    (paper,) = read(ENTRY)
    assert isinstance(paper, Paper)
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by Night",
        abstract="Rain falls. It costs $x < 2$, 15\\%. It ends.",
        authors=("Ann Lee", "Josâ Ã\x9f Müller".replace("\x9f", ""), "José García"),
        year=2020,
        venue="J. Rain 1 (2022)",
        doi="10.1000/ab",
        arxiv_id="2101.00001",
        url="https://arxiv.org/abs/2101.00001v3",
        keywords=("stat.ML", "cs.LG"),
        source="f.xml",
    )


def test_versions_of_a_paper_are_one_paper() -> None:
    papers = read(ENTRY.replace("<arxiv:doi>10.1000/AB</arxiv:doi>", "") * 2)
    assert len({paper.paper_id for paper in papers if isinstance(paper, Paper)}) == 1
    old = ENTRY.replace("abs/2101.00001v3", "abs/quant-ph/0201082v1")
    (paper,) = read(old)
    assert isinstance(paper, Paper)
    assert paper.arxiv_id == "quant-ph/0201082"


def test_an_empty_feed_and_an_error_are_no_papers() -> None:
    assert read("") == []
    (rejected,) = read(
        "<entry><id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>"
        "<title>Error</title><summary>incorrect id format for abc</summary>"
        "<author><name>arXiv api core</name></author></entry>"
    )
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "arXiv answered with an error: incorrect id format for abc"


def test_a_feed_that_was_cut_off_gives_its_whole_entries() -> None:
    paper, rejected = read(ENTRY + ENTRY[:500], end="")
    assert isinstance(paper, Paper)
    assert str(rejected) == "d/f.xml:26: cut off: the file ends within this record"


def test_the_daily_feed_is_read() -> None:
    entry = """<entry><id>oai:arXiv.org:2401.00002v1</id><title>Fog by Day</title>
        <link href="https://arxiv.org/abs/2401.00002" rel="alternate" type="text/html"/>
        <summary>arXiv:2401.00002v1 Announce Type: replace-cross
Abstract: Fog is grey.</summary><category term="cs.CV"/>
        <published>2024-01-02T00:00:00-05:00</published><dc:creator>Ann Lee, Bo Chen</dc:creator>
        </entry>"""
    (paper,) = read(entry, begin='<feed xmlns="a"><id>http://rss.arxiv.org/atom/cs.CV</id>')
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == ("Fog by Day", "Fog is grey.")
    assert (paper.arxiv_id, paper.authors) == ("2401.00002", ("Ann Lee", "Bo Chen"))


def test_an_entry_alone_is_read_and_another_feed_is_not() -> None:
    (paper,) = read(ENTRY, begin="", end="")
    assert isinstance(paper, Paper)
    blog = (
        "<?xml version='1.0'?><feed><title>A blog</title><entry><title>Rain</title></entry></feed>"
    )
    source = Source.of(io.BytesIO(blog.encode()), file="f")
    assert detect(source).name == "XML"


def test_the_daily_feed_in_rss_is_read() -> None:
    text = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>
<title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG</link>
<item><title>Rain by Night</title><link>https://arxiv.org/abs/2101.00001</link>
<description>arXiv:2101.00001v1 Announce Type: new \nAbstract: Rain falls.</description>
<guid isPermaLink="false">oai:arXiv.org:2101.00001v1</guid><category>cs.LG</category>
<pubDate>Fri, 01 Jan 2021 00:00:00 -0500</pubDate><dc:creator>Ann Lee, Bo Chen</dc:creator>
</item></channel></rss>"""
    source = Source.of(io.BytesIO(text.encode()), file="d/f.xml")
    (paper,) = detect(source).read(source)
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract, paper.year) == ("Rain by Night", "Rain falls.", 2021)
    assert (paper.authors, paper.keywords) == (("Ann Lee", "Bo Chen"), ("cs.LG",))
    assert paper.arxiv_id.startswith("2101.00001")
    assert paper.url == "https://arxiv.org/abs/2101.00001"
