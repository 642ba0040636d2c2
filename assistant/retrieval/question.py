"""What a question asks for, as far as its wording tells.

These rules read English. They only shift the order of sentences that were found anyway, so
a question in any other wording loses a little precision and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.errors import UsageError
from assistant.text.clean import normalise, readable
from assistant.text.query import Filter, Query, as_filter, parse_query
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
_COUNT = re.compile(
    r"\bhow\s+many\s+(?:[\w-]+\s+){0,2}(?:abstracts|articles|papers|publications|studies|works)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"""
    \b(?:which|what|list|name|give|show|find|compare|contrast)\s+{_NO_VERB}{{0,5}}?(?:{_KINDS})\b(?!['’])
    | \b(?:which|what|list|name|give|show|find)\s+(?:(?:{_WHAT_KIND_OF})\s+){{0,4}}works\b
    | \bwhat\s+(?:other\s+|related\s+)?(?:work|research|literature)\s+(?:is|exists|has)\b
    | {_COUNT.pattern}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SIDE_BY_SIDE = re.compile(
    r"""
    ^(?:please\s+)?(?:compare|contrast)\b | \bhow\s+(?:do|does|did)\b.*\b(?:compare|differ)\b
    | \bdifferences?\s+between\b | \bversus\b | \bvs\b
    | \beach\s+(?:of\s+(?:them|these|those)|one|paper|model|method|predict|do(?:es)?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

_KIND = rf"{_KINDS}|abstract|article|paper|publication|study|works?|research|literature"
_REQUEST = re.compile(
    rf"""
    ^(?:please\s+)?(?:(?:can|could|would)\s+you\s+)?
    (?:which|what|list|name|show|find|give|tell|how\s+many|(?:are|is)\s+there|any|all|compare)\s+
    (?:(?:me|us|all|any|some|every|each|of|the|there|other|known|related)\s+)*
    (?P<which>{_NO_VERB}{{0,4}}?)(?:{_KIND})\b
    (?:\s+(?:in|of)\s+(?:the|this|my|our)\s+(?:library|collection))?
    (?:\s+(?:that|which|who|there|exists?|is|are|was|were|do|does|did|have|has|been|deals?\s+with))*
    (?:\s+(?:about|on|concerning|regarding))?
    (?:\s+(?:(?:address|consider|develop|discuss|examine|explore|introduce|investigate|present|
        propose|stud(?:y|ie)|use)[ds]?|(?:evaluate|focus|report|test|work)(?:[ds]|ed)?\s+on))?\s+
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FURTHER = re.compile(
    r",?\s+(?:and|or)\s+(?:(?:by|in|on|for|with)\s+)?(?:how|what|which|why|where|when)\b.*$"
    r"|[:;]\s+(?:how|what|which|why)\b.*$",
    re.IGNORECASE,
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
    asks_list: bool
    """Whether every paper of a kind is asked for."""
    asks_count: bool
    """Whether it is asked how many these are."""


def read_question(text: str) -> Question:
    """Analyse a question of at most MAX_QUESTION_CHARS characters (the rest is not read)."""
    plain = readable(text[:MAX_QUESTION_CHARS])
    return Question(
        text=plain,
        terms=tuple(content_words(plain)),
        names=tuple(names(plain)),
        asks_number=_NUMBER.search(plain) is not None,
        asks_name=_NAME.search(plain) is not None,
        asks_several=_LIST.search(plain) is not None or _SIDE_BY_SIDE.search(plain) is not None,
        asks_list=_LIST.search(plain) is not None,
        asks_count=_COUNT.search(plain) is not None,
    )


def read_topic(text: str) -> Question:
    """Analyse what a request for papers is about, or any other text, as a topic."""
    return read_question(topic_of(text))


def topic_of(text: str) -> str:
    """Return what a request for papers is about: "BERT", not "which papers evaluate on BERT".

    What is asked of them besides ("…, and how large are they?") is left out. Any other text is its
    own topic.
    """
    plain = readable(text[:MAX_QUESTION_CHARS]).strip().rstrip("?. ")
    kept = _FURTHER.sub("", plain)
    request = _REQUEST.match(f"{kept} ")
    rest = kept[request.end() :].strip() if request else ""
    return f"{request['which']}{rest}".strip() if request and rest else kept or plain


def taken_apart(text: str, limit: Filter | str | None, noun: str) -> Query:
    """Return what a text searches for, and what limits it: conditions in it, and ``limit``.

    Raises UsageError if it is no ``noun``, such as a question: empty, too long, or only conditions.
    """
    query = parse_query(_checked(text, noun))
    if query.filter and not normalise(query.text):
        raise UsageError(
            f"The {noun} '{query.filter}' says which papers are meant, and nothing else.",
            hint="Write what to look for beside it, or list these papers with 'assistant papers'.",
        )
    return Query(text=query.text, filter=query.filter & as_filter(limit))


def _checked(text: str, noun: str) -> str:
    if not normalise(text):
        raise UsageError(f"The {noun} is empty.", hint=f"Write the {noun} after the command.")
    if len(text) > MAX_QUESTION_CHARS:
        raise UsageError(
            f"The {noun} has {len(text):,} characters; at most {MAX_QUESTION_CHARS:,} are read.",
            hint="Shorten it. To add a text to the library, use 'assistant add'.",
        )
    return text
