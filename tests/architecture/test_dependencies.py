"""What is imported is declared, and what is declared is pinned."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(project: Path, *, extras: bool) -> set[str]:
    table = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = list(table["dependencies"])
    if extras:
        requirements += [
            item
            for name, extra in table["optional-dependencies"].items()
            if name not in NOT_INSTALLED
            for item in extra
        ]
    return {normalised(re.split(r"[<>=~!\[ ]", item)[0]) for item in requirements}


def imported(folder: Path) -> set[str]:
    names = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"assistant"}


NOT_INSTALLED = {"training"}
"""Extras that `make` does not install: they are not pinned."""
OPTIONAL = {"pyarrow", "pypdf", "ray"}
"""Imported where an extra is used, and only there."""


def test_every_import_of_the_package_is_declared(project: Path) -> None:
    distributions = packages_distributions()
    undeclared = {
        name
        for name in imported(project / "assistant")
        if not {normalised(found) for found in distributions[name]}
        & declared(project, extras=name in OPTIONAL)
    }
    assert undeclared == set()


def test_the_pins_are_exact_and_cover_every_declared_package(project: Path) -> None:
    lines = (project / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9][a-z0-9.]*", pin)] == []
    assert declared(project, extras=True) <= {pin.partition("==")[0] for pin in pins}
