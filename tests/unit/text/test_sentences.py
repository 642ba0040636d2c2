"""Where sentences end, and that their spans cover the text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.text.sentences import MAX_SENTENCE_CHARS, sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Vaswani et al. introduced it.",
        "As Vaswani et al. (2017) found, it works.",
        "It is stable, i.e. Adam is enough.",
        "Models, e.g. BERT, are small (e.g. TinyBERT).",
        "English vs. German is easy.",
        "See Fig. 2, Eq. 4, Sec. III and Tab. 5 for No. 1 of Ref. [3].",
        "It reaches 84.25% on it.",
        "It leads on ImageNet-1K (top-1 acc. 84.2).",
        "We train BERT (seq. length 512) with a top-1 acc. of 80.",
        "The U.S. Army and the U.K. Parliament read it.",
        "Dr. Smith and Prof. Brown of St. Louis wrote it.",
        "It takes approx. 5 hours, cf. Brown.",
        "J. Smith, A. B. Jones and the Vera C. Rubin Observatory took part.",
        "Versions 2.0.1 and v. 3 are at https://a.example/c.html?x=1.2&y.",
        "It is ... good.",
        "It grows linearly w.r.t. Frames and the like.",
        "Two tasks, 1.) show and 2.) tell, are left.",
        "Scanned documents, receipts, etc.) into a form.",
        "On WHAM! and on WHAMR! benchmarks it leads.",
        "It does three things: (1) it reads; (2) it writes; and (3) it waits.",
        "We use the nn.Linear layer and LLM.int8() of it.",
        "1. We read.",
    ],
)
def test_one_sentence_stays_one(sentence: str) -> None:
    assert split(sentence) == [sentence]


@pytest.mark.parametrize(
    "sentences",
    [
        ["It has a BLEU of 33.0.", "We win."],
        ["It covers downstream tasks.", "On GLUE it leads."],
        ['He asks "is it so?"', "It is."],
        ["It acts ``so.''", "This helps."],
        ["It works (see A).", "(2) We do it."],
        ["It is done.", "(ii) the rest follows.", "2) It ends."],
        ["It works (it does.)", "We win."],
        ["It is new.", "iTransformer is fast.", "mBART is not.", "kMaX-DeepLab is."],
        ["It is new.", "bGPT and nnU-Net are, too.", "t5 is old."],
        ["It is fast!", "Is it?", "Yes."],
        ["It is used in the U.S. and here.", "We agree with the U.S.", "However, they do not."],
        ["We use CPUs, GPUs, etc.", "GPT models profit."],
        ["It was found by Vaswani et al.", "We go on."],
        ["It depends on the expert i.", "Existing work does not."],
        ["It is linear in the length L.", "The rest is not."],
        ["It is at https://a.example/b.", "Models are, too."],
        ["A rate of 50\\%.", "\\ModelName is better."],
        ["We are first.", "30 models are worse."],
        ["the ratio is small .", "the wing is long ."],
        ["これは文です。", "次の文です。"],
        ["1. We read.", "2. We write."],
    ],
)
def test_sentences_are_told_apart(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


def test_a_blank_that_was_lost_still_ends_a_sentence() -> None:
    assert split("It keeps the advantage.For instance, here.") == [
        "It keeps the advantage.",
        "For instance, here.",
    ]


def test_a_blank_line_ends_a_sentence() -> None:
    assert split("no stop here\n \nnor here\nbut one line") == [
        "no stop here",
        "nor here\nbut one line",
    ]


def test_a_long_sentence_is_cut_at_a_semicolon_before_a_comma() -> None:
    text = f"{'word ' * 60}here; and {'so, ' * 100}on."
    first, second = split(text)
    assert first.endswith("here;")
    assert second.startswith("and so,")


def test_a_long_sentence_without_marks_is_cut_between_words() -> None:
    pieces = split("word " * 500)
    assert {word for piece in pieces for word in piece.split()} == {"word"}
    assert max(map(len, pieces)) <= MAX_SENTENCE_CHARS


def test_a_word_without_end_is_cut() -> None:
    assert "".join(split("a" * 10_000)) == "a" * 10_000
    assert max(map(len, split("a" * 10_000))) <= MAX_SENTENCE_CHARS


@pytest.mark.parametrize(
    "piece", [".", '."', "a ", "e.g. ", " ", "\n", " \n", "? ", ")", "Ab. ", "。"]
)
def test_hostile_repetitions_are_covered(piece: str) -> None:
    assert_covered(piece * (50_000 // len(piece)))


@given(
    st.text()
    | st.text(alphabet=st.sampled_from("aAbI1 .!?…()[]\"'\n;,。-"), max_size=1_500)
    | st.lists(
        st.sampled_from(["et al.", "We", "i.e.", "x.", "\n\n", "(", ")", "A.", "2.", " "])
    ).map(" ".join)
)
@example("")
@example(" \n\n ")
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    assert_covered(text)


def assert_covered(text: str) -> None:
    end_before = 0
    for start, end in sentence_spans(text):
        assert end_before <= start < end <= end_before + len(text)
        assert not text[end_before:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert end - start <= MAX_SENTENCE_CHARS
        end_before = end
    assert not text[end_before:].strip()
