"""BibTeX is read back by other programs as what was written."""

from __future__ import annotations

import re
import unicodedata

import bibtexparser
import pytest
from bibtexparser.middlewares.names import NameParts, parse_single_name_into_parts
from bibtexparser.middlewares.names import split_multiple_persons_names as split_names
from hypothesis import example, given
from hypothesis import strategies as st
from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)

from assistant.readers import read_papers
from assistant.resources import sample_papers
from assistant.text.clean import normalise, readable
from assistant.types import Paper
from assistant.writers import bibtex

_MACROS = get_default_latex_context_db()
_MACROS.add_context_category(
    "missing in pylatexenc",
    prepend=True,
    macros=[
        MacroTextSpec("textless", "<"),
        MacroTextSpec("textgreater", ">"),
        MacroTextSpec("textbar", "|"),
        MacroTextSpec("textbraceleft", "{"),
        MacroTextSpec("textbraceright", "}"),
        MacroTextSpec("textasciicircum", "^"),
    ],
)
_DECODER = LatexNodes2Text(latex_context=_MACROS, math_mode="text", strict_latex_spaces=True)

LATEX_SIGNS = st.sampled_from([*"&%$#_{}~^\\\"'`@,=<>|-–—!?:;()[]/*+. "])
LETTERS = st.sampled_from([*"abcABCijIJ0129éÉñçÇłØßæıőšžđΣσβ×≤→毛数дЖ가", "\u0301", "\u0302"])
HOSTILE = st.text(LATEX_SIGNS | LETTERS | st.characters(), max_size=60)
WORD = st.text(LETTERS | LATEX_SIGNS, min_size=1, max_size=8)


def paper(number: int = 1, **fields: object) -> Paper:
    given_fields: dict[str, object] = {"title": "A Title", "abstract": "An abstract.", **fields}
    return Paper(paper_id=f"{number:012x}", **given_fields)  # type: ignore[arg-type]


def read_back(text: str) -> list[dict[str, str]]:
    """The entries as bibtexparser reads them, values still in LaTeX."""
    library = bibtexparser.parse_string(text)
    assert library.failed_blocks == []
    assert library.comments == []
    return [
        {
            "ENTRYTYPE": entry.entry_type,
            "ID": entry.key,
            **{key: field.value for key, field in entry.fields_dict.items()},
        }
        for entry in library.entries
    ]


def decoded(value: str) -> str:
    return str(_DECODER.latex_to_text(value))


def expected(text: str) -> str:
    return unicodedata.normalize("NFC", readable(text))


def balanced(value: str) -> bool:
    """Whether BibTeX, to which a backslash is nothing special, sees matching braces."""
    depth = 0
    for character in value:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def names_of(value: str) -> list[NameParts]:
    return [parse_single_name_into_parts(name) for name in split_names(value)]


@given(HOSTILE)
@example("unbalanced { and }} braces \\")
@example("100% of R&D costs $5 & more_things #1 ~x^2 <a|b> \\alpha {x")
@example("``quoted'' ''x'' --- – -–- !` ?` ,,low")
@example('"BERT" @article{x, title = {y}} % comment')
@example("@misc{x}")
@example("İstanbul and ǰ, ệ, Å, ﬁ, ²")
@example("γραφή and γ-rays of Σ, σσ")
def test_a_title_is_read_back_as_it_is_shown(title: str) -> None:
    (entry,) = read_back(bibtex([paper(title=title, year=2020)]))
    assert decoded(entry.get("title", "")) == expected(title)
    assert balanced(entry.get("title", ""))
    assert entry["year"] == "2020"


@given(HOSTILE)
def test_a_venue_is_read_back_as_it_is_shown(venue: str) -> None:
    (entry,) = read_back(bibtex([paper(venue=venue)]))
    found = [entry[key] for key in ("journal", "booktitle", "howpublished") if key in entry]
    assert [decoded(value) for value in found] == [expected(venue)] * bool(readable(venue))


@given(st.lists(st.lists(WORD, min_size=1, max_size=4).map(" ".join), max_size=5))
@example(["Research and Development", "and", "AND", "others", "{", "a }b{ c", "\\", "x \\"])
@example(["~ x", "a ~", "van", "von der", "ß é", "{\\'e}"])
def test_no_author_is_lost_or_divided(names: list[str]) -> None:
    (entry,) = read_back(bibtex([paper(authors=tuple(names))]))
    assert balanced(entry.get("author", ""))
    parts = names_of(entry.get("author", ""))
    shown = [expected(name).strip(" ,") for name in names]
    assert len(parts) == len([name for name in shown if name])


_SIMPLE = st.text(
    st.sampled_from([*"abcdeéñçłøßšžđijAÉÑŁØŠИж毛γΣ'-&_%#~^{}"]), min_size=1, max_size=8
).filter(lambda word: any(map(str.isalpha, word)))


@given(st.lists(_SIMPLE, min_size=1, max_size=4).map(" ".join))
def test_a_name_is_read_back_word_for_word(name: str) -> None:
    if re.search(r"(?i)(?:^|\s)and(?:\s|$)", readable(name)):
        return
    (entry,) = read_back(bibtex([paper(authors=(name,))]))
    (parts,) = names_of(entry["author"])
    assert decoded(parts.merge_first_name_first) == expected(name)


@pytest.mark.parametrize(
    ("name", "written", "key"),
    [
        ("Laurens van der Maaten", "Laurens van der Maaten", "vandermaaten"),
        ("van der Maaten, Laurens", "van der Maaten, Laurens", "vandermaaten"),
        ("Ludwig Wittgenstein", "Ludwig Wittgenstein", "wittgenstein"),
        ("Martin Luther King Jr.", "King, Jr., Martin Luther", "king"),
        ("Martin Luther King, Jr.", "King, Jr., Martin Luther", "king"),
        ("King, Jr., Martin", "King, Jr., Martin", "king"),
        ("King, Martin, Jr.", "King, Jr., Martin", "king"),
        ("Robert de la Cruz III", "de la Cruz, III, Robert", "delacruz"),
        ("Smith, Jr.", "{Smith, Jr.}", "smith"),
        ("Li, B, C, D", "{Li, B, C, D}", "li"),
        ("Łukasz Kaiser", "{\\L}ukasz Kaiser", "kaiser"),
        ("Özgür Çelik", '{\\"O}zg{\\"u}r {\\c C}elik', "celik"),
        ("Søren Kierkegård", "S{\\o}ren Kierkeg{\\r a}rd", "kierkegard"),
        ("Ærø Straße", "{\\AE}r{\\o} Stra{\\ss}e", "strasse"),
        ("M\\\"uller, J.", 'M{\\"u}ller, J.', "muller"),
        ("João d'Ávila", "Jo{\\~a}o d'{\\'A}vila", "davila"),
        ("毛泽东", "毛泽东", ""),
        ("Лев Толстой", "Лев Толстой", ""),
        ("Γ. Παπαδόπουλος", "Γ. Παπαδόπουλος", ""),
        ("OpenAI", "OpenAI", "openai"),
        ("Gemini Team", "{Gemini Team}", "gemini"),
        ("The Research and Development Group", "{The Research and Development Group}", "research"),
        ("et al.", "others", ""),
        ("danah boyd", "danah boyd", "boyd"),
        ("von Neumann", "von Neumann", "vonneumann"),
        ("van der Waals", "van der Waals", "vanderwaals"),
        ("Google Research", "{Google Research}", "google"),
        ("Meta AI", "{Meta AI}", "meta"),
        ("Ai Weiwei", "Ai Weiwei", "weiwei"),
    ],
)  # fmt: skip
def test_names_are_divided_as_they_are_meant(name: str, written: str, key: str) -> None:
    (entry,) = read_back(bibtex([paper(authors=(name,), title="Word", year=1999)]))
    assert entry["author"] == written
    assert entry["ID"] == f"{key}1999word"


def test_particles_suffixes_and_organisations_are_read_as_such() -> None:
    authors = ("Laurens van der Maaten", "Martin Luther King Jr.", "Gemini Team", "Lee, Ann")
    (entry,) = read_back(bibtex([paper(authors=authors)]))
    assert [(name.first, name.von, name.last, name.jr) for name in names_of(entry["author"])] == [
        (["Laurens"], ["van", "der"], ["Maaten"], []),
        (["Martin", "Luther"], [], ["King"], ["Jr."]),
        ([], [], ["{Gemini Team}"], []),
        (["Ann"], [], ["Lee"], []),
    ]


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("BERT: Pre-training of Deep Transformers", "{BERT}: Pre-training of Deep Transformers"),
        ("RoBERTa and GPT-4 (LLMs)", "{RoBERTa} and {GPT-4} ({LLMs})"),
        ("Attention Is All You Need: A Survey", "Attention Is All You Need: A Survey"),
        ("On vitamin D and T5", "On vitamin {D} and {T5}"),
        ("Exact Bayesian models of risk: A view", "Exact {Bayesian} models of risk: A view"),
        ("PixArt-Σ of R&D", "{PixArt-{$\\Sigma$}} of {R\\&D}"),
        ("Über Ångström", '{\\"U}ber {\\r A}ngstr{\\"o}m'),
        ("16×16 words", "16{$\\times$}16 words"),
        ("naïve ℓ2", 'na{\\"\\i}ve ℓ2'),
    ],
)  # fmt: skip
def test_capitals_of_names_are_protected(title: str, written: str) -> None:
    (entry,) = read_back(bibtex([paper(title=title)]))
    assert entry["title"] == written


def test_identifiers_and_addresses_are_verbatim() -> None:
    doi = "10.1002/(SICI)1097-0258(1998)17:15/16<1661::AID_8>3.0.CO;2-2"
    url = "https://a.example/x_y?q=1&r=%20#top~me"
    (entry,) = read_back(
        bibtex([paper(doi=doi, url=url, arxiv_id="cs.CL/0101001", pmid="12345678")])
    )
    assert (entry["doi"], entry["url"], entry["pmid"]) == (doi, url, "12345678")
    assert (entry["eprint"], entry["archivePrefix"]) == ("cs.CL/0101001", "arXiv")


@given(HOSTILE)
@example('https://a.example/{x}\\"y z')
def test_no_address_can_end_its_field(url: str) -> None:
    (entry,) = read_back(bibtex([paper(url=url, doi=url)]))
    assert entry.get("url", "") == entry.get("doi", "")
    assert not set(entry.get("url", "")) & set('{}\\" ')
    assert entry.get("url", "").isascii()
    assert bool(entry.get("url", "")) == bool(normalise(url))


@pytest.mark.parametrize(
    ("venue", "arxiv_id", "kind", "field"),
    [
        ("Journal of Machine Learning Research", "", "article", "journal"),
        ("Nature", "2001.00001", "article", "journal"),
        ("NeurIPS 2017", "", "inproceedings", "booktitle"),
        ("NeurIPS 2021 Datasets and Benchmarks", "", "inproceedings", "booktitle"),
        ("International Conference on Learning", "", "inproceedings", "booktitle"),
        ("arXiv preprint", "2001.00001", "misc", "howpublished"),
        ("arXiv", "", "misc", "howpublished"),
        ("", "", "misc", None),
    ],
)
def test_the_venue_decides_the_kind(
    venue: str, arxiv_id: str, kind: str, field: str | None
) -> None:
    (entry,) = read_back(bibtex([paper(venue=venue, arxiv_id=arxiv_id)]))
    places = [name for name in ("journal", "booktitle", "howpublished") if name in entry]
    assert (entry["ENTRYTYPE"], places) == (kind, [field] if field else [])


def test_what_is_not_known_is_left_out() -> None:
    (entry,) = read_back(bibtex([paper(title="数据", abstract="")]))
    assert entry == {"ENTRYTYPE": "misc", "ID": "paper000000000001", "title": "数据"}
    assert bibtex([]) == ""


def test_equal_keys_are_told_apart() -> None:
    papers = [
        paper(1, title="Data", authors=("A Li",), year=2020),
        paper(2, title="The data of others", authors=("B Li",), year=2020),
        paper(3, title="Dataa", authors=("C Li",), year=2020),
        paper(4, title="Data", authors=("D Li",), year=2021),
    ]
    keys = [entry["ID"] for entry in read_back(bibtex(papers))]
    assert keys == ["li2020data", "li2020dataa", "li2020dataaa", "li2021data"]


def test_a_long_list_keeps_every_paper_under_a_key_of_its_own() -> None:
    papers = [paper(n, title="Equal title", authors=("Ann Lee",), year=2000) for n in range(3_000)]
    keys = [entry["ID"] for entry in read_back(bibtex(papers))]
    assert len(set(keys)) == 3_000
    assert (keys[0], keys[1], keys[26]) == ("lee2000equal", "lee2000equala", "lee2000equalz")
    assert keys[27] == "lee2000equalaa"


def test_a_paper_given_twice_is_written_once() -> None:
    assert bibtex([paper(), paper()]) == bibtex([paper()])


def test_a_long_list_of_authors_is_kept() -> None:
    authors = tuple(f"Ann{n} Lee{n}" for n in range(3_000))
    (entry,) = read_back(bibtex([paper(authors=authors)]))
    assert tuple(split_names(entry["author"])) == authors


@given(st.lists(HOSTILE, max_size=3), HOSTILE, st.none() | st.integers(0, 3000))
def test_keys_are_plain(authors: list[str], title: str, year: int | None) -> None:
    (entry,) = read_back(bibtex([paper(authors=tuple(authors), title=title, year=year)]))
    assert re.fullmatch(r"[a-z0-9]+", entry["ID"])


def test_the_sample_papers_are_read_back() -> None:
    papers = [record for record in read_papers([sample_papers()]) if isinstance(record, Paper)]
    entries = read_back(bibtex(papers))
    assert [decoded(entry["title"]) for entry in entries] == [expected(one.title) for one in papers]
    assert [
        tuple(decoded(name.merge_first_name_first) for name in names_of(entry["author"]))
        for entry in entries
    ] == [tuple(map(expected, one.authors)) for one in papers]
    assert len({entry["ID"] for entry in entries}) == len(papers)
