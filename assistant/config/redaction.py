"""Takes keys out of what is written about a failure.

No message of the assistant holds a key. But the text of a foreign error may: a server that refuses
a key likes to send it back, and a traceback shows it.
"""

from __future__ import annotations

import os
import re

from assistant.config.schema import Settings

HIDDEN = "***"

_NAMES = re.compile(r"(?i)(?:^|_|API)(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)$")
_LEAST_CHARACTERS = 6
"""A shorter value is a word like others, and no key."""


def redacted(text: str, settings: Settings | None = None) -> str:
    """Return ``text`` without the keys that are in the environment.

    Those are the values of the variables that ``settings`` name for keys, and of all others that
    are called as such variables are.
    """
    named = key_variables(settings or Settings())
    names = {name for name in os.environ if _NAMES.search(name)} | set(named.values())
    values = {os.environ.get(name, "").strip() for name in names}
    for key in sorted(values, key=len, reverse=True):
        if len(key) >= _LEAST_CHARACTERS:
            text = text.replace(key, HIDDEN)
    return text


def key_variables(settings: Settings) -> dict[str, str]:
    """Return the variables from which the keys of servers are read, by section."""
    return {
        "llm": settings.llm.api_key_variable,
        "embedding": settings.embedding.api_key_variable,
        "store": settings.store.token_variable,
    }
