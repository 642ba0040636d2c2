"""Where a server is, as users write it."""

from __future__ import annotations

import pytest

from assistant.errors import ConfigError
from assistant.llm.connection import read_address


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("http://localhost:8080", "http://localhost:8080/v1"),
        (" https://host/v1/ ", "https://host/v1"),
        ("https://host/some/api", "https://host/some/api"),
        ("http://[::1]:11434/", "http://[::1]:11434/v1"),
    ],
)
def test_an_address_may_be_a_host_alone(given: str, read: str) -> None:
    assert read_address(given, section="llm") == read


@pytest.mark.parametrize(
    "address",
    ["localhost:8080", "ftp://host/v1", "http://", "http://h:99999/v1", "http://me:secret@host/v1",
     "http://host/v1?key=secret", "http://[::1/v1"],
)  # fmt: skip
def test_what_is_no_address_or_holds_a_secret_is_refused_without_it(address: str) -> None:
    with pytest.raises(ConfigError, match=r"\[llm\] base_url") as caught:
        read_address(address, section="llm")
    assert "secret" not in str(caught.value)
