"""The grammar of BibTeX: dialects, macros, and entries with something wrong."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.bibtex.entries import Entry, read_entries
from assistant.readers.lines import read_lines
from assistant.types import Rejected


def read(text: str) -> list[Entry | Rejected]:
    return list(read_entries(read_lines(io.BytesIO(text.encode())), file="f.bib"))


def only(text: str) -> Entry:
    (entry,) = read(text)
    assert isinstance(entry, Entry)
    return entry


def keys(text: str) -> list[str]:
    return [entry.key if isinstance(entry, Entry) else f"!{entry.line}" for entry in read(text)]


GOOD = "@misc{good, title={Good}}\n"


def test_an_entry_has_kind_key_and_fields() -> None:
    entry = only(
        '% a comment\n\n@Article{a:1/x,\n  Title = {A {B}},\n  YEAR = 2001,\n x = "y"\n}\n'
    )
    assert entry == Entry(3, "article", "a:1/x", {"title": "A {B}", "year": "2001", "x": "y"})


@pytest.mark.parametrize(
    "text",
    [
        "@misc(k, title={A (b) c}, x={y})",
        '@misc(k, title="A (b) c",\n x = "y"\n)',
        "@misc{k, title={A (b) c}, x={y},}",
        "@misc{k,\ntitle={A (b) c}\nx={y}}",
        "@misc{ k , , title = {A (b) c} , x = y }",
        "@ misc {k,title={A (b) c},x={y}}",
        "@misc\n{k,\n  title={A (b) c}, x={y}\n}",
        '@misc{k, title="A " # "(b) " # {c}, x = y}',
        "@misc{k,\n  % title = {No},\n  @Comment title = {No}\n  title={A (b) c},\n  x={y}}",
        "text @misc{k, title={A (b) c}, x={y}} text",
        "@misc{k, title = {A (b) c}, title = {Other}, x={y}}",
        "@misc{k,\n title = A (b) c,\n x = y}",
    ],
)
def test_dialects_say_the_same(text: str) -> None:
    assert only(text).fields == {"title": "A (b) c", "x": "y"}


def test_macros_and_months_are_written_out() -> None:
    text = (
        '@string{jf = "J. " # foo}\n@STRING(acm = {ACM})\n@string{both = jf # " of " # acm}\n'
        "@misc{k, journal = BOTH # { (x)}, month = jan, year = 2001}"
    )
    assert only(text).fields == {"journal": "J. foo of ACM (x)", "month": "jan", "year": "2001"}


def test_comments_and_preambles_are_no_entries() -> None:
    text = (
        "@comment{jabref-meta: groups:\n0 All;\n}\n@Comment some text\n@comment{@misc{no, a={b}}}\n"
        '@preamble{"\\newcommand{\\x}{y}"}\n%@misc{no, title={No}}\n# note\n' + GOOD
    )
    assert keys(text) == ["good"]


@pytest.mark.parametrize("key", ["", "10.1/a(b)c", "ISI:000", "عربي", "a b", "x+y'z", "doi:10.1/é"])
def test_keys_may_hold_anything(key: str) -> None:
    assert only(f"@misc{{ {key},\n title={{A}}\n}}").key == key


def test_an_entry_may_have_no_key_at_all() -> None:
    assert only("@misc{title={A}, x={y}}") == Entry(1, "misc", "", {"title": "A", "x": "y"})


def test_names_of_fields_may_hold_odd_characters() -> None:
    text = "@misc{k, author+an:x={1=y}, Web-of-Science-Categories  = {{A}}, a.b={c}, Usage Count=3}"
    assert list(only(text).fields) == ["author+an:x", "web-of-science-categories", "a.b",
                                       "usage count"]  # fmt: skip


def test_entries_on_one_line_and_with_one_key_are_all_read() -> None:
    assert keys("@misc{a,x={1}}@misc{a,x={2}} @misc{a,\nx={3}}@misc{b,x={4}}") == [*"aaab"]


def test_repeated_lists_are_joined() -> None:
    entry = only("@misc{k, author={A}, author={B}, keywords={c}, keywords={d}}")
    assert entry.fields == {"author": "A and B", "keywords": "c, d"}


@pytest.mark.parametrize(
    "broken",
    [
        "@misc{bad, title={X},\n year={2000},\n",
        "@misc{bad, title={X,\n year={2000}\n}\n",
        '@misc{bad, title="X,\n year={20\n',
        "@misc{bad, abstract={X\n\n",
        "@misc{bad,\n",
        "@misc(bad, title={X}\n",
    ],
)
def test_an_entry_that_is_not_closed_costs_only_itself(broken: str) -> None:
    text = f"{GOOD}\n{broken}{GOOD}@misc{{last, title={{Z}}}}\n"
    assert keys(text) == ["good", "!3", "good", "last"]
    assert keys(GOOD + broken) == ["good", "!2"]
    assert str(read(broken)[0]) == 'f.bib:1: an entry that is not closed: "bad"'


@pytest.mark.parametrize(
    "abstract",
    ["{a } b, c}", "{a \\} b}", "{a \\{ b}", "{a \\{b\\} c}", '"a "b" c"', '"M\\"uller, a"'],
)
def test_braces_and_quotes_too_many_cost_no_other_field(abstract: str) -> None:
    for end in ("}", ",\n}", "\n}"):
        text = f"@misc{{k,\n abstract={abstract},\n year={{2000}},\n title={{T}}{end}\n{GOOD}"
        first, second = read(text)
        assert isinstance(first, Entry)
        assert first.fields == {"abstract": abstract[1:-1], "year": "2000", "title": "T"}
        assert isinstance(second, Entry)


def test_an_entry_quoted_in_a_value_is_none() -> None:
    entry = only("@misc{k,\n note = {see\n@misc{inner,\n title={No}\n}\n},\n title={T}\n}\n")
    assert entry.fields["title"] == "T"
    assert "inner" in entry.fields["note"]


def test_an_overlong_line_costs_one_entry() -> None:
    text = f"{GOOD}@misc{{bad,\n title={{{'x' * 1_000_001}}},\n year={{2000}}\n}}\n{GOOD}"
    rows = read(text)
    assert [isinstance(row, Entry) for row in rows] == [True, False, True]
    assert str(rows[1]) == "f.bib:3: a line of more than 1,000,000 characters"


def test_an_overlong_entry_costs_itself_in_bounded_memory() -> None:
    text = f"{GOOD}@misc{{bad, abstract={{\n" + ("words " * 20 + "\n") * 50_000 + f"}}}}\n{GOOD}"
    stream = io.BytesIO(text.encode())
    tracemalloc.start()
    try:
        rows = list(read_entries(read_lines(stream), file="f"))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [isinstance(row, Entry) for row in rows] == [True, False, True]
    assert str(rows[1]) == "f:2: an entry of more than 4,000,000 characters"
    assert peak_bytes < 60_000_000


def test_macros_that_grow_without_end_are_cut_off() -> None:
    bomb = (
        "@string{a0={"
        + "x" * 1000
        + "}}\n"
        + "".join(f"@string{{a{n + 1} = {' # '.join([f'a{n}'] * 10)}}}\n" for n in range(20))
    )
    entry = only(bomb + "@misc{k, title = " + " # ".join(["a0"] * 5000) + "}")
    assert len(entry.fields["title"]) <= 1_000_000


@pytest.mark.parametrize(
    "piece", ["@a{b,", "@a{b,\n", "@a(b,\n", '"', "{", "}", "#x", 't="x"y,\n', "a={}x ", "\n", " "]
)
def test_what_repeats_without_end_is_read(piece: str) -> None:
    rows = read(f"@misc{{k, x={piece * 30_000}\n\n{GOOD}")
    assert "good" in [row.key for row in rows if isinstance(row, Entry)][-1:]


@given(st.text(st.sampled_from('@misc{},="#\n \\%()a1'), max_size=80))
def test_what_surrounds_an_entry_never_hides_the_next(text: str) -> None:
    rows = read(f"{text}\n\n{GOOD}{GOOD}")
    assert [row.key for row in rows if isinstance(row, Entry)][-1:] == ["good"]
    assert [row.line for row in rows] == sorted(row.line or 0 for row in rows)
