"""What a question asks for, as far as its wording tells.

These rules read English. They only shift the order of sentences that were found anyway, so
a question in any other wording loses a little precision and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.text.clean import readable
from assistant.text.words import content_words, names

MAX_QUESTION_CHARS = 10_000

_NUMBER = re.compile(
    r"""
    \bhow\s+(?:many|much|often|long|fast|large|big|small|accurate(?:ly)?|far|high|low|old|
        strong(?:ly)?|heavy|massive|deep|wide)\b
    | \b(?:by|at|in|to|of|for)\s+(?:how|what)\s+(?:much|many|factor|rate|share|fraction|
        percentage|temperature|cost|margin|extent)\b
    | \bwhat\s+(?:[\w-]+\s+){0,3}?(?:accuracy|auc|ap|bleu|cost|count|error|f1|factor|fid|fraction|
        gain|improvement|iou|latency|map|margin|mass|miou|number|odds|percent(?:age)?|perplexity|
        portion|pq|precision|probability|proportion|ratio|rate|recall|reduction|rouge|score|share|
        size|speed-?up|temperature|throughput|value|year|wer|cer|ppl|sequence\s+length)\b
    | \b(?:accuracy|ap|bleu|f1|fid|latency|map|miou|perplexity|pq|score|speed-?up|throughput|size|
        wer|parameters)\s*(?:on\b.*|of\b.*|in\b.*|for\b.*)?\?*$
    | ^when\b | \bwhich\s+year\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NAME = re.compile(
    r"""
    ^(?:in\s+)?(?:which|what)\s+(?:[\w-]+\s+){0,4}?(?:algorithm|approach|architecture|backbone|
        benchmark|corpus|dataset|design|framework|function|generator|language\s+model|layer|
        library|loss|mechanism|method|metric|mission|model|module|network|operator|optimi[sz]er|
        paper|procedure|program|scheme|software|study|system|task|technique|test|theorem|
        tokeni[sz]er|tool|transformer|vit|work)s?\b
    | ^is\s+there\s+(?:an?|any|some|work|something)\b | ^(?:are|were)\s+there\b
    | \bwhat\s+is\s+(?:the\s+)?(?:[\w-]+\s+){0,3}(?:called|named)\b
    | \b(?:name|called|named|dubbed)\b
    | ^who\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_KINDS = (
    r"abstracts|algorithms|approaches|architectures|articles|attempts|backbones|"
    r"efforts|frameworks|ideas|methods|models|networks|papers|proposals|publications|studies|"
    r"surveys|systems|techniques|tokeni[sz]ers|transformers|ways"
)
# The plural has to be what is asked for: in "which layer do the models share" it is not, and
# the verb in between tells; in "which paper models proteins" it is a verb itself.
_NO_VERB = r"""(?:(?!(?:do|does|did|is|are|was|were|can|could|has|have|had|will)\b
    | (?:algorithm|approach|article|framework|method|paper|publication|study|technique|work)\s+
      (?:approaches|attempts|designs|models|studies|surveys)\b)[\w-]+\s+)"""
_WHAT_KIND_OF = "all|earlier|existing|me|of|other|previous|prior|recent|related|similar|the"
_SEVERAL = re.compile(
    rf"""
    \b(?:which|what|list|name|give|show|find)\s+{_NO_VERB}{{0,5}}?(?:{_KINDS})\b(?!['’])
    | \b(?:which|what|list|name|give|show|find)\s+(?:(?:{_WHAT_KIND_OF})\s+){{0,4}}works\b
    | ^(?:please\s+)?(?:compare|contrast)\b | \bhow\s+(?:do|does|did)\b.*\b(?:compare|differ)\b
    | \bdifferences?\s+between\b | \bversus\b | \bvs\b
    | \bwhat\s+(?:other\s+|related\s+)?(?:work|research|literature)\s+(?:is|exists|has)\b
    | \beach\s+(?:of\s+(?:them|these|those)|one|paper|model|method|predict|do(?:es)?)\b
    | \bhow\s+many\s+(?:[\w-]+\s+){{0,2}}(?:papers|studies|works)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, and what it asks for."""

    text: str
    """The question in readable form."""
    terms: tuple[str, ...]
    """The words that carry meaning, in order, with repetitions."""
    names: tuple[str, ...]
    """What looks like a name: of a method, a data set, a person."""
    asks_number: bool
    asks_name: bool
    """Whether the name of something (a model, a data set, …) is a likely answer."""
    asks_several: bool
    """Whether a good answer speaks of several papers."""


def read_question(text: str) -> Question:
    """Analyse a question of at most MAX_QUESTION_CHARS characters (the rest is not read)."""
    plain = readable(text[:MAX_QUESTION_CHARS])
    return Question(
        text=plain,
        terms=tuple(content_words(plain)),
        names=tuple(names(plain)),
        asks_number=_NUMBER.search(plain) is not None,
        asks_name=_NAME.search(plain) is not None,
        asks_several=_SEVERAL.search(plain) is not None,
    )
