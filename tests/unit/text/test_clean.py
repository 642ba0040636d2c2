"""What is dropped from a text when it is read, and what is mended when it is shown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.text.clean import matching_forms, normalise, readable

LATEX_PIECES = st.sampled_from(
    [*"\\{}$^_~`'\"% 2.,()xsΣé", "4.5", "times", "alpha", "AB", "\\emph{", "\\frac{", "\\sqrt{"]
) | st.sampled_from(
    ["\\cite{", "\\url{", "\\times", "left(", "right)", "\\ie", "rightarrow", "^top", "leq", "\\("]
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  a \t b\r\n\nc\u00a0d\u2028e ", "a b c d e"),
        ("\ufeffa\u200bb\u2060c\u00ad", "abc"),
        ("\x1b[31mred\x1b[0m \x9b1mbold", "red bold"),
        ("\x1b]0;a title\x07shown \x1b]8;;http://a.example\x1b\\link\x1b]8;;\x1b\\", "shown link"),
        ("an unfinished \x1b]0;sequence", "an unfinished ]0;sequence"),
        ("\u202egnp.exe\u202c a\u2066b\u2069", "gnp.exe ab"),
        ("a\x00b\x07c\x7fd\x85e", "abcd e"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("", ""),
    ],
)
def test_normalise_drops_what_is_no_text(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


@pytest.mark.parametrize(
    "text",
    ["85.4\\% at 2.5times", "naïve café", "数据 and Ωμέγα", "$x^2$ \\emph{so}", "a -- b", "x⁠y"[:1]],
)
def test_normalise_keeps_the_text_of_the_author(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("damaged", "expected"),
    [
        ("85.4\\% of", "85.4% of"),
        ("Q\\&A, C\\#, a\\_b, \\$5", "Q&A, C#, a_b, $5"),
        ("saves \\300,000 (of \\0.5)", "saves $300,000 (of $0.5)"),
        ("Mask$^2$DiT", "Mask^2DiT"),
        ("$O(n^{1.5})$ and $\\sigma$Net", "O(n^1.5) and σNet"),
        ("\\emph{two words}, \\textbf{b} and \\url{https://a.example/x_y}",
         "two words, b and https://a.example/x_y"),
        ("\\textit{an \\emph{inner} one}", "an inner one"),
        ("{\\bf bold} face", "bold face"),
        ("PIXART-{\\delta} beats \\alpha and \\Sigma", "PIXART-δ beats α and Σ"),
        ("a few (\\ie, two), \\eg one, Li \\etal.", "a few (i.e., two), e.g. one, Li et al."),
        ("with \\methodabbr we beat \\Name~by far", "with methodabbr we beat Name by far"),
        ("n\\log n", "n log n"),
        ("up to 5.18\\times$ less and 42.9%$ energy", "up to 5.18× less and 42.9% energy"),
        ("2.5times, (3times more), 41-137times,", "2.5 times, (3 times more), 41-137 times,"),
        ("1.37times/1.24times", "1.37 times/1.24 times"),
        ("16times16 and 512times512 pixels", "16×16 and 512×512 pixels"),
        ("like MobileNetV2times 1.4", "like MobileNetV2 × 1.4"),
        ("FinnishrightarrowEnglish", "Finnish→English"),
        ("a leq 2\\% loss", "a ≤ 2% loss"),
        ("O(L^{{4}/{3}}) and Oleft(n^{1.5}dright)", "O(L^(4/3)) and O(n^1.5 d)"),
        ("sum_{i=1}^{N_E} f_{ij}", "sum_(i=1)^(N_E) f_ij"),
        ("QK^top X", "QK^⊤ X"),
        ("\\frac{1}{n+1} and \\sqrt{n}", "1/(n+1) and √n"),
        ('[Aky\\"urek], Bokm{\\aa}l, caf\\\'{e}', "[Akyürek], Bokmål, café"),
        ("the model\\'s \\\"own\\\" words", "the model's \"own\" words"),
        ("``memory wall'' and ``soft\"", '"memory wall" and "soft"'),
        ("models~(LLMs), GPT4o~gpt4o", "models (LLMs), GPT4o gpt4o"),
        ("at https://a.example/{https://a.example/}.", "at https://a.example/."),
        ("\\href{https://a.example}{the code}", "the code (https://a.example)"),
        ("shown \\citep{li2020}", "shown [li2020]"),
    ],
)  # fmt: skip
def test_readable_mends_damage(damaged: str, expected: str) -> None:
    assert readable(damaged) == expected


@pytest.mark.parametrize(
    "text",
    [
        "sometimes, oftentimes, lifetimes, ntimes, runtimes and 3 timesteps of 2timesteps",
        "costs $20 or $30 (about US$5 and US$6)",
        "a $10 model for 15 US$",
        "about ~60%, 10~30%, ~1.6 trillion, https://a.example/~joe",
        "the sets {0,1} and {a, b}, x^2, f_i, a_b",
        "the left (bright) and the right",
        "it's the authors' `weaker' one, 5' long",
        "a / b \u2216 c, 50 %, C++ and F#",
        "bleq, cleft and leaps",
    ],
)
def test_readable_leaves_alone_what_is_no_damage(text: str) -> None:
    assert readable(text) == text


@given(st.text() | st.lists(LATEX_PIECES, max_size=30).map("".join))
@example("\\" * 50 + "%")
@example("{" * 50 + "\\alpha" + "}" * 50)
@example("\\emph{" * 50 + "x" + "}" * 50)
def test_readable_is_idempotent(text: str) -> None:
    once = readable(text)
    assert readable(once) == once


@given(st.text(alphabet=st.characters(exclude_characters="\\${}~`'^")))
def test_readable_without_latex_only_normalises_and_spaces_out(text: str) -> None:
    if not any(word in text for word in ("times", "arrow", "leq", "geq", "left")):
        assert readable(text) == normalise(text)


@given(st.text(alphabet=st.sampled_from("0123456789 .,+-%\\$()abctimes")))
def test_readable_loses_no_digit_and_no_sign(text: str) -> None:
    kept = [char for char in normalise(text) if char.isdigit() or char in "%+-"]
    assert [char for char in readable(text) if char.isdigit() or char in "%+-"] == kept


@pytest.mark.parametrize(
    "piece", ["\\emph{", "$a", "\\", "{\\", "\x1b]a", "`", "left(", "\\(", "2times"]
)
def test_hostile_repetitions_are_read_to_the_end(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert readable(readable(text)) == readable(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2.5times faster", ["2.5times", "2.5x", "2.5 times"]),
        ("PixArt-\\Sigma", ["PixArt-Sigma", "PixArt-Σ"]),
        ("PixArt-α", ["PixArt-alpha"]),
        ("Mask$^2$DiT", ["Mask2DiT", "Mask^2DiT"]),
        ("Mask²DiT", ["Mask2DiT"]),
        ("patches (16times16)", ["16x16", "16×16", "16times16"]),
        ("FinnishrightarrowEnglish", ["Finnish→English", "FinnishrightarrowEnglish"]),
    ],
)
def test_matching_forms_hold_every_spelling(text: str, wanted: list[str]) -> None:
    forms = matching_forms(text)
    assert [spelling for spelling in wanted if spelling not in forms] == []


@pytest.mark.parametrize("text", ["An ordinary sentence, of GPT-4.", "85.4\\% of x^2 at 10^9", ""])
def test_matching_forms_add_nothing_to_ordinary_text(text: str) -> None:
    assert matching_forms(text) == readable(text)


@given(st.text())
def test_matching_forms_begin_with_the_readable_text(text: str) -> None:
    assert matching_forms(text).startswith(readable(text))
