"""What is copied, exported and saved, as text; and the names of the files that it goes to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from assistant.errors import InputError
from assistant.sessions import Exchange
from assistant.types import Answer, Paper, joined

_MAX_NAME_CHARS = 60
_MAX_FILES = 1000


def answer_of(exchange: Exchange) -> Answer | None:
    """Return the answer, or what stands of it; None if nothing does."""
    if exchange.answer is not None or not exchange.sentences:
        return exchange.answer
    return Answer(
        question=exchange.question,
        found=True,
        text=joined(exchange.sentences),
        sentences=exchange.sentences,
        citations=exchange.citations,
    )


def cited_papers(answer: Answer, find: Callable[[str], Paper | None]) -> list[Paper]:
    """Return the papers that an answer cites and that are still in the library."""
    ids = dict.fromkeys(citation.paper_id for citation in answer.citations)
    return [paper for paper in map(find, ids) if paper is not None]


def write_new(folder: Path, title: str, suffix: str, text: str) -> Path:
    """Write a file with a name made of ``title``; never over one that is there.

    Raises InputError if the folder cannot be written.
    """
    stem = file_stem(title)
    for number in range(1, _MAX_FILES):
        path = folder / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                f"{path} cannot be written: {reason}.",
                hint="Start the chat in a folder of your own, or make room on the disk.",
            ) from error
        return path
    raise InputError(
        f"There are {_MAX_FILES - 1} files named {stem}{suffix} already.",
        hint="Rename the conversation, or remove some of them.",
    )


def file_stem(title: str) -> str:
    """Return a title as a file name that every system takes: ``what-does-lora-save``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain.lower())[:_MAX_NAME_CHARS].strip("-")
    return stem or "conversation"
