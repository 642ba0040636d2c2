"""Speaks HTTP to an OpenAI-compatible server. The only module that imports openai.

The package is used for its protocol alone: what it would take from the environment of the user
(``OPENAI_API_KEY``, organisation, project, headers of one's own) is meant for another server, and
what it would tell about this machine is nobody's business; neither leaves. Its errors become
ModelError here, in one line without the key, even where a server sends the key back.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from assistant.errors import ConfigError, ModelError
from assistant.llm.refusals import CutOff, Refusals, Retry
from assistant.text.clean import printable
from assistant.types import Cancellation, is_cancelled

Section = Literal["llm", "embedding"]
"""Of the settings: the one that names the server."""

T = TypeVar("T")

NO_KEY = "none"
"""Sent where there is no key: some servers want the header, whatever it holds."""

_MAX_NAME = 200
"""Characters of what a server calls a model."""
_ATTEMPTS = 4
_FIRST_WAIT_S = 0.4
"""Before the second attempt; twice as long before each further one."""
_CONNECT_S = 5.0
_LIST_S = 10.0
"""For the names of the models: nothing has to be computed for them."""
_STEP_S = 0.05
"""How long a wait goes on after it was cancelled."""
_SENT_HEADERS = frozenset(
    "accept accept-encoding connection content-length content-type host transfer-encoding".split()
)
_SOCKET_MADE = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Connection:
    """An OpenAI-compatible server, as one section of the settings names it.

    Safe to share between threads: each exchange has a line of its own.
    """

    def __init__(
        self, *, base_url: str, api_key_variable: str, timeout_s: float, section: Section
    ) -> None:
        """Take the address; nothing is sent yet.

        Raises ConfigError if the address is none, or the key is none that can be sent.
        """
        self.address = read_address(base_url, section=section)
        self._timeout_s = timeout_s
        self._key = _read_key(api_key_variable)
        self._refusals = Refusals(
            address=self.address,
            section=section,
            key=self._key,
            key_variable=api_key_variable,
        )
        self._idle: list[_Line] = []
        self._closed = False
        self._lock = threading.Lock()

    def exchange(
        self,
        request: Callable[[Any], Iterator[T]],
        *,
        cancel: Cancellation | None = None,
        timeout_s: float | None = None,
    ) -> Iterator[T]:
        """Yield what ``request`` yields of the client that it is given.

        For each item it waits ``timeout_s``, or as long as the settings say.

        What fails before the first item, and may go better a little later, is tried again. Ends
        early, without error, once cancelled; the connection is cut then, and where the caller
        wants no more items, so that the server stops its work. Raises ModelError.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            begun = False
            if is_cancelled(cancel):
                return
            try:
                for item in self._attempt(request, cancel, timeout_s or self._timeout_s):
                    begun = True
                    yield item
                return
            except Retry as retry:
                if begun or attempt == _ATTEMPTS:
                    raise retry.error from retry.__cause__
                pause_s = retry.pause_s or _FIRST_WAIT_S * 2 ** (attempt - 1)
            if not _wait(pause_s, cancel):
                return

    def first(self, request: Callable[[Any], T], *, timeout_s: float | None = None) -> T:
        """Return what ``request`` makes of the client. Raises ModelError."""
        try:
            return self._one(request, timeout_s)
        except CutOff:
            return self._one(request, timeout_s)

    def model_names(self) -> list[str]:
        """Return what the server calls its models. Raises ModelError."""
        models = self.first(lambda client: client.models.list().data, timeout_s=_LIST_S)
        if not isinstance(models, list):
            raise self._refusals.nonsense()
        names = [getattr(model, "id", None) for model in models]
        return [printable(name)[:_MAX_NAME] for name in names if isinstance(name, str)]

    def nonsense(self) -> ModelError:
        """Return the error for an answer that is not what the protocol says."""
        return self._refusals.nonsense()

    def close(self) -> None:
        """Let go of the server."""
        with self._lock:
            idle, self._idle, self._closed = self._idle, [], True
        for line in idle:
            line.close()

    def _one(self, request: Callable[[Any], T], timeout_s: float | None) -> T:
        (found,) = self.exchange(lambda client: iter([request(client)]), timeout_s=timeout_s)
        return found

    def _attempt(
        self, request: Callable[[Any], Iterator[T]], cancel: Cancellation | None, timeout_s: float
    ) -> Iterator[T]:
        """Yield the items of one request, which another thread makes: no read can be cancelled."""
        line = self._take()
        items: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        threading.Thread(target=_work, args=(request, line, items), daemon=True).start()
        whole = False
        try:
            while (item := self._next(items, cancel, timeout_s)) is not None:
                if item.error is not None:
                    raise self._explained(item.error, line) from item.error
                if item.last:
                    whole = True
                    return
                yield cast("T", item.value)
        finally:
            if whole:
                self._give(line)
            else:
                line.cut()

    def _next(
        self, items: queue.SimpleQueue[_Item], cancel: Cancellation | None, timeout_s: float
    ) -> _Item | None:
        """Return the next item, or None once cancelled."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            if is_cancelled(cancel):
                return None
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise self._refusals.too_slow(timeout_s)
            with contextlib.suppress(queue.Empty):
                return items.get(timeout=min(left_s, _STEP_S if cancel is not None else left_s))

    def _explained(self, error: BaseException, line: _Line) -> BaseException:
        """Return what to raise in place of an error that a request came to: ModelError or Retry."""
        import openai

        if isinstance(error, ModelError) or not isinstance(error, Exception):
            return error
        explained: Exception
        if isinstance(error, openai.APITimeoutError):
            slow = self._refusals.too_slow(self._timeout_s)
            explained = slow if line.is_open else self._refusals.unreachable("no answer")
        elif isinstance(error, openai.APIStatusError):
            reply = error.response
            explained = self._refusals.status(reply.status_code, error.body, reply.headers)
        elif isinstance(error, openai.APIConnectionError):
            unreachable = Retry(self._refusals.unreachable(str(error.__cause__ or "")))
            explained = self._refusals.cut_off() if line.answered else unreachable
        elif type(error) is openai.APIError:
            explained = self._refusals.remark(error.body or error.message)
        else:
            # The package takes apart whatever it is sent, and fails in many ways on nonsense.
            explained = self._refusals.nonsense()
        return explained

    def _take(self) -> _Line:
        with self._lock:
            if self._closed:
                raise ModelError(f"The connection to {self.address} was closed.")
            if self._idle:
                return self._idle.pop()
        return _Line(self.address, key=self._key, timeout_s=self._timeout_s)

    def _give(self, line: _Line) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(line)
                return
        line.close()


class _Item:
    """What came of a request: a value, the end, or an error."""

    __slots__ = ("error", "last", "value")

    def __init__(
        self, value: object = None, *, last: bool = False, error: BaseException | None = None
    ) -> None:
        self.value, self.last, self.error = value, last, error


def _work(
    request: Callable[[Any], Iterator[object]], line: _Line, items: queue.SimpleQueue[_Item]
) -> None:
    try:
        for value in request(line.client):
            items.put(_Item(value))
            if line.is_cut:
                return
        items.put(_Item(last=True))
    except BaseException as error:
        items.put(_Item(error=error))


class _Line:
    """A client with one connection, which can be cut from another thread."""

    def __init__(self, address: str, *, key: str, timeout_s: float) -> None:
        openai = _import_openai()
        self.is_cut = False
        self.answered = False
        """Whether the server has begun to reply to the last request."""
        self._key = key
        self._socket: socket.socket | None = None
        self.client = openai.OpenAI(
            base_url=address,
            api_key=key or NO_KEY,
            max_retries=0,
            # Whoever redirects would be sent the key, too.
            http_client=openai.DefaultHttpxClient(
                follow_redirects=False,
                # A proxy is for the world outside.
                trust_env=not _is_here(address),
                event_hooks={"request": [self._send], "response": [self._hear]},
                timeout=openai.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s)),
            ),
        )

    def cut(self) -> None:
        """End the exchange at once, wherever it is; the line is of no more use."""
        self.is_cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Only this wakes a thread that reads; closing does not.
                self._socket.shutdown(socket.SHUT_RDWR)

    @property
    def is_open(self) -> bool:
        """Whether there was a connection to the server."""
        return self._socket is not None

    def close(self) -> None:
        """Close the connection, which nobody uses."""
        self.client.close()

    def _send(self, request: Any) -> None:
        """Take from a request whatever is not needed, and keep hold of its connection."""
        for name in [name for name in request.headers if name.lower() not in _SENT_HEADERS]:
            del request.headers[name]
        request.headers["authorization"] = f"Bearer {self._key or NO_KEY}"
        request.headers["user-agent"] = "abstract-assistant"
        self.answered = False
        request.extensions["trace"] = self._notice

    def _hear(self, _response: Any) -> None:
        self.answered = True

    def _notice(self, event: str, info: dict[str, Any]) -> None:
        if event in _SOCKET_MADE:
            self._socket = info["return_value"].get_extra_info("socket")
            if self.is_cut:
                self.cut()


def read_address(base_url: str, *, section: Section) -> str:
    """Return the address under which a server takes requests: ``http://localhost:8080/v1``.

    Where only a host is named, ``/v1`` is added, as every such server has it. Raises ConfigError.
    """
    hint = f"[{section}] base_url is like 'http://localhost:8080/v1'."
    try:
        parts = urlsplit(base_url.strip())
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ConfigError(f"[{section}] base_url is no address of a server.", hint=hint)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            f"[{section}] base_url holds more than an address.",
            hint=f"A key belongs into the environment variable of [{section}] api_key_variable.",
        )
    path = parts.path.rstrip("/") or "/v1"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _is_here(address: str) -> bool:
    """Tell whether a server runs on this machine."""
    host = urlsplit(address).hostname or ""
    return host in {"::1", "localhost"} or host.startswith("127.")


def _read_key(variable: str) -> str:
    """Return the key of a server from the environment; empty if there is none."""
    key = os.environ.get(variable, "").strip() if variable else ""
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigError(
            f"The environment variable {variable} holds no key.",
            hint="A key has no blanks, line breaks or letters beyond ASCII.",
        )
    return key


def _wait(seconds: float, cancel: Cancellation | None) -> bool:
    """Wait; return whether it was not cancelled."""
    until_s = time.monotonic() + seconds
    while (left_s := until_s - time.monotonic()) > 0:
        if is_cancelled(cancel):
            return False
        time.sleep(min(left_s, _STEP_S))
    return True


def _import_openai() -> Any:
    import openai

    # In detail these log what is sent, and the headers that a server sends back.
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return openai
