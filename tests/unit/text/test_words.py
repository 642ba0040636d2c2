"""Words, names and stems as a search needs them."""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library import Library
from assistant.resources import sample_papers
from assistant.text.words import (
    content_stems,
    content_words,
    folded,
    is_english,
    names,
    stem,
    words,
)

TRICKY = """
    caresses ponies cats feed agreed plastered motoring sing conflated troubled sized hopping
    tanned falling hissing fizzed failing filing happy sky relational conditional rational
    valency digitizer conformably radically differently vilely analogously vietnamization
    predication operator feudalism decisiveness hopefulness callousness formality sensitivity
    sensibility triplicate formative formalize electricity electrical hopeful goodness revival
    allowance inference airliner gyroscopic adjustable defensible irritant replacement
    adjustment dependent adoption homologous communism activate angularity effective
    bowdlerize probate rate cease controlling roll generalizations oscillators technology
    technologies technological biology geology typology apologies possibly possible nobly
    doubly assembly probably incompatibly yes dying dies as is us vs s y by 2010s 28 gpt4 v2
    Schrödinger naïves café résumés Erdős Poincaré Ångström ÑANDÚ Łukasz œuvre Øre русский
    ελληνικά ΣΟΦΟΣ 中文 H₂O x² étude
"""


@pytest.fixture(scope="module")
def fts5() -> sqlite3.Connection:
    """A table with the tokenizer of the mirror, and a view of the terms in it."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'porter unicode61')")
    db.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(words, 'row')")
    return db


def stems_of_fts5(db: sqlite3.Connection, word: str) -> list[str]:
    with db:
        db.execute("DELETE FROM words")
        db.execute("INSERT INTO words VALUES (?)", (word,))
    return [term for (term,) in db.execute("SELECT term FROM terms")]


def test_stems_are_those_of_fts5(fts5: sqlite3.Connection) -> None:
    sample = sample_papers().read_text(encoding="utf-8")
    listed = sorted({*TRICKY.split(), *re.findall(r"[^\W_]+", sample)})
    assert len(listed) > 2000
    different = {
        word: (stem(word), found)
        for word in listed
        if (found := stems_of_fts5(fts5, word)) != [stem(word)]
    }
    assert different == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Technology", "technological"),
        ("possibly", "POSSIBLE"),
        ("trained", "training"),
        ("Schrodinger", "Schrödinger"),
        ("e\u0301tude", "étude"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@given(word=st.text(max_size=80))
def test_any_text_has_a_stem(word: str) -> None:
    assert isinstance(stem(word), str)
    assert len(stem(word)) <= 3 * len(word)


@pytest.mark.parametrize("word", ["without", "found", "rather", "never", "few"])
def test_words_that_change_a_meaning_are_no_stop_words(word: str) -> None:
    assert content_words(f"the {word} of it") == [word]


def test_content_words_keep_order_case_and_repetitions() -> None:
    assert content_words("Is BERT better than BERT without pre-training?") == [
        "BERT",
        "better",
        "BERT",
        "without",
        "pre",
        "training",
    ]


def test_content_stems_are_the_stems_of_the_content_words() -> None:
    assert content_stems("How many layers were trained, and trained again?") == [
        stem(word) for word in ("many", "layers", "trained", "trained")
    ]


def test_a_text_of_stop_words_alone_keeps_them() -> None:
    assert content_words("What is it?") == ["What", "is", "it"]


@pytest.mark.parametrize("text", ["", " ", "?!", "😀", "\u200b"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert words(text) == content_words(text) == content_stems(text) == names(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("How does GPT-4 compare with BitNet?", ["GPT-4", "BitNet"]),
        ("is BPE-dropout used in C++?", ["BPE-dropout", "C++"]),
        ("What is ImageNet-1K?", ["ImageNet-1K"]),
        ("does mBART beat nnU-Net", ["mBART", "nnU-Net"]),
        ("Who is Vaswani?", ["Vaswani"]),
        ("Mask^2DiT and PixArt-Σ", ["Mask^2DiT", "PixArt-Σ"]),
        ("Is TTE (test-time ensembling) new?", ["TTE"]),
        ("a model of 7B parameters", ["7B"]),
    ],
)
def test_names_are_found(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Which method is fastest?",
        "We win. Models lose.",
        "“Training is slow.” Attention helps.",
        "all of it in 2017",
        "I think so",
    ],
)
def test_a_capital_at_the_start_or_a_plain_word_is_no_name(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("Søren Kierkegaard", "soren kierkegaard"),
        ("ŁUKASZ Żółć", "lukasz zolc"),
        ("Æsir  Œuvre", "aesir oeuvre"),
        ("Straße ﬁne", "strasse fine"),
        ("Nguyễn Đức", "nguyen duc"),
        ('M\\"uller', "muller"),
        ("İstanbul", "istanbul"),
        ("C++ 100%", "c++ 100%"),
    ],
)
def test_a_text_is_looked_for_in_small_letters_without_accents(text: str, looked_for: str) -> None:
    assert folded(text) == folded(looked_for) == looked_for


def test_the_abstracts_of_the_sample_are_in_english(sample_library: Library) -> None:
    assert all(is_english(paper.abstract) for paper in sample_library.papers())


@pytest.mark.parametrize(
    "text",
    [
        "Ce travail présente une méthode pour la classification d'images, plus précise de 3 %.",
        "Diese Arbeit stellt ein Verfahren vor, das Bilder um 3 % genauer einordnet als zuvor.",
        "En este trabajo se presenta un método para la clasificación de imágenes a gran escala.",
        "本文提出一种新的方法。",
        "Мы предлагаем новый метод.",
    ],
)
def test_other_languages_are_not(text: str) -> None:
    assert not is_english(text)


def test_a_few_words_are_taken_for_english() -> None:
    assert is_english("Transformers")
    assert is_english("")
