"""Checks the settings: what is wrong, what has no effect, and keys in the wrong place."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from assistant.config import DEFAULT_ORIGIN, Settings, key_variables, user_config_file
from assistant.config.loading import ENVIRONMENT_PREFIX, read_toml
from assistant.doctor.finding import Finding, failure, ok, warning
from assistant.doctor.patient import Patient
from assistant.errors import ConfigError

_OWN_VARIABLES = {"ASSISTANT_DEBUG"}
_SECRET = re.compile(r"(?i)(^|_)(api_?key|key|token|secret|password)$")
_MODEL_FILES = (".gguf", ".onnx")
_SERVERS = (
    ("llm", "base_url", "api_key_variable"),
    ("embedding", "base_url", "api_key_variable"),
    ("store", "url", "token_variable"),
)
"""Sections of servers, with the settings of their addresses and keys."""


def settings(patient: Patient, /) -> Iterator[Finding]:
    """Tell what is wrong with the settings, one finding a mistake."""
    for fault in patient.faults:
        yield failure("settings", fault.message, fix=fault.hint or "Correct the file.")
    if not patient.faults:
        changed = sum(origin != DEFAULT_ORIGIN for _, _, origin in patient.loaded.rows())
        yield ok("settings", f"All are understood; {changed} differ from their defaults.")


def environment(patient: Patient, /) -> Iterator[Finding]:
    """Look for variables that were meant as settings and set nothing."""
    named = set(key_variables(patient.settings).values())
    meant = {name.replace("_", ""): name for name in _setting_variables()}
    found = False
    for name in sorted(patient.environment):
        folded = name.upper()
        if not folded.startswith(ENVIRONMENT_PREFIX) or name in named | _OWN_VARIABLES:
            continue
        if folded == name and "__" in name:
            continue  # a setting, or refused as one
        found = True
        near = difflib.get_close_matches(folded.replace("_", ""), meant, n=1, cutoff=0.8)
        said = f"The variable {name} looks like a setting and sets nothing."
        if near:
            yield warning("environment", said, fix=f"Rename it to {meant[near[0]]}.")
        else:
            yield warning("environment", said, fix=f"Remove it: unset {name}")
    if not found:
        yield ok("environment", f"No variable {ENVIRONMENT_PREFIX}… is without effect.")


def secrets(patient: Patient, /) -> Iterator[Finding]:
    """Look for keys in files, keys that are missing, and keys that travel unprotected."""
    files = (user_config_file(), Path.cwd() / "config.toml")
    findings = [
        *chain.from_iterable(_keys_in(file, patient) for file in files),
        *chain.from_iterable(_key_of(patient, *server) for server in _SERVERS),
    ]
    yield from findings
    if not findings:
        yield ok("keys", "No key stands in a file, and none is missing.")


def models(patient: Patient, /) -> Iterator[Finding]:
    """Look for a model file that is named beside the server that is used in its place."""
    for section in ("llm", "embedding"):
        model, url = (str(_value(patient, section, key)) for key in ("model", "base_url"))
        if not url or not (model.endswith(_MODEL_FILES) or Path(model).is_dir()):
            continue
        yield warning(
            "settings",
            f"[{section}] names a server and a file: the server is asked for a model called "
            f"'{model}', and the file is not used.",
            fix=f"assistant config set {section}.model NAME_ON_THE_SERVER, or "
            f"assistant config unset {section}.base_url",
        )


def _keys_in(file: Path, patient: Patient) -> Iterator[Finding]:
    """Tell of settings in a file that hold a key. The key is never shown."""
    try:
        _, tables = read_toml(file)
    except ConfigError:
        return  # told by the check of the settings
    variables = key_variables(patient.settings)
    for section, table in tables.items():
        for key in table if isinstance(table, dict) else ():
            if not _SECRET.search(key):
                continue
            variable = variables.get(section) or "NAME"
            yield failure(
                "keys",
                f"{file} holds a key: {section}.{key}.",
                fix=f"Take that line out, and set the key in the environment: export {variable}=…",
            )


def _key_of(patient: Patient, section: str, url_key: str, variable_key: str) -> Iterator[Finding]:
    """Tell whether a server gets the key that it should, and safely."""
    url = str(_value(patient, section, url_key))
    variable = str(_value(patient, section, variable_key))
    if not url or not variable:
        return
    if not patient.environment.get(variable):
        if patient.origin(f"{section}.{variable_key}"):
            yield warning(
                "keys",
                f"[{section}] {variable_key} names {variable}, which is not set.",
                fix=f"export {variable}=…",
            )
    elif urlsplit(url).scheme == "http" and not _is_near(urlsplit(url).hostname or ""):
        yield warning(
            "keys",
            f"The key in {variable} is sent to {urlsplit(url).hostname} without encryption.",
            fix=f"assistant config set {section}.{url_key} https://…",
        )


def _is_near(host: str) -> bool:
    """Tell whether a host is this machine or in a private network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))


def _setting_variables() -> set[str]:
    """Return the names of the variables that set something."""
    return {
        f"{ENVIRONMENT_PREFIX}{section}__{key}".upper()
        for section, keys in Settings().to_dict().items()
        for key in keys
    }


def _value(patient: Patient, section: str, key: str) -> object:
    return getattr(getattr(patient.settings, section), key)
