"""BibTeX and biblatex of the programs and publishers that people export from."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.bibtex import inheritance
from assistant.readers.formats import detect
from assistant.readers.source import Source
from assistant.types import Paper, Rejected
from assistant.writers.bibtex import bibtex


def read_bytes(data: bytes) -> list[Paper | Rejected]:
    source = Source.of(io.BytesIO(data), file="d/f.bib")
    format_ = detect(source)
    assert format_.name == "BibTeX"
    return list(format_.read(source))


def read(text: str) -> list[Paper | Rejected]:
    return read_bytes(text.encode())


def papers(text: str) -> list[Paper]:
    rows = read(text)
    assert [row for row in rows if isinstance(row, Rejected)] == []
    return [row for row in rows if isinstance(row, Paper)]


def only(fields: str, kind: str = "article", key: str = "k") -> Paper:
    (paper,) = papers(f"@{kind}{{{key},\n  {fields}\n}}\n")
    return paper


def test_all_fields_of_an_entry_of_better_biblatex() -> None:
    paper = only(
        "title = {Rain in {{Köln}}: A Study of 5\\% of {$\\alpha$}-Clouds},\n"
        "  subtitle = {Part {II}},\n  author = {family=Meer, given=Jan, prefix=van der and "
        '{{Rain, Fog and Snow Group}} and M{\\"u}ller, Ann and others},\n'
        "  date = {2021-03-01/2021-04},\n  journaltitle = {J. Rain},\n  doi = {10.1000/AB\\_c},\n"
        "  eprint = {2101.00001},\n  eprinttype = {arXiv},\n  url = {https://a.b/c\\_d--e},\n"
        "  keywords = {rain,{fog, dense},\\emph{snow}},\n  note = {PMID: 123},\n"
        "  abstract = {It rains \\& rains.\n\n  Twice -- \\emph{often}: $x_{i}$.}"
    )
    assert paper.title == "Rain in Köln: A Study of 5% of α-Clouds: Part II"
    assert paper.abstract == "It rains & rains. Twice – often: $x_{i}$."
    assert paper.authors == ("van der Meer, Jan", "Rain, Fog and Snow Group", "Müller, Ann")
    assert (paper.year, paper.venue, paper.pmid) == (2021, "J. Rain", "123")
    assert (paper.doi, paper.arxiv_id) == ("10.1000/ab_c", "2101.00001")
    assert paper.url == "https://a.b/c_d--e"
    assert paper.keywords == ("rain", "fog, dense", "snow")
    assert paper.source == "f.bib"


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Lee, Ann and Bo Chen", ("Lee, Ann", "Bo Chen")),
        ("Lee,Ann\n    and\n  {de la Cruz}, B.~C.", ("Lee, Ann", "de la Cruz, B. C.")),
        ("Lee, Jr., Ann AND Chen, Bo", ("Lee, Jr., Ann", "Chen, Bo")),
        ("{Barnes and Noble} and {Rain, Inc.}", ("Barnes and Noble", "Rain, Inc.")),
        ("Lee, Ann; Chen, Bo", ("Lee, Ann", "Chen, Bo")),
        ("Ann Lee, Bo Chen, Cy Diaz", ("Ann Lee", "Bo Chen", "Cy Diaz")),
        ("Wei Wang 0001 and others", ("Wei Wang",)),
        ("and others", ()),
        ("", ()),
    ],
)
def test_names(author: str, names: tuple[str, ...]) -> None:
    assert only(f"title={{T}}, author={{{author}}}").authors == names


@pytest.mark.parametrize(
    ("fields", "arxiv_id"),
    [
        ("eprint={1706.03762v5}, archivePrefix={arXiv}, primaryClass={cs.CL}", "1706.03762"),
        ("eprint={arXiv:1706.03762}", "1706.03762"),
        ("eprint={9711200}, archiveprefix={arXiv}, primaryclass={hep-th}", "hep-th/9711200"),
        ("arxivId={1706.03762}", "1706.03762"),
        ("journal={arXiv preprint arXiv:1706.03762}", "1706.03762"),
        ("journal={CoRR}, volume={abs/1706.03762}", "1706.03762"),
        ("number={arXiv:1706.03762}", "1706.03762"),
        ("note={arXiv: 1706.03762 [cs]}", "1706.03762"),
        ("url={http://arxiv.org/abs/1706.03762}", "1706.03762"),
        ("eprint={12345678}, eprinttype={pubmed}", ""),
    ],
)
def test_arxiv_ids_are_found_where_programs_put_them(fields: str, arxiv_id: str) -> None:
    assert only(f"title={{T}}, {fields}").arxiv_id == arxiv_id


@pytest.mark.parametrize(
    ("fields", "key", "doi", "pmid"),
    [
        ("doi={https://doi.org/10.1000/A}", "k", "10.1000/a", ""),
        ("doi={10.1002/(SICI)1:6{$<$}4::A{$>$}3}", "k", "10.1002/(sici)1:6<4::a>3", ""),
        ("url={https://doi.org/10.1000/a}", "k", "10.1000/a", ""),
        ("eprint={https://doi.org/10.1000/a}", "k", "10.1000/a", ""),
        ("year=2000", "doi:10.1000/A", "10.1000/a", ""),
        ("eprint={123}, eprinttype={pubmed}", "k", "", "123"),
        ("pmid={PMID: 123}", "k", "", "123"),
        ("url={https://pubmed.ncbi.nlm.nih.gov/123/}", "k", "", "123"),
        ("year=2000", "PMID:123", "", "123"),
    ],
)
def test_dois_and_pmids_are_found(fields: str, key: str, doi: str, pmid: str) -> None:
    paper = only(f"title={{T}}, {fields}", key=key)
    assert (paper.doi, paper.pmid) == (doi, pmid)


@pytest.mark.parametrize(
    ("kind", "fields", "venue"),
    [
        ("article", "journal={{J. of \\& Rain}}", "J. of & Rain"),
        ("article", "journal={\\apj}", "The Astrophysical Journal"),
        ("article", "fjournal={Journal of Rain}, journal={J. Rain}", "Journal of Rain"),
        ("inproceedings", "booktitle={Proc}, booksubtitle={Rain}", "Proc: Rain"),
        ("phdthesis", "school={University of Rain}", "University of Rain"),
        ("misc", "howpublished={\\url{https://a.b}}", ""),
    ],
)
def test_venues(kind: str, fields: str, venue: str) -> None:
    assert only(f"title={{T}}, {fields}", kind).venue == venue


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ("a, b,\n   c d", ("a", "b", "c d")),
        ("{{a; b, c}}", ("a", "b, c")),
        ("Models, Animal\nHumans\nMale", ("Models, Animal", "Humans", "Male")),
        ("R\\&D &amp; a; b", ("R&D & a", "b")),
    ],
)
def test_keywords(keywords: str, words: tuple[str, ...]) -> None:
    assert only(f"title={{T}}, keywords={{{keywords}}}").keywords == words


def test_editors_stand_in_for_authors_of_books_only() -> None:
    fields = "title={T}, editor={Lee, Ann}"
    assert only(fields, "book").authors == ("Lee, Ann",)
    assert only(fields, "article").authors == ()


def test_children_inherit_from_parents_before_and_behind_them() -> None:
    book = "@book{b, title={Book}, subtitle={Sub}, author={Lee}, date={2001}, doi={10.1000/b}}\n"
    child = "@inbook{c, title={Child}, crossref={B}, pages={1}}\n"
    for text in (book + child, child + book):
        (found,) = [paper for paper in papers(text) if paper.title == "Child"]
        assert (found.venue, found.year, found.authors) == ("Book: Sub", 2001, ("Lee",))
        assert found.doi == ""


def test_a_child_without_title_is_its_parent_and_xdata_is_none() -> None:
    text = (
        "@article{old, crossref={new}}\n@article{new, title={T}, year=2001, xdata={x, y}}\n"
        "@xdata{x, journal={J}}\n@xdata{y, author={Lee}}\n"
    )
    first, second = papers(text)
    assert (first.title, first.year) == (second.title, second.year) == ("T", 2001)
    assert (second.venue, second.authors) == ("J", ("Lee",))


def test_parents_that_never_come_are_waited_for_in_bounded_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inheritance, "MAX_WAITING", 3)
    text = "".join(f"@misc{{k{n}, title={{T{n}}}, crossref={{p{n}, none}}}}\n" for n in range(9))
    text += "@misc{k, title={T}, crossref={k}}\n@book{p7, title={P}}\n"
    assert sorted(paper.title for paper in papers(text)) == ["P", "T", *(f"T{n}" for n in range(9))]


def test_each_bad_entry_is_a_row_and_the_others_go_in() -> None:
    text = (
        "@article{a, title={One}}\n@article{b, year=2000}\n@article{c, title={Two}\n"
        "@article{a, title={Three}}\n@article{d, title={}, abstract={x}}\n"
    )
    assert [row.title if isinstance(row, Paper) else str(row) for row in read(text)] == [
        "One",
        "d/f.bib:2: no title",
        'd/f.bib:3: an entry that is not closed: "c"',
        "Three",
        "d/f.bib:5: no title",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, end: str) -> None:
    text = end.join(["@article{é,", "  title = {Größe", "    über},", "  year = 2001}", ""])
    (paper,) = read_bytes(text.encode(encoding))
    assert isinstance(paper, Paper)
    assert (paper.title, paper.year) == ("Größe über", 2001)


def test_chinese_encodings_are_told_and_declared_ones_believed() -> None:
    text = "@article{k, title={机器学习与图像}, author={李明}, journal={计算机学报}}\n"
    (paper,) = read_bytes(text.encode("gbk"))
    assert isinstance(paper, Paper)
    assert (paper.title, paper.authors) == ("机器学习与图像", ("李明",))
    (paper,) = read_bytes("% Encoding: Cp1251\n\n@article{k, title={Дождь}}".encode("cp1251"))
    assert isinstance(paper, Paper)
    assert paper.title == "Дождь"


@pytest.mark.parametrize(
    "text",
    [
        "% JabRef\n% Encoding: UTF-8\n\n@Article{k,\n  title = {T},\n}",
        "Scopus\nEXPORT DATE: 1 May\n\n@ARTICLE{k,\ntitle={T}}",
        "\n\n@article{ ISI:1,\nTitle = {{T}}}",
        '@string{a = "b"}\n@misc(k,\n title = "T")',
        "@comment{x}\n\n@misc\n{k,\n title = {T}}",
        "@article{10.1/2,author = {A}, title = {T}}",
        "@misc{title = {T}}",
    ],
)
def test_bibtex_is_told_by_its_content(text: str) -> None:
    assert [row.title for row in read(text) if isinstance(row, Paper)] == ["T"]


@pytest.mark.parametrize(
    "text",
    [
        "Write to us @home {or, not} at all.\n\nA title\n\nAn abstract.",
        "@given(a,\n  b=3)\ndef f(): pass",
        "@media (max-width: 1px) {\n  a { color: red }\n}",
        "Prose about BibTeX. " * 200 + "\n\n@article{k, title={T}}",
        "@dataclass(frozen=True,\n  slots=True)",
    ],
)
def test_other_texts_are_no_bibtex(text: str) -> None:
    assert detect(Source.of(io.BytesIO(text.encode()), file="f")).name != "BibTeX"


WORDS = st.text(st.sampled_from("abcXYZéüßøçñ&%_#{}~^-$0123456789 "), max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(WORDS, max_size=3))
def test_what_we_write_comes_back(words: list[str], names: list[str]) -> None:
    title = " ".join(["Rain", *" ".join(words).split()])
    authors = tuple(
        f"Lee, {name}" for name in dict.fromkeys("".join(n.split()) for n in names) if name
    )
    paper = Paper(
        paper_id="1", title=title, abstract="", authors=authors, year=2001, venue="J. Rain"
    )
    (found,) = papers(bibtex([paper]))
    (again,) = papers(bibtex([found]))
    assert (found.year, found.venue, len(found.authors)) == (2001, "J. Rain", len(authors))
    assert (again.title, again.authors) == (found.title, found.authors)


def test_the_key_of_an_entry_is_its_citation_key() -> None:
    assert only("title = {Rain}", key="Lee:2001").citation_key == "Lee:2001"
    assert only("title = {Rain}", key="Lee et al").citation_key == ""


def test_a_file_on_one_line_has_all_its_entries_however_long_it_is() -> None:
    abstract = "Rain falls {\\&} ends. " * 50
    entry = "@article{k%d, title={Rain %d}, author={Lee, Ann}, abstract={%s}},"
    text = "".join(entry % (number, number, abstract) for number in range(1_500))
    assert len(text) > 1_000_000
    assert [paper.title for paper in papers(text)] == [f"Rain {number}" for number in range(1_500)]


def test_entries_in_the_source_of_a_web_page_are_read() -> None:
    text = "<html><body><pre>\n@article{k,\n  title = {Rain &amp; Fog}\n}\n</pre></body></html>"
    assert [paper.title for paper in papers(text)] == ["Rain & Fog"]


def test_a_long_licence_may_stand_before_the_entries_of_a_bib_file() -> None:
    assert [p.title for p in papers("Free to use.\n" * 300 + "@misc{k, title={Rain}}\n")] == [
        "Rain"
    ]
