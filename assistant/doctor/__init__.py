"""Looks at everything that can be wrong with an installation, and says how to mend it.

A check is a function that takes a :class:`Patient` and yields findings. To add one, write it in the
module of its subject and put it into :data:`CHECKS`:

    def clock(patient: Patient, /) -> Iterator[Finding]:
        if time.localtime().tm_year < 2024:
            yield failure("clock", "It shows a year long gone.", fix="Set the clock.")
        else:
            yield ok("clock", "It shows a plausible year.")

A check may raise what it likes: that becomes a finding, and the next check goes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.doctor import configuration, library, models, privacy, runtime, servers
from assistant.doctor.finding import Finding, State, failure
from assistant.doctor.patient import Check, Patient
from assistant.errors import AssistantError, Cancelled

__all__ = ["CHECKS", "Check", "Finding", "Patient", "State", "examine", "verdict"]

CHECKS: tuple[Check, ...] = (
    runtime.python,
    runtime.sqlite,
    runtime.packages,
    runtime.llama_cpp,
    configuration.settings,
    configuration.models,
    configuration.environment,
    configuration.secrets,
    privacy.telemetry,
    models.model_files,
    models.memory,
    models.disk,
    servers.servers,
    library.library,
)
"""In the order of the report: what others stand on first, what takes longest last."""


def examine(patient: Patient, *, checks: tuple[Check, ...] = CHECKS) -> Iterator[Finding]:
    """Yield what the checks find, as they find it. Raises Cancelled, and nothing else."""
    for check in checks:
        name = check.__name__.replace("_", " ")
        try:
            yield from check(patient)
        except Cancelled:
            raise
        except AssistantError as error:
            yield failure(name, error.message, fix=error.hint)
        except Exception as error:  # of whatever kind: the other checks go on
            yield failure(
                name,
                f"This check broke: {type(error).__name__}: {error}.",
                fix="Please report it.",
            )


def verdict(findings: list[Finding]) -> str:
    """Return the report in one sentence."""
    failures = sum(finding.state == "failure" for finding in findings)
    warnings = sum(finding.state == "warning" for finding in findings)
    if failures:
        return f"{_counted(failures, 'thing')} must be mended: the lines above say how."
    if warnings:
        return f"Everything works; {_counted(warnings, 'thing')} could be better."
    return "Everything is as it should be."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
