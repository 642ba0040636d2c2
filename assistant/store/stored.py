"""Papers as the store keeps them: with their origins, and as the metadata of a row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import LibraryError
from assistant.types import Paper, Passage

Vectors = NDArray[np.float32]

Origins = dict[str, tuple[Paper, ...]]
"""What each file says about a paper: its records, by the path of the file."""


FORMAT = 2
"""Raised when rows change in a way that an older assistant could not read."""

_LONG_TEXTS = ("paper", "origins")
_PIECE_BYTES = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPaper:
    """A paper as the collection holds it."""

    paper: Paper
    passages: int
    """Number of its rows."""
    digest: str
    """Fingerprint of its text and of how it was cut: with the same, its vectors are the same."""
    origins: Origins
    """The records that make the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedPaper:
    """A paper with its passages and their vectors, ready to be stored."""

    paper: Paper
    digest: str
    origins: Origins
    passages: Sequence[Passage]
    vectors: Vectors
    """Unit vectors, shape ``(len(passages), dimension)``."""

    @property
    def stored(self) -> StoredPaper:
        """The same paper as it reads once it is stored."""
        return StoredPaper(
            paper=self.paper,
            passages=len(self.passages),
            digest=self.digest,
            origins=self.origins,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """One row of the collection as it is, right or wrong."""

    row_id: str
    text: str
    metadata: Mapping[str, Any]
    vector: Vectors | None
    """None if it was not asked for."""


def same_write(one: str, other: str) -> bool:
    """Tell whether two revisions of a collection were made by the same write.

    They may still differ in the number of rows behind the slash: then rows were lost, which no
    write did, and the mirror may hold the only record of a paper.
    """
    return one.partition("/")[0] == other.partition("/")[0]


def row_id(paper_id: str, index: int) -> str:
    """Return the id of a passage's row."""
    return f"{paper_id}:{index}"


def check_collection(metadata: Mapping[str, Any]) -> None:
    """Refuse a collection of another format, by its metadata. Raises LibraryError."""
    if metadata.get("format") != FORMAT:
        raise LibraryError(
            f"This library has the format {metadata.get('format')}, not {FORMAT}.",
            hint="It was written by another version of the assistant: use that version, or index "
            "your files anew: assistant --library NEW_FOLDER add FILES",
        )


def passage_metadata(passage: Passage, *, title: str) -> dict[str, str | int]:
    """Return what any row tells of its passage, as metadata that Chroma takes."""
    return {
        "paper_id": passage.paper_id,
        "index": passage.index,
        "start": passage.start,
        "end": passage.end,
        "title": title,
    }


def record_metadata(item: StoredPaper) -> dict[str, str | int]:
    """Return what the first row of a paper tells about it, as metadata that Chroma takes."""
    return {
        "title": item.paper.title,
        "paper": paper_to_json(item.paper),
        "passages": item.passages,
        "digest": item.digest,
        "origins": origins_to_json(item),
    }


def stored_from_metadata(metadata: Mapping[str, Any]) -> StoredPaper:
    """Return the paper of such a row. Raises LibraryError if there is none."""
    paper = paper_from_json(_whole(metadata, "paper"))
    return StoredPaper(
        paper=paper,
        passages=int(metadata["passages"]),
        digest=str(metadata["digest"]),
        origins=origins_from_json(_whole(metadata, "origins"), paper),
    )


def in_pieces(metadata: Mapping[str, str | int]) -> dict[str, str | int]:
    """Return such metadata with the long texts cut up: Chroma Cloud takes 4,096 bytes a value."""
    cut = dict(metadata)
    for key in _LONG_TEXTS:
        first, *others = _pieces(str(metadata[key])) or [""]
        cut[key] = first
        cut[f"{key}.pieces"] = 1 + len(others)
        cut |= {f"{key}.{place}": piece for place, piece in enumerate(others, start=1)}
    return cut


def _pieces(text: str) -> list[str]:
    data, pieces, start = text.encode(), [], 0
    while start < len(data):
        end = start + _PIECE_BYTES
        while end < len(data) and data[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        pieces.append(data[start:end].decode())
        start = end
    return pieces


def _whole(metadata: Mapping[str, Any], key: str) -> str:
    """Return a text, put together again if it was cut up."""
    others = range(1, int(metadata.get(f"{key}.pieces", 1)))
    return "".join([str(metadata[key]), *(str(metadata[f"{key}.{place}"]) for place in others)])


def paper_to_json(paper: Paper) -> str:
    """Return the record of a paper as compact JSON, empty fields left out."""
    return json.dumps(_filled(paper), ensure_ascii=False)


def paper_from_json(record: str) -> Paper:
    """Return the paper of a record written by :func:`paper_to_json`.

    Raises LibraryError if it is none.
    """
    try:
        fields = json.loads(record)
        return _paper(fields)
    except (ValueError, TypeError, AttributeError) as error:
        raise _no_paper(record) from error


def origins_to_json(item: StoredPaper) -> str:
    """Return what the files say about a paper as compact JSON; null for the paper itself."""
    own = replace(item.paper, tags=())
    return json.dumps(
        {
            origin: [None if record == own else _filled(record) for record in records]
            for origin, records in item.origins.items()
        },
        ensure_ascii=False,
    )


def origins_from_json(text: str, paper: Paper) -> Origins:
    """Return what was written by :func:`origins_to_json`. Raises LibraryError if it is none."""
    own = replace(paper, tags=())
    try:
        return {
            str(origin): tuple(own if fields is None else _paper(fields) for fields in records)
            for origin, records in json.loads(text).items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise _no_paper(text) from error


def _filled(paper: Paper) -> dict[str, Any]:
    return {name: value for name, value in paper.to_json().items() if value not in (None, "", ())}


def _paper(fields: dict[str, Any]) -> Paper:
    for name in ("authors", "keywords", "tags"):
        fields[name] = tuple(fields.get(name, ()))
    return Paper(**{"abstract": "", **fields})


def _no_paper(record: str) -> LibraryError:
    return LibraryError(
        f"The library holds a record that is no paper: {shorten(record, 60)}.",
        hint="It may be damaged, or written by another version of the assistant.",
    )
