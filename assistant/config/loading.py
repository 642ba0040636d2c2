"""Gathers the settings from their places; what comes first wins."""

from __future__ import annotations

import os
import reprlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, ParamSpec

from assistant.config.checking import Entry, check_value, parse_value, section_fields
from assistant.config.declaration import Value
from assistant.config.places import user_config_file
from assistant.config.schema import Settings
from assistant.errors import ConfigError, UsageError
from assistant.resources import resource

ENVIRONMENT_PREFIX = "ASSISTANT_"
DEFAULT_ORIGIN = "default"
MAX_CONFIG_BYTES = 1_000_000

P = ParamSpec("P")

_FOREIGN_FILE = "If the file belongs to another program, run the assistant in another folder."


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSettings:
    """Settings, and where each came from."""

    settings: Settings
    origins: Mapping[str, str]
    """``section.key`` to ``default``, the path of a file, or the name of a variable or option."""

    def rows(self) -> Iterator[tuple[str, Value, str]]:
        """Yield ``(section.key, value, origin)`` for every setting."""
        for section, values in self.settings.to_dict().items():
            for key, value in values.items():
                name = f"{section}.{key}"
                yield name, value, self.origins.get(name, DEFAULT_ORIGIN)


def load_settings(
    *,
    overrides: Iterable[str] = (),
    library: str | os.PathLike[str] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    faults: list[UsageError] | None = None,
) -> LoadedSettings:
    """Gather the settings; what comes first wins.

    1. ``library`` (the option ``--library``), then ``overrides`` (``section.key=value`` each)
    2. ``environment`` (``ASSISTANT_SECTION__KEY``; default: that of this process)
    3. ``config.toml`` in ``folder`` (default: the current folder)
    4. the user's ``config.toml`` (see :func:`user_config_file`)
    5. the defaults

    Raises ConfigError for an unknown name, a wrong type, a value out of range and a file that
    cannot be read; the message names the file, variable or option. With ``faults``, what is wrong
    is left out and put there instead.
    """
    variables = os.environ if environment is None else environment
    here = Path.cwd() if folder is None else folder
    layers = [
        _read_file(user_config_file()),
        _read_file(here / "config.toml", advice=_FOREIGN_FILE),
        _read_environment(variables),
        _read_overrides(overrides),
    ]
    if library is not None:
        layers.append(_read_library(os.fspath(library)))
    values: dict[str, dict[str, Value]] = {}
    origins: dict[str, str] = {}
    for entry in chain.from_iterable(layers):
        if isinstance(entry, Entry):
            values.setdefault(entry.section, {})[entry.key] = entry.value
            origins[f"{entry.section}.{entry.key}"] = entry.origin
        elif faults is None:
            raise entry
        else:
            faults.append(entry)
    settings = Settings()
    for section, changed in values.items():
        changes: dict[str, Any] = {section: replace(getattr(settings, section), **changed)}
        settings = replace(settings, **changes)
    return LoadedSettings(settings=settings, origins=origins)


def _read_file(path: Path, *, advice: str = "") -> Iterator[Entry | UsageError]:
    """Read a settings file; a file that is not there sets nothing.

    ``advice`` is added to the hint of every error.
    """
    said_anyway = None
    for entry in _file_entries(path):
        if isinstance(entry, UsageError):
            fault = type(entry)(entry.message, hint=f"{entry.hint} {advice}".strip())
            fault.__cause__ = entry
            yield fault
            continue
        if said_anyway is None:
            said_anyway = _defaults_of_shipped(path)
        if not said_anyway or said_anyway[entry.section][entry.key] != entry.value:
            yield entry


def _file_entries(path: Path) -> Iterator[Entry | UsageError]:
    try:
        _, tables = read_toml(path)
    except ConfigError as error:
        yield error
        return
    for section, table in tables.items():
        try:
            section_fields(section, str(path))
            if not isinstance(table, dict):
                raise ConfigError(
                    f"{path}: '{section}' cannot be {reprlib.repr(table)}.",
                    hint=f"It is a section: write [{section}] on a line of its own.",
                )
        except ConfigError as error:
            yield error
            continue
        for key, value in table.items():
            yield _or_fault(check_value, section, key, value, str(path), base=path)


def _or_fault(check: Callable[P, Entry], *args: P.args, **kwargs: P.kwargs) -> Entry | UsageError:
    """Return the entry that a check gives, or the error that it raises."""
    try:
        return check(*args, **kwargs)
    except UsageError as error:
        return error


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a settings file and the tables in it; none if there is no file.

    Raises ConfigError if it cannot be read, is too large, or is not valid TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_BYTES + 1)
        if len(content) > MAX_CONFIG_BYTES:
            raise ConfigError(f"{path} is too large to be a settings file.")
        text = content.decode("utf-8-sig")
        return text, tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return "", {}
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise ConfigError(f"{path} cannot be read: {reason}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error


def _is_shipped(path: Path) -> bool:
    """Tell whether this is the ``config.toml`` that comes with the assistant."""
    return path.samefile(resource("config.toml"))


def _defaults_of_shipped(path: Path) -> dict[str, dict[str, Value]]:
    """Return what the shipped file sets for nothing: the defaults; of another file, nothing.

    That file lists every default. In a checkout it is also ``./config.toml``, where those lines
    would otherwise outrank everything that the user's own file sets.
    """
    return Settings().to_dict() if _is_shipped(path) else {}


def _read_environment(variables: Mapping[str, str]) -> Iterator[Entry | UsageError]:
    """Take ``ASSISTANT_SECTION__KEY``; names without ``__`` are not settings."""
    for name, text in sorted(variables.items()):
        section, separator, key = name.removeprefix(ENVIRONMENT_PREFIX).partition("__")
        if name.startswith(ENVIRONMENT_PREFIX) and separator:
            yield _or_fault(parse_value, section.lower(), key.lower(), text, name)


def _read_overrides(overrides: Iterable[str]) -> Iterator[Entry | UsageError]:
    """Take ``section.key=value``, as given to ``--set``."""
    for override in overrides:
        name, equals, text = override.partition("=")
        section, dot, key = name.strip().partition(".")
        if equals and dot:
            yield _or_fault(parse_value, section, key, text, "--set")
        else:
            yield UsageError(
                f"--set {override!r} is not of the form section.key=value.",
                hint="For example: --set llm.enabled=false",
            )


def _read_library(path: str) -> Iterator[Entry | UsageError]:
    """Take the folder that is given to ``--library``."""
    if path:
        yield _or_fault(check_value, "library", "path", path, "--library")
    else:
        yield UsageError("--library is empty.", hint="Name a folder, or leave the option out.")
