"""What the model hub says of a file: its sha256, its size and its address. Alone knows its library.

Only that is asked of ``huggingface_hub``. Its own download begins anew in every process since
release 2.4, so the bytes come through :mod:`assistant.downloads.transfer`, which goes on where an
earlier pull stopped. The token is taken from the environment and from nowhere else.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from assistant.catalogue.known import nearest
from assistant.downloads.parts import shown_url
from assistant.errors import DownloadFailed, ModelMissing, UsageError
from assistant.telemetry import silence

TOKEN_VARIABLE = "HF_TOKEN"
ENDPOINT_VARIABLE = "HF_ENDPOINT"
_ENDPOINT = "https://huggingface.co"
_REFERENCE = re.compile(
    r"(?P<repository>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+?(?=/|$)))?(?:/(?P<path>.+))?"
)
_PAGE = re.compile(
    r"/(?P<repository>[\w.-]+/[\w.-]+)/(?:resolve|blob|raw)/(?P<revision>[^/]+)/(?P<path>.+)"
)
_MAX_LISTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class HubReference:
    """A file, or with an empty path a whole repository, of the hub."""

    repository: str
    path: str
    revision: str = "main"

    def __str__(self) -> str:
        at = "" if self.revision == "main" else f"@{self.revision}"
        return f"hf:{self.repository}{at}" + (f"/{self.path}" if self.path else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """What the hub tells of a file."""

    url: str
    """Of this version of it and no other."""
    size_bytes: int | None
    sha256: str
    """Empty for small files, of which the hub knows the name that git gives them."""
    git_sha1: str


def read_reference(text: str) -> HubReference | None:
    """Read ``hf:owner/repository[@revision][/file]``, or an address of the hub's pages.

    None for what is neither. Raises UsageError for what begins as one and is none.
    """
    if text.startswith("hf:"):
        match = _REFERENCE.fullmatch(text.removeprefix("hf:").strip("/"))
        if match is None or ".." in text:
            raise UsageError(
                f"'{text[:120]}' names no file of the hub.",
                hint="Write hf:OWNER/REPOSITORY/FILE.gguf, as on the page of the model.",
            )
    else:
        parts = urlsplit(text)
        hosts = {"hf.co", urlsplit(_ENDPOINT).hostname, urlsplit(endpoint()).hostname}
        if parts.scheme not in {"http", "https"} or parts.hostname not in hosts:
            return None
        match = _PAGE.fullmatch(unquote(parts.path))
        if match is None:
            return None
    return HubReference(
        repository=match["repository"],
        revision=match["revision"] or "main",
        path=match["path"] or "",
    )


def endpoint() -> str:
    """Return the address of the hub: that of ``HF_ENDPOINT``, or the public one."""
    return (os.environ.get(ENDPOINT_VARIABLE) or _ENDPOINT).rstrip("/")


def token() -> str:
    """Return the user's token for the hub; empty if there is none in the environment.

    Raises UsageError if what stands there cannot be one.
    """
    found = os.environ.get(TOKEN_VARIABLE, "").strip()
    if found and not re.fullmatch(r"[!-~]+", found):
        raise UsageError(
            f"{TOKEN_VARIABLE} holds no token: there are blanks or other odd characters in it.",
            hint="Copy it again, or unset it.",
        )
    return found


def describe(reference: HubReference) -> HubFile:
    """Ask the hub for a file. Raises ModelMissing if there is none, DownloadFailed if it fails."""
    hub = _library()
    url = hub.hf_hub_url(
        reference.repository, reference.path, revision=reference.revision, endpoint=endpoint()
    )
    with _explained(reference):
        found = hub.get_hf_file_metadata(
            url, token=token() or False, endpoint=endpoint(), library_name="abstract-assistant"
        )
    pinned = hub.hf_hub_url(
        reference.repository,
        reference.path,
        revision=found.commit_hash or reference.revision,
        endpoint=endpoint(),
    )
    digest = (found.etag or "").lower()
    return HubFile(
        url=pinned,
        size_bytes=found.size,
        sha256=digest if re.fullmatch(r"[0-9a-f]{64}", digest) else "",
        git_sha1=digest if re.fullmatch(r"[0-9a-f]{40}", digest) else "",
    )


def list_files(reference: HubReference) -> list[str]:
    """Return the paths in a repository. Raises as :func:`describe` does."""
    hub = _library()
    with _explained(reference):
        return list(
            hub.HfApi(endpoint=endpoint(), token=token() or False).list_repo_files(
                reference.repository, revision=reference.revision
            )
        )


def listed(files: list[str]) -> str:
    """Return a list of files for a hint, its end left out if it is long."""
    more = f" and {len(files) - _MAX_LISTED} more" if len(files) > _MAX_LISTED else ""
    return ", ".join(files[:_MAX_LISTED]) + more


def _library() -> Any:
    # Both are read when the library is imported.
    silence()
    os.environ.setdefault("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    try:
        import huggingface_hub
        from huggingface_hub import file_download  # noqa: F401 - it reads more of them
    except ValueError as error:
        raise UsageError(
            f"An environment variable whose name begins with HF_ is of the wrong kind: {error}.",
            hint="HF_HUB_DOWNLOAD_TIMEOUT and HF_HUB_ETAG_TIMEOUT are whole seconds.",
        ) from error

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    return huggingface_hub


@contextmanager
def _explained(reference: HubReference) -> Iterator[None]:
    """Translate what goes wrong between this machine and the hub."""
    import httpx2
    from huggingface_hub import errors

    place = urlsplit(endpoint()).hostname
    try:
        yield
    except errors.GatedRepoError as error:
        raise _gated(reference) from error
    except errors.RemoteEntryNotFoundError as error:
        raise _no_such_file(reference) from error
    except errors.RevisionNotFoundError as error:
        raise ModelMissing(
            f"{reference.repository} has no version '{reference.revision}'.",
            hint="Leave @VERSION out for the newest.",
        ) from error
    except errors.RepositoryNotFoundError as error:
        secret = "" if token() else f" A private one needs your token in {TOKEN_VARIABLE}."
        raise ModelMissing(
            f"There is no model {reference.repository} on {place}.",
            hint=f"Check the name.{secret}",
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise DownloadFailed(
            "HF_HUB_OFFLINE is set, so nothing is fetched.", hint="Unset it, and try again."
        ) from error
    except errors.HfHubHTTPError as error:
        raise _refused(error.response.status_code, reference) from error
    except (httpx2.HTTPError, OSError, ValueError) as error:
        raise DownloadFailed(
            f"{place} cannot be reached ({type(error).__name__}).",
            hint="Check the connection and, if it is set, HF_ENDPOINT; then try again.",
        ) from error


def _gated(reference: HubReference) -> DownloadFailed:
    page = shown_url(f"{endpoint()}/{reference.repository}")
    if token():
        return DownloadFailed(
            f"Your token may not fetch {reference.repository}: its licence was not accepted yet.",
            hint=f"Accept it at {page}, and try again.",
        )
    return DownloadFailed(
        f"{reference.repository} is given only to those who accept its licence.",
        hint=f"Accept it at {page}, and put a token of yours into {TOKEN_VARIABLE}.",
    )


def _no_such_file(reference: HubReference) -> ModelMissing:
    hint = "Check the name of the file."
    try:
        files = list_files(reference)
    except (DownloadFailed, ModelMissing):
        files = []
    near = nearest(reference.path, files)
    if near:
        hint = f"Did you mean hf:{reference.repository}/{near}?"
    elif files:
        hint = f"There are: {listed(files)}."
    return ModelMissing(f"{reference.repository} has no file {reference.path}.", hint=hint)


def _refused(status: int, reference: HubReference) -> DownloadFailed:
    if status in {401, 403}:
        return DownloadFailed(
            f"The hub refuses {reference.repository} (HTTP {status}).",
            hint=f"The token in {TOKEN_VARIABLE} is wrong or has expired; renew or unset it."
            if token()
            else f"Put a token of yours into {TOKEN_VARIABLE}.",
        )
    if status == 429:
        return DownloadFailed(
            "The hub was asked too often from here.", hint="Wait a few minutes, and try again."
        )
    return DownloadFailed(
        f"The hub failed (HTTP {status}).", hint="Try again later; what was fetched is kept."
    )
