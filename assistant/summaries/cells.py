"""A few words of a sentence for the cell of a table.

They are a contiguous run of the sentence, cut where a phrase begins and ends. What would change
them, a negation or a hedge, never stays outside: then the cell is the whole statement.
"""

from __future__ import annotations

import re

from assistant.answering.proof import changes_nothing
from assistant.answering.statement import split_tokens
from assistant.summaries.parts import statement_parts
from assistant.summaries.types import Aspect

MAX_CELL_WORDS = 14
_MIN_CELL_WORDS = 4

_OPENING = re.compile(
    r"(?:however|unfortunately|moreover|furthermore|finally|specifically|additionally|recently|"
    r"in addition|in particular|in this (?:paper|work|article|study|thesis)|here|to this end|"
    r"as a result|in contrast|in fact|nevertheless|thus|therefore|hence|also|empirically|"
    r"experimentally|theoretically|but|yet|and)\s*,?\s+",
    re.IGNORECASE,
)
_SAID_TO_HOLD = re.compile(
    r"\b(?:show|shows|showed|demonstrate|demonstrates|demonstrated|find|prove|observe|confirm|"
    r"confirmed|establish|indicate|indicated|reveal|verify)\b(?: \w+ly)?(?: that)? ",
    re.IGNORECASE,
)
_PROPOSED = re.compile(
    r"\b(?:we|paper|work|study|article|authors?)\b.{0,60}?\b(?:propos|introduc|present|develop|"
    r"devis|design|describ|formulat|provid|deriv|suggest|construct|build|built|creat|adapt|releas|"
    r"offer|made\b|put forward)\w*(?: (?:and|the use of|to use|to)(?: \w+)?)? ",
    re.IGNORECASE,
)
_STUDIED = re.compile(
    r"\b(?:(?:problem|task|challenge)s? of|stud(?:y|ies)|investigates?|explores?|address(?:es)?|"
    r"considers?|tackles?|examines?|focus(?:es)? on|analy[sz]es?|revisits?|aims? to|goal is to|"
    r"diagnoses?|for) (?!(?:this|these|that|such)\b)",
    re.IGNORECASE,
)
_BEGINNINGS: dict[Aspect, tuple[re.Pattern[str], ...]] = {
    "task": (_STUDIED, _PROPOSED),
    "method": (_PROPOSED,),
    "result": (_SAID_TO_HOLD,),
    "cost": (_SAID_TO_HOLD,),
}
_BREAK = re.compile(
    r"[,;:](?=\s)|\(|\s[–—-]|\s(?=(?:which|that|while|whereas|where|when|and|or|but|by|using|with|to|for|from|"
    r"via|through|without|because|since|as|under|based|than|such|on|in|of|across|over|at)\b)"
)
_CLAUSE = re.compile(r"[,;:] (?:and |but |or )?|\b(?:that|while|whereas|but|because|since) ")
_LEANING = frozenset(
    "a an the of to for and or but by in on at with from as is are was were be been that which "
    "this these those its their our we it not no than more less very such both either via into "
    "can may also e.g i.e e.g. i.e. using based over under across between when where while".split()
)
_WITHOUT = re.compile(r"\b(?:no|not|without|never|beyond|instead)\b(?:\W+\w+){0,5}\W*$", re.I)
_ENDS_SENTENCE = " .!?;:,"


def short_quote(text: str, aspect: Aspect, key: tuple[int, int] | None) -> str:
    """Return a run of at most ``MAX_CELL_WORDS`` words of the readable sentence.

    ``key`` is where the words stand that tell of the aspect, if it is told by such words: they are
    in the run. It is longer where a shorter one would leave out what negates or limits it.
    """
    if aspect == "data" and key is not None:
        run = _clipped(text, key[0], key[1])
    elif key is not None:
        run = _around(text, *key) or _clipped(text, _last_break(text, *key), len(text))
    else:
        run = _clipped(text, _begin(text, aspect), len(text))
    # Names alone state nothing, but for those that the authors did without.
    names = aspect == "data" and not _WITHOUT.search(text[: run[0]])
    if not names and not _is_safe(text, *run):
        run = _shortest_statement(text, key)
    return _balanced(text[run[0] : run[1]]).strip(_ENDS_SENTENCE) or text


def _balanced(run: str) -> str:
    """Return the beginning of a run that closes no bracket which it did not open, nor opens one."""
    opened: list[int] = []
    for place, letter in enumerate(run):
        if letter == "(":
            opened.append(place)
        elif letter == ")":
            if not opened:
                return run[:place]
            opened.pop()
    return run[: opened[0]] if opened else run


def _begin(text: str, aspect: Aspect) -> int:
    """Return where what is said of the aspect begins."""
    for wanted in _BEGINNINGS.get(aspect, ()):
        at = wanted.search(text)
        # Behind that little would be left of a sentence.
        if at is not None and len(text[at.end() :].split()) >= _MIN_CELL_WORDS:
            return at.end()
    opening = _OPENING.match(text)
    return opening.end() if opening else 0


def _clipped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the run from ``start`` to the last break that ``MAX_CELL_WORDS`` allow."""
    words = list(re.finditer(r"\S+", text[start:end]))
    if len(words) <= MAX_CELL_WORDS:
        return start, end
    limit = start + words[MAX_CELL_WORDS - 1].end()
    breaks = [match.start() for match in _BREAK.finditer(text, start, limit + 1)]
    good = [at for at in breaks if len(text[start:at].split()) >= 3 and _may_stop(text[start:at])]
    # At a comma a phrase is more surely complete than before "of".
    strong = [at for at in good if text[at] in ",;:("]
    end = (strong or good or [limit])[-1]
    while not _may_stop(text[start:end]) and " " in text[start:end].strip():
        end = start + text[start:end].rstrip().rfind(" ")
    return start, end


def _around(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return a short run, from where a clause begins, that holds ``start`` to ``end``."""
    opening = _OPENING.match(text)
    begins = {0: 0, (opening.end() if opening else 0): 1}
    begins |= {match.end(): 2 for match in _CLAUSE.finditer(text, 0, start)}
    begins |= {match.end(): 3 for match in _SAID_TO_HOLD.finditer(text, 0, start)}
    stops = {
        match.start(): 2 if match[0][0] in ",;:" else 0 for match in _BREAK.finditer(text, end)
    }
    stops[len(text)] = 3
    best: tuple[float, int, int] | None = None
    for begin, good_start in begins.items():
        for stop, good_end in stops.items():
            words = len(text[begin:stop].split())
            if begin > start or not _MIN_CELL_WORDS <= words <= MAX_CELL_WORDS:
                continue
            if not (_may_stop(text[begin:stop]) and _is_safe(text, begin, stop)):
                continue
            found = (good_start + good_end + words / MAX_CELL_WORDS, begin, stop)
            best = found if best is None else max(best, found)
    return best and best[1:]


def _last_break(text: str, start: int, end: int) -> int:
    """Return where to begin, in a long clause, for a run that holds ``start`` to ``end``."""
    breaks = [match.end() for match in _BREAK.finditer(text, 0, start)]
    near = [at for at in breaks if len(text[at:end].split()) < MAX_CELL_WORDS - _MIN_CELL_WORDS]
    return near[0] if near else start


def _may_stop(run: str) -> bool:
    words = run.strip().split()
    return bool(words) and words[-1].casefold().strip("(") not in _LEANING


def _is_safe(text: str, start: int, end: int) -> bool:
    return changes_nothing(split_tokens(text[:start]), split_tokens(text[end:]))


def _shortest_statement(text: str, key: tuple[int, int] | None) -> tuple[int, int]:
    """Return the shortest whole statement that tells of the aspect; at worst the sentence."""
    start, end = key or (0, 0)
    telling = [part for part in statement_parts(text) if part[0] <= start and end <= part[1]]
    return min(telling, key=lambda part: part[1] - part[0], default=(0, len(text)))
