"""The options by which ``search``, ``ask``, ``papers`` and ``export`` choose among papers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from assistant.text.query import Filter, FilterField

R = TypeVar("R")

_OPTIONS: dict[FilterField, tuple[str, str]] = {
    "year": ("YEARS", "Of these years: 2020, 2019..2021, 2021.. or ..2018."),
    "author": ("NAME", "By this author: a name or the beginning of one."),
    "venue": ("NAME", "Published there."),
    "tag": ("TAG", "With this tag or keyword."),
    "source": ("FILE", "Read from a file with this in its name."),
}


def filter_options(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command an option for each field of a filter, and itself the parameter ``limits``."""

    @wraps(command)
    def filtered(*arguments: Any, **options: Any) -> R:
        from assistant.text.query import Filter

        given = {field: options.pop(field) for field in _OPTIONS}
        return command(*arguments, limits=Filter.of(given), **options)

    for field, (metavar, about) in reversed(_OPTIONS.items()):
        filtered = click.option(f"--{field}", metavar=metavar, multiple=True, help=about)(filtered)
    return filtered


def nothing_found(text: str, limits: Filter, *, in_library: int) -> str:
    """Say why a search found nothing in a library of so many papers."""
    from assistant.text.query import nothing_matches, parse_query

    limit = parse_query(text).filter & limits
    return nothing_matches(limit) if limit and in_library else "Nothing was found."
