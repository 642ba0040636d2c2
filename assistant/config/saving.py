"""Changes one setting in a settings file, and nothing else in it.

People write these files by hand, so comments, order and spelling stay as they are; that is what
tomlkit is for. It is loaded when a setting is saved: reading needs only ``tomllib``.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.config.checking import check_value, setting_field
from assistant.config.declaration import Value
from assistant.config.loading import read_toml
from assistant.config.places import user_config_file
from assistant.errors import ConfigError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def save_setting(section: str, key: str, value: Value, *, path: Path | None = None) -> Path:
    """Write a setting into a settings file (default: the user's own), and return the file.

    The file and its folder are made if they are missing. A setting that stands in the file is
    replaced where it stands; everything else is kept. The file is replaced as a whole, so a
    crash leaves the old one or the new one. A path that is relative is relative to the current
    folder, and is written in full.

    Raises ConfigError if :func:`load_settings` would refuse the setting, and if the file cannot
    be read or written or is not valid TOML; it is then as it was.
    """
    file = user_config_file() if path is None else path
    entry = check_value(section, key, value, str(file))
    if setting_field(section, key, "").metadata["form"] == "path":
        value = _anchored(str(entry.value))
    else:
        value = entry.value

    def change(tables: dict[str, Any]) -> None:
        tables.setdefault(section, {})[key] = value

    def edit(document: TOMLDocument) -> None:
        _put(document, section, key, value)

    _rewrite(file, section, change, edit)
    return file


def remove_setting(section: str, key: str, *, path: Path | None = None) -> bool:
    """Take a setting out of a settings file (default: the user's own), comments excepted.

    Returns whether it stood there. Raises ConfigError as :func:`save_setting` does.
    """
    file = user_config_file() if path is None else path
    setting_field(section, key, str(file))
    if key not in _section_of(read_toml(file)[1], section, file):
        return False

    def change(tables: dict[str, Any]) -> None:
        del tables[section][key]

    def edit(document: TOMLDocument) -> None:
        del document[section][key]

    _rewrite(file, section, change, edit)
    return True


def _anchored(path: str) -> str:
    """Return a path that means the same from every folder; ``~`` and nothing mean it already."""
    return path if not path or path.startswith("~") else os.path.abspath(path)  # noqa: PTH100


def _rewrite(
    file: Path,
    section: str,
    change: Callable[[dict[str, Any]], None],
    edit: Callable[[TOMLDocument], None],
) -> None:
    """Replace ``file`` by what ``edit`` makes of it, if that says what ``change`` says."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    text, tables = read_toml(file)
    _section_of(tables, section, file)
    wanted = deepcopy(tables)
    change(wanted)
    try:
        document = tomlkit.parse(text if text.endswith("\n") or not text else f"{text}\n")
        edit(document)
        changed = tomlkit.dumps(document)
        proved = _without_empty(tomllib.loads(changed)) == _without_empty(wanted)
        content = changed.encode()
    except UnicodeEncodeError as error:
        raise ConfigError(
            f"{file} cannot hold that value: it is no Unicode text.",
            hint="A file or folder with such a name can be given on the command line only.",
        ) from error
    except (TOMLKitError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _uneditable(file) from error
    if not proved:
        raise _uneditable(file)
    _replace(file, content)


def _without_empty(tables: dict[str, Any]) -> dict[str, Any]:
    """Leave out sections that set nothing: a header, or the last of ``section.key`` lines."""
    return {name: table for name, table in tables.items() if table != {}}


def _section_of(tables: dict[str, Any], section: str, file: Path) -> dict[str, Any]:
    """Return what a section holds. Raises ConfigError if its name stands for something else."""
    table = tables.get(section, {})
    if not isinstance(table, dict):
        raise ConfigError(
            f"{file}: '{section}' is not a section.",
            hint=f"Write [{section}] on a line of its own.",
        )
    return table


def _put(document: TOMLDocument, section: str, key: str, value: Value) -> None:
    """Set ``section.key``: where it stands, else below the last setting of its section."""
    import tomlkit
    from tomlkit.items import Table

    if section not in document:
        if document.body:
            document.add(tomlkit.nl())
        document.add(section, tomlkit.table())
    table = document[section]
    if key in table or not isinstance(table, Table):
        table[key] = value
        return
    # Comments at the end of a section are about the next one: the new setting goes above them.
    body = table.value.body
    after: list[Any] = []
    while body and body[-1][0] is None:
        after.insert(0, body.pop())
    table[key] = value
    body.extend(after)


def _replace(file: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``file``, at one stroke, with the old one's rights."""
    target = Path(os.path.realpath(file))  # a link into a collection of settings stays a link
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(0, "It is write-protected")
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".config-", suffix=".toml")
        try:
            with os.fdopen(descriptor, "wb") as new:
                new.write(content)
                new.flush()
                os.fsync(new.fileno())
            if target.exists():
                shutil.copymode(target, name)
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise ConfigError(
            f"{file} cannot be written: {reason}.",
            hint="The setting was not saved. Make the file and its folder writable.",
        ) from error


def _uneditable(file: Path) -> ConfigError:
    return ConfigError(
        f"{file} cannot be changed without harm to what is in it.",
        hint="The setting was not saved. Change the file in an editor.",
    )
