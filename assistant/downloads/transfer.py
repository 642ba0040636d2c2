"""Brings the bytes of a file here over HTTP, and goes on where an earlier attempt stopped.

Every byte is on the disk as soon as it has come, so that a cut connection, Ctrl-C or a crash
loses nothing. A server that does not serve ranges sends the file anew.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

from assistant.downloads.parts import shown_url
from assistant.errors import Cancelled, DownloadFailed, ModelMissing
from assistant.types import Cancellation, is_cancelled

if TYPE_CHECKING:
    import httpx2

TIMEOUT_VARIABLE = "HF_HUB_DOWNLOAD_TIMEOUT"
"""Of ``huggingface_hub``: seconds for which a server may be silent."""
_TIMEOUT_S = 10.0
_ATTEMPTS = 5
"""In a row without a single byte."""
_FIRST_WAIT_S = 0.5
_STEP_S = 0.1
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""What a server says when it may well do it a little later."""
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """What a server says of a file before it sends it."""

    name: str
    """Of the file, as the server or else its address calls it; may be empty."""
    size_bytes: int | None
    ends: bool
    """Whether the server says where the file ends, so that a part cannot pass for all of it."""
    version: str


class _Passing(Exception):
    """The attempt failed in a way that the next one may not."""


def describe_url(url: str) -> RemoteFile:
    """Ask a server for a file without fetching it. Raises ModelMissing and DownloadFailed."""
    with _client() as client:
        for attempt in range(_ATTEMPTS):
            _wait(attempt, cancel=None)
            try:
                # Not HEAD: signed addresses are refused for it.
                with _answer(client, url, {}) as response:
                    return _described(response, url)
            except _Passing as failure:
                problem = str(failure)
    raise _gave_up(url, problem)


def fetch(
    url: str,
    target: Path,
    *,
    headers: Mapping[str, str],
    size_bytes: int | None,
    tell: Callable[[int], None],
    cancel: Cancellation,
) -> None:
    """Bring what ``target`` does not have yet of a file; ``tell`` is told how much it has.

    Raises Cancelled, ModelMissing if there is no such file, and DownloadFailed; what came until
    then stays in ``target``.
    """
    try:
        with target.open("ab", buffering=0) as file, _client() as client:
            transfer = _Transfer(
                client=client,
                url=url,
                file=file,
                headers=headers,
                size_bytes=size_bytes,
                tell=tell,
                cancel=cancel,
            )
            transfer.run()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise DownloadFailed(
            f"{target} cannot be written: {reason}.",
            hint="Free some space or correct the permissions; what was fetched is kept.",
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Transfer:
    """A file on its way, in as many attempts as it takes."""

    client: httpx2.Client
    url: str
    file: BinaryIO
    headers: Mapping[str, str]
    size_bytes: int | None
    tell: Callable[[int], None]
    cancel: Cancellation

    def run(self) -> None:
        """Attempt it until all is there, or nothing came in a row of attempts."""
        file, size = self.file, self.size_bytes
        failures, problem = 0, ""
        while failures < _ATTEMPTS:
            _wait(failures, cancel=self.cancel)
            have = file.seek(0, os.SEEK_END)
            if size is not None and have >= size:
                break
            try:
                done = self._attempt()
            except _Passing as failure:
                problem, done = str(failure), False
            if done:
                break
            failures = failures + 1 if file.tell() <= have else 1
        else:
            raise _gave_up(self.url, problem)
        if size is not None and file.seek(0, os.SEEK_END) > size:
            file.truncate(0)
            raise DownloadFailed(
                f"{shown_url(self.url)} sends more than it announced.",
                hint="Try again, or elsewhere.",
            )

    def _attempt(self) -> bool:
        """Append what comes; return whether it is all. Raises _Passing if the connection fails."""
        file, size = self.file, self.size_bytes
        have = file.tell()
        asked = {**self.headers, "Range": f"bytes={have}-"} if have else self.headers
        with _answer(self.client, self.url, asked) as response:
            if response.status_code == 416:
                # There is nothing behind what is here: all of it, or a part of another file.
                if size is None and have == _whole_size(response):
                    return True
                file.truncate(0)
                raise _Passing("the file has changed")
            if have and not _continues(response, have):
                file.truncate(0)
                have = file.seek(0)
            expected = size if size is not None else _announced(response, have)
            self.tell(have)
            for chunk in _chunks(response):
                file.write(chunk)
                have += len(chunk)
                self.tell(have)
                if self.cancel.cancelled:
                    raise _stopped()
                if expected is not None and have > expected:
                    break
        if expected is not None and have < expected:
            raise _Passing("the connection was cut")
        return True


def _stopped() -> Cancelled:
    return Cancelled("Stopped. What was fetched is kept; the next pull goes on from it.")


def _chunks(response: httpx2.Response) -> Iterator[bytes]:
    import httpx2

    try:
        # As they come: what is gathered to larger pieces would be lost with the connection. A
        # server that compresses although that is not wanted is understood all the same.
        yield from response.iter_raw() if _is_plain(response) else response.iter_bytes()
    except httpx2.HTTPError as error:
        raise _Passing(_said(error)) from error


@contextmanager
def _answer(
    client: httpx2.Client, url: str, headers: Mapping[str, str]
) -> Iterator[httpx2.Response]:
    """Give the answer of a server that has the file, or no more of it."""
    import httpx2

    try:
        request = client.build_request("GET", url, headers=dict(headers))
        response = client.send(request, stream=True)
    except (httpx2.UnsupportedProtocol, httpx2.InvalidURL, httpx2.TooManyRedirects) as error:
        raise DownloadFailed(
            f"{shown_url(url)} leads nowhere ({type(error).__name__}).", hint="Check the address."
        ) from error
    except httpx2.HTTPError as error:
        raise _Passing(_said(error)) from error
    try:
        _check_status(response.status_code, url)
        yield response
    finally:
        response.close()


def _check_status(status: int, url: str) -> None:
    shown = shown_url(url)
    if status in {200, 206, 416}:
        return
    if status in _PASSING:
        raise _Passing(f"HTTP {status}")
    if status in {404, 410}:
        raise ModelMissing(f"There is nothing at {shown} (HTTP {status}).", hint="Check it.")
    hint = "It wants to know who asks; fetch it with a browser and pull the file."
    raise DownloadFailed(
        f"{shown} is refused (HTTP {status}).",
        hint=hint if status in {401, 403, 407} else "Try again later, or elsewhere.",
    )


def _described(response: httpx2.Response, url: str) -> RemoteFile:
    told = re.search(r'filename="?([^";]+)', response.headers.get("Content-Disposition", ""))
    path = told[1] if told else unquote(urlsplit(url).path)
    version = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
    return RemoteFile(
        name=PurePosixPath(path.replace("\\", "/")).name,
        size_bytes=_announced(response, 0),
        ends="Content-Length" in response.headers
        or "chunked" in response.headers.get("Transfer-Encoding", ""),
        version=version,
    )


def _announced(response: httpx2.Response, have: int) -> int | None:
    """Return the size of the whole file, of which ``have`` bytes are here already."""
    if not _is_plain(response):
        return None
    if response.status_code == 206 and (whole := _whole_size(response)) is not None:
        return whole
    length = response.headers.get("Content-Length", "")
    return have + int(length) if length.isascii() and length.isdigit() else None


def _is_plain(response: httpx2.Response) -> bool:
    return response.headers.get("Content-Encoding", "identity").lower() == "identity"


def _whole_size(response: httpx2.Response) -> int | None:
    size = response.headers.get("Content-Range", "").rpartition("/")[2]
    return int(size) if size.isascii() and size.isdigit() else None


def _continues(response: httpx2.Response, have: int) -> bool:
    """Tell whether the answer begins where the file ends."""
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return response.status_code == 206 and match is not None and int(match[1]) == have


def _client() -> httpx2.Client:
    import httpx2

    return httpx2.Client(
        follow_redirects=True,
        timeout=_timeout_s(),
        headers={
            "User-Agent": "abstract-assistant",
            # A sum is told of the file itself, and a range is one of it.
            "Accept-Encoding": "identity",
        },
    )


def _timeout_s() -> float:
    wanted = os.environ.get(TIMEOUT_VARIABLE, "").strip()
    return float(wanted) if wanted.isascii() and wanted.isdigit() else _TIMEOUT_S


def _wait(failures: int, *, cancel: Cancellation | None) -> None:
    """Wait twice as long after each failure, and end at once if that is asked for."""
    until = time.monotonic() + (_FIRST_WAIT_S * 2**failures if failures else 0.0)
    while True:
        if is_cancelled(cancel):
            raise _stopped()
        left_s = until - time.monotonic()
        if left_s <= 0:
            return
        time.sleep(min(_STEP_S, left_s))


def _said(error: httpx2.HTTPError) -> str:
    import httpx2

    if isinstance(error, httpx2.TimeoutException):
        return f"no answer within {_timeout_s():.0f} seconds"
    if isinstance(error, httpx2.ConnectError):
        return "no connection"
    return "the connection was cut"


def _gave_up(url: str, problem: str) -> DownloadFailed:
    return DownloadFailed(
        f"{urlsplit(url).hostname} failed {_ATTEMPTS} times in a row: {problem}.",
        hint="Check the connection and try again; what was fetched is kept. "
        f"{TIMEOUT_VARIABLE} lengthens the wait, in whole seconds.",
    )
