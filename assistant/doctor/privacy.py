"""Checks that no library reports about its use: what the assistant switches off stays off."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.doctor.finding import Finding, ok
from assistant.doctor.patient import Patient
from assistant.telemetry import SWITCHES, is_silent


def telemetry(patient: Patient, /) -> Iterator[Finding]:
    """Say that telemetry is off, and which variables that ask for it are not heeded."""
    unheeded = [
        name
        for name in SWITCHES
        if name in patient.environment and not is_silent(name, patient.environment[name])
    ]
    libraries = sorted({library for library, _ in SWITCHES.values()} | {"OpenVINO"})
    said = f"Switched off: {', '.join(libraries)}"
    also = f" ({', '.join(unheeded)} is set, and not heeded)" if unheeded else ""
    yield ok("telemetry", f"{said}{also}.")
