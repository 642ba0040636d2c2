"""What the starter is taught to say: nothing that the proof would refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answering.proof import unsupported_because
from training.replies import derived_examples, reworded

FALCON = "Falcon: Fast Learning of Networks"


@pytest.mark.parametrize(
    ("evidence", "reply"),
    [
        (
            "In this paper, we propose Falcon, a network that learns from 9 labels.",
            "Falcon is a network that learns from 9 labels.",
        ),
        (
            "We introduce Falcon, which learns from 9 labels.",
            "Falcon learns from 9 labels.",
        ),
        ("Experiments show that our method beats Heron.", "Falcon beats Heron."),
        ("We compare birds with our nets.", "The authors of Falcon compare birds with their nets."),
        ("This work studies 9 birds.", "The authors of Falcon study 9 birds."),
        ("Birds sleep 9 hours.", "Birds sleep 9 hours."),
    ],
)
def test_rules_say_who_speaks_and_what_it_is(evidence: str, reply: str) -> None:
    assert next(reworded(evidence, FALCON)) == reply


def test_only_proved_replies_of_papers_that_nobody_asked_about_are_derived(tmp_path: Path) -> None:
    sentences = [
        "We train 9 nets on 12 birds of the lake.",
        "If birds sleep, we train 9 nets on them by night.",
        "Birds sleep 9 hours.",
    ]
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"id": "new", "title": FALCON, "sentences": sentences}) + "\n")
    examples = derived_examples(rows, at_most=9, seed=1)
    assert {example.title for example in examples} == {FALCON}
    for example in examples:
        assert not unsupported_because(example.reply, evidence=example.evidence, title=FALCON)
        assert example.reply.rstrip(".") not in example.evidence
    assert len(derived_examples(rows, at_most=1, seed=1)) == 1
