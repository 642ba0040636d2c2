"""The ranker: which sentence answers, read together with the question."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.catalogue.locating import locate
from assistant.config import Settings
from assistant.encoders.ranker import EvidenceRanker, passage
from assistant.errors import ModelError, ModelMissing

NAME = Settings().retrieval.ranker
TITLE = "Warbler: Sparse Attention for Long Recordings"
SENTENCES = [
    "Transcribing long recordings is costly because attention grows with the square of time.",
    "We introduce Warbler, which attends to 5 % of the frames.",
    "On lectures of two hours it needs 3.4 GB of memory, a ninth of what dense attention needs.",
    "Its word error rate of 6.1 % is that of the dense model.",
    "Code and models are released.",
]


@pytest.fixture(scope="module")
def ranker() -> EvidenceRanker:
    return EvidenceRanker(NAME)


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("How much memory does Warbler need for a two-hour lecture?", 2),
        ("What word error rate does Warbler reach?", 3),
        ("Which share of the frames is attended to?", 1),
        ("Are the models published?", 4),
    ],
)
def test_the_sentence_that_answers_has_the_best_score(
    ranker: EvidenceRanker, question: str, best: int
) -> None:
    scores = ranker.scores(question, [passage(TITLE, sentence) for sentence in SENTENCES])
    assert scores.shape == (len(SENTENCES),)
    assert int(scores.argmax()) == best


def test_nothing_answers_a_question_about_something_else(ranker: EvidenceRanker) -> None:
    passages = [passage(TITLE, sentence) for sentence in SENTENCES]
    asked = ranker.scores("What word error rate does Warbler reach?", passages).max()
    other = ranker.scores("Which drug lowers blood pressure in mice?", passages).max()
    assert other < 0 < asked


def test_a_score_hardly_depends_on_what_is_read_beside_it(ranker: EvidenceRanker) -> None:
    passages = [passage(TITLE, sentence) for sentence in SENTENCES]
    together = ranker.scores("What is released?", passages)
    alone = np.concatenate([ranker.scores("What is released?", [text]) for text in passages])
    # The int8 weights round with the longest text of a batch.
    assert np.abs(together - alone).max() < 0.6
    assert together.argmax() == alone.argmax()


def test_any_text_has_a_score(ranker: EvidenceRanker) -> None:
    texts = ["", "\N{GRINNING FACE}" * 40, "a" * 50_000, "word " * 20_000]
    for question in ("", "?", "word " * 2_000):
        assert np.isfinite(ranker.scores(question, texts)).all()
    assert ranker.scores("What is it?", []).shape == (0,)


def test_a_folder_can_stand_in_for_the_ranker(tmp_path: Path, ranker: EvidenceRanker) -> None:
    weights, tokenizer = locate(NAME, "rank")
    (tmp_path / "model.onnx").symlink_to(weights)
    with pytest.raises(ModelMissing, match=r"holds no tokenizer\.json"):
        EvidenceRanker(str(tmp_path))
    (tmp_path / "tokenizer.json").symlink_to(tokenizer)
    other = EvidenceRanker(str(tmp_path))
    assert other.scores("What?", ["That."]) == ranker.scores("What?", ["That."])


def test_a_damaged_ranker_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"\x08\x07garbage" * 100)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        EvidenceRanker(str(tmp_path))


def test_a_ranker_that_is_not_in_the_catalogue_is_missing() -> None:
    with pytest.raises(ModelMissing, match=f"Did you mean '{NAME}'"):
        EvidenceRanker("evidence-minilmm")


def test_two_models_in_one_process_leave_ctrl_c_as_it_was() -> None:
    program = """
import os, signal
from assistant.config import Settings
from assistant.encoders.reading import ReadingEncoder
from assistant.encoders.ranker import EvidenceRanker
signal.signal(signal.SIGINT, lambda *_: print("asked to stop"))
embedder = ReadingEncoder()
ranker = EvidenceRanker(Settings().retrieval.ranker)
embedder.embed(["word " * count for count in (3, 30, 60)])
ranker.scores("What?", ["word " * count for count in (3, 30, 60)])
os.kill(os.getpid(), signal.SIGINT)
"""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "asked to stop\n"), done.stderr
