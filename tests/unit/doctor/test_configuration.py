"""Settings that are wrong, that do nothing, and keys where they do not belong."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config import user_config_file
from assistant.doctor.configuration import environment, models, secrets, settings
from assistant.doctor.privacy import telemetry
from assistant.telemetry import SWITCHES
from tests.unit.doctor.patients import patient_with, told

KEY = "sk-proj-0123456789abcdef"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_settings_nothing_is_wrong() -> None:
    assert told(settings, patient_with()) == [("settings", "ok")]
    assert told(environment, patient_with()) == [("environment", "ok")]
    assert told(secrets, patient_with()) == [("keys", "ok")]
    assert told(models, patient_with()) == []


def test_every_mistake_is_told_and_the_sound_settings_count(tmp_path: Path) -> None:
    text = "[llm]\nmodle = 'x'\nthreads = 'many'\nmax_tokens = 77\n[frob]\nx = 1\n"
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    patient = patient_with("answer.max_words=3", folder=tmp_path, ASSISTANT_LLM__CONTEXT="9")
    findings = list(settings(patient))
    assert [finding.state for finding in findings] == ["failure"] * 5
    assert "llm.modle" in findings[0].message
    assert "Did you mean 'llm.model'" in findings[0].fix
    assert patient.settings.llm.max_tokens == 77


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[llm\n", encoding="utf-8")
    patient = patient_with(folder=tmp_path)
    assert told(settings, patient) == [("settings", "failure")]
    assert told(secrets, patient) == [("keys", "ok")]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ASSISTANT_LLM_MODEL", "ASSISTANT_LLM__MODEL"),
        ("ASSISTANT_LLM_BASEURL", "ASSISTANT_LLM__BASE_URL"),
        ("assistant_llm__model", "ASSISTANT_LLM__MODEL"),
        ("ASSISTANT_LIBRARY_PATH", "ASSISTANT_LIBRARY__PATH"),
    ],
)
def test_a_variable_that_sets_nothing_is_told_with_what_was_meant(name: str, meant: str) -> None:
    (finding,) = environment(patient_with(**{name: "x"}))
    assert (finding.state, finding.fix) == ("warning", f"Rename it to {meant}.")


def test_variables_that_are_something_else_are_left_in_peace() -> None:
    names = ("ASSISTANT_DEBUG", "ASSISTANT_LLM_KEY", "ASSISTANT_STORE_TOKEN", "ASSISTANTS_FROB")
    patient = patient_with(**dict.fromkeys(names, "x"))
    assert told(environment, patient) == [("environment", "ok")]


def test_a_file_that_is_named_beside_a_server_is_told() -> None:
    patient = patient_with("llm.base_url=http://localhost:1/v1", "llm.model=/models/my.gguf")
    (finding,) = models(patient)
    assert "[llm] names a server and a file" in finding.message
    assert told(models, patient_with("llm.model=/models/my.gguf")) == []


@pytest.mark.parametrize("line", ["api_key", "key", "api_token"])
def test_a_key_in_a_file_is_told_and_never_shown(tmp_path: Path, line: str) -> None:
    file = user_config_file()
    file.parent.mkdir(parents=True)
    file.write_text(f'[llm]\n{line} = "{KEY}"\n', encoding="utf-8")
    (finding,) = secrets(patient_with())
    assert finding.state == "failure"
    assert f"{file} holds a key: llm.{line}" in finding.message
    assert "export ASSISTANT_LLM_KEY=" in finding.fix
    faults = patient_with().faults
    assert KEY not in str([finding, *faults])


@pytest.mark.parametrize(
    "override", [f"llm.api_key_variable={KEY}", f"llm.base_url=https://me:{KEY}@example.org/v1"]
)
def test_a_key_in_the_place_of_a_name_or_an_address_is_refused_and_never_shown(
    override: str,
) -> None:
    patient = patient_with(override)
    (finding,) = settings(patient)
    assert finding.state == "failure"
    assert KEY not in str(finding)


def test_a_key_that_is_named_and_not_set_is_told() -> None:
    url, named = "llm.base_url=http://localhost:1/v1", "llm.api_key_variable=MY_KEY"
    assert told(secrets, patient_with(url)) == [("keys", "ok")]
    assert told(secrets, patient_with(named)) == [("keys", "ok")]
    assert told(secrets, patient_with(url, named, MY_KEY=KEY)) == [("keys", "ok")]
    (finding,) = secrets(patient_with(url, named))
    assert (finding.state, finding.fix) == ("warning", "export MY_KEY=…")


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("http://api.example.org/v1", "warning"),
        ("http://8.8.8.8/v1", "warning"),
        ("https://api.example.org/v1", "ok"),
        ("http://localhost:8080/v1", "ok"),
        ("http://192.168.1.7:8080/v1", "ok"),
        ("http://[::1]:8080/v1", "ok"),
        ("http://gpu-box:8080/v1", "ok"),
    ],
)
def test_a_key_that_would_travel_unprotected_is_told(address: str, state: str) -> None:
    patient = patient_with(f"llm.base_url={address}", ASSISTANT_LLM_KEY=KEY)
    (finding,) = secrets(patient)
    assert finding.state == state
    assert KEY not in str(finding)


def test_telemetry_is_off_whatever_the_environment_wants() -> None:
    assert told(telemetry, patient_with()) == [("telemetry", "ok")]
    quiet = patient_with(**{name: value for name, (_, value) in SWITCHES.items()})
    assert "not heeded" not in next(telemetry(quiet)).message
    (finding,) = telemetry(patient_with(RAY_USAGE_STATS_ENABLED="1", ANONYMIZED_TELEMETRY="True"))
    assert "(ANONYMIZED_TELEMETRY, RAY_USAGE_STATS_ENABLED is set, and not" in finding.message
