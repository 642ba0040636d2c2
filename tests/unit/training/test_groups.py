"""What models are trained on: right sentences, and no paper that they are examined on."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from training import groups
from training.groups import (
    KEPT_OUT,
    MAX_SENTENCES,
    QUESTIONS,
    Group,
    Told,
    is_kept_out,
    misplaced,
    own_questions,
    read_groups,
    read_rows,
    reply_of,
    shrink,
    title_digest,
)


def write(path: Path, *rows: object) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    context = "Owls hunt at night. They eat about 3 mice a day. Most live alone."
    asked = {"title": "Owl", "context": context}
    write(
        tmp_path / "squad_v2_part.jsonl",
        {
            **asked,
            "question": "How many mice a day?",
            "answers": [{"text": "3", "answer_start": 36}],
            "unanswerable": False,
        },
        {**asked, "question": "How long do they live?", "answers": [], "unanswerable": True},
    )
    write(
        tmp_path / "scifact_rationales_train.jsonl",
        {"claim": "Mice sleep.", "title": "Sleep", "sentences": ["A.", "B."], "rationale": [1]},
    )
    write(
        tmp_path / "qasper_part.jsonl",
        {
            "title": "Parsing",
            "question": "Which corpus?",
            "answers": [["the Penn Treebank"], True],
            "evidence": ["We parse. We train on the Penn Treebank alone."],
        },
        {"title": "Parsing", "question": "Is it fast?", "answers": ["Yes"], "evidence": ["Yes."]},
    )
    write(
        tmp_path / "bioasq_7b_10b.jsonl",
        {
            "question": "Which gene is mutated?",
            "type": "factoid",
            "exact_answer": [["PRF1"]],
            "snippets": [{"text": "Mutations of PRF1 are known. They are rare."}],
        },
        {
            "question": "Which gene is silent?",
            "type": "summary",
            "snippets": [{"text": "The gene MEF2C is silent."}],
        },
    )
    return tmp_path


def right(group: Group) -> list[str]:
    return [group.sentences[i].text for i in sorted(group.right)]


def test_the_right_sentences_of_every_set_are_found(folder: Path) -> None:
    found = {group.question: right(group) for group in read_groups(folder)}
    assert found == {
        "How many mice a day?": ["They eat about 3 mice a day."],
        "How long do they live?": [],
        "Mice sleep.": ["B."],
        "Which corpus?": ["We train on the Penn Treebank alone."],
        "Which gene is mutated?": ["Mutations of PRF1 are known."],
        "Which gene is silent?": ["The gene MEF2C is silent."],
    }


def test_sentences_of_a_like_question_are_the_wrong_ones(folder: Path) -> None:
    (group,) = [g for g in read_groups(folder) if g.question == "Which gene is silent?"]
    assert "Mutations of PRF1 are known." in {told.text for told in group.sentences}


def test_a_paper_of_an_exam_is_never_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "_kept_out", lambda: frozenset({title_digest("SLEEP!")}))
    assert is_kept_out("Sleep")
    titles = {told.title for group in read_groups(folder) for told in group.sentences}
    assert titles == {"Owl", "Parsing", ""}


def test_none_of_our_questions_is_about_a_paper_of_an_exam() -> None:
    kept_out = set(KEPT_OUT.read_text(encoding="utf-8").split())
    rows = list(read_rows(QUESTIONS))
    assert len(kept_out) > 300
    assert not kept_out & {row["title_sha256"] for row in rows}
    assert sum(len(row["questions"]) for row in rows) > 1_500


def test_our_questions_are_whole() -> None:
    rows = list(read_rows(QUESTIONS))
    assert len({row["paper"] for row in rows}) == len(rows)
    asked = [question for row in rows for question in (*row["questions"], *row["unanswerable"])]
    texts = [question["question"] for question in asked]
    assert len(set(texts)) > 0.99 * len(texts)
    assert all(text.strip() for text in texts)
    for row in rows:
        for question in row["questions"]:
            assert question["evidence"]
            assert all(start < end for start, end in question["answers"])


@pytest.fixture
def abstracts(tmp_path: Path) -> Path:
    """Abstracts of the right ids: two of each subject are near to each other."""
    papers = [
        {
            "id": row["paper"],
            "title": f"Title {number}",
            "sentences": [f"Subject{number // 2} sentence {place}." for place in range(40)],
        }
        for number, row in enumerate(read_rows(QUESTIONS))
    ]
    write(tmp_path / "abstracts.jsonl", *papers)
    return tmp_path / "abstracts.jsonl"


def test_our_questions_become_groups(abstracts: Path) -> None:
    train, measure = own_questions(abstracts), own_questions(abstracts, split="measure")
    rows = list(read_rows(QUESTIONS))
    asked = sum(len(row["questions"]) + len(row["unanswerable"]) for row in rows)
    assert len(train) + len(measure) == asked
    assert 0.2 < sum(not group.right for group in train) / len(train) < 0.5
    assert not {group.question for group in train} & {group.question for group in measure}


def test_beside_the_sentences_of_a_paper_stand_those_of_one_like_it(abstracts: Path) -> None:
    group = own_questions(abstracts)[0]
    own, near = group.sentences[:40], group.sentences[40:]
    assert {told.title for told in own} == {"Title 0"}
    assert "Title 1" in {told.title for told in near}
    assert "Title 0" not in {told.title for told in near}


def test_a_reply_is_put_together_from_the_evidence() -> None:
    sentence = "Here we train an owl to read."
    assert reply_of({"reply": ["The authors ", [8, 20], "."]}, sentence) == (
        "The authors train an owl."
    )
    assert reply_of({"reply": None}, sentence) == ""


def test_a_group_shrinks_without_losing_what_is_right() -> None:
    many = Group(
        source="own",
        question="?",
        sentences=tuple(Told("", f"s{i}") for i in range(40)),
        right=frozenset({3, 39}),
    )
    small = shrink(many, random.Random(1))
    assert len(small.sentences) == MAX_SENTENCES
    assert {small.sentences[i].text for i in small.right} == {"s3", "s39"}


def test_a_question_asked_of_another_paper_has_no_answer() -> None:
    one = Group(source="a", question="Why?", sentences=(Told("A", "x"),), right=frozenset({0}))
    other = Group(source="b", question="Who?", sentences=(Told("B", "y"),), right=frozenset({0}))
    moved = misplaced(one, other)
    assert (moved.question, moved.sentences, moved.right) == ("Why?", other.sentences, frozenset())
