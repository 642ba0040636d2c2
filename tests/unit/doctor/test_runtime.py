"""What the assistant runs on: Python, packages, and llama.cpp as it was built."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.doctor import runtime
from assistant.doctor.processor import processor_features
from assistant.llm import build as build_module
from assistant.llm.build import Build, read_build
from assistant.llm.llama import import_llama_cpp
from tests.unit.doctor.patients import patient_with, told


def build(*features: str, devices: tuple[str, ...] = ()) -> Build:
    return Build(version="1.2.3", features=frozenset(features), devices=devices)


def test_what_this_runs_on_is_sound() -> None:
    for check in (runtime.python, runtime.sqlite, runtime.packages, runtime.llama_cpp):
        (finding,) = check(patient_with("llm.gpu_layers=0"))
        assert finding.state == "ok", finding


def test_the_build_of_llama_cpp_is_read() -> None:
    found = read_build()
    assert found.version
    assert found.features & {"AVX", "NEON", "LLAMAFILE", "OPENMP", "REPACK"}
    assert processor_features() <= found.features  # built on this machine, or for one like it


def test_a_build_without_what_the_processor_has_is_to_be_built_anew() -> None:
    finding = runtime.compare_build(build("SSE3"), features=frozenset({"AVX2", "FMA"}), wanted=None)
    assert finding.state == "warning"
    assert "built without AVX2, FMA" in finding.message
    assert "pip install --force-reinstall" in finding.fix
    assert "llama-cpp-python" in finding.fix


def test_a_build_that_leaves_the_graphics_idle_is_to_be_built_anew() -> None:
    wanted = ("an NVIDIA graphics processor", "-DGGML_CUDA=on")
    idle = runtime.compare_build(build("AVX2"), features=frozenset({"AVX2"}), wanted=wanted)
    assert (idle.state, "-DGGML_CUDA=on" in idle.fix) == ("warning", True)
    used = runtime.compare_build(
        build("AVX2", devices=("CUDA0 (NVIDIA H200)",)), features=frozenset(), wanted=wanted
    )
    assert (used.state, "sees CUDA0 (NVIDIA H200)" in used.message) == ("ok", True)


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("CPU : AVX2 = 1 | NEON = 0 | FMA = 1 | ", {"AVX2", "FMA"}),
        ("Metal : EMBED_LIBRARY = 1 | CPU : NEON = 1 | ", {"EMBED_LIBRARY", "NEON"}),
        ("CUDA : ARCHS = 900 | USE_GRAPHS = 1 | CPU : AVX512 = 1", {"USE_GRAPHS", "AVX512"}),
        ("", set()),
    ],
)
def test_the_features_of_a_build_are_read_from_its_text(text: str, features: set[str]) -> None:
    assert build_module._features(text) == features


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "built for another processor"),
        ("raise ImportError('libllama.so is missing')", "libllama.so is missing"),
    ],
)
def test_a_llama_cpp_that_cannot_be_loaded_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert told(runtime.llama_cpp, patient_with()) == [("llama.cpp", "failure")]
    (finding,) = runtime.llama_cpp(patient_with())
    assert words in finding.message
    assert told(runtime.llama_cpp, patient_with("llm.enabled=no")) == [("llama.cpp", "warning")]


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="tells of no processor")
def test_the_features_of_the_processor_are_told() -> None:
    features = processor_features()
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8").lower()
    assert ("AVX2" in features) == (" avx2" in text)
    assert ("NEON" in features) == (" asimd" in text)


def test_llama_cpp_can_be_asked_for_its_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    # There is a graphics processor on few machines, and the processor on all.
    monkeypatch.setattr(build_module, "_GRAPHICS", {0})
    library = import_llama_cpp().llama_cpp._lib
    assert [device for device in build_module._devices(library) if device.startswith("CPU (")]
