"""Questions with the sentences among which their answer is to be found: what a ranker learns from.

The public sets are read by path, in the form described in ``training/README.md``; their text is
not part of this project. Papers of which titles stand in ``kept_out.txt``, as sha256, are those of
an exam: they are never read, whatever set they turn up in.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from assistant.text.sentences import sentence_spans
from assistant.text.words import content_stems

MAX_SENTENCES = 10
"""Of one group. More cost time and teach little: most sentences are told apart easily."""

NEAR_PAPERS = 6
NEAR_SENTENCES = 6

QUESTIONS = Path(__file__).with_name("questions.jsonl")
KEPT_OUT = Path(__file__).with_name("kept_out.txt")

_MIN_SHARED = 0.6
"""Share of an answer's words that a sentence must hold to count as its evidence."""


_YES_NO = ("yes", "no")


class Told(NamedTuple):
    """A sentence, and the title of its paper."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A question, sentences that might answer it, and which of them do."""

    source: str
    question: str
    sentences: tuple[Told, ...]
    right: frozenset[int]
    """Positions of the sentences that answer; none if the question is not answered here."""


def read_groups(folder: Path) -> list[Group]:
    """Return the groups of the public sets in ``folder``; those of an exam are left out."""
    return [
        group
        for name, read in SETS.items()
        for group in read(list(read_rows(folder / name)))
        if not any(is_kept_out(told.title) for told in group.sentences)
    ]


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def title_digest(title: str) -> str:
    """Return the sha256 of a title, the same whatever its typography."""
    return hashlib.sha256(re.sub(r"\W+", "", title).casefold().encode()).hexdigest()


def is_kept_out(title: str) -> bool:
    """Tell whether this is the title of a paper that the ranker is examined on."""
    return title_digest(title) in _kept_out()


@cache
def _kept_out() -> frozenset[str]:
    return frozenset(KEPT_OUT.read_text(encoding="utf-8").split())


def squad(rows: Sequence[Mapping[str, Any]]) -> Iterator[Group]:
    """Yield a group a question of SQuAD 2: the sentences of one paragraph."""
    for row in rows:
        spans = sentence_spans(row["context"])
        starts = {answer["answer_start"] for answer in row["answers"]}
        right = {i for i, (s, e) in enumerate(spans) if any(s <= start < e for start in starts)}
        if right or row["unanswerable"]:
            title = row["title"].replace("_", " ")
            yield Group(
                source="squad",
                question=row["question"].strip(),
                sentences=tuple(Told(title, row["context"][s:e]) for s, e in spans),
                right=frozenset(right),
            )


def scifact(rows: Sequence[Mapping[str, Any]]) -> Iterator[Group]:
    """Yield a group a claim of SciFact: the sentences of the abstract that bears on it."""
    for row in rows:
        yield Group(
            source="scifact",
            question=row["claim"],
            sentences=tuple(Told(row["title"], text) for text in row["sentences"]),
            right=frozenset(row["rationale"]),
        )


def qasper(rows: Sequence[Mapping[str, Any]]) -> Iterator[Group]:
    """Yield a group a question of QASPER: the sentences of its evidence paragraphs."""
    for row in rows:
        sentences = [
            paragraph[s:e] for paragraph in row["evidence"] for s, e in sentence_spans(paragraph)
        ]
        answers = [answer for answer in _flat(row["answers"]) if answer.casefold() not in _YES_NO]
        right = {i for i, text in enumerate(sentences) if any(_holds(text, a) for a in answers)}
        if right:
            yield Group(
                source="qasper",
                question=row["question"],
                sentences=tuple(Told(row["title"], text) for text in sentences),
                right=frozenset(right),
            )


def bioasq(rows: Sequence[Mapping[str, Any]]) -> Iterator[Group]:
    """Yield a group a question of BioASQ: sentences of its snippets and of snippets like them.

    Which sentence of a snippet answers is known where the exact answer is; of other questions
    every sentence of a snippet of one or two counts. Snippets of the most similar other
    question are the wrong ones.
    """
    cut = [_snippet_sentences(row) for row in rows]
    stems = [frozenset(content_stems(row["question"])) for row in rows]
    for row, sentences, own in zip(rows, cut, stems, strict=True):
        exact = _flat(row.get("exact_answer") or []) if row["type"] in ("factoid", "list") else []
        if exact:
            right = [text for text in sentences if any(_contains(text, part) for part in exact)]
        else:
            right = sentences
        wrong = [text for text in sentences if text not in right]
        nearest = sorted(range(len(rows)), key=lambda i: -_similarity(own, stems[i]))
        for i in nearest[1:4]:
            wrong += [text for text in cut[i] if text not in sentences][:3]
        if right:
            chosen = [*right[:3], *wrong[: MAX_SENTENCES - 3]]
            yield Group(
                source="bioasq",
                question=row["question"].strip(),
                sentences=tuple(Told("", text) for text in chosen),
                right=frozenset(range(len(right[:3]))),
            )


SETS: dict[str, Callable[[Sequence[Mapping[str, Any]]], Iterator[Group]]] = {
    "squad_v2_part.jsonl": squad,
    "scifact_rationales_train.jsonl": scifact,
    "qasper_part.jsonl": qasper,
    "bioasq_7b_10b.jsonl": bioasq,
}


def own_questions(abstracts: Path, *, split: str = "train") -> list[Group]:
    """Return the groups of our own questions about the abstracts of SciTLDR.

    A question that one of its abstract's sentences answers gives a group, and so does one
    that looks as if it were answered and is not. Beside the sentences of the paper stand those
    of the papers most like it that share most with the question.
    """
    papers = {row["id"]: row for row in read_rows(abstracts) if not is_kept_out(row["title"])}
    told = {
        key: [Told(row["title"], " ".join(text.split())) for text in row["sentences"]]
        for key, row in papers.items()
    }
    words = {
        key: Counter(content_stems(" ".join(sentence.text for sentence in sentences)))
        for key, sentences in told.items()
    }
    frequencies = Counter(word for counts in words.values() for word in counts)
    groups = []
    for row in read_rows(QUESTIONS):
        if row["split"] != split:
            continue
        own = words[row["paper"]].keys()
        others = (key for key in words if key != row["paper"])
        like = heapq.nlargest(
            NEAR_PAPERS, others, key=lambda key: _rarity(own & words[key].keys(), frequencies)
        )
        near = [sentence for key in like for sentence in told[key]]
        for asked in (*row["questions"], *row["unanswerable"]):
            stems = set(content_stems(asked["question"]))
            nearest = heapq.nlargest(
                NEAR_SENTENCES,
                near,
                key=lambda one: _rarity(stems & set(content_stems(one.text)), frequencies),
            )
            group = Group(
                source="own",
                question=asked["question"],
                sentences=(*told[row["paper"]], *nearest),
                right=frozenset(asked.get("evidence", ())),
            )
            groups.append(group)
    return groups


def reply_of(asked: Mapping[str, Any], sentence: str) -> str:
    """Return the reply to one of our questions, made of parts of ``sentence``; empty if none.

    Replies are kept as the places of their words in the evidence, and what stands between.
    """
    parts = asked["reply"] or ()
    return "".join(part if isinstance(part, str) else sentence[slice(*part)] for part in parts)


def shrink(group: Group, chance: random.Random) -> Group:
    """Return the group with at most MAX_SENTENCES sentences, in a random order.

    In that order a ranker cannot learn that answers come late in an abstract.
    """
    right = sorted(group.right)
    wrong = [i for i in range(len(group.sentences)) if i not in group.right]
    chance.shuffle(right)
    chance.shuffle(wrong)
    chosen = [*right[: MAX_SENTENCES // 2], *wrong][:MAX_SENTENCES]
    chance.shuffle(chosen)
    return replace(
        group,
        sentences=tuple(group.sentences[i] for i in chosen),
        right=frozenset(place for place, i in enumerate(chosen) if i in group.right),
    )


def misplaced(group: Group, other: Group) -> Group:
    """Return a group that asks the question of ``group`` of another paper: it has no answer."""
    return replace(other, question=group.question, right=frozenset(), source=group.source)


def without_titles(group: Group) -> Group:
    """Return the group with its sentences alone."""
    return replace(group, sentences=tuple(Told("", told.text) for told in group.sentences))


def _rarity(words: Iterable[str], frequencies: Mapping[str, int]) -> float:
    """Return how much papers or sentences have in common that share these words."""
    return sum(1 / frequencies[word] for word in words if frequencies[word])


def _snippet_sentences(row: Mapping[str, Any]) -> list[str]:
    texts = [snippet["text"] for snippet in row["snippets"][:6]]
    return list(dict.fromkeys(text[s:e] for text in texts for s, e in sentence_spans(text)))


def _holds(sentence: str, answer: str) -> bool:
    if _contains(sentence, answer):
        return True
    told, wanted = set(content_stems(sentence)), set(content_stems(answer))
    return len(wanted) >= 3 and len(told & wanted) / len(wanted) >= _MIN_SHARED


def _contains(text: str, part: str) -> bool:
    return bool(part.strip()) and part.strip(" .").casefold() in text.casefold()


def _flat(answers: Any) -> list[str]:
    if isinstance(answers, list):
        return [part for answer in answers for part in _flat(answer)]
    return [answers] if isinstance(answers, str) else []


def _similarity(own: frozenset[str], other: frozenset[str]) -> float:
    return len(own & other) / (len(own | other) or 1)
