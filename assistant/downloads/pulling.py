"""Fetches a model: asks for it, checks the room, brings it here, compares it, gives it its name.

What is on its way lies in ``.pulling`` within the models folder, under names that no model is
looked for. A file leaves it when its digest was compared with what its source tells, and the
record of the model is written before the first one does: whatever happens in between, a model is
either not found or whole.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.catalogue.gguf import CutShort, read_metadata, role_of
from assistant.catalogue.known import Role, known_model
from assistant.catalogue.locating import locate, user_models_folder
from assistant.catalogue.pulled import (
    PulledFile,
    PulledModel,
    pulled_models,
    record_file,
    write_record,
)
from assistant.catalogue.verified import remember
from assistant.downloads import hub, space, transfer
from assistant.downloads.parts import Part, Plan
from assistant.downloads.resolving import resolve
from assistant.errors import (
    AssistantError,
    Cancelled,
    DownloadFailed,
    InputError,
    ModelError,
)
from assistant.types import Cancellation

BEGUN_FOLDER = ".pulling"
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PullProgress:
    """Where a pull stands."""

    step: Literal["fetch", "check"]
    done_bytes: int
    total_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull did."""

    model: PulledModel
    folder: Path
    fetched: bool
    """False if everything was there already."""


def pull(
    target: str,
    *,
    name: str = "",
    sha256: str = "",
    link: bool = False,
    force: bool = False,
    progress: Callable[[PullProgress], None] | None = None,
    cancel: Cancellation | None = None,
) -> Pulled:
    """Put a model into the user's models folder and return what is there then.

    ``target`` is a name of the catalogue, ``hf:OWNER/REPOSITORY/FILE``, an address, or the path of
    a GGUF file or of the folder of an ONNX encoder, which is copied, or with ``link`` linked.
    ``name`` is what to call it in place of its file's name, ``sha256`` what it must have. With
    ``force`` it is fetched even if it does not fit into the memory.

    Raises ModelMissing, UsageError or DownloadFailed for what :func:`resolve` cannot find,
    DownloadFailed if there is no room, if another process fetches the same, or if what came is
    not what was to come, InputError if the name is taken, Cancelled once ``cancel`` is set: what
    was fetched until then is kept, and the next pull goes on from it.
    """
    stop = cancel or Cancellation()
    if (there := _there_already(target, name)) is not None:
        return there
    plan = resolve(target, name=name, sha256=sha256)
    if link and any(part.file is None for part in plan.parts):
        raise InputError(f"{target} is not on this machine.", hint="Leave --link out.")
    folder = user_models_folder()
    _make_folder(folder)
    with _only_one(folder, plan.name) as begun:
        if (there := _kept(folder, plan)) is not None:
            return there
        _check_room(folder, begun, plan, link=link, force=force)
        report = progress or (lambda _: None)
        files = _bring(plan, begun, link=link, report=report, cancel=stop)
        model = PulledModel(
            name=plan.name,
            role=_role(plan, begun),
            source=plan.source,
            files=files,
            about=plan.about,
        )
        _place(plan, model, begun, folder)
    return Pulled(model=model, folder=folder, fetched=True)


def begun_pulls() -> dict[str, int]:
    """Return the models of which a part was fetched and kept, and how many bytes."""
    base = user_models_folder() / BEGUN_FOLDER
    found = {}
    for folder in sorted(base.iterdir()) if base.is_dir() else ():
        size = sum(part.stat().st_size for part in folder.glob("*.part") if part.is_file())
        if size:
            found[folder.name] = size
    return found


def _there_already(target: str, name: str) -> Pulled | None:
    """Return a model of the catalogue that needs no pull: nothing is asked of the network."""
    known = known_model(target)
    if known is None or name not in {"", known.name}:
        return None
    with suppress(AssistantError):
        paths = locate(known.name, known.role)
        folder = user_models_folder()
        for model in pulled_models(folder):
            if model.name == known.name:
                return Pulled(model=model, folder=folder, fetched=False)
        files = tuple(
            PulledFile(path=str(path), size_bytes=path.stat().st_size, sha256="") for path in paths
        )
        model = PulledModel(
            name=known.name, role=known.role, source="", files=files, about=known.about
        )
        return Pulled(model=model, folder=paths[0].parent, fetched=False)
    return None


def _make_folder(folder: Path) -> None:
    try:
        (folder / BEGUN_FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DownloadFailed(
            f"{folder} cannot be made: {(error.strerror or 'unknown reason').lower()}.",
            hint="Make it yourself, or correct the permissions.",
        ) from error


@contextmanager
def _only_one(folder: Path, name: str) -> Iterator[Path]:
    """Give the folder of what is on its way, to one process at a time."""
    from filelock import FileLock, Timeout

    begun = folder / BEGUN_FOLDER / name
    lock = FileLock(f"{begun}.lock", timeout=0)
    try:
        with lock:
            begun.mkdir(exist_ok=True)
            yield begun
            # Only after success: the next pull begins with what a failed one fetched.
            shutil.rmtree(begun, ignore_errors=True)
    except Timeout as error:
        raise DownloadFailed(
            f"Another process is fetching {name}.", hint="Wait until it is done."
        ) from error
    except OSError as error:
        raise DownloadFailed(
            f"{begun} cannot be written: {(error.strerror or 'unknown reason').lower()}.",
            hint="Free some space or correct the permissions; what was fetched is kept.",
        ) from error
    finally:
        with suppress(OSError):
            begun.rmdir()


def _kept(folder: Path, plan: Plan) -> Pulled | None:
    """Return the model if it is there, whole and from the same source.

    Raises InputError if its name is taken by something else.
    """
    for model in pulled_models(folder):
        if model.name != plan.name:
            continue
        if model.complete(folder) and _same(model, plan) and _unaltered(model):
            return Pulled(model=model, folder=folder, fetched=False)
        if model.source != plan.source and model.complete(folder):
            raise InputError(
                f"There is a model {plan.name} already, from {model.source}.",
                hint="Give this one another name with --name, or remove that one: "
                f"assistant models remove {plan.name}",
            )
        return None
    for part in plan.parts:
        if (path := folder / part.path).exists():
            raise InputError(
                f"{path} is there already, and was not put there by 'models pull'.",
                hint="Move it away, or give the new one another name with --name.",
            )
    return None


def _same(model: PulledModel, plan: Plan) -> bool:
    """Tell whether the files of a pulled model are those of the plan, as far as it tells."""
    files = {file.path: file for file in model.files}
    return model.source == plan.source and all(
        part.path in files
        and part.sha256 in {"", files[part.path].sha256}
        and part.size_bytes in {None, files[part.path].size_bytes}
        for part in plan.parts
    )


def _unaltered(model: PulledModel) -> bool:
    try:
        return bool(locate(model.name, model.role))
    except ModelError:
        return False


def _check_room(folder: Path, begun: Path, plan: Plan, *, link: bool, force: bool) -> None:
    size = plan.size_bytes
    if size is None:
        return
    memory = plan.memory_bytes or space.memory_needed_bytes(size)
    space.check_memory(plan.name, memory, force=force)
    have = sum(_part_file(begun, part).stat().st_size for part in plan.parts if _begun(begun, part))
    space.check_disk(folder, 0 if link else size - have)


def _begun(begun: Path, part: Part) -> bool:
    return _part_file(begun, part).is_file()


def _part_file(begun: Path, part: Part) -> Path:
    return begun / f"{part.identity}.part"


def _bring(
    plan: Plan,
    begun: Path,
    *,
    link: bool,
    report: Callable[[PullProgress], None],
    cancel: Cancellation,
) -> tuple[PulledFile, ...]:
    """Fetch the parts of a plan one after the other, and compare each as it comes."""
    wanted = {_part_file(begun, part) for part in plan.parts}
    for stale in set(begun.glob("*.part")) - wanted:
        stale.unlink()
    files, before = [], 0
    for part in plan.parts:
        path = _part_file(begun, part)

        def tell(done: int, before: int = before) -> None:
            report(
                PullProgress(step="fetch", done_bytes=before + done, total_bytes=plan.size_bytes)
            )

        if part.file is not None:
            _take(part.file, path, link=link, tell=tell, cancel=cancel)
        else:
            token = hub.token() if part.from_hub else ""
            transfer.fetch(
                part.url,
                path,
                headers={"Authorization": f"Bearer {token}"} if token else {},
                size_bytes=part.size_bytes,
                tell=tell,
                cancel=cancel,
            )
        files.append(_compared(part, path, plan, report=report, cancel=cancel))
        before += files[-1].size_bytes
    return tuple(files)


def _take(
    source: Path, target: Path, *, link: bool, tell: Callable[[int], None], cancel: Cancellation
) -> None:
    """Copy a file of this machine, or link to it."""
    target.unlink(missing_ok=True)
    if link:
        target.symlink_to(source)
        return
    with source.open("rb") as old, target.open("xb") as new:
        while chunk := old.read(_CHUNK_BYTES):
            if cancel.cancelled:
                raise Cancelled("Stopped. Nothing was changed.")
            new.write(chunk)
            tell(new.tell())
        new.flush()
        os.fsync(new.fileno())


def _compared(
    part: Part,
    path: Path,
    plan: Plan,
    *,
    report: Callable[[PullProgress], None],
    cancel: Cancellation,
) -> PulledFile:
    """Return what a fetched file is. Raises DownloadFailed if it is not what was to come."""
    size = path.stat().st_size
    sha256, git = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as file:
        done = 0
        while chunk := file.read(_CHUNK_BYTES):
            if cancel.cancelled:
                raise Cancelled("Stopped. What was fetched is kept.")
            sha256.update(chunk)
            if part.git_sha1:
                git.update(chunk)
            done += len(chunk)
            report(PullProgress(step="check", done_bytes=done, total_bytes=size))
    right = part.sha256 in {"", sha256.hexdigest()} and part.git_sha1 in {"", git.hexdigest()}
    if not right or part.size_bytes not in {None, size}:
        path.unlink()
        raise DownloadFailed(
            f"What came for {part.path} is not what {plan.source} tells of it (its sha256 "
            "differs); it was thrown away.",
            hint="Fetch it again. If that does not help, something between here and there alters "
            "it, or the sha256 is wrong.",
        )
    return PulledFile(path=part.path, size_bytes=size, sha256=sha256.hexdigest())


def _role(plan: Plan, begun: Path) -> Role:
    """Return what the fetched model is for. Raises DownloadFailed if it is of no use here."""
    path = _part_file(begun, plan.parts[0])
    if not plan.parts[0].path.lower().endswith(".gguf"):
        return "embed"
    try:
        role = role_of(read_metadata(path))
    except CutShort as error:
        path.unlink()
        raise DownloadFailed(
            f"{plan.source} {error.reason} It was not taken over.",
            hint="Fetch it again, where it comes from.",
        ) from error
    except ModelError as error:
        path.unlink()
        raise DownloadFailed(
            f"What came from {plan.source} is no GGUF model; it was thrown away.",
            hint="Check the address: it may lead to a page in place of the file.",
        ) from error
    if not role:
        path.unlink()
        raise DownloadFailed(
            f"{plan.source} is neither a chat model (it has no chat template) nor an embedder; it "
            "was thrown away.",
            hint="Look for its -Instruct or -it version.",
        )
    if plan.role not in {None, role}:
        raise DownloadFailed(
            f"{plan.source} is a model for '{role}', not for '{plan.role}' as the catalogue says.",
            hint="It was changed on the hub. Update the assistant.",
        )
    return role


def _place(plan: Plan, model: PulledModel, begun: Path, folder: Path) -> None:
    """Give the files their names; the record that they are compared with comes first."""
    write_record(folder, model)
    try:
        for part, file in zip(plan.parts, model.files, strict=True):
            target = folder / part.path
            target.parent.mkdir(parents=True, exist_ok=True)
            _part_file(begun, part).replace(target)
            remember(target, file.sha256)
    except OSError:
        if not model.complete(folder):
            record_file(folder, model.name).unlink(missing_ok=True)
        raise
