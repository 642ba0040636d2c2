"""No library reports about its use, whatever the environment asks for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from assistant.telemetry import SWITCHES, is_silent

REPORTING = {
    "ANONYMIZED_TELEMETRY": "True",
    "CHROMA_OTEL_GRANULARITY": "all",
    "HF_HUB_DISABLE_TELEMETRY": "0",
    "RAY_USAGE_STATS_ENABLED": "1",
}
QUIET = {
    "chroma": """
from assistant.store.connection import quiet_settings
told = quiet_settings()
assert not told.anonymized_telemetry
assert (told.chroma_otel_granularity, told.chroma_otel_collection_endpoint) == ("none", "")
""",
    "hugging face": """
from assistant.downloads.hub import _library
_library()
from huggingface_hub.constants import HF_HUB_DISABLE_TELEMETRY
assert HF_HUB_DISABLE_TELEMETRY
""",
    "ray": """
from assistant.telemetry import silence
silence()
from ray._common.usage.usage_lib import usage_stats_enabled
assert not usage_stats_enabled()
""",
    "openvino": """
from assistant.encoders.network import _core
_core()
import sys
assert sys.modules["openvino_telemetry"] is None
""",
}


@pytest.mark.parametrize("library", QUIET)
def test_a_library_is_silent_once_it_is_imported(library: str) -> None:
    environment = {
        **os.environ,
        **REPORTING,
        "CHROMA_OTEL_COLLECTION_ENDPOINT": "http://127.0.0.1:4317",
    }
    run = subprocess.run(
        [sys.executable, "-c", QUIET[library]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_every_switch_is_known_in_both_positions() -> None:
    assert set(REPORTING) == set(SWITCHES)
    for name, (_, value) in SWITCHES.items():
        assert is_silent(name, value)
        assert not is_silent(name, REPORTING[name])
