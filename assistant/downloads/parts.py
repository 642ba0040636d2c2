"""What a pull is going to do: the files of a model, where each comes from and where it goes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from assistant.catalogue.known import Role
from assistant.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,150}")
_ENCODER_CONFIGURATION = (
    "config.json",
    "modules.json",
    "1_Pooling/config.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
)
"""What an encoder's folder may hold beside network and tokenizer, and says how it is to be used."""
_SPLIT = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE)
_MAX_SPLIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file: from an address or, where ``file`` is set, from this machine."""

    path: str
    """Where it goes, relative to the models folder, with ``/`` between its parts."""
    url: str = ""
    from_hub: bool = False
    """Whether the address is the hub's, so that the user's token may be sent with it."""
    file: Path | None = None
    size_bytes: int | None = None
    sha256: str = ""
    git_sha1: str = ""
    """As git names the content; the hub tells it of small files in place of the sha256."""
    version: str = ""
    """What the server says of this version of the file, so that only the same one goes on."""

    @property
    def identity(self) -> str:
        """Another for another content: what was begun is continued with the same version only."""
        known = self.sha256 or self.git_sha1
        facts = known or f"{self.url}\n{self.version}\n{self.size_bytes}"
        return hashlib.sha256(f"{self.path}\n{facts}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The files of one model."""

    name: str
    """As the settings will name it."""
    source: str
    """Where it comes from, as it is shown and recorded: without anything secret."""
    parts: tuple[Part, ...]
    role: Role | None = None
    """None: its file will tell."""
    about: str = ""
    memory_bytes: int = 0
    """What it needs while it runs; 0: not known."""
    known: bool = False
    """Whether it is the catalogue's model of this name."""

    @property
    def size_bytes(self) -> int | None:
        """Of all parts; None as long as one of them is not known."""
        sizes = [part.size_bytes for part in self.parts]
        return None if None in sizes else sum(size or 0 for size in sizes)


def checked_name(name: str) -> str:
    """Return a name for a model. Raises UsageError if no file can be called so everywhere."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name[:80]}' cannot be the name of a model.",
            hint="Give one of letters, digits, dots, dashes and underscores with --name.",
        )
    return name


def checked_sha256(digest: str) -> str:
    """Return a sha256 in lower case. Raises UsageError if it is none."""
    if digest and not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        raise UsageError(
            f"'{digest[:80]}' is no sha256.", hint="It has 64 of the digits 0-9 and a-f."
        )
    return digest.lower()


def split_parts(path: str) -> list[str]:
    """Return the files of a GGUF model that was split (``…-00001-of-00003.gguf``), in order.

    A model that was not is the only one of its files. Raises UsageError for absurd numbers.
    """
    match = _SPLIT.fullmatch(path)
    if match is None:
        return [path]
    count = int(match["count"])
    if not 1 <= int(match["number"]) <= count <= _MAX_SPLIT:
        raise UsageError(f"'{path[-80:]}' is no part of a split model.")
    return [f"{match['stem']}-{n:05}-of-{count:05}{path[-5:]}" for n in range(1, count + 1)]


def encoder_files(network: str, files: Collection[str]) -> list[str] | None:
    """Return what belongs to an ONNX encoder among the files of a folder, the network first.

    ``network`` is the file of the network. None if there is no tokenizer: it cannot be used.
    """
    folder = PurePosixPath(network).parent
    roots = list(dict.fromkeys([folder, folder.parent]))
    tokenizers = _first(roots, ["tokenizer.json"], files)
    if not tokenizers:
        return None
    # Weights of more than 2 GB, and those of some exports, lie in a file beside the graph.
    data = [name for name in files if name.startswith((f"{network}_data", f"{network}.data"))]
    return [network, *sorted(data), *tokenizers, *_first(roots, _ENCODER_CONFIGURATION, files)]


def _first(
    roots: Iterable[PurePosixPath], names: Iterable[str], files: Collection[str]
) -> list[str]:
    """Return, of each name, the first of the roots in which there is such a file."""
    roots = list(roots)
    found = []
    for name in names:
        places = [str(root / name) for root in roots]
        found += [place for place in places if place in files][:1]
    return found


def shown_url(url: str) -> str:
    """Return an address without what may be secret in it: a password, or a signed query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
