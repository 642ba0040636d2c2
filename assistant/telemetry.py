"""Switches off what libraries would report about their use.

Whoever imports one of them calls :func:`silence` first. Two more switches are where the libraries
are opened: OpenVINO's reporter is kept from being imported (``llm/network.py``), and Chroma is told
again in its own settings, which would read a ``.env`` file.
"""

from __future__ import annotations

import os

SWITCHES = {
    "ANONYMIZED_TELEMETRY": ("Chroma", "False"),
    "CHROMA_OTEL_GRANULARITY": ("Chroma", "none"),
    "HF_HUB_DISABLE_TELEMETRY": ("Hugging Face", "1"),
    "RAY_USAGE_STATS_ENABLED": ("Ray", "0"),
}
"""Environment variables: the library that reads it, and the value at which it reports nothing."""

_FALSE = {"", "0", "false", "no", "off", "none"}


def silence() -> None:
    """Set the switches for this process and those that it starts, whatever they were."""
    os.environ.update({name: value for name, (_, value) in SWITCHES.items()})


def is_silent(name: str, value: str) -> bool:
    """Tell whether a variable of :data:`SWITCHES` says the same as the value that it is set to."""
    return (value.strip().lower() in _FALSE) == (SWITCHES[name][1].lower() in _FALSE)
