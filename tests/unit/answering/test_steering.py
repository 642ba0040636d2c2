"""Whatever a model writes while it is steered is whole, and all but certain to be proved."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.proof import unsupported_because
from assistant.answering.steering import END, Steering

FALCON = "Falcon: Fast Learning of Networks"
EVIDENCE = [
    "In this paper, we propose Falcon, a network that reaches 5% error (on Lake) with 9 labels.",
    "We show that our method needs 9 labels, and we release our code for all of its 12 parts.",
    "On the WMT 2014 task we obtain 28.4 BLEU, over 2 BLEU above the best earlier results.",
    "Our best model (FLN-9) has 1.5 million parameters — the naïve one has 30 × as many of them.",
    "Unlike Heron, our method may need 9 labels; it fails if there are none, respectively few.",
    "Dropout does not improve the accuracy of the large models.",
]
_MAX_STEPS = 200


def random_walk(steering: Steering, seed: int) -> str:
    """Write as a model that takes any of the texts that may follow, a few letters at a time."""
    chance = random.Random(seed)
    written = ""
    for _ in range(_MAX_STEPS):
        following = sorted(steering(written))
        assert following, f"nothing may follow {written!r}"
        text = chance.choice(following)
        if text == END:
            return written
        written += text[: chance.randint(1, len(text))]
    raise AssertionError(f"no end: {written!r}")


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("seed", range(12))
def test_every_walk_ends_in_a_sentence_that_is_proved(evidence: str, seed: int) -> None:
    written = random_walk(Steering(evidence, title=FALCON), seed)
    assert written.endswith(".")
    assert not unsupported_because(written, evidence=evidence, title=FALCON)


def test_a_sentence_begins_with_who_speaks_or_with_the_thing() -> None:
    steering = Steering(EVIDENCE[0], title=FALCON)
    begins = {text.split()[0] for text in steering("")}
    assert begins == {"The", "Falcon"}
    assert " authors" in steering("The")
    assert " is" in steering("Falcon")


def test_the_first_who_is_spoken_of_has_the_name_of_the_title() -> None:
    for evidence in ("We train 9 nets.", "This paper studies 9 nets.", "Our method needs 9 nets."):
        steering = Steering(evidence, title=FALCON)
        assert all("Falcon" in random_walk(steering, seed) for seed in range(9))


def test_we_and_our_are_never_written() -> None:
    steering = Steering(EVIDENCE[1], title=FALCON)
    written = {random_walk(steering, seed) for seed in range(40)}
    assert len(written) > 3
    assert not any(" we " in f" {text} ".lower() or " our " in text.lower() for text in written)


def test_a_condition_is_never_left_behind() -> None:
    steering = Steering(EVIDENCE[4], title=FALCON)
    for seed in range(20):
        assert "Unlike Heron" in random_walk(steering, seed)


def test_nothing_may_follow_what_the_evidence_does_not_begin_with() -> None:
    assert not Steering(EVIDENCE[5], title="")("Falcon")


@given(evidence=st.text(max_size=120), title=st.text(max_size=40), written=st.text(max_size=40))
def test_any_text_can_be_steered_by(evidence: str, title: str, written: str) -> None:
    steering = Steering(evidence, title=title)
    steering("")
    steering(written)
