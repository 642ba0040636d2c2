"""Where a part of a sentence may begin and end so that it reads as a whole.

There is no parser: single words tell where a clause begins ("we show that", "while it"), where a
phrase is complete ("; ", ", which") and where it is not (in a list, behind a verb that wants what
follows it). Each place has a quality, so that of several the most certain is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.summaries.types import Aspect

Place = tuple[int, float]
"""An offset in the sentence, and how surely a part may begin or end there."""

SAID = 2.6
"""The quality of a beginning behind "we show that": a statement follows."""
_MAX_PLACES = 40
"""Looked at in one sentence: one that is a list of hundreds of clauses must not cost seconds."""

HEADING = re.compile(
    r"(?:(?:BACKGROUND|CONTEXT|OBJECTIVES?|AIMS?|PURPOSE|METHODS?|DESIGN|SETTING|RESULTS?|FINDINGS?|"
    r"MAIN RESULTS|CONCLUSIONS?|INTERPRETATION|SIGNIFICANCE)\b:?|[A-Z][a-z]+(?: \w+){0,3}:)\s+"
    r"(?=[A-Z\d])"
)
"""Of a part of a structured abstract: "RESULTS We found", "Main outcome measure: Mortality"."""
_OPENING = re.compile(
    r"(?:(?:however|unfortunately|moreover|furthermore|finally|specifically|additionally|recently|"
    r"surprisingly|notably|importantly|interestingly|remarkably|significantly|consequently|"
    r"in addition|in particular|(?:here,? )?in (?:this|the present) (?:paper|work|article|study|"
    r"thesis|letter|report)|here|to this end|as a result|in contrast|in fact|nevertheless|thus|"
    r"therefore|hence|also|empirically|experimentally|theoretically|overall|similarly|"
    r"for example|for instance|but|yet|and)\s*,?\s+)+",
    re.IGNORECASE,
)
_LABEL = r"(?:\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])\.?\) (?=(?:we|our|it|they|the|this|an?|[A-Z]\w*)\b))?"
"""Of a part of a list that is a clause: "1) it", "(b) the"."""
_SAID_TO_HOLD = re.compile(
    r"\b(?:show(?:s|ed|n|ing)?|demonstrat(?:e|es|ed|ing)|finds?|found|prove[sd]?|observed?|"
    r"confirm(?:s|ed)?|establish(?:es|ed)?|indicat(?:e|es|ed|ing)|reveal(?:s|ed)?|verify|verified|"
    rf"conclude[sd]?|report(?:s|ed)?|illustrates?|means)(?: \w+ly)?(?: here)? that {_LABEL}",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    rf"; (?:(?:and|but|however),? )?{_LABEL}|: (?!https?|\(?\w{{1,4}}\.?\) )|"
    r", (?:and|but|while|whereas|so|yet) (?=(?:it|they|"
    r"we|our|this|these|he|she)\b)|, (?:but|while|whereas|yet) |(?: [–—]| --) |"
    r" and (?=(?:it|they|we)\b)"
)
_INTRODUCING = frozenset(
    "as while although though in on at with for by across through to compared unlike besides "
    "based under using against from despite due among via after before within following "
    "thanks".split()
)
"""With one of these a sentence opens that has its statement behind the first comma."""
_MAX_INTRODUCING_WORDS = 14
_POINTING = frozenset("it they this these those".split())
"""With one of these a clause speaks of what stands before it."""
_NO_SUBJECT = frozenset(
    "of in on at with for by to from as into via than and or but nor which that who whose when "
    "where while is are was were be been has have had can may could would does do did not no "
    "without such including e.g i.e especially particularly respectively thus thereby hence also "
    "even then more less if because since using based due both either compared through over under "
    "while whereas up down out if whether how why what".split()
)
"""With these no clause begins, or not one that is understood alone."""
_FINITE = re.compile(
    r"(?<=\b[Ww]e )[a-z]+|(?<=\bthey )[a-z]+|"
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|will|would|does|do|did|cannot|"
    r"need|needs|take|takes|took|give|gives|gave|make|makes|made|run|runs|ran|beat|beats|win|wins|"
    r"become|becomes|became|come|comes|came|fall|falls|fell|rise|rises|rose|hold|holds|held|"
    r"find|finds|found|show|set|sets|keep|keeps|kept|lead|leads|led|go|goes|went|lie|lies|"
    r"suffer|lack|fail|require|remain|rely|depend|ignore|neglect|limit|outperform|achieve|reduce|"
    r"improve|exceed|surpass|perform|yield|produce|provide|obtain|reach|attain|scale|match|"
    r"induce|cause|increase|decrease|regulate|play|demonstrate|use|differ|benefit|suggest|indicate|"
    r"confirm|reveal|validate|verify|enable|allow|learn|exist|exhibit|replace|extend|combine|tend|"
    r"enhance|struggle|proposes?|describes?|demands|deals|addresses|examines?|analy[sz]es|combines|"
    r"extends|tackles?|considers?|consists?|adopts?|focuses|aims|discuss(?:es)?|brings?|gets?|helps?|"
    r"includes?|"
    r"[a-z]{3,}(?:ates|izes|ises|ifies|eeds|orms|aches|uces|oves|asses|ains|ides|ires|ails|ices|"
    r"ects|icts|ents|ows|ields|ables|ases|ances|ades|ges|ves|tches|hes|uffers|acks|imits|ains|"
    r"nders|res|ives|ults)|[a-z]{2,}ed)\b"
)
"""A verb in a form that a statement has; of others that end as such verbs do, some are nouns."""
_NAMES = re.compile(
    r"(?:\b(?:the|an?|of|in|on|at|for|by|with|from|to|via|using|as|our|their|its)|[a-z](?:ed|ive|ous))"
    r"\s+$|-$"
)
"""Behind these stands no verb that states something, but the name of a thing."""

_ADDING = frozenset(
    "which where while whereas but thus thereby e.g i.e such including without with and by "
    "based for from to as even so respectively especially particularly making using enabling "
    "achieving leading showing resulting allowing providing yielding outperforming reducing "
    "improving demonstrating suggesting indicating implying compared since because although "
    "whose who despite regardless".split()
)
"""Behind a comma these add to what is complete; other words may be the next of a list."""
_STATING = frozenset(
    "it they we our this these is are has have can does was were do may will also then thus "
    "therefore hence provides improves reduces allows enables uses requires learns achieves "
    "outperforms shows demonstrates show demonstrate prove apply evaluate provide use achieve "
    "obtain find study propose introduce present derive test validate compare presents proposes "
    "introduces investigates evaluates analyzes analyses describes discusses develops".split()
)
"""Behind "and" these begin a statement of their own, not the second half of a pair of nouns."""
_LEANING = frozenset(
    "a an the of to for and or but by in on at with from as is are was were be been being that "
    "which this these those its their our we it not no than more less very such both either via "
    "into can may also e.g i.e e.g. i.e. using based over under across between when where while "
    "has have had does do did only even so too most many some any each every all other new novel "
    "contribute contributes lead leads rely relies depend depends turn turns suffer suffers refer "
    "apply applies applied able unable likely due compared similar superior prior according "
    "result results focus focuses serve serves differ differs range ranges belong amount how what "
    "whether if rather way ways ability "
    "attempt attempts about up within during must should could would will he she they "
    "who whose".split()
)
"""With one of these at its end a phrase wants what follows it."""
_PREPOSED = {"by": 1.2, "using": 1.2, "through": 1.0, "via": 1.0, "in": 0.9, "on": 0.9,
             "across": 1.0, "at": 0.8, "for": 0.6, "with": 0.6, "under": 0.6, "without": 0.6,
             "following": 0.9, "during": 0.9, "among": 0.9, "within": 0.7, "against": 0.5,
             "after": 0.7, "from": 0.3, "over": 0.3, "to": 0.3, "as": 0.3}  # fmt: skip
"""Before these a phrase may end if no verb or adjective before them wants them."""
_LIMITING = frozenset("from over to as against for with within under after without".split())
"""Before these a phrase may end, a statement hardly: "superior | to", "is faster | for pairs"."""
_SAYING = frozenset(
    "show shows showed demonstrate demonstrates demonstrated find finds found prove proves observe "
    "establish conclude report reports suggest suggests indicate indicates reveal argue so note "
    "shown ensure ensures is are was were such confirm illustrate hypothesize believe".split()
)
_CONJOINED = {"which": 2.0, "whereas": 2.2, "while": 2.0, "although": 2.0, "because": 1.6,
              "since": 1.6, "where": 1.6, "thereby": 2.0, "so": 0.8}  # fmt: skip
_SIGNS = {";": 3.0, ":": 1.5, "–": 2.5, "—": 2.5, "-": 2.5}
_STOP = re.compile(
    r"[,;:](?=\s)|\s(?=\()|\s(?=[–—]|--)|\s(?=(?:"
    + "|".join([*_PREPOSED, *_CONJOINED, "and", "that"])
    + r")(?![\w.'-]*\w))"  # not within "under-explored"
)
_WORD = re.compile(r"[\w.'-]*\w")
_LISTS = re.compile(r"\b(?:and|or|versus|vs)\b")
_LIST = re.compile(r"[^;:]{0,120}?,? (?:and|or) ")
CHANGES = frozenset(
    "increase increases decrease decreases reduction reductions improvement improvements gain "
    "gains "
    "drop drops decline change changes difference differences".split()
)
"""Behind one of these stands what changes: "a reduction | of noise" says too little."""
_EXCHANGED = re.compile(
    r"\b(?:substitut|replac|exchang|swap|combin|equip|augment|endow)\w*\b(?!.*\b(?:with|by)\b)",
    re.I,
)
"""Of that which is exchanged, for what is still to be said."""
_POINTS = re.compile(r"(?:\S+ ){0,4}(?:this|these|those|such) [\w-]+$", re.I)
"""Few words that end with what was said before: "we answer these questions"."""
_GOES_ON = re.compile(r"\s(?:[–—]|--?)\s(?:and|or)\b")
_RELATED = re.compile(
    r"(?:.*\b(?:in|on|of|for|by|with|from|at|to|under|through|during) which|"
    r".*\b(?:where|whose|whereby)|(?:how|why|whether|if|when|that))\b(.*)",
    re.I | re.S,
)
"""Behind it a clause begins that has a verb of its own."""
_DENIED = re.compile(r"\b(?:no|not|never|without|cannot|only|whether|if)\b", re.I)
_FIRST_OF = re.compile(r"(?<!\w)\(?(?:i|1|a)\.?\) ")
_SECOND_OF = re.compile(r"(?<!\w)\(?(?:ii|2|b)\.?\) ")
_NOT_ONLY = re.compile(r"\bnot only\b(?!.*\bbut\b)", re.S)
_SHORT_FORM = re.compile(r"\([^()\s]{1,18}(?: [^()\s]{1,12})?\)")


def opening_of(text: str) -> int:
    """Return where a sentence begins behind "However, " or "Results: "."""
    heading = HEADING.match(text)
    start = heading.end() if heading else 0
    opened = _OPENING.match(text, start)
    return opened.end() if opened else start


def has_verb(run: str) -> bool:
    """Tell whether a part of a sentence seems to state something: names alone do not."""
    found = _FINITE.finditer(run)
    return any(not _NAMES.search(run, max(0, verb.start() - 12), verb.start()) for verb in found)


def begins(text: str, *, within: bool = True) -> Iterator[Place]:
    """Yield where a clause begins in a sentence that is understood without what goes before.

    Unless ``within``, only the first, and what is said to hold.
    """
    start = opening_of(text)
    yield start, 2.0 - (_first_word(text, start) in {"which", "that", "while"})
    for at in [match.end() for match in _SAID_TO_HOLD.finditer(text)][:_MAX_PLACES]:
        yield at, SAID - 2 * (_first_word(text, at) in _NO_SUBJECT)
    if not within:
        return
    for at in [match.end() for match in _CLAUSE.finditer(text)][:_MAX_PLACES]:
        word = _first_word(text, at)
        if word not in _NO_SUBJECT and not word.endswith("ing"):
            yield at, 0.6 if text[at - 2] == ":" or word in _POINTING else 1.6
    introduced = _introduced(text, start)
    if introduced is not None:
        yield introduced, 2.3


def _introduced(text: str, start: int) -> int | None:
    """Return where the statement begins of "On both data sets, the filter is faster"."""
    comma = text.find(", ", start)
    if comma < 0 or len(text[start:comma].split()) > _MAX_INTRODUCING_WORDS:
        return None
    word = _first_word(text, comma + 2)
    first = _first_word(text, start)
    if first.endswith("ing") and word in {"we", "our", "this"}:
        return comma + 2
    if first not in _INTRODUCING or word in _NO_SUBJECT | _INTRODUCING:
        return None
    if word.endswith(("ing", "ed", "ly")) or word[:1].isdigit():
        return None
    # "In vision, speech, and text we find": the comma is one of a list.
    following = text[comma + 2 :]
    return None if re.match(r"[^,]{0,60}, (?:and|or) ", following) else comma + 2


def stops(text: str, start: int, aspect: Aspect) -> Iterator[Place]:
    """Yield where what begins at ``start`` may end."""
    yield len(text.rstrip(" .!?;:,")), 3.0
    for match in list(_STOP.finditer(text, start))[:_MAX_PLACES]:
        quality = _quality(text, start, match.start(), aspect)
        if quality > 0:
            yield match.start(), quality


def _quality(text: str, start: int, at: int, aspect: Aspect) -> float:
    run = text[start:at]
    before = _last_word(run)
    sign = text[at].strip() or text[at + 1]
    if not before or before in _LEANING or _is_unfinished(run) or _POINTS.match(run):
        return 0.0
    if sign == ",":
        return _quality_of_comma(text, start, at)
    if sign == "(":
        return _quality_of_bracket(text, at + 1)
    if sign in _SIGNS:
        # "content -- and context -- dependent parts" goes on behind what stands between dashes.
        goes_on = sign in "–—-" and _GOES_ON.search(text, start, at + 8)
        return 0.0 if goes_on else _SIGNS[sign]
    return _quality_of_word(text, start, at, aspect)


def _quality_of_word(text: str, start: int, at: int, aspect: Aspect) -> float:
    run = text[start:at]
    before, word = _last_word(run), _first_word(text, at + 1)
    after = _first_word(text, at + 2 + len(word))
    naming = aspect in ("method", "task")
    wanting = before.endswith(("ed", "ly", "ing", "ive", "able", "ible", "ful", "ent", "ant"))
    if word in _CONJOINED:
        return _CONJOINED[word] * (not before.endswith("ly"))
    if word == "and":
        return 1.5 * ((after in _STATING or after == "that") and not _is_listed(run))
    if word == "that":
        return 1.0 * (naming and before not in _SAYING and not wanting)
    wanted = (word == "to" and after == "be") or (not naming and word in _LIMITING)
    wanted |= before in CHANGES or (word in {"with", "by"} and _EXCHANGED.search(run) is not None)
    # "does not need labels | for each image" says less than it denies.
    if wanting or wanted or run[-1].isdigit() or _DENIED.search(run):
        return 0.0
    return _PREPOSED[word]


def _quality_of_comma(text: str, start: int, at: int) -> float:
    run, word = text[start:at], _first_word(text, at + 1)
    after = _first_word(text, at + 3 + len(word))
    if word in {"and", "or"}:
        # "A, B, | and C" is a list; "A is fast, | and it is small" is not.
        two = has_verb(run) and has_verb(text[at:])
        quality = 2.4 if after in _STATING else 1.6 * two
        return 2.6 if after == "that" else quality * ("," not in run)
    if word == "respectively":
        return 0.0
    if word in _ADDING or word.endswith("ing"):
        return 2.4
    if word in {"a", "an"}:
        return 1.2
    listed = _LIST.match(text, at + 1)
    return 0.4 * (listed is None or has_verb(listed[0]))


def _quality_of_bracket(text: str, at: int) -> float:
    """Before a remark a phrase may end; "attention (SBA) layers" goes on behind its short form."""
    if _SHORT_FORM.match(text, at):
        return 0.0
    closed = text.find(")", at) + 1
    after = _first_word(text, closed + 1)
    ends = text[closed : closed + 1] in ",;:." or after in _ADDING or after in _PREPOSED
    return 1.8 if closed and ends else 0.0


def breaks_off(run: str) -> bool:
    """Tell whether a part ends before what it promised.

    "with two parts: (i) a filter", "it is not only fast", "a filter in which the ears".
    """
    if (_FIRST_OF.search(run) and not _SECOND_OF.search(run)) or _NOT_ONLY.search(run):
        return True
    related = _RELATED.match(run)
    return related is not None and not has_verb(related[1])


def splits_pairs(before: str, run: str) -> bool:
    """Tell whether a part answers to a list that would stay outside, in front of it.

    "For A and B, | it gets 1 and 2, respectively".
    """
    return "respectively" in run and _LISTS.search(before) is not None


def _is_unfinished(run: str) -> bool:
    """Tell whether a part breaks off, or its second clause: "it is fast, and for phones"."""
    if breaks_off(run):
        return True
    said, joined, rest = run.rpartition(", and ")
    if not joined:
        said, joined, rest = run.rpartition(", but ")
    return bool(joined) and has_verb(said) and not has_verb(rest)


def _is_listed(run: str) -> bool:
    """Tell whether a part has opened a pair or list that "and" would close."""
    return re.search(r"\b(?:both|between|either)\b", run) is not None


def _first_word(text: str, at: int) -> str:
    found = _WORD.search(text, at)
    return found[0].casefold() if found and found.start() - at <= 2 else ""


def _last_word(run: str) -> str:
    words = run.split()
    return words[-1].casefold().strip("()[]“”\"',") if words else ""
