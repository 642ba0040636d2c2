"""How the tests of the doctor make a patient of settings, files and variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.config import load_settings
from assistant.doctor import Finding, Patient
from assistant.errors import UsageError


def patient_with(
    *overrides: str,
    library: str | Path | None = None,
    folder: Path = Path("/nowhere"),
    **environment: str,
) -> Patient:
    """Return a patient with these settings; those that are wrong are its faults."""
    faults: list[UsageError] = []
    loaded = load_settings(
        overrides=overrides,
        library=library,
        environment=environment,
        folder=folder,
        faults=faults,
    )
    return Patient(loaded=loaded, faults=tuple(faults), environment=environment)


def told(check: Callable[[Patient], Iterator[Finding]], patient: Patient) -> list[tuple[str, str]]:
    """Return name and state of what a check finds, and see that what is wrong has a fix."""
    findings = list(check(patient))
    for finding in findings:
        assert finding.message.endswith("."), finding
        assert "\n" not in finding.message + finding.fix, finding
        assert bool(finding.fix) == (finding.state in {"warning", "failure"}) or (
            finding.state == "skipped"
        ), finding
    return [(finding.name, finding.state) for finding in findings]
