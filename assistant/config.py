"""Settings: what can be set, where a value may come from, and which one wins.

There is one frozen dataclass a section and one line a setting, which holds the default, what
the setting means and what is allowed. Everything else here (reading TOML, the environment and
the command line, refusing what is wrong, remembering origins) works from those lines, so a new
setting is one line here and one in the shipped ``config.toml``.

A wrong setting is refused and never ignored: a misspelt key that does nothing costs its writer
far more time than an error does.
"""

from __future__ import annotations

import difflib
import os
import reprlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from assistant.errors import ConfigError, UsageError
from assistant.resources import resource

APP_NAME = "abstract-assistant"
ENVIRONMENT_PREFIX = "ASSISTANT_"
DEFAULT_ORIGIN = "default"
MAX_CONFIG_BYTES = 1_000_000

_FOREIGN_FILE = "If the file belongs to another program, run the assistant in another folder."

Value = int | float | bool | str
V = TypeVar("V", int, float, bool, str)


def setting(
    default: V,
    about: str,
    *,
    least: float | None = None,
    most: float | None = None,
    is_path: bool = False,
) -> V:
    """Declare a setting; the type of ``default`` is the type of the setting.

    ``least`` and ``most`` are the allowed range, both inclusive. With ``is_path`` a relative
    value that stands in a file is relative to the folder of that file.
    """
    metadata = {
        "kind": type(default),
        "about": about,
        "least": least,
        "most": most,
        "is_path": is_path,
    }
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySettings:
    """Where the papers are kept."""

    path: str = setting("", "folder of the library; empty: the user's data folder", is_path=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkingSettings:
    """How an abstract is cut into passages. A change means that papers are indexed again."""

    window_sentences: int = setting(3, "sentences in a passage", least=1, most=50)
    step_sentences: int = setting(2, "sentences from one passage to the next", least=1, most=50)
    max_tokens: int = setting(220, "tokens in a passage, its title included", least=32, most=8192)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSettings:
    """The encoder that turns passages and questions into vectors."""

    model: str = setting("all-MiniLM-L6-v2", "name in models/catalogue.toml")
    batch_size: int = setting(8, "passages embedded at once", least=1, most=1024)
    threads: int = setting(0, "processor threads; 0: as many as there are cores", least=0, most=512)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSettings:
    """How papers are found."""

    candidates: int = setting(100, "papers taken from each ranking", least=1, most=10_000)
    dense_weight: float = setting(
        0.7, "share of the cosine in a score; the rest is BM25", least=0.0, most=1.0
    )
    read_papers: int = setting(
        20, "best papers that are read sentence by sentence", least=1, most=1000
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSettings:
    """What an answer may be like."""

    max_sentences: int = setting(3, "sentences of an answer", least=1, most=20)
    max_words: int = setting(60, "words of an answer", least=10, most=1000)
    max_papers: int = setting(5, "papers cited when several are asked for", least=1, most=50)
    paper_cut: float = setting(
        0.8, "least score of a further paper, relative to the best", least=0.0, most=1.0
    )
    min_confidence: float = setting(
        0.2, "below this the answer is 'not found'", least=0.0, most=1.0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSettings:
    """The language model that phrases an answer."""

    model: str = setting("SmolLM2-135M-Instruct", "name in models/catalogue.toml, or a GGUF file")
    context_tokens: int = setting(2048, "context window", least=256, most=1_048_576)
    max_tokens: int = setting(96, "longest text written for one answer", least=8, most=8192)
    threads: int = setting(0, "processor threads; 0: as many as there are cores", least=0, most=512)
    temperature: float = setting(0.0, "0: always the likeliest word", least=0.0, most=2.0)
    enabled: bool = setting(True, "false: answers are made of quotes alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, by section."""

    library: LibrarySettings = field(default_factory=LibrarySettings)
    chunking: ChunkingSettings = field(default_factory=ChunkingSettings)
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    retrieval: RetrievalSettings = field(default_factory=RetrievalSettings)
    answer: AnswerSettings = field(default_factory=AnswerSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)

    @property
    def library_folder(self) -> Path:
        """The folder of the library, absolute: ``library.path`` or the user's data folder."""
        if self.library.path:
            return Path(os.path.abspath(expanded(self.library.path)))  # noqa: PTH100
        import platformdirs

        return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "library"

    def to_dict(self) -> dict[str, dict[str, Value]]:
        """Return ``{section: {key: value}}`` in the order of the declarations."""
        return {
            section: {f.name: getattr(getattr(self, section), f.name) for f in fields(kind)}
            for section, kind in sections().items()
        }


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
) -> LoadedSettings:
    """Gather the settings; what comes first wins.

    1. ``library`` (the option ``--library``), then ``overrides`` (``section.key=value`` each)
    2. ``environment`` (``ASSISTANT_SECTION__KEY``; default: that of this process)
    3. ``config.toml`` in ``folder`` (default: the current folder)
    4. the user's ``config.toml`` (see :func:`user_config_file`)
    5. the defaults

    Raises ConfigError for an unknown name, a wrong type, a value out of range and a file that
    cannot be read; the message names the file, variable or option.
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
        if not os.fspath(library):
            raise UsageError("--library is empty.", hint="Name a folder, or leave the option out.")
        layers.append([_checked("library", "path", os.fspath(library), "--library")])
    values: dict[str, dict[str, Value]] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        for entry in layer:
            values.setdefault(entry.section, {})[entry.key] = entry.value
            origins[f"{entry.section}.{entry.key}"] = entry.origin
    settings = Settings()
    for section, changed in values.items():
        changes: dict[str, Any] = {section: replace(getattr(settings, section), **changed)}
        settings = replace(settings, **changes)
    return LoadedSettings(settings=settings, origins=origins)


def expanded(path: str) -> Path:
    """Return a path with its ``~`` resolved; raises UsageError if there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"{path} cannot be found: there is no such home folder.",
            hint="Write the path out in full.",
        ) from error


def user_config_file() -> Path:
    """Return where the user's own settings file is looked for; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "config.toml"


def sections() -> dict[str, type[Any]]:
    """Return the dataclass of each section, by name."""
    defaults = Settings()
    return {f.name: type(getattr(defaults, f.name)) for f in fields(Settings)}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One value that was given, checked, and the place that gave it."""

    section: str
    key: str
    value: Value
    origin: str


def _read_file(path: Path, *, advice: str = "") -> list[_Entry]:
    """Read a settings file; a file that is not there sets nothing.

    ``advice`` is added to the hint of every error.
    """
    if not path.exists():
        return []
    try:
        tables = _parse_toml(path)
        entries = []
        for section, table in tables.items():
            _fields_of(section, str(path))
            if not isinstance(table, dict):
                raise ConfigError(
                    f"{path}: '{section}' cannot be {reprlib.repr(table)}.",
                    hint=f"It is a section: write [{section}] on a line of its own.",
                )
            entries += [_checked(section, k, v, str(path), base=path) for k, v in table.items()]
    except ConfigError as error:
        raise ConfigError(error.message, hint=f"{error.hint} {advice}".strip()) from error
    return _without_defaults(entries) if _is_shipped(path) else entries


def _parse_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_BYTES + 1)
        if len(content) > MAX_CONFIG_BYTES:
            raise ConfigError(f"{path} is too large to be a settings file.")
        return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise ConfigError(f"{path} cannot be read: {reason}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error


def _is_shipped(path: Path) -> bool:
    """Tell whether this is the ``config.toml`` that comes with the assistant."""
    return path.samefile(resource("config.toml"))


def _without_defaults(entries: list[_Entry]) -> list[_Entry]:
    """Leave out what the shipped file says anyway.

    That file lists every default. In a checkout it is also ``./config.toml``, where those lines
    would otherwise outrank everything that the user's own file sets.
    """
    defaults = Settings().to_dict()
    return [entry for entry in entries if defaults[entry.section][entry.key] != entry.value]


def _read_environment(variables: Mapping[str, str]) -> list[_Entry]:
    """Take ``ASSISTANT_SECTION__KEY``; names without ``__`` are not settings."""
    entries = []
    for name, text in sorted(variables.items()):
        section, separator, key = name.removeprefix(ENVIRONMENT_PREFIX).partition("__")
        if name.startswith(ENVIRONMENT_PREFIX) and separator:
            section, key = section.lower(), key.lower()
            value = _parsed(section, key, text, name)
            entries.append(_checked(section, key, value, name))
    return entries


def _read_overrides(overrides: Iterable[str]) -> list[_Entry]:
    """Take ``section.key=value``, as given to ``--set``."""
    entries = []
    for override in overrides:
        name, equals, text = override.partition("=")
        section, dot, key = name.strip().partition(".")
        if not equals or not dot:
            raise UsageError(
                f"--set {override!r} is not of the form section.key=value.",
                hint="For example: --set llm.enabled=false",
            )
        entries.append(_checked(section, key, _parsed(section, key, text, "--set"), "--set"))
    return entries


def _parsed(section: str, key: str, text: str, origin: str) -> Value:
    """Read ``text`` as a value of the type of the setting; a text that is none stays a text."""
    kind: type[Value] = _field_of(section, key, origin).metadata["kind"]
    words = {"true": True, "yes": True, "on": True, "1": True}
    words |= {"false": False, "no": False, "off": False, "0": False}
    try:
        if kind is bool:
            return words.get(text.strip().lower(), text)
        return kind(text)
    except ValueError:
        return text


def _checked(
    section: str, key: str, value: object, origin: str, *, base: Path | None = None
) -> _Entry:
    """Check name, type and range of a value. ``base`` is the file that holds it, if any."""
    spec = _field_of(section, key, origin)
    kind: type[Value] = spec.metadata["kind"]
    if kind is float and type(value) is int:
        value = float(value)
    least, most = spec.metadata["least"], spec.metadata["most"]
    if not isinstance(value, Value) or type(value) is not kind or not _within(value, least, most):
        raise ConfigError(
            f"{origin}: {section}.{key} cannot be {reprlib.repr(value)}.",
            hint=f"It must be {_allowed(kind, least, most)} ({spec.metadata['about']}).",
        )
    if spec.metadata["is_path"] and base is not None and value:
        value = str(base.absolute().parent / expanded(str(value)))
    return _Entry(section, key, value, origin)


def _within(value: Value, least: float | None, most: float | None) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    return (least is None or value >= least) and (most is None or value <= most)


def _allowed(kind: type, least: float | None, most: float | None) -> str:
    """Say in words which values a setting may have."""
    noun = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}[kind]
    return noun if least is None else f"{noun} from {least} to {most}"


def _field_of(section: str, key: str, origin: str) -> Field[Any]:
    """Return the declaration of a setting, or refuse the name and suggest the nearest."""
    known = _fields_of(section, origin)
    if key in known:
        return known[key]
    raise _unknown(f"{origin}: there is no setting '{section}.{key}'.", key, known, f"{section}.")


def _fields_of(section: str, origin: str) -> dict[str, Field[Any]]:
    """Return the settings of a section by name, or refuse the section."""
    known = sections()
    if section in known:
        return {f.name: f for f in fields(known[section])}
    raise _unknown(f"{origin}: there is no section '{section}'.", section, known, "")


def _unknown(message: str, name: str, known: Iterable[str], prefix: str) -> ConfigError:
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return ConfigError(message, hint=f"Did you mean '{prefix}{near[0]}'?")
    listing = ", ".join(prefix + known_name for known_name in names)
    return ConfigError(message, hint=f"There are: {listing}.")
