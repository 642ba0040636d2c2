"""How a setting is declared: one line with its default, its meaning and what is allowed."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeVar

Value = int | float | bool | str
V = TypeVar("V", int, float, bool, str)

Form = Literal["text", "path", "keys", "address", "variable"]
"""What a text is: words, the path of a file or folder, keys of the keyboard, the address of a
server, or the name of an environment variable that holds a key."""


def setting(
    default: V,
    about: str,
    *,
    least: float | None = None,
    most: float | None = None,
    form: Form = "text",
) -> V:
    """Declare a setting; the type of ``default`` is the type of the setting.

    ``least`` and ``most`` are the allowed range of a number, both inclusive. ``form`` is that
    of a text: a relative ``path`` that stands in a file is relative to the folder of that file.
    """
    metadata = {
        "kind": type(default),
        "about": about,
        "least": least,
        "most": most,
        "form": form,
    }
    return field(default=default, metadata=metadata)
