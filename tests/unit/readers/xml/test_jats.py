"""JATS: articles alone, in sets, and in the records of an archive."""

from __future__ import annotations

import io

import pytest

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper

ARTICLE = """<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article">
<front><journal-meta><journal-id>jr</journal-id><journal-title-group>
<journal-title>Journal of Rain</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">123</article-id>
<article-id pub-id-type="doi">10.1000/AB</article-id>
<title-group><article-title>Rain by CO<sub>2</sub></article-title><subtitle>A Trial</subtitle>
</title-group><contrib-group>
<contrib contrib-type="author"><name><surname>Lee</surname><given-names>Ann</given-names></name>
</contrib><contrib contrib-type="author"><collab>Rain Group</collab></contrib>
<contrib contrib-type="editor"><name><surname>Ed</surname></name></contrib></contrib-group>
<pub-date pub-type="collection"><year>2002</year></pub-date>
<pub-date pub-type="epub"><year>2001</year></pub-date>
<self-uri xlink:href="https://a.example/1"/>
<abstract abstract-type="graphical"><p>A picture.</p></abstract>
<abstract><title>Abstract</title><sec><title>Methods</title><p>We counted.</p></sec>
<sec><title>Results:</title><p>It rained.</p><p>It ended.</p></sec></abstract>
<kwd-group><kwd>rain</kwd><kwd>night</kwd></kwd-group></article-meta></front>
<body><sec><title>Introduction</title><p>Text.</p></sec></body>
<back><ref-list><ref><element-citation><article-title>Another</article-title>
</element-citation></ref></ref-list></back></article>"""


def paper_of(text: str, format_name: str = "JATS") -> Paper:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.xml")
    format_ = detect(source)
    assert format_.name == format_name
    (paper,) = format_.read(source)
    assert isinstance(paper, Paper), paper
    return paper


@pytest.mark.parametrize("around", ["{}", "<pmc-articleset>{}</pmc-articleset>"])
def test_all_fields_are_read(around: str) -> None:
    paper = paper_of(f'<?xml version="1.0"?><!DOCTYPE article>{around.format(ARTICLE)}')
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by CO2: A Trial",
        abstract="Methods: We counted. Results: It rained. It ended.",
        authors=("Lee, Ann", "Rain Group"),
        year=2001,
        venue="Journal of Rain",
        doi="10.1000/ab",
        pmid="123",
        url="https://a.example/1",
        keywords=("rain", "night"),
        source="f.xml",
    )


def test_an_archive_may_hold_articles() -> None:
    header = "<header><identifier>oai:x:1</identifier></header>"
    record = f"<record>{header}<metadata>{ARTICLE}</metadata></record>"
    text = f"<OAI-PMH><ListRecords>{record}</ListRecords></OAI-PMH>"
    assert paper_of(text, "OAI-PMH").doi == "10.1000/ab"
