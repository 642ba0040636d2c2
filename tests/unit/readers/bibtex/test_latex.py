r"""LaTeX to text: what is decoded, what is kept, and that nothing is lost or takes for ever."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.bibtex.latex import match_braces, plain_text, verbatim_text
from assistant.text.clean import normalise
from assistant.writers.latex import latex


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"{\"O}zg{\"u}r, Erd{\H o}s, \'Angel, \'{E}. \^{o}", "Özgür, Erdős, Ángel, É. ô"),
        (r"Gar\c con, Dvo\v{r}{\'a}k, {\v s}, {\k{e}}, {\.I}lker", "Garçon, Dvořák, š, ę, İlker"),
        (r"M\'{\i}guez, \'\i, {\"{\i}}, S{\o}ren, S\o ren, Stra\ss e", "Míguez, í, ï, Søren, "
         "Søren, Straße"),
        (r"Nguy{\~{\^e}}n, \'{\ae}, {\L}ukasz, \aa", "Nguyễn, ǽ, Łukasz, å"),
    ],
)  # fmt: skip
def test_accents_and_letters_are_decoded(value: str, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"{BERT}: {{Pre}}-{T}raining \& 5\% of \$3 \#1 a\_b \{x\}", "BERT: Pre-Training & 5% of "
         "$3 #1 a_b {x}"),
        (r"\emph{very} {\em old} \textbf{\textit{word}}s {\sc Caps}", "very old words Caps"),
        (r"10--20 --- and -{}-verbose, https://a.b/c--d, beta(1--{$>$}4)", "10–20 — and --verbose, "
         "https://a.b/c--d, beta(1-->4)"),
        (r"``so'' and 5'' or `a'", "“so” and 5'' or `a'"),
        (r"Fig.~2, 5~mm, ~5, 3~5, et~al.", "Fig. 2, 5 mm, ~5, 3~5, et al."),
        (r"it\textquoteright s 1990\textendash 1995, p \textless{} 0.05, a \textbar b", "it’s "
         "1990–1995, p < 0.05, a | b"),
        (r"10\,000 pre\-fix a\ b\\c \LaTeX and \TeX{}", r"10 000 prefix a b\\c LaTeX and TeX"),
        (r"one\par two\\ three", "one two  three"),
        (r"\{\vphantom{\}}a\vphantom\{\} {\noopsort{x}}b", "{a} b"),
        (r"CO\textsubscript{2} \textsuperscript{13}C", "CO<sub>2</sub> <sup>13</sup>C"),
        (r"\url{http://a.b/c\_d}", "http://a.b/c_d"),
    ],
)  # fmt: skip
def test_what_is_certain_is_decoded(value: str, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"{$\alpha$}-helix, $\times$, {$<$}p{$>$}, 5$^{\circ}$C", "α-helix, ×, <p>, 5°C"),
        (r"{$O(n^{1.5})$} and $\mathbf{x}_{i}$", r"$O(n^{1.5})$ and $\mathbf{x}_{i}$"),
        (r"H{$_2$}O, \(a_{i}\)", r"H$_2$O, \(a_{i}\)"),
        (r"{$5} or {$6}, a lone $", "$5 or $6, a lone $"),
    ],
)
def test_maths_is_kept_unless_it_is_one_sign(value: str, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"\method{a}{b{c}} {\method}s {\method} x", r"\method{a}{bc} \method{}s \method x"),
        (r"\href{http://a}{text}", r"\href{http://a}{text}"),
        (r"a } b { c", "a } b { c"),
        ("\\", "\\"),
        (r"\'1 \d", r"\'1 \d"),
    ],
)
def test_what_is_not_known_is_kept(value: str, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"don\'t, the company\'s, rock", "don't, the company's, rock"),
        (r"a \"word\", \"open\" and \"a b\".", 'a "word", "open" and "a b".'),
        (r"Mu\'noz, \"Uber", "Muńoz, Über"),
    ],
)
def test_quotes_that_a_program_escaped_are_no_accents(value: str, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"http://a.b/c\_d{\_}e--f\%20\&g", "http://a.b/c_d_e--f%20&g"),
        (r"\url{http://a.b/{\textasciitilde}c/\~{}d}", "http://a.b/~c/~d"),
        (r"10.1002/(SICI)1:6{$<$}4::A$>$3", "10.1002/(SICI)1:6<4::A>3"),
    ],
)
def test_addresses_lose_only_escapes(value: str, text: str) -> None:
    assert verbatim_text(value) == text


SIGNS = "ab cZ\\{}$~^_&%#<>|-–—'`\",;:!?()[]/αβéüŞıøßłŁΔ×≤→∞=+*1.@"


@given(st.text(st.sampled_from(SIGNS) | st.characters(exclude_categories=["C"]), max_size=40))
def test_text_that_we_write_as_latex_comes_back(text: str) -> None:
    text = normalise(unicodedata.normalize("NFC", text))
    assert normalise(plain_text(latex(text))) == text
    assert normalise(plain_text(latex(text, is_name=True))) == text


@given(st.text(st.sampled_from("\\{}$~-`'\"vc ab&%i_"), max_size=60))
def test_any_text_is_decoded_and_keeps_its_letters(value: str) -> None:
    letters = [char for char in plain_text(value) if char in "ab"]
    assert len(letters) <= sum(char in "ab" for char in value)
    assert plain_text(value.replace("\\", "")).count("a") == value.count("a")


@pytest.mark.parametrize("piece", ["{", "${", r"\'{", r"\"a ", "$", r"\foo{", "``", r"\textbf{"])
def test_text_nested_or_repeated_without_end_is_decoded(piece: str) -> None:
    value = piece * 30_000
    assert plain_text(value + "}" * value.count("{") + "end").endswith("end")


def test_braces_are_matched_with_and_without_escapes() -> None:
    assert match_braces("{a{b}}", escapes=True) == {0: 5, 2: 4}
    assert match_braces(r"{\}}", escapes=True) == {0: 3}
    assert match_braces(r"{\}}", escapes=False) == {0: 2}
