"""Print an exact pin of every package that the project needs, as installed here.

``make pins`` writes this to ``constraints.txt``. It walks the requirements of the project and
its extras, so that what else lies in the environment is left out.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
HEADER = """\
# Exact versions of everything that `make` installs: what the tests and the figures were run with.
# To refresh: `make pins`, then `.ci/run`, then read the difference before you commit it."""

NOT_INSTALLED = {"training"}
"""Extras that `make` does not install; training/README.md says what they were run with."""

INSTALLERS = {"pip", "setuptools"}
"""These come with the interpreter, in the version that fits it."""


def find_needed(requirements: list[str]) -> dict[str, str]:
    """Return name and installed version of all that ``requirements`` pull in."""
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if canonicalize_name(requirement.name) in INSTALLERS:
            continue
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        found = distribution(name)
        versions[name] = found.version
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                waiting += [(Requirement(text), wanted) for text in found.requires or ()]
    return versions


def main() -> None:
    """Print the pins, sorted by name."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    requirements = [*project["dependencies"]]
    for name, extra in project["optional-dependencies"].items():
        requirements += extra if name not in NOT_INSTALLED else ()
    pins = [f"{name}=={version}" for name, version in sorted(find_needed(requirements).items())]
    sys.stdout.write("\n".join([HEADER, *pins, ""]))


if __name__ == "__main__":
    main()
