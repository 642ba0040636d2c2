"""Builds dataclasses from what ``json.loads`` returns, and takes nothing that does not fit.

A saved file may be damaged, come from another version or from somebody else. What is restored
from it is either what the types promise or refused; nothing is converted.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def restore(kind: type[T], value: object) -> T:
    """Return the ``kind``, a dataclass, that a JSON object describes field by field.

    Fields may be of text, numbers, truth values, literals, tuples, other such dataclasses, and
    None beside one of these. Those with a default may be missing, as in files of an older
    version; names that are not known are passed over, as in files of a newer one.

    Raises ValueError if a field is missing or of another kind; numbers must be finite.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{kind.__name__} is no object")
    given: dict[str, Any] = {}
    shape: dict[str, tuple[Any, bool]] = _shape(kind)  # type: ignore[arg-type]
    for name, (hint, required) in shape.items():
        if name in value:
            item = value[name]
            # Most fields are text and counts; the rest costs ten times as much.
            fits = type(item) is hint and hint is not float
            given[name] = item if fits else _read(hint, item, f"{kind.__name__}.{name}")
        elif required:
            raise ValueError(f"{kind.__name__}.{name} is missing")
    return kind(**given)


@cache
def _shape(kind: type[Any]) -> dict[str, tuple[Any, bool]]:
    """Return the type of each field, and whether it has to be given."""
    hints = get_type_hints(kind)
    return {
        field.name: (
            hints[field.name],
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    }


def _read(hint: Any, value: object, place: str) -> Any:
    """Return ``value`` as the type ``hint``; ``place`` names it in an error."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        if value is None:
            return None
        hint = next(part for part in get_args(hint) if part is not NoneType)
        return _read(hint, value, place)
    if origin is tuple and isinstance(value, list):
        return tuple(_read(get_args(hint)[0], item, place) for item in value)
    if origin is Literal and isinstance(value, str) and value in get_args(hint):
        return value
    if is_dataclass(hint) and isinstance(hint, type):
        return restore(hint, value)
    if type(value) is hint or (hint is float and type(value) is int):
        return _finite(value, place) if hint is float else value
    raise ValueError(f"{place} is of the wrong kind")


def _finite(value: Any, place: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{place} is no finite number")
    return number
