"""Where settings are kept, and what a path in them stands for."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import UsageError

APP_NAME = "abstract-assistant"


def user_config_file() -> Path:
    """Return where the user's own settings file is looked for; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)) / "config.toml"


def expanded(path: str) -> Path:
    """Return a path with its ``~`` resolved; raises UsageError if there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"{path} cannot be found: there is no such home folder.",
            hint="Write the path out in full.",
        ) from error
