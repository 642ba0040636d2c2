"""What a check found: the one noun of the doctor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "warning", "failure", "skipped"]
"""As it should be; works, but not as well as it could; does not work; could not be looked at, or
there is nothing to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report."""

    name: str
    """What was looked at: ``llama.cpp``, ``chat model``, ``library``."""
    state: State
    message: str
    """One sentence."""
    fix: str = ""
    """Of what is wrong: the command that mends it, or what to do where no command can."""

    def to_json(self) -> dict[str, Any]:
        """Return ``{"name", "state", "message", "fix"}``."""
        return asdict(self)


def ok(name: str, message: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(name=name, state="ok", message=message)


def warning(name: str, message: str, *, fix: str) -> Finding:
    """Return that something works, but not as well as it could."""
    return Finding(name=name, state="warning", message=message, fix=fix)


def failure(name: str, message: str, *, fix: str) -> Finding:
    """Return that something does not work."""
    return Finding(name=name, state="failure", message=message, fix=fix)


def skipped(name: str, message: str, *, fix: str = "") -> Finding:
    """Return that something was not looked at, and why."""
    return Finding(name=name, state="skipped", message=message, fix=fix)
