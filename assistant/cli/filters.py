"""The options by which ``search``, ``ask``, ``papers`` and ``export`` choose among papers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assistant.cli.output import note, plain

if TYPE_CHECKING:
    from assistant.text.query import Filter, FilterField

R = TypeVar("R")

_OPTIONS: dict[FilterField, tuple[str, str]] = {
    "year": ("YEARS", "Of these years: 2020, 2019..2021, 2021.. or ..2018."),
    "author": ("NAME", "By this author: a name, in full or with initials."),
    "venue": ("NAME", "Published there."),
    "tag": ("TAG", "With this tag or keyword."),
    "source": ("FILE", "Read from a file with this in its name."),
}


class FilteredCommand(click.Command):
    """A command whose words may be conditions: ``-survey`` and ``-tag:read`` are no options.

    Nor is ``-other`` the option ``-o`` with the file ``ther``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take apart the command line, in which words with a dash in front are words."""
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        names = {name for option in options for name in option.opts}
        taking = {name for option in options if not option.is_flag for name in option.opts}
        end = args.index("--") if "--" in args else len(args)
        for place, word in enumerate(args[:end]):
            if (
                len(word) > 1
                and word[0] == "-" != word[1]
                and (len(word) > 2 or word[1].isdigit())
                and not (word[:2] in taking and _names_file(word[2:]))
                # Written with one dash too few.
                and f"-{word.partition('=')[0]}" not in names
                and args[place - 1] not in taking
            ):
                args[place] = f" {word}"
        return super().parse_args(ctx, args)


def _names_file(value: str) -> bool:
    """Tell the FILE of ``-orefs.bib`` from the rest of the word ``-other``."""
    return "/" in value or bool(PurePath(value).suffix)


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


def note_misspelt(text: str) -> None:
    """Tell the person at the terminal of a word that is nearly a condition, and is none."""
    from assistant.text.query import misspelt

    if said := misspelt(text):
        note(plain(said))


def nothing_found(text: str, limits: Filter, *, in_library: int) -> str:
    """Say why a search found nothing in a library of so many papers."""
    from assistant.text.query import nothing_matches, parse_query

    limit = parse_query(text).filter & limits
    return nothing_matches(limit) if limit and in_library else "Nothing was found."
