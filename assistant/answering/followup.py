"""Makes a follow-up question complete, by rule: no model call is needed to search for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.compose import short_name
from assistant.text.clean import readable
from assistant.text.words import content_words
from assistant.types import Turn

_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|their|them|this|that|these|those|he|she|"
    r"(?:the|this|that)\s+(?:paper|method|model|approach|work|study|authors?))\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"^(?:and|but|or|so|what about|how about|also|why|really)\b", re.IGNORECASE)
_FEW_WORDS = 3


def resolve(question: str, history: Sequence[Turn]) -> str:
    """Return the question with what it leaves unsaid: the last papers, and the last question.

    A question that stands on its own is returned as it is.
    """
    if not history:
        return question
    last = history[-1]
    continues = _CONTINUES.search(question.strip()) is not None
    points_back = _POINTS_BACK.search(question) is not None
    if not (continues or points_back or len(content_words(question)) < _FEW_WORDS):
        return question
    subject = ""
    if last.titles:
        subject = short_name(last.titles[0]) or readable(last.titles[0])
    if subject.casefold() in question.casefold():
        subject = ""
    # "and on TPUs?" asks the last question again; "what is its memory use?" asks a new one.
    earlier = last.question if continues or not subject else ""
    context = "; ".join(part for part in (subject, earlier) if part)
    return f"{question} ({context})" if context else question
