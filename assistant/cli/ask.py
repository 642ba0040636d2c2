"""``assistant ask``: an answer, then the sentences of the papers that prove it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.batch import run_batch
from assistant.cli.exit_codes import ExitCode
from assistant.cli.export import FORMAT_NAMES
from assistant.cli.filters import FilteredCommand, filter_options, note_misspelt
from assistant.cli.interrupt import stopping
from assistant.cli.output import note, plain, shown, write, write_json, write_wrapped
from assistant.cli.search import check_batch, check_one_form
from assistant.cli.session import Session, pass_session
from assistant.types import Answer, Finished, SentenceDone

if TYPE_CHECKING:
    from rich.status import Status

    from assistant.cli.progress import Tell
    from assistant.library import Library
    from assistant.text.query import Filter


@click.command(cls=FilteredCommand)
@click.argument("question", metavar="QUESTION...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--cite", type=FORMAT_NAMES, help="Print the papers that it cites as references.")
@filter_options
@pass_session
def ask(
    session: Session, question: tuple[str, ...], as_json: bool, cite: str | None, limits: Filter
) -> ExitCode:
    """Answer a question, and prove it.

    The answer comes from the abstracts of the library alone; below it stand the quotes that
    prove it. If they hold no answer, the nearest papers are named and the exit code is 3.

    Only papers that meet all conditions are asked, as options or in QUESTION: year:2021..
    author:hu -word '"exact phrase"' -tag:read.

    With --cite the references alone go to standard output, and the answer to standard error:
    "--cite bibtex > refs.bib" keeps what you read.

    With --json and "-" as QUESTION, questions are read from standard input, one a line, and one
    JSON object a line is printed for each.
    """
    text = " ".join(question)
    check_batch(text, as_json=as_json)
    check_one_form(as_json, cite, "--cite")
    note_misspelt(text)
    if cite:
        return _write_references(session, text, limits, format_name=cite)
    if as_json:
        return _answer_in_json(session, text, limits)
    with _waiting() as status, session.open_library(progress=_opening(status)) as library:
        answer = _write_answer(library, text, limits, status)
    return ExitCode.OK if answer.found else ExitCode.NOTHING_FOUND


def _answer_in_json(session: Session, text: str, limits: Filter) -> ExitCode:
    """Write the object of one question or, for "-", of each line of standard input."""
    with session.open_library() as library:

        def answer(question: str) -> dict[str, Any]:
            with stopping() as cancel:
                return library.ask(question, filter=limits, cancel=cancel).to_json()

        if text == "-":
            return run_batch(answer, stdin=sys.stdin.buffer)
        result = answer(text)
    write_json(result)
    return ExitCode.OK if result["found"] else ExitCode.NOTHING_FOUND


def _write_references(
    session: Session, question: str, limits: Filter, *, format_name: str
) -> ExitCode:
    """Write the papers that an answer cites, in the order of its citations."""
    with session.open_library() as library, stopping() as cancel:
        answer = library.ask(question, filter=limits, cancel=cancel)
        note(plain(answer.text))
        if answer.found:
            cited = [citation.paper_id for citation in answer.citations]
            library.export(sys.stdout, format=format_name, papers=cited)
    return ExitCode.OK if answer.found else ExitCode.NOTHING_FOUND


def _write_answer(library: Library, question: str, limits: Filter, status: Status | None) -> Answer:
    """Write the answer: sentence by sentence on a terminal, as a whole elsewhere."""
    streams = sys.stdout.isatty()
    streamed = False
    with stopping() as cancel:
        for event in library.stream(question, filter=limits, cancel=cancel):
            if status is not None and isinstance(event, SentenceDone | Finished):
                status.stop()
            if streams and isinstance(event, SentenceDone):
                write_wrapped(plain(event.sentence.marked))
                streamed = True
            elif isinstance(event, Finished):
                if not streamed:
                    for line in event.answer.text.splitlines():
                        write_wrapped(plain(line))
                write_proof(event.answer)
                return event.answer
    raise AssertionError("a run ends with Finished or an error")


def write_proof(answer: Answer) -> None:
    """Write the citations, or the nearest papers if there is no answer."""
    for citation in answer.citations:
        write()
        write_wrapped(f"[{citation.number}] {shown(citation.title)}")
        write_wrapped(f"“{shown(citation.quote)}”", indent="    ")
    if not answer.found and answer.nearest:
        write()
        write("Nearest papers:")
        for hit in answer.nearest:
            write_wrapped(shown(hit.title), indent="  ")


def _opening(status: Status | None) -> Tell | None:
    """Return what shows in the status how far the opening of a large library is."""
    if status is None:
        return None
    return lambda done, total: status.update(f"Opening the library: {done:,} of {total:,} passages")


@contextmanager
def _waiting() -> Iterator[Status | None]:
    """Show a person that something is going on, until the first words are there."""
    if not (sys.stderr.isatty() and sys.stdout.isatty()):
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("Searching…") as status:
        yield status
