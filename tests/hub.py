"""A look-alike of the model hub on loopback: what ``huggingface_hub`` asks for, and its faults.

It answers as huggingface.co does: ``HEAD`` on ``/OWNER/NAME/resolve/REVISION/FILE`` tells commit,
size and digest in headers, and sends large files from another host, by a signed address and in
ranges. Small files come from the hub itself, with the digest that git gives them. Addresses under
``/files/`` are those of a plain server.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "hf_of_the_tests"
LARGE_BYTES = 10_000
"""Files from this size on are kept outside git, as the hub keeps them."""
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    range: str
    authorised: bool


@dataclass
class Faults:
    """What goes wrong, for as long as it is set."""

    cut_after: list[int] = field(default_factory=list)
    """Bytes of each of the next answers after which the connection is cut."""
    statuses: list[int] = field(default_factory=list)
    """What the next requests for content are answered with."""
    hang: bool = False
    """Content is announced and never sent."""
    bytes_per_s: int | None = None
    without_ranges: bool = False
    without_length: bool = False
    without_digest: bool = False
    compressed: bool = False
    """Content is sent compressed, although nobody wanted that."""
    extra: bytes = b""
    """Sent behind the content of a file."""


class Hub:
    """The server; it runs in a thread of its own."""

    def __init__(self) -> None:
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.files: dict[str, bytes] = {}
        """Served at ``/files/NAME``."""
        self.tampered: dict[str, bytes] = {}
        """What is sent in place of a file, by its path; digests stay those of the right one."""
        self.gated: set[str] = set()
        self.faults = Faults()
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.server = _Server(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def content_url(self) -> str:
        """The same server by another name: where the hub sends large files from."""
        return f"http://localhost:{self.server.server_address[1]}/content"

    def contents(self) -> list[Asked]:
        """Return the requests for content, in which a range may be asked for."""
        return [one for one in self.asked if one.method == "GET" and "/api/" not in one.path]

    @cached_property
    def by_digest(self) -> dict[str, tuple[str, bytes]]:
        return {
            hashlib.sha256(content).hexdigest(): (path, content)
            for files in self.repositories.values()
            for path, content in files.items()
        }


@contextmanager
def serving() -> Iterator[Hub]:
    """Run the look-alike."""
    hub = Hub()
    thread = threading.Thread(target=hub.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.over.set()
        hub.server.shutdown()
        hub.server.server_close()
        thread.join(10)


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: that clients go away is a part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        authorised = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        asked = self.headers.get("Range", "")
        has_token = self.headers.get("Authorization") is not None
        self.server.hub.asked.append(Asked(self.command, path, asked, has_token))
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/[^/]+", path):
            self.tree(match[1])
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self.resolve(match[1], match[3], authorised=authorised)
        elif match := re.fullmatch(r"/content/([0-9a-f]{64})", path):
            name, content = self.server.hub.by_digest[match[1]]
            self.content(self.server.hub.tampered.get(name, content), {})
        elif path.startswith("/files/") and (name := path[7:]) in self.server.hub.files:
            etag = f'"{hashlib.md5(self.server.hub.files[name]).hexdigest()}"'
            self.content(
                self.server.hub.tampered.get(name, self.server.hub.files[name]), {"ETag": etag}
            )
        else:
            self.refuse(404)

    def tree(self, repository: str) -> None:
        if repository not in self.server.hub.repositories:
            self.refuse(401, "RepoNotFound")
            return
        entries = [
            {"type": "file", "path": path, "size": len(content), "oid": git_sha1(content)}
            for path, content in self.server.hub.repositories[repository].items()
        ]
        self.send(200, {"Content-Type": "application/json"}, json.dumps(entries).encode())

    def resolve(self, repository: str, path: str, *, authorised: bool) -> None:
        files = self.server.hub.repositories.get(repository)
        if files is None:
            self.refuse(401, "RepoNotFound")
        elif repository in self.server.hub.gated and not authorised:
            self.refuse(403 if self.headers.get("Authorization") else 401, "GatedRepo")
        elif path not in files:
            self.refuse(404, "EntryNotFound")
        elif len(files[path]) < LARGE_BYTES:
            digest = (
                {}
                if self.server.hub.faults.without_digest
                else {"ETag": f'"{git_sha1(files[path])}"'}
            )
            content = self.server.hub.tampered.get(path, files[path])
            self.content(content, {**digest, "X-Repo-Commit": COMMIT})
        else:
            sha256 = hashlib.sha256(files[path]).hexdigest()
            linked = "mirror" if self.server.hub.faults.without_digest else sha256
            self.send(
                302,
                {
                    "Location": f"{self.server.hub.content_url}/{sha256}?signature=secret",
                    "X-Repo-Commit": COMMIT,
                    "X-Linked-Etag": f'"{linked}"',
                    "X-Linked-Size": str(len(files[path])),
                },
                b"",
            )

    def refuse(self, status: int, code: str = "") -> None:
        self.send(status, {"X-Error-Code": code} if code else {}, b"no")

    def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def content(self, content: bytes, headers: dict[str, str]) -> None:
        faults = self.server.hub.faults
        if self.command == "GET" and faults.statuses:
            self.refuse(faults.statuses.pop(0))
            return
        if faults.compressed and self.command == "GET":
            self.send(200, {**headers, "Content-Encoding": "gzip"}, gzip.compress(content))
            return
        start = self.start(len(content))
        if start is not None and start >= len(content):
            self.send(416, {"Content-Range": f"bytes */{len(content)}"}, b"")
            return
        body = content[start or 0 :]
        told = {**headers, "Content-Length": str(len(body))}
        if start is not None:
            told["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        if faults.without_length:
            del told["Content-Length"]
            told["Connection"] = "close"
        self.send_response(200 if start is None else 206)
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.pour(body + faults.extra)

    def start(self, size: int) -> int | None:
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return None if match is None or self.server.hub.faults.without_ranges else int(match[1])

    def pour(self, body: bytes) -> None:
        faults = self.server.hub.faults
        if faults.hang:
            self.server.hub.over.wait(60)
            self.close_connection = True
            return
        limit = faults.cut_after.pop(0) if faults.cut_after else len(body)
        for first in range(0, min(limit, len(body)), _PIECE_BYTES):
            piece = body[first : min(first + _PIECE_BYTES, limit)]
            try:
                self.wfile.write(piece)
            except OSError:
                return
            if faults.bytes_per_s:
                time.sleep(len(piece) / faults.bytes_per_s)
            if self.server.hub.over.is_set():
                return
        if limit < len(body) or faults.without_length:
            self.close_connection = True
