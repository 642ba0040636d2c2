"""Other words for the same statement: who "we" are, what "our method" is called.

A sentence taken out of its abstract speaks for authors whom nobody sees: "In this paper, we
show that our method …". Each change here keeps what it says, for whoever reads it:

- "we" and, as a subject, "this paper" are the authors; "our" is theirs;
- "our method" is the authors' method, or has the name that the title or the sentence gives it;
- "we reach 5%" is what the named method reaches, but "we compare", "we train" is done by people;
- a long name may give way to the abbreviation that stands behind it and has its initials.

Everything is about words, not meaning: where the form is not plain there is no other wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering.compose import short_name
from assistant.answering.introducing import CALLED, LIGHT, MAX_INTRODUCED
from assistant.answering.statement import (
    WordToken,
    is_plain,
    speaks_as_paper,
    split_tokens,
    word_at,
)
from assistant.text.words import STOP_WORDS, stem

_NAME_PART = re.compile(r"[a-z][A-Z]|[A-Z]{2}|\d[A-Za-z]|[A-Za-z]-?\d|[A-Z]-?[a-z]*[A-Z]")

_WORKS = frozenset(
    "algorithm approach architecture framework method model network procedure system "
    "technique".split()
)
_COLLECTIONS = frozenset("benchmark collection corpus database dataset testbed".split())
AUTHORS = stem("authors")
_THE = tuple(split_tokens("the"))
_THE_AUTHORS = tuple(split_tokens("the authors"))
_NEW = frozenset("new novel proposed".split())
_NO_NAME = STOP_WORDS | frozenset(
    "beyond case let meet meets review revisited rethinking study survey toward towards via".split()
)
_MAX_NAME_WORDS = 3

_REACHES = frozenset(
    map(stem, "achieve attain beat exceed obtain outperform reach surpass".split())
)
"""What authors say of themselves and mean of their method."""
_MEANS = frozenset("by using via with through".split())

_OPENING = re.compile(
    r"(?:in this (?:paper|work|study|article) ?,?|"
    r"(?:finally|furthermore|moreover|overall|additionally|specifically|notably|here|also|further|"
    r"in particular|in addition|as a result) ,|"
    r"(?:in|on|for|across) (?:(?!we |our |by |using |via |with |through |, ).){1,80}, )?\s*"
)


@dataclass(frozen=True, slots=True)
class Rewording:
    """Tokens of a sentence from ``start`` to ``end``, for which ``told`` may be said."""

    start: int
    end: int
    told: tuple[WordToken, ...]
    """At least one."""
    is_thing: bool = False
    """Told is a thing or its name, which is a subject only where a statement begins."""
    needs_authors: bool = False
    """"Their" is said for "our" only after the authors were named."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The forms of the tokens for comparison."""
        return _keys(self.told)


def rewordings(source: Sequence[WordToken], title: str) -> list[Rewording]:
    """Return what else may be said at each place of a sentence of the paper with this title."""
    name = tuple(split_tokens(method_name(title)))
    found: list[Rewording] = []
    for place, token in enumerate(source):
        if token.word == "we":
            found += _authors(place, place + 1, title)
            if name and _reaches_something(source, place, name):
                found.append(Rewording(place, place + 1, name, is_thing=True))
        elif token.word == "this" and speaks_as_paper(source, place):
            verb = source[place + 2]
            told = split_tokens(of_several(verb.text))
            found += _authors(place, place + 3, title, then=told)
        elif token.word == "our":
            found += _ours(source, place, end=place + 1)
        elif token.text == "(":
            found += _abbreviated(source, place)
        elif token.word == "the" and word_at(source, place + 1) == "proposed":
            found.append(Rewording(place, place + 2, _THE))
            found += _ours(source, place, end=place + 2)
    if name:
        found += _named(source, name, of_data=_is_of_data(title))
    found += _named_beside(source)
    return found


def by_start(found: Sequence[Rewording]) -> dict[int, list[Rewording]]:
    """Return rewordings by the place at which they start."""
    places: dict[int, list[Rewording]] = {}
    for rewording in found:
        places.setdefault(rewording.start, []).append(rewording)
    return places


def method_name(title: str) -> str:
    """Return the name that a title gives to the authors' own work, or nothing.

    "Falcon: Fast Learning" and "Fast Learning (FaLe)" name it, "Learning to Share: …" does not.
    """
    name = short_name(title)
    parts = name.split()
    if not 1 <= len(parts) <= _MAX_NAME_WORDS or not name[0].isalnum():
        return ""
    if any(part.casefold() in _NO_NAME for part in parts):
        return ""
    if len(parts) == 1:
        return name if not name.endswith("ing") and re.search(r"[A-Z\d]", name) else ""
    return name if any(_NAME_PART.search(part) for part in parts) else ""


def of_several(verb: str) -> str:
    """Return the form of a verb for several, "study", from that for one, "studies"."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if re.search(r"(?:ss|sh|ch|x|cus)es$", verb):
        return verb[:-2]
    return verb[:-1] if re.search(r"[^s]s$", verb) else verb


def _authors(
    start: int, end: int, title: str, *, then: Sequence[WordToken] = ()
) -> Iterator[Rewording]:
    yield Rewording(start, end, (*_THE_AUTHORS, *then))
    if name := split_tokens(short_name(title)):
        yield Rewording(start, end, (*_THE_AUTHORS, *split_tokens("of"), *name, *then))


def _ours(source: Sequence[WordToken], place: int, *, end: int) -> Iterator[Rewording]:
    """Yield what may be said for "our", "our proposed" and "the proposed"."""
    ends = {end, end + 1} if word_at(source, end) in _NEW else {end}
    for stop in ends:
        for owners in ("the authors'", "the authors’"):
            yield Rewording(place, stop, tuple(split_tokens(owners)), is_thing=True)
        yield Rewording(place, stop, tuple(split_tokens("their")), needs_authors=True)
        if stop < len(source) and _NAME_PART.search(source[stop].text):
            yield Rewording(place, stop, _THE, is_thing=True)


def _named(
    source: Sequence[WordToken], name: tuple[WordToken, ...], *, of_data: bool
) -> Iterator[Rewording]:
    """Yield the title's name for "our method", "the proposed method" and "our Falcon method"."""
    nouns = _COLLECTIONS if of_data else _WORKS
    for place, token in enumerate(source):
        end = place + 1
        if token.word == "our" or (token.word == "the" and word_at(source, end) == "proposed"):
            end += word_at(source, end) == "proposed"
            called = _keys(source[end : end + len(name)]) == _keys(name)
            if called:
                end += len(name)
            if word_at(source, end) in nouns:
                yield Rewording(place, end + 1, name, is_thing=True)
            elif called:
                yield Rewording(place, end, name, is_thing=True)


def _named_beside(source: Sequence[WordToken]) -> Iterator[Rewording]:
    """Yield N for "our best model (N)", "our method, N," and "our method, which we call N,"."""
    for place, token in enumerate(source):
        if token.word != "our":
            continue
        noun = place + 1
        while noun < min(place + 4, len(source)) and source[noun].word not in _WORKS:
            noun += 1
        closing = {"(": ")", ",": ","}.get(word_at(source, noun + 1))
        if word_at(source, noun) not in _WORKS or closing is None:
            continue
        start = noun + 2
        if [word_at(source, start + i) for i in range(3)] == ["which", "we", "call"]:
            start += 3
        start += word_at(source, start) in CALLED
        end = start
        while end < len(source) and source[end].word != closing:
            end += 1
        name = source[start:end]
        if end < len(source) and 0 < len(name) <= MAX_INTRODUCED and _is_name(name):
            for told in _with_and_without_bracket(name):
                yield Rewording(place, end + 1, told, is_thing=True)


def _is_name(words: Sequence[WordToken]) -> bool:
    """Tell whether words name one thing: a plain phrase with something like GPT-4 or LoRA."""
    return is_plain(words) and any(_NAME_PART.search(token.text) for token in words)


def _with_and_without_bracket(name: Sequence[WordToken]) -> Iterator[tuple[WordToken, ...]]:
    yield tuple(name)
    texts = [token.text for token in name]
    if "(" in texts[1:]:
        yield tuple(name[: texts.index("(")])


def _abbreviated(source: Sequence[WordToken], bracket: int) -> Iterator[Rewording]:
    """Yield the abbreviation in a bracket for the words before it that have its initials."""
    if word_at(source, bracket + 2) != ")":
        return
    short = source[bracket + 1]
    wanted = re.sub(r"\W|s$", "", short.text).casefold()
    if len(wanted) < 2 or not _NAME_PART.search(short.text):
        return
    initials = ""
    for start in range(bracket - 1, max(-1, bracket - 8), -1):
        parts = [part for part in re.split(r"[-/]", source[start].word) if part]
        if not parts or not source[start].word[0].isalnum():
            return
        initials = "".join(part[0] for part in parts) + initials
        if initials == wanted:
            yield Rewording(start, bracket + 3, (replace(short, spaced=True),), is_thing=True)
            return


def _reaches_something(
    source: Sequence[WordToken], place: int, name: tuple[WordToken, ...]
) -> bool:
    """Tell whether "we reach …" here says what the named method reaches, by no other means."""
    verb = place + 1
    while word_at(source, verb) in LIGHT:
        verb += 1
    before = " ".join(token.word for token in source[:place])
    if stem(word_at(source, verb)) not in _REACHES or not _is_opening(before):
        return False
    after = source[verb + 1 :]
    if any(token.key == name[0].key for token in after):
        return False
    return not any(
        token.word in _MEANS and not (i + 1 < len(after) and after[i + 1].is_number)
        for i, token in enumerate(after)
    )


def _is_opening(before: str) -> bool:
    shown = re.sub(r"^.{0,80}\b(?:show|shows|demonstrate|demonstrates|find) that$", "", before)
    return _OPENING.fullmatch(f"{shown} " if shown else "") is not None


def _is_of_data(title: str) -> bool:
    return any(word.casefold().rstrip("s") in _COLLECTIONS for word in re.findall(r"\w+", title))


def _keys(tokens: Sequence[WordToken]) -> tuple[str, ...]:
    return tuple(token.key for token in tokens)
