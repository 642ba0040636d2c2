"""A server on loopback that answers as a test says, in the OpenAI protocol or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JSON = "application/json"
EVENTS = "text/event-stream"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server sends."""

    status: int = 200
    kind: str = JSON
    parts: Sequence[str | float] = ()
    """Texts, one after the other; a number is a pause in seconds."""
    headers: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    """Whether the connection ends as it should; else it is cut."""


HTML = Reply(kind="text/html", parts=["<html><body>Welcome to the router</body></html>"])


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the server was sent."""

    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class ScriptedServer:
    """Where the server is, what it was sent, and what it answers next."""

    address: str
    requests: list[Request] = field(default_factory=list)
    answer: Callable[[Request], Reply] = lambda request: Reply(status=500)
    """Called for each request that is not one for the models."""
    models: Reply = field(default_factory=lambda: models("m"))

    @property
    def bodies(self) -> list[Any]:
        """What was posted, in order."""
        return [request.body for request in self.requests if request.body is not None]


def models(*names: str) -> Reply:
    """List models."""
    return Reply(parts=[json.dumps({"object": "list", "data": [{"id": name} for name in names]})])


def failure(status: int, message: str, **headers: str) -> Reply:
    """Refuse as OpenAI does."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        status=status, parts=[json.dumps({"error": {"message": message}})], headers=headers
    )


def chunk(**delta: str) -> str:
    """Say a piece of a streamed reply."""
    return event({"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]})


def event(value: object) -> str:
    """Put JSON into a stream."""
    return f"data: {json.dumps(value)}\n\n"


def stream(*texts: str | float, whole: bool = True) -> Reply:
    """Stream a reply of these pieces."""
    parts = [text if isinstance(text, float) else chunk(content=text) for text in texts]
    return Reply(kind=EVENTS, parts=[*parts, *(["data: [DONE]\n\n"] if whole else [])], whole=whole)


def in_turn(*replies: Reply) -> Callable[[Request], Reply]:
    """Answer with one after the other, and with the last for ever."""
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """Run such a server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply(None)

        def do_POST(self) -> None:
            self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _reply(self, body: object) -> None:
            request = Request(path=self.path, headers=dict(self.headers.items()), body=body)
            script.requests.append(request)
            reply = script.models if self.path.endswith("/models") else script.answer(request)
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in reply.parts:
                if isinstance(part, float):
                    time.sleep(part)
                else:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part.encode()), part.encode()))
            if reply.whole:
                self.wfile.write(b"0\r\n\r\n")
            else:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass  # a client that hangs up is none

    with Server(("127.0.0.1", 0), Handler) as server:
        script = ScriptedServer(address=f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield script
        server.shutdown()
