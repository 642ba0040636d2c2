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
_ALONE = r"(?![-\w]|\s+(?:by|called|for|from|in|named|of|on|that|to|which|who|with)\b)"
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_ORDINAL = re.compile(rf"\bthe\s+({'|'.join(_ORDINALS)})\s+{_WORK}{_ALONE}", re.IGNORECASE)
_ALL = re.compile(
    rf"\b(?:(?:all|both)\s+of\s+(?:them|these|those)|(?:both|these|those|the\s+(?:two|three))\s+"
    rf"{_WORK}e?s{_ALONE}|they|them|theirs?)\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    rf"\b(?:(?:the|(?<!do\s)(?<!does\s)(?<!did\s)(?:this|that))\s+(?:same\s+)?{_WORK}{_ALONE}"
    r"|its|it"
    # "this" and "that" open clauses more often than they point at a paper.
    r"|(?:this|that)(?=\s*(?:[?.,!]|$|\b(?:compare|differ|relate|scale|work)s?\b)))\b",
    re.IGNORECASE,
)
_NOTHING_MEANT = re.compile(
    r"\s+(?:(?:is|was|be)\s+)?(?:also\s+|really\s+)?(?:better|common|hard|known|likely|necessary|"
    r"not|possible|safe|true|useful|worth)\b|\s+(?:costs?|helps?|matters?|takes?|took)\b.*\bto\b",
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
    r"^(?:(?:at|by|for|from|in|of|on|to|under|with)\s+)?(?:how|what|which|when|where|who|whom|whose|why|is|are|was|were|do|does|did|can|could|has|"
    r"have|had|will|would|should|compare|contrast|list|name|give|show|find|tell|explain|describe|"
    r"summari[sz]e)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"^(?:about|against|at|between|by|during|for|from|in|of|on|over|to|under|using|with|within|"
    r"without)\b(?!\s+(?:how|what|which|whom|whose)\b)",
    re.IGNORECASE,
)
_MAX_FRAGMENT_WORDS = 6
_MAX_TOLD = 3
"""Words about something in particular. A question with more of them says what it is about: of
285 exam questions, all complete, one in ten was rewritten without this, and now none is."""
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
    paper problem propose publish published purpose quick reach reason reduce released report result
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
    is_short = len(words(rest)) <= _MAX_FRAGMENT_WORDS
    goes_on = rest != question.strip() or (is_short and _PREPOSITION.match(rest) is not None)
    if goes_on and history and rest.strip(" ?.!") and is_short and not _ASKS.match(rest):
        return _go_on(history[-1].question, rest, subjects)
    if history and all(word.casefold() in STOP_WORDS for word in words(rest)):
        return f"{question.strip()} ({history[-1].question})"
    told = _told(rest)
    about_last = not told or (goes_on and len(told) <= _MAX_TOLD)
    # A pinned paper is the only one searched: its name would only make it look like an answer.
    if subjects and about_last and not (pinned or names(rest) or _holds(question, subjects)):
        return f"{question.strip()} ({_joined(subjects)})"
    return question


def _name(title: str) -> str:
    return short_name(title) or f"“{readable(title)}”"


def _put_names(question: str, subjects: Sequence[str]) -> str:
    """Put names where the question points back to papers."""
    if not subjects:
        return question
    pointing = [_ORDINAL] if len(_told(question)) > _MAX_TOLD else [_ORDINAL, _ALL, _ONE]
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

    for pattern, put in zip(pointing, (ordinal, every, single), strict=False):
        replaced = pattern.sub(put, question, count=pattern is _ONE)
        if replaced != question:
            return replaced
    return question


def _has_antecedent(match: re.Match[str]) -> bool:
    """Tell whether a pronoun points at something earlier in its own question."""
    before = match.string[: match.start()]
    owns = match[0].lower() in ("its", "their", "theirs")
    if not owns and _SET_BESIDE.search(before):
        return False
    opening = _OPENING.match(before)
    told = _told(before[opening.end() :] if opening else before)
    # "Which papers cite it?" has a verb in front of it, and nothing that it could mean.
    return bool(names(before)) or len(told) > (0 if owns else 1)


def _go_on(last: str, fragment: str, subjects: Sequence[str]) -> str:
    """Put a fragment ("on TPUs?", "Linformer?") in its place in the last question."""
    fragment = fragment.strip(" ?.!")
    body = last.strip().rstrip("?.! ")
    if preposition := _PREPOSITION.match(fragment):
        start = re.search(rf"\b{re.escape(preposition[0])}\s+\S.*$", body, re.IGNORECASE)
        return f"{body[: start.start()] if start else f'{body} '}{fragment}?"
    if subjects and fragment.islower():
        return f"What about {fragment}? ({subjects[0]})"
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


def _told(question: str) -> list[str]:
    """Return the words of a question that could not be asked of any paper."""
    return [
        word
        for word in words(question)
        if word.casefold() not in STOP_WORDS and stem(word) not in _ANY_PAPER
    ]


def _joined(subjects: Sequence[str]) -> str:
    *most, last = subjects[:_MAX_NAMED]
    return f"{', '.join(most)} and {last}" if most else last
