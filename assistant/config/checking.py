"""What a setting may be called and what it may hold; everything else is refused in words."""

from __future__ import annotations

import contextlib
import difflib
import re
import reprlib
from collections.abc import Iterable
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assistant.config.declaration import Form, Value
from assistant.config.places import expanded
from assistant.config.schema import sections
from assistant.errors import ConfigError, UsageError

_SWITCHES = dict.fromkeys(["true", "yes", "on", "1"], True)
_SWITCHES |= dict.fromkeys(["false", "no", "off", "0"], False)

_VARIABLE = re.compile(r"(?:[A-Z_][A-Z0-9_]*)?")
"""In capitals, as such names are: a key that stands in the place of the name is none of these."""

_SECRETIVE: dict[Form, tuple[str, str]] = {
    "variable": (
        "is not the name of an environment variable",
        "The variable holds the key, and its name, in capitals, stands here: ASSISTANT_LLM_KEY. "
        "A key itself never stands in the settings.",
    ),
    "address": (
        "is not the address of a server",
        "An address is like 'http://localhost:8080/v1': no name, password or key is part of it. "
        "A key is read from the environment variable that the settings name.",
    ),
}
"""What may hold a key by mistake: what is said of it, without showing it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value that was given, checked, and the place that gave it."""

    section: str
    key: str
    value: Value
    origin: str


def split_name(name: str, *, origin: str) -> tuple[str, str]:
    """Return section and key of a setting that is written ``section.key``.

    ``origin`` is the place that gave the name, for messages. Raises UsageError if it is not of
    that form, and ConfigError if there is no such setting.
    """
    section, dot, key = name.strip().partition(".")
    if not dot:
        raise UsageError(
            f"{origin}: {reprlib.repr(name)} is not of the form section.key.",
            hint="For example: llm.enabled",
        )
    setting_field(section, key, origin)
    return section, key


def parse_value(section: str, key: str, text: str, origin: str) -> Entry:
    """Return a setting with the value that ``text`` stands for. Raises ConfigError."""
    kind: type[Value] = setting_field(section, key, origin).metadata["kind"]
    value: Value = text
    with contextlib.suppress(ValueError):  # not a number: refused below, as the text that it is
        value = _SWITCHES.get(text.strip().lower(), text) if kind is bool else kind(text)
    return check_value(section, key, value, origin)


def check_value(
    section: str, key: str, value: object, origin: str, *, base: Path | None = None
) -> Entry:
    """Check name, type and range of a value; raises ConfigError.

    ``base`` is the file that holds the value, if any: its relative paths are relative to it.
    """
    spec = setting_field(section, key, origin)
    kind: type[Value] = spec.metadata["kind"]
    if kind is float and type(value) is int:
        value = float(value)
    if not isinstance(value, Value) or type(value) is not kind or not _is_allowed(value, spec):
        if spec.metadata["form"] in _SECRETIVE:
            what, hint = _SECRETIVE[spec.metadata["form"]]
            raise ConfigError(f"{origin}: {section}.{key} {what}.", hint=hint)
        raise ConfigError(
            f"{origin}: {section}.{key} cannot be {reprlib.repr(value)}.",
            hint=f"It must be {_describe_allowed(spec)} ({spec.metadata['about']}).",
        )
    if spec.metadata["form"] == "path" and base is not None and value:
        value = str(base.absolute().parent / expanded(str(value)))
    return Entry(section, key, value, origin)


def setting_field(section: str, key: str, origin: str) -> Field[Any]:
    """Return the declaration of a setting, or refuse the name and suggest the nearest."""
    known = section_fields(section, origin)
    if key in known:
        return known[key]
    raise _unknown(f"{origin}: there is no setting '{section}.{key}'.", key, known, f"{section}.")


def section_fields(section: str, origin: str) -> dict[str, Field[Any]]:
    """Return the settings of a section by name, or refuse the section."""
    known = sections()
    if section in known:
        return {f.name: f for f in fields(known[section])}
    raise _unknown(f"{origin}: there is no section '{section}'.", section, known, "")


def _is_allowed(value: Value, spec: Field[Any]) -> bool:
    if isinstance(value, str):
        return _is_text_allowed(value, spec.metadata["form"])
    least, most = spec.metadata["least"], spec.metadata["most"]
    return (least is None or value >= least) and (most is None or value <= most)


def _is_text_allowed(text: str, form: Form) -> bool:
    """Tell whether a text will do. Names of keys are Textual's affair: they are not looked up."""
    match form:
        case "keys":
            return text.isprintable() and all(key.strip() for key in text.split(","))
        case "variable":
            return _VARIABLE.fullmatch(text) is not None
        case "address":
            return not text or _is_address(text)
        case _:
            return "\0" not in text


def _is_address(text: str) -> bool:
    """Tell whether a text is the address of a server and nothing more."""
    try:
        parts = urlsplit(text.strip())
        named = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return False
    more = "@" in parts.netloc or parts.query or parts.fragment
    return bool(named and not more and text.isprintable() and " " not in text.strip())


def _describe_allowed(spec: Field[Any]) -> str:
    """Say in words which values a setting may have."""
    kind, least, most = (spec.metadata[name] for name in ("kind", "least", "most"))
    if spec.metadata["form"] == "keys":
        return "a key, or several with commas between them, such as 'ctrl+b' or 'f2,ctrl+l'"
    noun = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}[kind]
    return noun if least is None else f"{noun} from {least} to {most}"


def _unknown(message: str, name: str, known: Iterable[str], prefix: str) -> ConfigError:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return ConfigError(message, hint=f"Did you mean '{prefix}{near[0]}'?")
    listing = ", ".join(prefix + known_name for known_name in names)
    return ConfigError(message, hint=f"There are: {listing}.")
