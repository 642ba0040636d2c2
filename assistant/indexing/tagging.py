"""Gives papers the labels of a reader, and takes them away again.

Tags are the only thing about a paper that comes from no file. They are kept with its record in
the store, so that they outlive the mirror, a file that is added again, and a merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.errors import UsageError
from assistant.store.chroma import ChromaStore
from assistant.store.lexical import LexicalMirror
from assistant.store.stored import StoredPaper
from assistant.text.clean import normalise
from assistant.types import Paper

MAX_TAG_CHARS = 100


def checked_tags(tags: str | Iterable[str]) -> tuple[str, ...]:
    """Return tags tidied, each once. Raises UsageError for one that is empty or a whole text."""
    found: dict[str, str] = {}
    for tag in [tags] if isinstance(tags, str) else tags:
        tidy = normalise(tag)
        if not tidy.strip('"'):
            raise UsageError("A tag is empty.", hint="Give it a name.")
        if len(tidy) > MAX_TAG_CHARS:
            raise UsageError(
                f"'{tidy[:30]}…' is longer than {MAX_TAG_CHARS} characters.",
                hint="A tag is a word or a few.",
            )
        found.setdefault(tidy.casefold(), tidy)
    return tuple(found.values())


def retag(
    papers: Iterable[StoredPaper],
    *,
    add: Sequence[str],
    remove: Sequence[str],
    store: ChromaStore,
    mirror: LexicalMirror,
) -> list[Paper]:
    """Take tags off papers and put others on; return the papers as they are then.

    Large and small letters make no difference. The caller holds the right to write.
    """
    held = list(papers)
    now = [_retagged(item, add=add, remove=remove) for item in held]
    changed = [new for old, new in zip(held, now, strict=True) if new != old]
    if changed:
        with store.writing():
            store.update(changed)
        mirror.put(changed, removed=(), revision=store.revision)
    return [item.paper for item in now]


def _retagged(item: StoredPaper, *, add: Sequence[str], remove: Sequence[str]) -> StoredPaper:
    gone = {tag.casefold() for tag in remove}

    def without(paper: Paper) -> Paper:
        return replace(paper, tags=tuple(tag for tag in paper.tags if tag.casefold() not in gone))

    paper = without(item.paper)
    has = {tag.casefold() for tag in paper.tags}
    new = tuple(tag for tag in add if tag.casefold() not in has)
    return replace(
        item,
        paper=replace(paper, tags=(*paper.tags, *new)),
        # A record that a program made may have brought the tag along, and would do so again.
        origins={origin: tuple(map(without, told)) for origin, told in item.origins.items()},
    )
