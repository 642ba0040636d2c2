"""XML of Web of Science: what its expanded interface and its yearly files give (``REC``).

Keywords are the authors' and those that Web of Science adds. The venue is the full name of the
source; the accession number (``WOS:000...``) is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.readers.records import Fields
from assistant.readers.source import Source
from assistant.readers.xml.elements import Element
from assistant.readers.xml.files import holds_record, read_records
from assistant.types import Paper, Rejected

_RECORDS = {"rec": ""}
_MEDLINE = "MEDLINE:"


def looks_like_wos_xml(source: Source) -> bool:
    """Tell whether a file is XML of Web of Science."""
    return holds_record(source, _RECORDS) and "<static_data" in source.text


def read_wos_xml(source: Source) -> Iterator[Paper | Rejected]:
    """Yield the paper of each record, or why it is none. Raises NotText and OSError."""
    return read_records(source, names=_RECORDS, to_fields=_fields)


def _fields(record: Element) -> Fields:
    summary = record.first("static_data/summary") or record
    metadata = record.first("static_data/fullrecord_metadata") or record
    titles = {title.attributes.get("type"): title.words() for title in summary.all("titles/title")}
    numbers = {
        number.attributes.get("type"): number.attributes.get("value", "")
        for number in record.all("dynamic_data/cluster_related/identifiers/identifier")
    }
    information = summary.first("pub_info")
    pmid = numbers.get("pmid") or record.text("UID")
    return Fields(
        title=titles.get("item", ""),
        abstract=" ".join(metadata.texts("abstracts/abstract/abstract_text/p")),
        authors=[
            name.text("full_name", "display_name", "wos_standard")
            for name in summary.all("names/name")
            if name.attributes.get("role", "author") == "author"
        ],
        year=information.attributes.get("pubyear", "") if information else "",
        venue=titles.get("source", ""),
        doi=numbers.get("doi") or numbers.get("xref_doi", ""),
        pmid=pmid.removeprefix(_MEDLINE) if pmid.startswith(_MEDLINE) else "",
        keywords=[
            *metadata.texts("keywords/keyword"),
            *record.texts("static_data/item/keywords_plus/keyword"),
        ],
    )
