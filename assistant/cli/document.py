"""What ``survey``, ``compare`` and ``overview`` write: one document, on standard output or a file.

The form is what ``--format`` says, else what the ending of the file says, else text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from assistant.cli.output import note, text_width
from assistant.errors import UsageError

R = TypeVar("R")

STOP_NOTICE = "Stopping; what is done is kept. Press Ctrl-C again to stop at once."


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """A form that a document may take."""

    name: str
    endings: tuple[str, ...]
    encoding: str = "utf-8"


TEXT = DocumentForm("text", (".txt",))
MARKDOWN = DocumentForm("markdown", (".md", ".markdown"))
# Without a byte order mark Excel takes the letters of names for others.
CSV = DocumentForm("csv", (".csv",), encoding="utf-8-sig")
JSON = DocumentForm("json", (".json",))
SVG = DocumentForm("svg", (".svg",))
HTML = DocumentForm("html", (".html", ".htm"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a document goes, and in which form."""

    form: DocumentForm
    file: Path | None = None
    force: bool = False

    @property
    def width(self) -> int | None:
        """Columns for lines of text; None if none is to be broken."""
        return text_width() if self.file is None else None

    def write(self, forms: Mapping[str, Callable[[], str]]) -> None:
        """Write the document that the function for this form makes.

        Raises InputError if the file came up meanwhile or cannot be written.
        """
        text = forms[self.form.name]()
        if self.file is None:
            click.echo(text, nl=not text.endswith("\n"))
            return
        from assistant.newfile import new_file

        if not text.endswith("\n"):
            text += "\n"
        with new_file(self.file, force=self.force) as file:
            file.write(text.encode(self.form.encoding, errors="replace"))
        note(f"Wrote {self.file}.")


def writes_document(*forms: DocumentForm) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Give a command the options that choose among these forms, and their sum as ``place``.

    Before the command runs, UsageError is raised for options that do not fit together, and
    InputError if the file is there.
    """
    names = click.Choice([form.name for form in forms], case_sensitive=False)
    options = (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option(
            "--format",
            "format_name",
            type=names,
            help="Default: as the ending of the file says, else text.",
        ),
        click.option("--output", "-o", metavar="FILE", help="Write to a file."),
        click.option("--force", is_flag=True, help="Replace FILE if it is there."),
    )

    def decorate(command: Callable[..., R]) -> Callable[..., R]:
        @wraps(command)
        def placed(
            *, as_json: bool, format_name: str | None, output: str | None, force: bool, **rest: Any
        ) -> R:
            form = _form(forms, as_json=as_json, format_name=format_name, output=output)
            file = None if output is None else Path(output)
            if file is not None:
                from assistant.newfile import check_new_file

                check_new_file(file, force=force)
            return command(place=Destination(form=form, file=file, force=force), **rest)

        decorated: Callable[..., R] = placed
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def _form(
    forms: Sequence[DocumentForm], *, as_json: bool, format_name: str | None, output: str | None
) -> DocumentForm:
    if as_json and format_name not in {None, JSON.name}:
        raise UsageError("--json and --format exclude each other.", hint="Leave one of them out.")
    known = {form.name: form for form in forms}
    if as_json or format_name:
        return known[JSON.name if as_json else (format_name or "").lower()]
    return TEXT if output is None else _form_of(Path(output), forms)


def _form_of(file: Path, forms: Sequence[DocumentForm]) -> DocumentForm:
    for form in forms:
        if file.suffix.lower() in form.endings:
            return form
    endings = ", ".join(ending for form in forms for ending in form.endings)
    raise UsageError(
        f"The format of '{file.name}' is not known by its ending.",
        hint=f"Name one with --format, or let the file end in one of: {endings}.",
    )
