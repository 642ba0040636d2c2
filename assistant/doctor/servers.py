"""Checks the servers that the settings name: reached, the key taken, the model known.

Nothing is asked of a server that is not named; without one, nothing leaves the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from assistant.config import EmbeddingSettings, LlmSettings, StoreSettings
from assistant.doctor.finding import Finding, failure, ok
from assistant.doctor.patient import Patient
from assistant.errors import AssistantError

_QUESTION = "Say yes."


def servers(patient: Patient, /) -> Iterator[Finding]:
    """Ask each server for the least that it can do."""
    settings = patient.settings
    asked: list[tuple[str, str, Callable[[], str]]] = []
    if settings.llm.base_url and settings.llm.enabled:
        asked.append(("llm", settings.llm.base_url, lambda: _ask_to_write(settings.llm)))
    if settings.embedding.base_url:
        chosen = settings.embedding
        asked.append(("embedding", chosen.base_url, lambda: _ask_for_vector(chosen)))
    if settings.store.url:
        asked.append(("store", settings.store.url, lambda: _ask_for_database(settings.store)))
    for section, url, ask in asked:
        try:
            yield ok(f"[{section}] server", f"{urlsplit(url).netloc} answers{ask()}.")
        except AssistantError as error:
            yield failure(f"[{section}] server", error.message, fix=error.hint)
    if not asked:
        yield ok("servers", "None is named: nothing leaves this machine.")


def store_fault(store: StoreSettings) -> AssistantError | None:
    """Return why the server of the library cannot be used, if it cannot."""
    try:
        _ask_for_database(store)
    except AssistantError as error:
        return error
    return None


def _ask_to_write(llm: LlmSettings) -> str:
    from assistant.llm.model import Message
    from assistant.llm.server import ServerModel

    with closing(ServerModel(**_server(llm))) as model:
        question = [Message(role="user", content=_QUESTION)]
        for _ in model.stream(question, max_tokens=1, temperature=0.0):
            break
    return f", and {llm.model} writes"


def _ask_for_vector(embedding: EmbeddingSettings) -> str:
    from assistant.llm.server import EmbeddingServer

    with closing(EmbeddingServer(**_server(embedding))) as server:
        (vector,) = server.embed([_QUESTION])
    return f", and {embedding.model} makes vectors of {len(vector):,} numbers"


def _ask_for_database(store: StoreSettings) -> str:
    from assistant.store.server import ServerConnection, address_of

    connection = ServerConnection(address_of(store))
    connection.open()
    connection.close()
    return f", and has the database '{store.database}' of the tenant '{store.tenant}'"


def _server(chosen: LlmSettings | EmbeddingSettings) -> dict[str, Any]:
    return {
        "base_url": chosen.base_url,
        "model": chosen.model,
        "api_key_variable": chosen.api_key_variable,
        "timeout_s": chosen.timeout_s,
    }
