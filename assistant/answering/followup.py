"""Makes a follow-up question complete, by rule: no model call is needed to search for it.

The rules read English, and the order matters: what points back ("it", "the second paper") is
replaced by the names of the papers before; what goes on ("and on TPUs?") is put into the last
question; a question that could be asked of any paper ("what data was used?") is asked of the
last one. The result is a question that a reader would have written out, and is shown as such.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from assistant.answering.compose import short_name
from assistant.text.clean import readable
from assistant.text.words import STOP_WORDS, names, stem, words
from assistant.types import Turn

_MAX_NAMED = 4
_MIN_LIKENESS = 0.5

_WORK = r"(?:approach|framework|method|model|one|paper|proposal|study|system|technique|work)"
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_ORDINAL = re.compile(rf"\bthe\s+({'|'.join(_ORDINALS)})\s+{_WORK}\b", re.IGNORECASE)
_ALL = re.compile(
    rf"\b(?:both\s+of\s+(?:them|these|those)|both(?:\s+{_WORK}s)?|all\s+of\s+(?:them|these|those)"
    rf"|(?:the|these|those)\s+(?:two\s+|three\s+)?{_WORK}s|they|them|their|theirs)\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    rf"\b(?:(?:the|(?<!do\s)(?<!does\s)(?<!did\s)(?:this|that))\s+(?:same\s+)?{_WORK}|its|it"
    # "this" and "that" open clauses more often than they point at a paper.
    r"|(?:this|that)(?=\s*(?:[?.,!]|$|\b(?:compare|differ|relate|scale|work)s?\b)))\b",
    re.IGNORECASE,
)
_NOTHING_MEANT = re.compile(
    r"\s+(?:(?:is|was|be)\s+)?(?:also\s+|really\s+)?(?:better|common|hard|known|likely|necessary|"
    r"possible|safe|true|useful|worth)\b",
    re.IGNORECASE,
)
_SET_BESIDE = re.compile(r"\b(?:against|and|from|like|over|than|to|versus|vs\.?|with)\s*$", re.I)
_OPENING = re.compile(
    r"^\W*(?:how|what|which|when|where|who|why)\b(?:\s+[\w-]+){0,3}?\s+"
    r"(?:are|can|could|did|do|does|has|have|is|may|should|was|were|will|would)\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^\W*(?:(?:and|but|or|so|also|then|ok(?:ay)?|well)\b[\s,]*)*(?:(?:what|how)\s+about\b\s*)?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:how|what|which|when|where|who|whom|whose|why|is|are|was|were|do|does|did|can|could|has|"
    r"have|had|will|would|should|compare|contrast|list|name|give|show|find|tell|explain|describe|"
    r"summari[sz]e)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"^(?:about|against|at|between|by|during|for|from|in|of|on|over|to|under|using|with|within|"
    r"without)\b",
    re.IGNORECASE,
)
_ANY_PAPER = frozenset(
    map(
        stem,
        """
    abstract accuracy achieve advantage ablation approach author baseline based benchmark benefit
    best better biggest compare comparison complexity compute conclusion contribution cost
    critical data dataset detail difference disadvantage drawback efficient evaluate evaluation
    exactly experiment explain fast faster finding gain get gpu hardware help idea improve
    improvement important inference key kind large latency limitation long main many mean measure
    memory method metric model motivation need novel number outperform parameter performance
    problem propose publish published purpose quick reach reason reduce released report result
    runtime same save scale score show size slow speed state-of-the-art summary task tell tested
    time training train trained type use used want weakness work year
    """.split(),
    )
)
"""Stems of words that could be asked about any paper."""


def resolve(question: str, history: Sequence[Turn], *, pinned: Sequence[str] = ()) -> str:
    """Return the question with what it leaves unsaid put in.

    ``pinned`` are the titles of the papers that it is limited to, if it is. A question that
    stands on its own is returned as it is.
    """
    carried = pinned or next((turn.titles for turn in reversed(history) if turn.titles), ())
    subjects = [_name(title) for title in carried]
    if not subjects and not history:
        return question
    lead_in = _LEAD_IN.match(question)
    rest = question[lead_in.end() :].strip() if lead_in else question.strip()
    pointed = _put_names(rest, subjects)
    if pointed != rest:
        return question[: len(question.strip()) - len(rest)] + pointed
    goes_on = rest != question.strip() or _PREPOSITION.match(rest) is not None
    if goes_on and history and rest.strip(" ?.!") and not _ASKS.match(rest):
        return _go_on(history[-1].question, rest, subjects)
    if history and all(word.casefold() in STOP_WORDS for word in words(rest)):
        return f"{question.strip()} ({history[-1].question})"
    if subjects and not _holds(question, subjects) and (goes_on or _of_any_paper(rest)):
        return f"{question.strip()} ({_joined(subjects)})"
    return question


def _name(title: str) -> str:
    return short_name(title) or f"“{readable(title)}”"


def _put_names(question: str, subjects: Sequence[str]) -> str:
    """Put names where the question points back to papers."""
    if not subjects:
        return question
    focus = next((name for name in subjects if _holds(question, [name])), "")

    def ordinal(match: re.Match[str]) -> str:
        place = _ORDINALS[match[1].lower()]
        return subjects[place] if place < len(subjects) else match[0]

    def every(match: re.Match[str]) -> str:
        if _has_antecedent(match):
            return match[0]
        if match[0].lower() == "they" and len(subjects) == 1:
            return f"the authors of {subjects[0]}"
        return _joined(subjects) + "’s" * (match[0].lower() in ("their", "theirs"))

    def single(match: re.Match[str]) -> str:
        if focus or _has_antecedent(match) or _NOTHING_MEANT.match(match.string, match.end()):
            return match[0]
        return subjects[0] + "’s" * (match[0].lower() == "its")

    replaced = _ORDINAL.sub(ordinal, question)
    if replaced == question:
        replaced = _ALL.sub(every, question)
    return replaced if replaced != question else _ONE.sub(single, question, count=1)


def _has_antecedent(match: re.Match[str]) -> bool:
    """Tell whether a pronoun points at something earlier in its own question."""
    before = match.string[: match.start()]
    if _SET_BESIDE.search(before):
        return False
    if names(before):
        return True
    opening = _OPENING.match(before)
    told = words(before[opening.end() :] if opening else "")
    owns = match[0].lower() in ("its", "their")
    return owns and any(word.casefold() not in STOP_WORDS for word in told)


def _go_on(last: str, fragment: str, subjects: Sequence[str]) -> str:
    """Put a fragment ("on TPUs?", "Linformer?") in its place in the last question."""
    fragment = fragment.strip(" ?.!")
    body = last.strip().rstrip("?.! ")
    if preposition := _PREPOSITION.match(fragment):
        start = re.search(rf"\b{re.escape(preposition[0])}\s+\S.*$", body, re.IGNORECASE)
        return f"{body[: start.start()] if start else f'{body} '}{fragment}?"
    old = _counterpart(fragment, body, subjects)
    if old:
        return f"{body.replace(old, fragment)}?"
    return f"{body}: {fragment}?"


def _counterpart(fragment: str, last: str, subjects: Sequence[str]) -> str:
    """Return the name in the last question in whose place the fragment stands."""
    # "and GPUs?" after "on TPUs" means the hardware, "and Linformer?" the paper.
    found = [name for name in names(last) if name != fragment]
    alike = difflib.get_close_matches(fragment, found, n=1, cutoff=_MIN_LIKENESS)
    if alike:
        return alike[0]
    told = [name for name in subjects if _holds(last, [name])]
    return (told or found or [""])[0]


def _holds(question: str, subjects: Sequence[str]) -> bool:
    return any(name.strip("“”").casefold() in question.casefold() for name in subjects)


def _of_any_paper(question: str) -> bool:
    """Tell whether nothing in a question says what it is about."""
    told = [word for word in words(question) if word.casefold() not in STOP_WORDS]
    return not names(question) and all(stem(word) in _ANY_PAPER for word in told)


def _joined(subjects: Sequence[str]) -> str:
    *most, last = subjects[:_MAX_NAMED]
    return f"{', '.join(most)} and {last}" if most else last
