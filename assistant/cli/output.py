"""What the command line writes, and where.

Standard output is data only, so that it can be piped; progress, notes and errors go to standard
error. Papers, questions and models are not to be trusted with a terminal: whatever comes from
them passes :func:`plain` or :func:`shown` on its way out, and JSON escapes what could steer one.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Mapping
from typing import Any

import click

MAX_WIDTH = 100
"""Longest line of running text, in characters, on a terminal that is wider."""

_STEERING = re.compile(
    "[\\x7f-\\x9f\\u200e\\u200f\\u061c\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


def plain(text: str) -> str:
    """Return ``text`` on one line, without control and escape characters."""
    from assistant.text.clean import normalise

    return normalise(text)


def shown(text: str) -> str:
    """Return text of a paper as it is shown to a reader."""
    from assistant.text.clean import readable

    return readable(text)


def write(line: str = "") -> None:
    """Write a line of data."""
    click.echo(line)


def write_json(value: Mapping[str, Any]) -> None:
    """Write one JSON object on one line.

    Characters that steer a terminal or break a line are written as escapes, which a reader of
    JSON turns back.
    """
    click.echo(json_line(value))


def json_line(value: Mapping[str, Any]) -> str:
    """Return the line that :func:`write_json` writes."""
    text = json.dumps(value, ensure_ascii=False)
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def terminal_width() -> int | None:
    """Return the columns of the terminal that standard output is; None if it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def text_width() -> int | None:
    """Return the columns for running text on standard output; None if no line is to be broken."""
    width = terminal_width()
    return None if width is None else min(MAX_WIDTH, width)


def write_wrapped(text: str, *, indent: str = "") -> None:
    """Write running text: broken at blanks on a terminal, on one line elsewhere."""
    width = text_width()
    if width is None:
        write(indent + text)
        return
    write(
        textwrap.fill(
            text,
            width=max(20, width),
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def note(line: str) -> None:
    """Tell the person at the terminal something that is not data."""
    click.echo(line, err=True)


def report_error(message: str, hint: str = "") -> None:
    """Write ``Error: message`` and, on the next line, what to do about it."""
    note(f"Error: {plain(message)}")
    if hint:
        note(f"Hint: {plain(hint)}")
