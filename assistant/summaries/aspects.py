"""What a paper says of each aspect that one may ask of any paper, or that it says nothing of it.

A sentence states an aspect if words of its own say so (a gate: without it "not stated" is the
answer), and of those that do the one with most of such words is taken. Where an evidence ranker is
loaded it reads the sentences as answers to a question about the aspect and has a say in the order;
it cannot tell "not stated", so it never opens a gate. Precision and recall on 80 abstracts
labelled by hand (``training/aspects.jsonl``): ``benchmarks/summaries.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.encoders.ranker import EvidenceRanker, passage
from assistant.retrieval.evidence import cut_sentences
from assistant.retrieval.ranked import Sentence
from assistant.summaries import cues
from assistant.summaries.cells import MAX_CELL_WORDS, short_quote
from assistant.summaries.phrases import has_verb
from assistant.summaries.types import Aspect
from assistant.text.clean import readable
from assistant.text.words import content_stems
from assistant.types import Paper

ASPECTS: tuple[Aspect, ...] = ("task", "problem", "method", "data", "result", "cost", "code")

_RANKER_WEIGHT = 0.15
"""Of the ranker's log-odds that a sentence answers the question about an aspect."""

_MAX_BETWEEN_NAMES = 3
"""Words between two names of data that are shown together."""
_MUCH_OF_TITLE = 0.5
"""A sentence that says as much of the title says what the paper is about."""

QUESTIONS: Mapping[Aspect, str] = {
    "task": "What task or question do the authors study?",
    "problem": "What is the problem with existing methods?",
    "method": "What method do the authors propose?",
    "data": "Which datasets and benchmarks were used?",
    "result": "What results were achieved?",
    "cost": "How much computation, memory or time is needed?",
    "code": "Where is the code available?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectStatement:
    """The sentence ``abstract[start:end]`` that states an aspect."""

    paper: Paper
    aspect: Aspect
    start: int
    end: int
    text: str
    """The sentence, readable."""
    cell: str
    """A few words of it, a contiguous run of ``text``."""
    score: float

    @property
    def quote(self) -> str:
        """The whole sentence as its authors wrote it."""
        return self.paper.abstract[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sentence stands: what goes before the authors' own work is about that of others."""

    index: int
    count: int
    first_own: int
    """Index of the first sentence in which the authors speak of their work; 0 if none does."""
    is_own: bool
    """Whether they do in this one."""
    of_title: float = 0.0
    """Share of the title's words that the sentence has."""

    @property
    def is_before_own(self) -> bool:
        return self.index < self.first_own


def state_aspects(
    paper: Paper, *, ranker: EvidenceRanker | None
) -> dict[Aspect, AspectStatement | None]:
    """Return the sentence that states each aspect best; None for "not stated"."""
    sentences = [one for one in cut_sentences([paper]) if one.text]
    own_work = cues.own_work(paper.title)
    own = [i for i, one in enumerate(sentences) if own_work.search(one.text)]
    titled = set(content_stems(readable(paper.title)))
    places = [
        _Place(
            index=i,
            count=len(sentences),
            first_own=own[0] if own else 0,
            is_own=i in own,
            of_title=len(titled.intersection(content_stems(one.text))) / max(len(titled), 1),
        )
        for i, one in enumerate(sentences)
    ]
    return {aspect: _stated(aspect, sentences, places, ranker=ranker) for aspect in ASPECTS}


def _stated(
    aspect: Aspect,
    sentences: Sequence[Sentence],
    places: Sequence[_Place],
    *,
    ranker: EvidenceRanker | None,
) -> AspectStatement | None:
    scores = {
        i: score
        for i, one in enumerate(sentences)
        if (score := cue_score(aspect, one.text, places[i])) > 0
    }
    if not scores:
        return None
    if ranker is not None and len(scores) > 1:
        title = readable(sentences[0].paper.title)
        odds = ranker.scores(QUESTIONS[aspect], [passage(title, sentences[i].text) for i in scores])
        for i, said in zip(list(scores), odds.tolist(), strict=True):
            scores[i] += _RANKER_WEIGHT * said
    best = max(scores, key=lambda i: scores[i])
    sentence = sentences[best]
    return AspectStatement(
        paper=sentence.paper,
        aspect=aspect,
        start=sentence.start,
        end=sentence.end,
        text=sentence.text,
        cell=short_quote(sentence.text, aspect, _key(aspect, sentence.text)),
        score=scores[best],
    )


_KEYS: Mapping[Aspect, tuple[re.Pattern[str], ...]] = {
    "problem": (cues.LACKS,),
    "result": (cues.NUMBER, cues.OUTCOME),
    "code": (cues.CODE,),
}


def _key(aspect: Aspect, text: str) -> tuple[int, int] | None:
    """Return where the words stand that tell of an aspect; None if it is told by no such words."""
    if aspect == "data":
        return _key_of_data(text)
    if aspect == "cost":
        return _key_of_cost(text)
    for pattern in _KEYS.get(aspect, ()):
        for match in pattern.finditer(text):
            # "However" tells that there is a problem, not which.
            if aspect != "problem" or not cues.TURNS.match(match[0]):
                return match.span()
    return None


def _key_of_data(text: str) -> tuple[int, int] | None:
    """Return where most of the names stand that follow each other."""
    groups: list[list[tuple[int, int]]] = []
    for match in cues.DATA.finditer(text):
        start, end = match.span()
        if groups:
            first, last = groups[-1][0][0], groups[-1][-1][1]
            between = text[last:start]
            near = len(between.split()) <= _MAX_BETWEEN_NAMES and not has_verb(between)
            if near and len(text[first:end].split()) <= MAX_CELL_WORDS:
                groups[-1].append((start, end))
                continue
        groups.append([(start, end)])
    best = max(groups, key=len, default=[])
    return (best[0][0], best[-1][1]) if best else None


def _key_of_cost(text: str) -> tuple[int, int] | None:
    """Return the number that tells of a cost, not that of an accuracy beside it."""
    spent = [match.span() for match in cues.COST.finditer(text)]
    for pattern in (cues.HARD_COST, cues.SAVES):
        said = [match.span() for match in pattern.finditer(text)]
        if said and spent:
            near = min(
                (max(one[0], other[0]) - min(one[1], other[1]), one, other)
                for one in said
                for other in spent
            )
            return min(near[1][0], near[2][0]), max(near[1][1], near[2][1])
    return spent[0] if spent else None


def cue_score(aspect: Aspect, text: str, place: _Place) -> float:
    """Return how plainly the words of a sentence state an aspect; 0 if they do not."""
    heading = cues.PART.match(text)
    named = heading is not None and heading.lastgroup == aspect
    return _SCORES[aspect](text, place) + 2.0 * named


def _task(text: str, place: _Place) -> float:
    studies = bool(cues.STUDIES.search(text) or cues.PURPOSE.search(text))
    proposes = bool(cues.PROPOSES.search(text))
    works = cues.WORKS_BY.search(text) or cues.STATES_FINDING.search(text)
    does = bool(works or cues.OPENS_WORK.search(text)) and place.is_own
    opens = place.index == 0 and (not place.is_before_own or text.endswith("?"))
    named = opens or place.of_title >= _MUCH_OF_TITLE
    if not (studies or proposes or does or named) or cues.BACKGROUND.search(text):
        return 0.0
    if cues.OF_OTHERS.search(text) and not (place.is_own or cues.FINDS.search(text)):
        return 0.0
    late = max(0, place.index - place.first_own)
    told = 0.3 * does - 0.5 * place.is_before_own
    told += 1.2 * studies + 1.0 * proposes + 1.0 / (1 + late) + 2.0 * place.of_title
    # "We also look into": that is not what the paper is about.
    return 0.3 + max(0.0, told - 0.7 * bool(cues.BESIDES.search(text)))


def _problem(text: str, place: _Place) -> float:
    found = set(map(str.casefold, cues.LACKS.findall(cues.MENDS.sub("", text))))
    lacks = len(found)
    if not place.is_before_own and all(map(cues.TURNS.match, found)):
        return 0.0
    if not lacks or (cues.PROPOSES.search(text) and not cues.TURNS.search(text)):
        return 0.0
    if place.is_own and (place.index > 0 or cues.STATES_FINDING.search(text)):
        return 0.0
    turns = bool(cues.TURNS.search(text))
    of_others = turns or bool(cues.OF_OTHERS.search(text) or cues.BACKGROUND.search(text))
    if place.index > place.first_own + 3 or (place.index > place.first_own and not of_others):
        return 0.0
    return 0.5 * min(lacks, 3) + 1.0 * place.is_before_own + 0.7 * turns


def _method(text: str, place: _Place) -> float:
    proposes = bool(cues.PROPOSES.search(text) or cues.IS_PROPOSED.search(text))
    works = bool(cues.WORKS_BY.search(text))
    # How something is studied is the method of those who propose nothing.
    studies = bool(cues.STUDIES.search(text)) and place.is_own
    if not (proposes or works or studies) or place.is_before_own or cues.IMPLIES.search(text):
        return 0.0
    first = place.index <= place.first_own + 2
    told = 1.5 * proposes + 0.5 * works + 0.1 * studies + 0.5 * first
    return told - 0.7 * bool(cues.BESIDES.search(text)) * (proposes or works)


def _data(text: str, place: _Place) -> float:
    found = [match[0] for match in cues.DATA.finditer(text)]
    if not found or not cues.USES_DATA.search(text) or _is_background(text, place):
        return 0.0
    known = any(cues.IS_KNOWN_DATA.search(one) for one in found)
    finds = bool(cues.FINDS.search(text))
    return 1.0 + 0.5 * known + 0.3 * min(len(found), 3) + 0.5 * finds


def _result(text: str, place: _Place) -> float:
    if _is_background(text, place) or cues.IMPLIES.search(text):
        return 0.0
    number, outcome = bool(cues.NUMBER.search(text)), bool(cues.OUTCOME.search(text))
    finds, states = bool(cues.FINDS.search(text)), bool(cues.STATES_FINDING.search(text))
    plain = len(cues.OUTCOME.findall(text)) > 1 and place.index > place.first_own
    told = ((finds or plain) and (number or outcome)) or (number and outcome)
    if not (told or states):
        return 0.0
    late = place.index / place.count
    proposes = bool(cues.PROPOSES.search(text)) and not number
    # What a method costs, and that it is proposed, are asked for by other names.
    other = 0.6 * bool(cues.COST.search(text)) + 0.6 * proposes
    besides = 0.7 * bool(cues.ABLATES.search(text)) + 0.4 * bool(cues.BESIDES.search(text))
    return (
        0.9 + 1.5 * number + 0.7 * outcome + 0.7 * (finds or states) + 0.7 * late - other - besides
    )


def _cost(text: str, place: _Place) -> float:
    if _is_background(text, place) or not cues.COST.search(text):
        return 0.0
    saves, measured = bool(cues.SAVES.search(text)), bool(cues.HARD_COST.search(text))
    if not (saves or measured):
        return 0.0
    return 0.5 + 1.5 * measured + 0.7 * saves + 0.3 * bool(cues.FINDS.search(text))


def _code(text: str, place: _Place) -> float:
    return float(bool(cues.CODE.search(text))) * (1 + place.index / place.count)


def _is_background(text: str, place: _Place) -> bool:
    return not place.is_own and (place.is_before_own or cues.BACKGROUND.search(text) is not None)


_SCORES = {
    "task": _task,
    "problem": _problem,
    "method": _method,
    "data": _data,
    "result": _result,
    "cost": _cost,
    "code": _code,
}
