"""XML of Web of Science."""

from __future__ import annotations

import io

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper

RECORD = """<REC r_id_disclaimer="x"><UID>WOS:000306312500009</UID><static_data><summary>
<pub_info pubyear="2012" pubtype="Journal"/><titles count="2">
<title type="source">JOURNAL OF RAIN</title>
<title type="source_abbrev">J RAIN</title><title type="item">Rain by CO<sub>2</sub></title></titles>
<names count="3"><name role="author" seq_no="1"><display_name>Lee, Ann</display_name>
<full_name>Lee, Ann B.</full_name><wos_standard>Lee, A</wos_standard></name>
<name role="author"><display_name>Chen, Bo</display_name></name>
<name role="book_editor"><full_name>Ed, I.</full_name></name></names></summary>
<fullrecord_metadata><references count="1"/><abstracts><abstract><abstract_text count="2">
<p>Rain falls.</p><p>It ends.</p></abstract_text></abstract></abstracts>
<keywords><keyword>rain</keyword></keywords></fullrecord_metadata>
<item><keywords_plus><keyword>FOG</keyword></keywords_plus></item></static_data>
<dynamic_data><cluster_related><identifiers><identifier type="issn" value="0000-0000"/>
<identifier type="xref_doi" value="10.1000/other"/><identifier type="doi" value="10.1000/AB"/>
<identifier type="pmid" value="MEDLINE:77"/></identifiers></cluster_related></dynamic_data></REC>"""


def paper_of(text: str) -> Paper:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.xml")
    format_ = detect(source)
    assert format_.name == "Web of Science XML"
    (paper,) = format_.read(source)
    assert isinstance(paper, Paper), paper
    return paper


def test_all_fields_are_read() -> None:
    paper = paper_of(f'<?xml version="1.0"?><records xmlns="http://w.example">{RECORD}</records>')
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by CO2",
        abstract="Rain falls. It ends.",
        authors=("Lee, Ann B.", "Chen, Bo"),
        year=2012,
        venue="JOURNAL OF RAIN",
        doi="10.1000/ab",
        pmid="77",
        keywords=("rain", "FOG"),
        source="f.xml",
    )


def test_the_id_of_a_medline_record_is_its_pmid() -> None:
    medline = RECORD.replace("WOS:000306312500009", "MEDLINE:88").replace("MEDLINE:77", "")
    assert paper_of(medline).pmid == "88"
    assert paper_of(RECORD.replace("MEDLINE:77", "")).pmid == ""
