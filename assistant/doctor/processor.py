"""Tells what the processor and the graphics of this machine offer, to compare a build with."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

_FLAGS = {
    "AVX2": {"avx2", "hw.optional.avx2_0"},
    "FMA": {"fma", "hw.optional.fma"},
    "F16C": {"f16c", "hw.optional.f16c"},
    "NEON": {"asimd", "neon", "hw.optional.neon", "hw.optional.advsimd"},
    "DOTPROD": {"asimddp", "hw.optional.arm.feat_dotprod"},
}
"""Instructions that llama.cpp is several times slower without, and what systems call them."""

_NVIDIA = "nvidia[0-9]*"
"""Devices of graphics processors, in a container, too."""


def processor_features() -> frozenset[str]:
    """Return which of the instructions that matter the processor has, as llama.cpp names them.

    Empty where the system does not tell.
    """
    flags = _linux_flags() or _mac_flags()
    return frozenset(name for name, names in _FLAGS.items() if names & flags)


def graphics() -> tuple[str, str] | None:
    """Return the graphics processor that is there, and the option that builds llama.cpp for it.

    None if there is none, or the system does not tell.
    """
    if any(Path("/dev").glob(_NVIDIA)):
        return "an NVIDIA graphics processor", "-DGGML_CUDA=on"
    if (platform.system(), platform.machine()) == ("Darwin", "arm64"):
        return "a graphics processor with Metal", "-DGGML_METAL=on"
    return None


def _linux_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    lines = (line.partition(":") for line in text.splitlines())
    found = (words for name, _, words in lines if name.strip().lower() in {"flags", "features"})
    return set(next(found, "").lower().split())


def _mac_flags() -> set[str]:
    if platform.system() != "Darwin":
        return set()
    try:
        told = subprocess.run(
            ["/usr/sbin/sysctl", "hw.optional"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return set()
    lines = (line.partition(":") for line in told.lower().splitlines())
    return {name.strip() for name, _, value in lines if value.strip() == "1"}
