"""Files that are there whole or not at all, and in nobody's place unless that is asked for."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from assistant.errors import InputError


@contextmanager
def new_file(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Give a file to write to; it gets its name at the end, unless an exception comes first.

    Raises InputError if there is such a file and ``force`` is false, if something else has the
    name, and if the file cannot be written; the disk may be full.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    _check(target, force=force)
    part = target.parent / f".assistant-{secrets.token_hex(6)}.part"
    try:
        with part.open("xb") as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                if force and target.exists():
                    shutil.copymode(target, part)
                _name(part, target, force=force)
            finally:
                with suppress(OSError):
                    part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}.",
            hint="Name another file, correct the permissions, or free space on the disk.",
        ) from error


def check_new_file(path: Path, *, force: bool) -> None:
    """Raise at once what :func:`new_file` would raise after long work, as far as can be known."""
    target = Path(os.path.realpath(path))
    _check(target, force=force)
    if not target.parent.is_dir():
        raise InputError(
            f"{path} cannot be written: there is no such folder.", hint="Name another file."
        )


def _check(target: Path, *, force: bool) -> None:
    if target.is_dir() or (target.exists() and not target.is_file()):
        raise InputError(f"{target} is no file.", hint="Name a file that is to be written.")
    if target.exists() and not force:
        raise _is_there(target)


def _name(part: Path, target: Path, *, force: bool) -> None:
    """Give the finished file its name, and no other file's if that came up meanwhile."""
    if force:
        part.replace(target)
        return
    try:
        os.link(part, target)
    except FileExistsError:
        raise _is_there(target) from None
    except OSError:  # a file system without links
        _check(target, force=False)
        part.replace(target)


def _is_there(target: Path) -> InputError:
    return InputError(
        f"{target} is there already.", hint="Name another file, or replace it with --force."
    )
