"""Checks the library: opens, made by the embedder of the settings, consistent from end to end."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.doctor.finding import Finding, failure, ok, skipped, warning
from assistant.doctor.patient import Patient
from assistant.doctor.servers import store_fault
from assistant.errors import LibraryBusy, LibraryError, LibraryMissing
from assistant.indexing import CheckReport

_MAX_SHOWN = 3


def library(patient: Patient, /) -> Iterator[Finding]:
    """Check the library as ``assistant check`` does; nothing is mended."""
    from assistant.library import Library

    settings, folder = patient.settings, patient.settings.library_folder
    if settings.store.url and store_fault(settings.store):
        yield skipped("library", "It is on the [store] server, which cannot be used.")
        return
    try:
        report = Library.check_folder(
            folder, settings=settings, progress=patient.progress, cancel=patient.cancel
        )
        yield from _tell(report, patient)
        if not any(problem.kind == "store" for problem in report.left):
            with Library.open(folder, settings=settings, create=False) as opened:
                yield _tell_embedder(opened.indexed_with, opened.outdated_index, patient)
    except LibraryMissing as error:
        yield skipped("library", error.message, fix=patient.command("add --sample"))
    except LibraryBusy as error:
        yield skipped("library", error.message, fix=patient.command("doctor"))
    except LibraryError as error:
        yield failure("library", error.message, fix=error.hint)


def _tell_embedder(made_with: str, wanted: str, patient: Patient) -> Finding:
    """Compare the embedder of the index with that of the settings, if that is another."""
    if not wanted:
        return ok("library embedder", f"It is indexed with {made_with}, as the settings say.")
    return warning(
        "library embedder",
        f"It is indexed with {made_with}, and the settings name {wanted}.",
        fix=patient.command("reindex"),
    )


def _tell(report: CheckReport, patient: Patient) -> Iterator[Finding]:
    repair = patient.command("check --repair")
    said = f"{_counted(report.papers, 'paper')} with {_counted(report.rows, 'passage')}"
    mirror = [problem for problem in report.left if problem.kind == "mirror"]
    others = [problem for problem in report.left if problem.kind != "mirror"]
    if others:
        shown = "; ".join(problem.message for problem in others[:_MAX_SHOWN])
        more = f"; and {len(others) - _MAX_SHOWN} more" if len(others) > _MAX_SHOWN else ""
        yield failure("library", f"{said}, and something is wrong: {shown}{more}.", fix=repair)
    elif not report.compared:
        yield warning(
            "library",
            f"{said}, consistent; the vectors were not compared with their texts, as no embedder "
            "can be loaded.",
            fix="Mend the embedder first.",
        )
    else:
        yield ok("library", f"{said}, consistent, in {patient.settings.library_folder}.")
    if mirror:
        yield failure("mirror", f"{mirror[0].message}.", fix=repair)
    elif not others:
        yield ok("mirror", "The word index shows the same papers.")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
