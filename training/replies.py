"""Sentences of papers with the direct sentence that answers: what the starter learns to phrase.

Two sources: replies that people wrote to our own questions, and replies that plain rules make of
sentences of further abstracts. Whatever the source, a reply is taught only if the proof that
guards the answers accepts it, so nothing is learned that would be thrown away when it is said.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.proof import unsupported_because
from assistant.answering.wording import method_name, of_several
from assistant.text.clean import readable
from assistant.text.words import content_words
from training.groups import QUESTIONS, is_kept_out, read_rows, reply_of

_MIN_WORDS, _MAX_WORDS = 6, 34
_MAX_EVIDENCE_WORDS = 55
_MAX_ASKED_WORDS = 6

_OPENING = re.compile(
    r"^(?:[^,]{0,60}, )?(?:we (?:also |further |empirically )?(?:show|find|demonstrate|prove) that "
    r"|.{0,50}\b(?:results|experiments) (?:show|demonstrate|indicate|reveal) that )",
    re.IGNORECASE,
)
_BEFORE_WE = re.compile(
    r"^(?:[Ii]n this (?:paper|work|study|article)|[A-Z][a-z]+ly|Moreover|Furthermore|Instead|"
    r"[Ii]n (?:addition|particular)|Here|Then|However|Next|To (?:this|that) end|Thus|Hence|"
    r"To [^,]{4,70}),? (?=we |our )"
)
_INTRODUCED = re.compile(
    r"^we (?:\w+ly |also |then |first |further )?(?:introduce|present|propose|develop|describe|"
    r"release|design) (?P<thing>[^,]{2,60}), (?:(?P<is>(?:a|an|the) .+)|which (?P<does>.+))$",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"(?:it|its|they|their|this|that|these|those|we|our)\b", re.IGNORECASE)
_OURS = re.compile(
    r"\b(?:[Oo]ur|[Tt]he proposed) (?:proposed )?(?:algorithm|approach|architecture|framework|"
    r"method|model|network|system|technique)\b(?!'s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question, the sentence that answers it, and how the answer says it."""

    question: str
    title: str
    evidence: str
    reply: str


def written_examples(abstracts: Path, *, split: str = "train") -> list[Example]:
    """Return the replies of our own questions that are proved, with the names that they can have.

    A reply that cannot be proved is replaced by what the rules make of the sentence, if anything.
    """
    papers = {row["id"]: row for row in read_rows(abstracts)}
    examples = []
    for row in read_rows(QUESTIONS):
        if row["split"] != split:
            continue
        paper = papers[row["paper"]]
        title = readable(paper["title"])
        for asked in row["questions"]:
            sentence = paper["sentences"][asked["evidence"][0]]
            evidence = readable(sentence)
            wanted = _with_name(readable(reply_of(asked, sentence)), title)
            reply = _first_proved([*wanted, *reworded(evidence, title)], evidence, title)
            if reply:
                examples.append(_example(asked["question"], title, evidence, reply))
    return examples


def derived_examples(abstracts: Path, *, at_most: int, seed: int) -> list[Example]:
    """Return replies that rules make of the other abstracts, none of them of an exam's papers.

    Nobody has asked about these papers; a few words of the reply stand for a question, as many
    users type them.
    """
    chance = random.Random(seed)
    asked_about = {row["paper"] for row in read_rows(QUESTIONS)}
    examples = []
    for row in read_rows(abstracts):
        title = readable(row["title"])
        if row["id"] in asked_about or is_kept_out(title):
            continue
        for sentence in row["sentences"]:
            evidence = readable(sentence)
            reply = _first_proved(reworded(evidence, title), evidence, title)
            if reply and reply.rstrip(".") not in evidence:
                terms = content_words(reply.replace("The authors", ""))
                asked = sorted(chance.sample(range(len(terms)), min(len(terms), _MAX_ASKED_WORDS)))
                question = " ".join(terms[i] for i in asked)
                examples.append(_example(question, title, evidence, reply))
    chance.shuffle(examples)
    return examples[:at_most]


def reworded(evidence: str, title: str) -> Iterator[str]:
    """Yield what rules make of a sentence in which authors speak of themselves, best first."""
    text = " ".join(evidence.split()).rstrip(" .")
    for found in (_OPENING.match(text), _BEFORE_WE.match(text)):
        if found:
            text = text[found.end() :]
    introduced = _INTRODUCED.match(text)
    if introduced:
        thing = introduced["thing"]
        yield _sentence(f"{thing} is {introduced['is']}" if introduced["is"] else
                        f"{thing} {introduced['does']}")  # fmt: skip
    if re.search(r"\b(?:we|our|the proposed|this (?:paper|work|study))\b", text, re.IGNORECASE):
        yield from (_spoken_of(text, title, title_name) for title_name in (True, False))
    yield _sentence(text)


def _spoken_of(text: str, title: str, names: bool) -> str:
    """Return a sentence that says who "we" are."""
    name = method_name(title)
    if names and name:
        text = _OURS.sub(name, text)
    of = f" of {name}" if name else ""
    named = name.casefold() in text.casefold()
    text = re.sub(
        r"^this (?:paper|work|study) (\w+)",
        lambda found: f"we {of_several(found[1])}",
        text,
        flags=re.IGNORECASE,
    )
    authors = "the authors" + ("" if named else of)
    text, spoken = re.subn(r"\bwe\b", authors, text, count=1, flags=re.IGNORECASE)
    text = re.sub(r"\bwe\b", "the authors", text, flags=re.IGNORECASE)
    if spoken and "our" in text[text.find(authors) :]:
        before, after = text[: text.find(authors)], text[text.find(authors) :]
        text = before + re.sub(r"\b[Oo]ur\b", "their", after)
    text = re.sub(r"\b(?:[Oo]ur|[Tt]he proposed)\b", "the authors'", text)
    return _sentence(text)


def _with_name(reply: str, title: str) -> Iterator[str]:
    """Yield a reply with the name that stands in the title, then as it was written."""
    if not reply:
        return
    name = method_name(title)
    if name and name.casefold() not in reply.casefold():
        yield re.sub(r"^The authors' (?:proposed )?(?:\w+)(?= \w+s )", name, reply)
        yield re.sub(r"\b([Tt]he authors)(?!')\b", rf"\1 of {name}", reply, count=1)
    yield reply


def _first_proved(replies: Iterator[str] | Sequence[str], evidence: str, title: str) -> str:
    for reply in replies:
        fits = _MIN_WORDS <= len(reply.split()) <= _MAX_WORDS and not _POINTS_BACK.match(reply)
        if fits and not unsupported_because(reply, evidence=evidence, title=title):
            return reply
    return ""


def _example(question: str, title: str, evidence: str, reply: str) -> Example:
    return Example(
        question=question,
        title=title,
        evidence=" ".join(evidence.split()[:_MAX_EVIDENCE_WORDS]),
        reply=reply,
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
