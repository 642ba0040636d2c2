"""Chroma on a server, which several people may share.

What can go wrong with a server is told apart here: that none answers, that it refuses the token,
that it has no such tenant or database, and that what answers is no Chroma at all. The token comes
from the environment and is in no message, whatever a server sends back.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import shorten
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from assistant.config import StoreSettings
from assistant.errors import AssistantError, ConfigError, EmbedderMismatch, LibraryError
from assistant.store.connection import Connection, quiet_settings

if TYPE_CHECKING:
    import httpx

_CLOUD = ".trychroma.com"
_CLOUD_ROWS = 300
"""Chroma Cloud reads and writes no more rows at once (docs.trychroma.com, Quotas & Limits)."""
_COLLECTION_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,100}[a-zA-Z0-9]")
_OWN_ENDINGS = ("-next", "-writer")
"""Of collections that stand beside that of a library."""
_EXISTS = "already exists"
_GOES = ("Missing metadata segment", "Nothing found on disk")
"""Said of a collection that another request removes at the same moment."""
_REFUSALS = (401, 403)
_PASSING_STATUS = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a library is on a server, and what lets one in."""

    url: str
    tenant: str
    database: str
    collection: str
    token_variable: str
    timeout_s: float
    token: str = field(repr=False)

    def __str__(self) -> str:
        return self.url

    @property
    def place(self) -> str:
        """All that tells one library from another."""
        return "\n".join((self.url, self.tenant, self.database, self.collection))


def address_of(settings: StoreSettings) -> Address:
    """Return the address that the settings give. Raises ConfigError if it is none."""
    url = settings.url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if usable and "@" in parts.netloc:
        raise ConfigError(
            "[store] url holds a user name or a password.",
            hint=f"Put a token into the environment variable {settings.token_variable} instead.",
        )
    if not usable or parts.query or parts.fragment:
        raise ConfigError(
            f"[store] url is no address of a server: {shorten(settings.url, 80)}.",
            hint='Write it like "http://localhost:8000".',
        )
    name = settings.collection
    if not _COLLECTION_NAME.fullmatch(name) or name.endswith(_OWN_ENDINGS):
        raise ConfigError(
            f"[store] collection cannot be a name: '{shorten(name, 80)}'.",
            hint="A name has 3 to 102 letters, digits, dots, hyphens and underscores, with a "
            "letter or digit at either end, and does not end in -next or -writer.",
        )
    return Address(
        url=url,
        tenant=settings.tenant,
        database=settings.database,
        collection=name,
        token_variable=settings.token_variable,
        timeout_s=settings.timeout_s,
        token=os.environ.get(settings.token_variable, "").strip(),
    )


class ServerConnection(Connection):
    """Chroma on a server."""

    waits_s = (0.3, 1.0, 3.0)

    def __init__(self, address: Address) -> None:
        self.address = address
        if (urlsplit(address.url).hostname or "").endswith(_CLOUD):
            self.page_rows = self.max_results = _CLOUD_ROWS

    def open(self) -> None:
        """Connect. Raises LibraryError that says what is wrong."""
        import chromadb

        settings = quiet_settings()
        try:
            self._ask_for_database()
            self._client = chromadb.HttpClient(
                host=self.address.url,
                headers=self._headers,
                settings=settings,
                tenant=self.address.tenant,
                database=self.address.database,
            )
            # Chroma's client would wait for ever.
            self._client._server._session.timeout = self.address.timeout_s
        except AssistantError:
            raise
        except Exception as error:
            raise self.failure(error) from error

    def again(self) -> ServerConnection:
        """Return another connection to the same server."""
        return ServerConnection(self.address)

    @property
    def max_rows(self) -> int:
        """Rows that may be written at once."""
        return min(super().max_rows, self.page_rows)

    def now_s(self) -> float:
        """Return the time of the server: the clocks of those who share it may differ."""
        return int(self._client.heartbeat()) / 1e9

    def claim(self, name: str, *, metadata: dict[str, Any]) -> Any:
        """Return a new collection, or None if there is one of that name: only one can make it."""
        try:
            return self._client.create_collection(name, embedding_function=None, metadata=metadata)
        except Exception as error:
            # The one that was there may be gone by now, and the server has no code for this.
            if _EXISTS not in str(error) and self.find(name) is None:
                raise
            return None

    def passes(self, error: BaseException) -> bool:
        """Tell whether the server may answer after a moment, or of what came in place of a thing.

        Of a collection that was replaced there is the other.
        """
        import httpx

        if self.is_gone(error):
            return True
        for one in _chain(error):
            if isinstance(one, httpx.TimeoutException):
                return False
            if isinstance(one, httpx.TransportError):
                return True
        return _status(error) in _PASSING_STATUS

    def is_gone(self, error: BaseException) -> bool:
        """Tell whether a failure means that a collection is no longer there, or just goes."""
        return super().is_gone(error) or any(sign in str(error) for sign in _GOES)

    def failure(self, error: BaseException) -> LibraryError:
        """Return what a failure of the server, or of the way to it, means."""
        if found := self._no_answer(error):
            return found
        what = self._clean(str(error))
        if "expecting embedding with dimension" in what:
            return EmbedderMismatch(
                "The library has vectors of another length: someone indexed it with another "
                "embedder.",
                hint="Open the library again; the embedder has to be installed here, too.",
            )
        return LibraryError(
            f"The Chroma server at {self.address} failed: {type(error).__name__}: {what}",
            hint="What was stored is kept. If it goes on, the server's own log may say more.",
        )

    def _no_answer(self, error: BaseException) -> LibraryError | None:
        """Return why there is no answer of a Chroma server; None if there is one."""
        import httpx

        status = _status(error)
        if status in _REFUSALS:
            return self._refused(status)
        if status in _PASSING_STATUS:
            return self._down(f"{error} ({status})")
        for one in _chain(error):
            if isinstance(one, httpx.TimeoutException):
                return self._too_slow()
            if isinstance(one, httpx.TransportError):
                return self._down(one)
            if isinstance(one, json.JSONDecodeError | KeyError | TypeError):
                return self._no_chroma(str(error))
        return None

    @property
    def _headers(self) -> dict[str, str]:
        """What tells the server who asks: Chroma Cloud reads the one, most proxies the other."""
        token = self.address.token
        if not token:
            return {}
        if not token.isascii() or not token.isprintable():
            raise ConfigError(
                f"The token in {self.address.token_variable} holds what no token can.",
                hint="Copy it again, without line breaks.",
            )
        return {"x-chroma-token": token, "Authorization": f"Bearer {token}"}

    def _ask_for_database(self) -> None:
        """Make sure that a Chroma answers and has the tenant and the database.

        Asked without Chroma's client, which says the same of all that may be wrong.
        """
        import httpx

        address = self.address
        tenant, database = f"tenant '{address.tenant}'", f"database '{address.database}'"
        path = f"/tenants/{quote(address.tenant, '')}"
        with httpx.Client(timeout=address.timeout_s, headers=self._headers) as client:
            self._ask(client, "/heartbeat", "nanosecond heartbeat", "")
            self._ask(client, path, "name", tenant)
            path += f"/databases/{quote(address.database, '')}"
            self._ask(client, path, "name", f"{database} of the {tenant}")

    def _ask(self, client: httpx.Client, path: str, key: str, thing: str) -> None:
        """Ask for one thing. Raises LibraryError if it is not there, or no Chroma answers."""
        response = client.get(f"{self.address.url}/api/v2{path}")
        try:
            found = response.json()
        except ValueError:
            found = None
        if response.status_code in _REFUSALS:
            raise self._refused(response.status_code)
        if response.status_code in _PASSING_STATUS:
            raise self._down(f"{response.text} ({response.status_code})")
        if isinstance(found, dict) and key in found and response.is_success:
            return
        if not thing or not isinstance(found, dict) or "error" not in found:
            raise self._no_chroma(response.text)
        raise LibraryError(
            f"The Chroma server at {self.address} has no {thing}.",
            hint="Correct [store] tenant and database, or ask whoever keeps the server.",
        )

    def _down(self, why: object) -> LibraryError:
        return LibraryError(
            f"The Chroma server at {self.address} does not answer: {self._clean(str(why))}",
            hint="Start it (chroma run --path FOLDER), or correct [store] url. What was stored is "
            "kept: run the command again then.",
        )

    def _too_slow(self) -> LibraryError:
        return LibraryError(
            f"The Chroma server at {self.address} did not answer within "
            f"{self.address.timeout_s:g} s.",
            hint="Try again later, or set a longer [store] timeout_s. What was stored is kept.",
        )

    def _refused(self, status: int) -> LibraryError:
        variable = self.address.token_variable
        if self.address.token:
            return LibraryError(
                f"The Chroma server at {self.address} refuses the token in {variable} ({status}).",
                hint="It may be wrong or expired, or not for this tenant and database.",
            )
        return LibraryError(
            f"The Chroma server at {self.address} wants a token ({status}).",
            hint=f"Put it into the environment variable {variable}.",
        )

    def _no_chroma(self, answer: str) -> LibraryError:
        return LibraryError(
            f"What answers at {self.address} is no Chroma server of version 1: "
            f"{self._clean(answer) or 'nothing'}",
            hint='Correct [store] url; it is the address alone, as "http://localhost:8000".',
        )

    def _clean(self, text: str) -> str:
        """Return what a server said in one line, and without the token."""
        if self.address.token:
            text = text.replace(self.address.token, "***")
        printable = "".join(c if c.isprintable() else " " for c in text[:10_000])
        return shorten(printable, 120, placeholder="…")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it came from."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _status(error: BaseException) -> int:
    """Return the status with which a server refused, 0 if it did not."""
    import httpx
    from chromadb.errors import AuthorizationError, ChromaAuthError, RateLimitError

    for one in _chain(error):
        if isinstance(one, httpx.HTTPStatusError):
            return one.response.status_code
        if isinstance(one, AuthorizationError | ChromaAuthError | RateLimitError):
            return one.code()
    return 0
