"""Addresses of servers and names of keys: what is refused is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.config import load_settings
from assistant.errors import ConfigError, UsageError

ADDRESSES = ("llm.base_url", "embedding.base_url", "store.url")
VARIABLES = ("llm.api_key_variable", "embedding.api_key_variable", "store.token_variable")


def load(*overrides: str) -> None:
    load_settings(overrides=overrides, environment={}, folder=Path("/nowhere"))


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://localhost:8080/v1",
        "https://api.example.org",
        "http://[::1]:8000/",
        "http://10.0.0.1:11434/v1",
    ],
)
def test_an_address_is_taken(name: str, address: str) -> None:
    load(f"{name}={address}")


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "address",
    [
        "localhost:8080",
        "ftp://example.org/secret",
        "http://",
        "http://me:secret@example.org",
        "https://secret@example.org/v1",
        "https://example.org/v1?key=secret",
        "https://example.org/v1#secret",
        "http://example.org:99999/secret",
        "http://example.org/a secret",
        "http://[secret",
        "sk-secret",
    ],
)
def test_what_is_no_address_is_refused_and_not_shown(name: str, address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(f"{name}={address}")
    assert f"{name} is not the address of a server" in caught.value.message
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("variable", ["", "MY_KEY", "_X", "ASSISTANT_LLM_KEY", "K2"])
def test_the_name_of_a_variable_is_taken(name: str, variable: str) -> None:
    load(f"{name}={variable}")


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("key", ["sk-secret", "hf_secret", "secret", "2SECRET", "A SECRET", "Ä"])
def test_a_key_in_the_place_of_its_variable_is_refused_and_not_shown(name: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(f"{name}={key}")
    assert f"{name} is not the name of an environment variable" in caught.value.message
    assert key not in str(caught.value)


def test_faults_are_gathered_and_the_rest_counts(tmp_path: Path) -> None:
    text = "[llm]\nmodle = 1\nthreads = 3\n[answer]\nmax_words = 'x'\n[frob]\n"
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    faults: list[UsageError] = []
    loaded = load_settings(
        overrides=["nonsense", "llm.max_tokens=50", "llm.temperature=9"],
        library="",
        environment={"ASSISTANT_KEYS__SORT": ",", "ASSISTANT_LLM__ENABLED": "no"},
        folder=tmp_path,
        faults=faults,
    )
    assert [fault.message.split(": ", 1)[-1].split(" cannot")[0] for fault in faults] == [
        "there is no setting 'llm.modle'.",
        "answer.max_words",
        "there is no section 'frob'.",
        "keys.sort",
        "--set 'nonsense' is not of the form section.key=value.",
        "llm.temperature",
        "--library is empty.",
    ]
    llm = loaded.settings.llm
    assert (llm.threads, llm.max_tokens, llm.enabled) == (3, 50, False)
