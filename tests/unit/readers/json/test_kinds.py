"""Records of JSON by the tool that wrote them: each field where that tool puts it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers import read_papers
from assistant.types import Paper, Rejected

TITLE = "A Small Model of Rain"
ABSTRACT = "We model rain. It falls."
AUTHORS = ("Lee, Ann", "van der Berg, Bo")

EVERYTHING = {
    "title": TITLE,
    "abstract": ABSTRACT,
    "authors": AUTHORS,
    "year": 2021,
    "venue": "Journal of Rain",
    "doi": "10.1000/rain",
    "arxiv_id": "2101.00001",
    "pmid": "123",
    "url": "https://a.example/rain",
    "keywords": ("rain", "small models"),
}

ZOTERO = {
    "itemID": 7,
    "itemType": "journalArticle",
    "title": TITLE,
    "abstractNote": ABSTRACT,
    "creators": [
        {"creatorType": "editor", "firstName": "Ed", "lastName": "Itor"},
        {"creatorType": "author", "firstName": "Ann", "lastName": "Lee"},
        {"creatorType": "author", "firstName": "Bo", "lastName": "van der Berg"},
    ],
    "date": "2021-03-01 March 2021",
    "publicationTitle": "Journal of Rain",
    "DOI": "10.1000/Rain",
    "extra": "arXiv: 2101.00001 [cs.CL]\nPMID: 123\nCitation Key: lee",
    "url": "https://a.example/rain",
    "tags": [{"tag": "rain"}, {"tag": "small models", "type": 1}],
    "notes": ["<p>a note</p>"],
    "attachments": [{"itemType": "attachment", "title": "PDF"}],
}
CSL = {
    "id": "lee2021",
    "type": "article-journal",
    "title": TITLE,
    "abstract": ABSTRACT,
    "author": [
        {"family": "Lee", "given": "Ann"},
        {"family": "Berg", "given": "Bo", "non-dropping-particle": "van der"},
    ],
    "issued": {"date-parts": [["2021", 3]]},
    "container-title": "Journal of Rain",
    "DOI": "10.1000/rain",
    "URL": "https://a.example/rain",
    "PMID": "123",
    "note": "arXiv:2101.00001v2",
    "keyword": "rain; small models",
}
CROSSREF = {
    "DOI": "10.1000/rain",
    "type": "journal-article",
    "title": [TITLE, "the same, translated"],
    "abstract": f"<jats:title>Abstract</jats:title><jats:p>{ABSTRACT}</jats:p>",
    "author": [
        {"given": "Ann", "family": "Lee", "sequence": "first", "affiliation": []},
        {"given": "Bo", "family": "van der Berg", "sequence": "additional"},
    ],
    "issued": {"date-parts": [[None]]},
    "published-online": {"date-parts": [[2021, 3, 1]]},
    "container-title": ["Journal of Rain"],
    "URL": "https://a.example/rain",
    "subject": ["rain", "small models"],
}
OPENALEX = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.1000/RAIN",
    "title": TITLE,
    "display_name": TITLE,
    "publication_year": 2021,
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/123"},
    "authorships": [
        {"author": {"display_name": "Lee, Ann"}, "raw_author_name": "A. Lee"},
        {"author": {"display_name": None}, "raw_author_name": "van der Berg, Bo"},
    ],
    "primary_location": {
        "landing_page_url": "https://a.example/rain",
        "source": {"display_name": "Journal of Rain"},
    },
    "locations": [{"landing_page_url": "http://arxiv.org/abs/2101.00001"}],
    "keywords": [{"display_name": "rain"}, {"keyword": "small models"}],
    "abstract_inverted_index": {"We": [0], "rain.": [2], "model": [1], "falls.": [4], "It": [3]},
}
SEMANTIC_SCHOLAR = {
    "paperId": "abc",
    "externalIds": {"DOI": "10.1000/rain", "ArXiv": "2101.00001", "PubMed": "123"},
    "title": TITLE,
    "abstract": ABSTRACT,
    "authors": [{"authorId": "1", "name": "Lee, Ann"}, {"authorId": "2", "name": AUTHORS[1]}],
    "year": 2021,
    "venue": "",
    "journal": {"name": "Journal of Rain", "pages": "1-2"},
    "url": "https://a.example/rain",
    "references": [{"paperId": "x", "title": "Another"}],
}
ARXIV = {
    "id": "2101.00001",
    "submitter": "A. Lee",
    "authors": "Ann Lee and Bo van der Berg",
    "title": "A Small Model\n  of Rain",
    "journal-ref": "Journal of Rain",
    "doi": "10.1000/rain 10.1000/other",
    "abstract": "  We model rain.\nIt falls.\n",
    "versions": [{"version": "v1", "created": "Fri, 1 Jan 2021 19:18:42 GMT"}],
    "update_date": "2023-05-05",
    "authors_parsed": [["Lee", "Ann", ""], ["van der Berg", "Bo", ""]],
}
EUROPE_PMC = {
    "id": "123",
    "source": "MED",
    "pmid": "123",
    "doi": "10.1000/rain",
    "title": TITLE,
    "authorString": "Lee A, van der Berg B.",
    "authorList": {"author": [{"lastName": "Lee", "firstName": "Ann"}, {"fullName": AUTHORS[1]}]},
    "journalInfo": {"journal": {"title": "Journal of Rain"}},
    "pubYear": "2021",
    "abstractText": f"<h4>Background</h4>{ABSTRACT}",
    "keywordList": {"keyword": ["rain", "small models"]},
}
DBLP = {
    "@score": "1",
    "info": {
        "authors": {"author": [{"@pid": "1", "text": "Ann Lee 0001"}, {"text": "Bo Chen"}]},
        "title": f"{TITLE}.",
        "venue": "CoRR",
        "volume": "abs/2101.00001",
        "year": "2021",
        "key": "journals/corr/abs-2101-00001",
        "ee": ["https://doi.org/10.48550/arXiv.2101.00001"],
    },
}
SUMMARY = {
    "uid": "123",
    "title": TITLE,
    "authors": [{"name": "Lee A", "authtype": "Author"}, {"name": "Chen B"}],
    "pubdate": "2021 Mar 1",
    "fulljournalname": "Journal of Rain",
    "articleids": [
        {"idtype": "pubmed", "value": "123"},
        {"idtype": "doi", "value": "10.1000/rain"},
    ],
}


def paper_of(record: dict[str, Any], *, as_line: bool = False) -> Paper:
    data = json.dumps(record if as_line else [record])
    (paper,) = read_papers(["-"], stdin=io.BytesIO(data.encode()))
    assert isinstance(paper, Paper), paper
    return paper


def said_by(record: dict[str, Any]) -> dict[str, Any]:
    paper = paper_of(record)
    assert paper_of(record, as_line=True) == paper
    return {name: value for name, value in paper.to_json().items() if name in EVERYTHING}


@pytest.mark.parametrize(
    ("record", "other"),
    [
        (ZOTERO, {}),
        ({"key": "ABC", "version": 3, "data": ZOTERO}, {}),
        (CSL, {}),
        (CROSSREF, {"arxiv_id": "", "pmid": ""}),
        (OPENALEX, {}),
        (SEMANTIC_SCHOLAR, {"keywords": ()}),
        (ARXIV, {"pmid": "", "keywords": (), "url": "https://arxiv.org/abs/2101.00001"}),
        (
            EUROPE_PMC,
            {"arxiv_id": "", "url": "", "abstract": f"Background {ABSTRACT}"},
        ),
        (
            DBLP,
            {
                "authors": ("Ann Lee", "Bo Chen"),
                "abstract": "",
                "venue": "CoRR",
                "doi": "10.48550/arxiv.2101.00001",
                "url": "https://doi.org/10.48550/arXiv.2101.00001",
                "pmid": "",
                "keywords": (),
            },
        ),
        (
            SUMMARY,
            {"authors": ("Lee A", "Chen B"), "abstract": "", "arxiv_id": "", "url": "",
             "keywords": ()},
        ),
    ],
    ids=["Zotero", "Zotero API", "CSL", "Crossref", "OpenAlex", "S2", "arXiv", "Europe PMC", "DBLP",
         "PubMed"],
)  # fmt: skip
def test_each_field_is_found_where_its_tool_puts_it(
    record: dict[str, Any], other: dict[str, Any]
) -> None:
    assert said_by(record) == EVERYTHING | other


@pytest.mark.parametrize(
    "record",
    [ZOTERO, CSL, CROSSREF, OPENALEX, SEMANTIC_SCHOLAR, ARXIV, EUROPE_PMC],
    ids=["Zotero", "CSL", "Crossref", "OpenAlex", "S2", "arXiv", "Europe PMC"],
)
def test_a_record_of_a_known_kind_is_kept_without_abstract(record: dict[str, Any]) -> None:
    bare = {name: value for name, value in record.items() if not name.startswith("abstract")}
    if record is OPENALEX:
        bare["abstract_inverted_index"] = None
    assert said_by(bare)["abstract"] == ""
    assert said_by(bare)["title"] == TITLE


def test_notes_and_attachments_are_no_papers() -> None:
    items = [ZOTERO, *({"itemType": kind, "title": "x"} for kind in ("note", "attachment"))]
    for data in (json.dumps({"items": items}), "\n".join(map(json.dumps, items))):
        records = list(read_papers(["-"], stdin=io.BytesIO(data.encode())))
        assert [type(record) for record in records] == [Paper]


def test_a_book_without_authors_has_its_editors() -> None:
    editors = [{"creatorType": "editor", "name": "The Editors"}]
    assert paper_of({**ZOTERO, "creators": editors}).authors == ("The Editors",)
    csl = {name: value for name, value in CSL.items() if name != "author"}
    assert paper_of({**csl, "editor": [{"literal": "The Editors"}]}).authors == ("The Editors",)


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"date-parts": [[2021]]}, 2021),
        ({"date-parts": [["2021", "3"], [2022]]}, 2021),
        ({"raw": "March 2021"}, 2021),
        ({"literal": "c. 2021"}, 2021),
        ({"year": 2021}, 2021),
        ("2021-03", 2021),
        ({"date-parts": [[]]}, None),
        ({"date-parts": None}, None),
        ([], None),
    ],
)
def test_a_date_of_csl_has_many_shapes(issued: object, year: int | None) -> None:
    assert paper_of({**CSL, "issued": issued}).year == year


def test_names_keep_their_parts() -> None:
    people = [
        {"family": "Humboldt", "given": "Alexander", "dropping-particle": "von"},
        {"family": "King", "given": "Martin", "suffix": "Jr."},
        {"literal": "The Rain Group"},
        {"family": "Plato"},
        {"family": "Lee", "given": "Ann"},
    ]
    assert paper_of({**CSL, "author": people}).authors == (
        "Humboldt, Alexander von",
        "King, Martin, Jr.",
        "The Rain Group",
        "Plato",
        "Lee, Ann",
    )


def test_a_subtitle_belongs_to_the_title() -> None:
    assert paper_of({**CROSSREF, "subtitle": ["Its Fall"]}).title == f"{TITLE}: Its Fall"
    assert paper_of({**CROSSREF, "subtitle": ["Small model"]}).title == TITLE


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            {"dc:title": TITLE, "dc:creator": "Lee, Ann", "prism:doi": "10.1000/rain",
             "prism:coverDate": "2021-03-01", "prism:publicationName": "Journal of Rain"},
            {"authors": ("Lee, Ann",), "doi": "10.1000/rain", "year": 2021,
             "venue": "Journal of Rain"},
        ),
        (
            {"metadata": {"titles": [{"title": TITLE}], "abstracts": [{"value": ABSTRACT}],
                          "authors": [{"full_name": "Lee, Ann"}],
                          "dois": [{"value": "10.1000/rain"}],
                          "arxiv_eprints": [{"value": "2101.00001"}]}},
            {"abstract": ABSTRACT, "authors": ("Lee, Ann",), "arxiv_id": "2101.00001"},
        ),
        (
            {"id": "10.1000/rain", "attributes": {
                "titles": [{"title": TITLE}], "creators": [{"name": "Lee, Ann"}],
                "publicationYear": 2021, "container": {"title": "Journal of Rain"},
                "descriptions": [{"description": ABSTRACT, "descriptionType": "Abstract"}]}},
            {"doi": "10.1000/rain", "abstract": ABSTRACT, "venue": "Journal of Rain"},
        ),
        (
            {"title": TITLE, "authors": [{"first_name": "Ann", "last_name": "Lee"}],
             "source": "x", "identifiers": {"doi": "10.1000/rain", "pmid": "123"}, "year": 2021},
            {"authors": ("Lee, Ann",), "year": 2021, "doi": "10.1000/rain", "pmid": "123"},
        ),
        (
            {"title": TITLE, "authors": "Lee, A.; Chen, B.", "category": "x", "date": "2021-03-01",
             "abstract": ABSTRACT, "server": "y"},
            {"authors": ("Lee, A.", "Chen, B."), "year": 2021},
        ),
        (
            {"bibjson": {"title": TITLE, "author": [{"name": "Ann Lee"}], "journal": {
                "title": "Journal of Rain"}, "identifier": [{"type": "doi", "id": "10.1000/rain"}],
                "link": [{"url": "https://a.example/rain"}]}},
            {"doi": "10.1000/rain", "url": "https://a.example/rain", "venue": "Journal of Rain"},
        ),
    ],
    ids=["Scopus", "INSPIRE", "DataCite", "Mendeley", "bioRxiv", "DOAJ"],
)  # fmt: skip
def test_other_services_are_understood_by_the_names_of_their_fields(
    record: dict[str, Any], expected: dict[str, Any]
) -> None:
    said = paper_of(record).to_json()
    assert said["title"] == TITLE
    assert {name: said[name] for name in expected} == expected


def test_a_paper_as_this_program_writes_it_comes_back_without_abstract() -> None:
    paper = paper_of(CSL | {"abstract": ""})
    assert paper_of(paper.to_json(), as_line=True) == paper


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from(["name", "author", "family"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(
    st.sampled_from(
        [
            ZOTERO,
            CSL,
            CROSSREF,
            OPENALEX,
            SEMANTIC_SCHOLAR,
            ARXIV,
            EUROPE_PMC,
            SUMMARY,
            DBLP["info"],
        ]
    ),
    st.data(),
)
def test_any_value_in_a_known_record_is_taken_or_left(
    record: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(record)))
    changed = {**record, name: data.draw(VALUES)}
    (result, *_) = [
        *read_papers(["-"], stdin=io.BytesIO(json.dumps([changed]).encode())),
        Rejected(file="", line=None, reason=""),
    ]
    if name not in ("title", "display_name", "itemType"):
        assert isinstance(result, Paper)
        assert result.title == TITLE
