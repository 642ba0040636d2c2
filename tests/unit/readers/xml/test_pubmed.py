"""PubMed XML: articles, older forms, books, and what a record leaves out."""

from __future__ import annotations

import io

import pytest

from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected

PROLOG = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" '
    '"https://dtd.example/pubmed.dtd">\n'
)
JOURNAL = """<Journal><JournalIssue><PubDate><Year>2019</Year><Month>Jan</Month></PubDate>
</JournalIssue><Title>Journal of rain</Title><ISOAbbreviation>J Rain</ISOAbbreviation></Journal>"""
TITLE = "<ArticleTitle>Rain by <i>night</i>.</ArticleTitle>"
ABSTRACT = "<Abstract><AbstractText>Rain falls.</AbstractText></Abstract>"


def read(text: str) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(text.encode()), file="d/f.xml")
    format_ = detect(source)
    assert format_.name == "PubMed XML"
    return list(format_.read(source))


def paper_of(article: str = TITLE + ABSTRACT, citation: str = "", data: str = "") -> Paper:
    (paper,) = read(
        f"{PROLOG}<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version='1'>123</PMID>"
        f"<Article>{article}</Article>{citation}</MedlineCitation>{data}</PubmedArticle>"
        "</PubmedArticleSet>"
    )
    assert isinstance(paper, Paper), paper
    return paper


def test_all_fields_are_read() -> None:
    authors = """<AuthorList><Author ValidYN="Y"><LastName>Lee</LastName><ForeName>Ann B</ForeName>
        <Initials>AB</Initials><Suffix>Jr</Suffix><AffiliationInfo><Affiliation>Rain Institute
        </Affiliation></AffiliationInfo></Author>
        <Author ValidYN="N"><LastName>Le</LastName></Author>
        <Author><LastName>Chen</LastName><Initials>B</Initials></Author>
        <Author><CollectiveName>Rain Study Group</CollectiveName></Author></AuthorList>"""
    paper = paper_of(
        JOURNAL + TITLE + "<ELocationID EIdType='pii'>7</ELocationID>" + ABSTRACT + authors,
        "<KeywordList><Keyword>drops</Keyword></KeywordList><MeshHeadingList><MeshHeading>"
        "<DescriptorName>Weather</DescriptorName><QualifierName>history</QualifierName>"
        "</MeshHeading></MeshHeadingList><CommentsCorrectionsList><CommentsCorrections>"
        "<PMID>999</PMID></CommentsCorrections></CommentsCorrectionsList>",
        "<PubmedData><ArticleIdList><ArticleId IdType='pubmed'>123</ArticleId><ArticleId "
        "IdType='doi'>10.1000/AB</ArticleId></ArticleIdList><ReferenceList><Reference>"
        "<ArticleIdList><ArticleId IdType='doi'>10.1000/other</ArticleId></ArticleIdList>"
        "</Reference></ReferenceList></PubmedData>",
    )
    assert paper == Paper(
        paper_id=paper.paper_id,
        title="Rain by night.",
        abstract="Rain falls.",
        authors=("Lee, Ann B, Jr", "Chen, B", "Rain Study Group"),
        year=2019,
        venue="Journal of rain",
        doi="10.1000/ab",
        pmid="123",
        keywords=("drops", "Weather"),
        source="f.xml",
    )


def test_the_parts_of_an_abstract_keep_their_labels() -> None:
    abstract = """<Abstract>
        <AbstractText Label="AIMS" NlmCategory="OBJECTIVE">We count.</AbstractText>
        <AbstractText Label="METHODS:">By hand, 10<sup>3</sup> times.</AbstractText>
        <AbstractText Label="RESULTS">RESULTS: Some rain.</AbstractText>
        <AbstractText Label="UNLABELLED">It was wet.</AbstractText><AbstractText Label="X"/>
        <AbstractText>The end.</AbstractText>
        <CopyrightInformation>Copyright 2019.</CopyrightInformation></Abstract>"""
    assert paper_of(TITLE + abstract).abstract == (
        "AIMS: We count. METHODS: By hand, 10^3 times. RESULTS: Some rain. It was wet. The end."
    )


def test_formulas_and_signs_keep_their_words() -> None:
    abstract = """<Abstract><AbstractText>Uptake ( <mml:math xmlns:mml="m"><mml:msub><mml:mrow>
        <mml:mover><mml:mi>V</mml:mi><mml:mo>.</mml:mo></mml:mover><mml:mi>O</mml:mi></mml:mrow>
        <mml:mrow><mml:mn>2</mml:mn><mml:mi>m</mml:mi></mml:mrow></mml:msub></mml:math>
        ) of CD4<sup>+</sup>
        cells, p&lt;0.05, 2 &amp;lt; 3 &#x3b1;</AbstractText></Abstract>"""
    assert paper_of(TITLE + abstract).abstract == "Uptake ( V̇O2m ) of CD4+ cells, p<0.05, 2 < 3 α"


@pytest.mark.parametrize(
    "kind", ["ELocationID EIdType='doi' ValidYN='Y'", "ELocationID EIdType='doi'"]
)
def test_a_doi_may_stand_in_the_article(kind: str) -> None:
    assert paper_of(f"{TITLE}<{kind}>10.1000/x</ELocationID>").doi == "10.1000/x"
    assert paper_of(f"{TITLE}<ELocationID EIdType='doi' ValidYN='N'>10.1/x</ELocationID>").doi == ""


def test_what_is_missing_is_taken_from_elsewhere() -> None:
    vernacular = (
        "<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Regen</VernacularTitle>"
    )
    other = "<OtherAbstract Language='ger'><AbstractText>Es regnet.</AbstractText></OtherAbstract>"
    date = "<Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>"
    paper = paper_of(
        f"{date}</JournalIssue></Journal>{vernacular}",
        f"<MedlineJournalInfo><MedlineTA>J Rain</MedlineTA></MedlineJournalInfo>{other}",
    )
    assert (paper.title, paper.abstract) == ("Regen", "Es regnet.")
    assert (paper.year, paper.venue) == (1998, "J Rain")
    history = "<History><PubMedPubDate><Year>2001</Year></PubMedPubDate></History>"
    assert paper_of(TITLE, data=f"<PubmedData>{history}</PubmedData>").year == 2001
    assert paper_of(TITLE).abstract == ""


def test_records_without_a_set_and_citations_alone_are_read() -> None:
    citation = f"<MedlineCitation><PMID>1</PMID><Article>{TITLE}</Article></MedlineCitation>"
    for text in (
        citation,
        f"<PubmedArticle>{citation}</PubmedArticle>",
        f"<MedlineCitationSet>{citation}</MedlineCitationSet>",
        f"<soap:Body><e:PubmedArticleSet><e:PubmedArticle>{citation}</e:PubmedArticle>"
        "</e:PubmedArticleSet></soap:Body>",
    ):
        (paper,) = read(text)
        assert isinstance(paper, Paper)
        assert (paper.title, paper.pmid) == ("Rain by night.", "1")


def test_a_book_and_a_chapter_are_read() -> None:
    book = """<Book><BookTitle>Book of Rain</BookTitle><PubDate><Year>2009</Year></PubDate>
        <AuthorList Type="editors"><Author><LastName>Ed</LastName></Author></AuthorList>
        <CollectionTitle>Weather Books</CollectionTitle></Book>"""
    chapter = f"""<PubmedBookArticle><BookDocument><PMID>5</PMID><ArticleIdList>
        <ArticleId IdType="doi">10.1000/c</ArticleId></ArticleIdList>{book}{TITLE}
        <AuthorList Type="authors"><Author><LastName>Lee</LastName></Author></AuthorList>{ABSTRACT}
        </BookDocument></PubmedBookArticle>"""
    whole = f"<PubmedBookArticle><BookDocument>{book}{ABSTRACT}</BookDocument></PubmedBookArticle>"
    first, second = read(f"{PROLOG}<PubmedArticleSet>{chapter}{whole}</PubmedArticleSet>")
    assert isinstance(first, Paper)
    assert isinstance(second, Paper)
    assert (first.title, first.venue, first.authors) == ("Rain by night.", "Book of Rain", ("Lee",))
    assert (first.year, first.doi, first.pmid, first.abstract) == (
        2009,
        "10.1000/c",
        "5",
        "Rain falls.",
    )
    assert (second.title, second.venue, second.authors) == (
        "Book of Rain",
        "Weather Books",
        ("Ed",),
    )


def test_an_empty_set_and_a_record_without_title_are_no_papers() -> None:
    assert read(f"{PROLOG}<PubmedArticleSet></PubmedArticleSet>") == []
    (rejected,) = read("<PubmedArticleSet>\n\n<PubmedArticle/></PubmedArticleSet>")
    assert str(rejected) == "d/f.xml:3: no title"
