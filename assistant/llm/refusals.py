"""Says in one line why a server did not do what it was asked to, and never says the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.errors import ModelError, ModelMissing
from assistant.text.clean import printable

MAX_PAUSE_S = 20.0
"""A server that wants a longer pause than this is not asked again."""

_MAX_REMARK = 200
"""Characters that are shown of what a server says."""
_SHOWN_OF_KEY = 5
"""Fewer characters of a key in a row tell nobody anything."""
_BEARER = re.compile(r"(?i)\bbearer\s+\S+")
_CONTEXT = re.compile(
    r"(?i)context (?:length|window|size)|exceeds? .{0,40}context|too (?:long|large|many tokens)"
    r"|maximum .{0,40}(?:length|tokens)"
)
_TEMPLATE = re.compile(r"(?i)system role|roles must alternate|chat template")
"""What a template says of messages that it does not take: some servers call that their failure."""
_KEY_REFUSED = (401, 403)
_NOT_THERE = (404, 405)
_WRONG_FORM = (400, 413, 415, 422)
_FOR_NOW = frozenset({408, 409, 425, 429, *range(500, 600)} - {501, 505})


class Retry(Exception):
    """What failed may go well a little later."""

    def __init__(self, error: ModelError, *, pause_s: float = 0.0) -> None:
        """Take the error to raise if it does not, and the pause that the server wants."""
        super().__init__(error.message)
        self.error = error
        self.pause_s = pause_s


class ContextExceeded(ModelError):
    """What was sent, with room for the reply, does not fit the context of the model."""


class RequestRefused(ModelError):
    """The server takes no request of this form, or with one of its fields."""


class NotThere(ModelMissing):
    """The server has no such model, or nothing at this address."""


class CutOff(ModelError):
    """The server went away in the midst of its reply."""


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """What can go wrong with one server, as errors."""

    address: str
    section: str
    key: str = field(repr=False)
    key_variable: str

    def status(self, status: int, body: object, headers: Mapping[str, str]) -> Exception:
        """Return the error, or Retry, for a reply with a status that is no success."""
        error = self._by_status(status, body)
        if status not in _FOR_NOW or isinstance(error, ContextExceeded | RequestRefused):
            return error
        pause_s = _seconds(headers.get("retry-after", ""))
        if pause_s > MAX_PAUSE_S:
            error.hint = f"It takes requests again in {pause_s:.0f} s."
            return error
        return Retry(error, pause_s=pause_s)

    def remark(self, body: object) -> ModelError:
        """Return the error for a failure that a server tells of in the midst of its reply."""
        said = self._said(body)
        if _CONTEXT.search(said):
            return self._too_long(said)
        return ModelError(f"The server at {self.address} failed{_behind(said)}.")

    def unreachable(self, reason: str = "") -> ModelError:
        """Return the error for a server that does not answer at all."""
        why = self._shown(reason)
        return ModelError(
            f"The server at {self.address} cannot be reached{_behind(why)}.",
            hint=f"Is it running? [{self.section}] base_url names it.",
        )

    def cut_off(self) -> CutOff:
        """Return the error for a server that went away in the midst of its reply."""
        return CutOff(
            f"The server at {self.address} broke off in the midst of its reply.",
            hint="Is it still running? Ask again once it is.",
        )

    def too_slow(self, timeout_s: float) -> ModelError:
        """Return the error for a server that lets one wait too long."""
        return ModelError(
            f"The server at {self.address} sent nothing for {timeout_s:g} s.",
            hint=f"Raise [{self.section}] timeout_s, or choose a smaller model.",
        )

    def nonsense(self) -> ModelError:
        """Return the error for a reply that is not what the protocol says."""
        return ModelError(
            f"What the server at {self.address} sends is no reply of an OpenAI-compatible server.",
            hint=f"Check [{self.section}] base_url; most addresses end in /v1.",
        )

    def _by_status(self, status: int, body: object) -> ModelError:
        said = self._said(body)
        why, server = _behind(said), f"The server at {self.address}"
        if status in _KEY_REFUSED:
            error = self._key_refused(status)
        elif status in _NOT_THERE:
            error = NotThere(
                f"{server} has no such model or address ({status}).",
                hint=f"Check [{self.section}] model and base_url; most addresses end in /v1.",
            )
        elif _CONTEXT.search(said):
            error = self._too_long(said)
        elif status in _WRONG_FORM or _TEMPLATE.search(said):
            error = RequestRefused(f"{server} refused the request ({status}){why}.")
        elif 300 <= status < 400:
            error = ModelError(
                f"{server} sends requests elsewhere ({status}).",
                hint=f"Name in [{self.section}] base_url the address that answers itself.",
            )
        elif status == 429:
            error = ModelError(f"{server} takes no more requests for now{why}.")
        else:
            error = ModelError(f"{server} failed ({status}){why}.")
        return error

    def _key_refused(self, status: int) -> ModelError:
        if self.key:
            return ModelError(
                f"The server at {self.address} does not take the key ({status}): "
                "it is wrong, expired, or not for this.",
                hint=f"It is read from the environment variable {self.key_variable}.",
            )
        return ModelError(
            f"The server at {self.address} wants a key ({status}).",
            hint=f"Put it into the environment variable {self.key_variable}.",
        )

    def _too_long(self, said: str) -> ContextExceeded:
        return ContextExceeded(
            f"The text does not fit the context of the model at {self.address}{_behind(said)}.",
            hint="Start the server with a longer context, or choose another model.",
        )

    def _said(self, body: object) -> str:
        """Return what a server says of its failure: one short line; nothing if it is a page."""
        for key in ("error", "message", "detail"):
            if isinstance(body, Mapping) and body.get(key):
                return self._said(body[key])
        if isinstance(body, list) and body:
            return self._said(body[0].get("msg") if isinstance(body[0], Mapping) else body[0])
        text = body if isinstance(body, str) else ""
        return "" if text.lstrip().startswith("<") else self._shown(text)

    def _shown(self, text: str) -> str:
        """Return a text of a server as it may be shown: one line, without the key."""
        # Hidden before it is cut short: half a key at the end would be no key any more.
        hidden = _BEARER.sub("…", _without(text, self.key))
        line = " ".join(printable(hidden).split())
        return (line if len(line) <= _MAX_REMARK else f"{line[:_MAX_REMARK]}…").rstrip(".")


def _behind(remark: str) -> str:
    return f": {remark}" if remark else ""


def _without(text: str, key: str) -> str:
    """Take from a text whatever is a part of the key: some servers send back its end."""
    if not key:
        return text
    size = min(_SHOWN_OF_KEY, len(key))
    parts = {key[start : start + size] for start in range(len(key) - size + 1)}
    hidden = [False] * len(text)
    for start in range(len(text) - size + 1):
        if text[start : start + size] in parts:
            hidden[start : start + size] = [True] * size
    shown = "".join("\0" if hides else sign for hides, sign in zip(hidden, text, strict=True))
    return re.sub("\0+", "…", shown)


def _seconds(text: str) -> float:
    """Return the pause of a ``Retry-After`` in seconds; 0 where it is none, or a date."""
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return max(seconds, 0.0) if seconds < float("inf") else 0.0
