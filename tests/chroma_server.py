"""A real Chroma server on loopback, and a gate in front of one that wants a token."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import URLError
from urllib.request import urlopen

_START_S = 60.0


class ChromaServer:
    """``chroma run`` in a process of its own, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        """Take the folder where it keeps what it is given."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = Path(sys.executable).parent / "chroma"
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--path", str(self._folder)]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [program, "run", *options],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends = time.monotonic() + _START_S
        while time.monotonic() < ends and self._process.poll() is None:
            try:
                with urlopen(f"{self.url}/api/v2/heartbeat", timeout=5):
                    return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        raise RuntimeError("chroma run did not start")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


class Web:
    """A small web server in threads of this process, for servers that are not what they should be.

    ``answer`` is given the method, the path, the headers in small letters and the body; it returns
    a status, the content type and the body.
    """

    def __init__(
        self, answer: Callable[[str, str, dict[str, str], bytes], tuple[int, str, bytes]]
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, kind, content = answer(self.command, self.path, headers, body)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class Gate:
    """Stands in front of a server: lets in who has the token, and counts what goes out."""

    def __init__(self, server: ChromaServer, *, token: str = "", scheme: str = "") -> None:
        """Want a token in the header that Chroma Cloud reads, or after ``scheme``."""
        self.bytes_out = self.requests = 0
        self.delay_s = 0.0
        self.instead: tuple[int, str, bytes] | None = None
        """What is answered in place of the server."""
        self.instead_times = 1_000_000
        self._server, self._token, self._scheme = server, token, scheme
        self._web = Web(self._pass)
        self.url = self._web.url
        self.close = self._web.close

    def _pass(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        given = headers.get("x-chroma-token", "")
        if self._scheme:
            given = headers.get("authorization", "").removeprefix(f"{self._scheme} ")
        if given != self._token:
            # As careless as a server can be: it says what it was sent.
            return 401, "application/json", f'{{"error":"no such token: {given}"}}'.encode()
        time.sleep(self.delay_s)
        if self.instead and self.instead_times:
            self.instead_times -= 1
            return self.instead
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        connection.request(method, path, body, {"content-type": "application/json"})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        self.requests += 1
        self.bytes_out += len(content)
        return response.status, response.getheader("content-type", ""), content


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
