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
    text = json.dumps(value, ensure_ascii=False)
    click.echo(_STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def write_wrapped(text: str, *, indent: str = "") -> None:
    """Write running text: broken at blanks on a terminal, on one line elsewhere."""
    if not sys.stdout.isatty():
        write(indent + text)
        return
    width = min(MAX_WIDTH, shutil.get_terminal_size().columns)
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
