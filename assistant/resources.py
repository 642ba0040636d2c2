"""Where the files that come with the assistant are: in a checkout and in an installed wheel.

``prompts/``, ``models/`` and ``config.toml`` stand at the top of a checkout, where people look
for them, and a wheel carries them inside the package, under ``_data``.
"""

from __future__ import annotations

from pathlib import Path

from assistant.errors import AssistantError

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Return the path of a shipped file or folder, such as ``models/catalogue.toml``.

    Raises AssistantError if it is not there: the installation is damaged.
    """
    installed = _PACKAGE / "_data"
    # One place or the other, never both: beside an installed package lie other packages, and
    # one of them may be called "prompts".
    path = (installed if installed.is_dir() else _PACKAGE.parent) / name
    if not path.exists():
        raise AssistantError(
            f"'{name}', which comes with the assistant, is missing at {path}.",
            hint="Install the assistant again.",
        )
    return path


def sample_papers() -> Path:
    """Return the file of the sample library, JSON Lines.

    Raises AssistantError if it is not there: the installation is damaged.
    """
    path = _PACKAGE / "sample" / "papers.jsonl"
    if not path.exists():
        raise AssistantError(
            f"The sample library is missing at {path}.", hint="Install the assistant again."
        )
    return path
