"""Puts a collection that was made with another embedder in the place of the library's own.

The successor is built beside it, under a name of its own. All that is done to take its place is
done to collections by their ids, which cannot hit another one, and each step can be repeated:
whoever opens the library next finishes what was cut short.
"""

from __future__ import annotations

import re
from typing import Any

from assistant.store.connection import Connection

_WHOLE = "whole"
"""Set in the metadata of a successor that may take the place of its predecessor."""


def successor_name(name: str) -> str:
    """Return the name of the collection that is to take the place of another."""
    return f"{name}-next"


def current(connection: Connection, name: str) -> Any:
    """Return the collection of a library; None if there is none.

    Between two steps of a succession there is none of that name: then the last step is done.
    """
    found = connection.find(name)
    if found is None:
        successor = connection.find(successor_name(name))
        if successor is not None and (successor.metadata or {}).get(_WHOLE):
            _rename(successor, name)
        found = connection.find(name)
    return found


def succeed(connection: Connection, name: str) -> None:
    """Let the successor, which is whole, take the place of a collection.

    Where writes are numbered, its rows count as written from the moment when it is seen: whoever
    opens the library then must not take it for empty. The caller holds the right to write.
    """
    successor = connection.find(successor_name(name))
    about = {**(successor.metadata or {}), _WHOLE: True}
    if "begun" in about:
        about["begun"] = about["done"] = int(about["begun"]) + 1
    successor.modify(metadata=about)
    finish(connection, name)


def finish(connection: Connection, name: str, *, tidy: bool = True) -> bool:
    """Do what is left of a succession that was cut short; tell whether there was something.

    With ``tidy``, collections that were only still to be deleted are looked for, too. The caller
    holds the right to write.
    """
    successor = connection.find(successor_name(name))
    begun = successor is not None and bool((successor.metadata or {}).get(_WHOLE))
    if begun:
        old = connection.find(name)
        if old is not None:
            _rename(old, aside_name(name, old))
        _rename(successor, name)
    names = connection.names() if begun or tidy else []
    gone = [other for other in names if _is_put_aside(other, name)]
    for other in gone:
        connection.delete(other)
    return bool(begun or gone)


def aside_name(name: str, collection: Any) -> str:
    """Return the name under which a collection waits to be deleted: no other can have it."""
    return f"{name}-{collection.id.hex}"


def _is_put_aside(other: str, name: str) -> bool:
    return re.fullmatch(rf"{re.escape(name)}(-writer)?-[0-9a-f]{{32}}", other) is not None


def _rename(collection: Any, name: str) -> None:
    collection.modify(name=name)
