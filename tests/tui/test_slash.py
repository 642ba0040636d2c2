"""Commands that are typed: what is one, what is a question, and what is offered meanwhile."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.tui.slash import SLASH_COMMANDS, Typed, completion, hint, read_command


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("/survey sparse attention", Typed("survey", "sparse attention")),
        ("/Survey  sparse\n attention ", Typed("survey", "sparse attention")),
        ("/overview", Typed("overview", "")),
        ("/compare A; B", Typed("compare", "A; B")),
    ],
)
def test_a_command_is_a_name_and_what_follows(text: str, typed: Typed) -> None:
    assert read_command(text) == typed


@pytest.mark.parametrize(
    "text", ["what is /survey?", " /survey birds", "/usr/bin is full", "/24 networks", "", "a/b"]
)
def test_anything_else_is_a_question(text: str) -> None:
    assert read_command(text) is None


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("/surve birds", "/survey"), ("/summarise it", "/summarize"), ("/comp", "/compare")],
)
def test_an_unknown_command_is_told_with_the_nearest(text: str, nearest: str) -> None:
    with pytest.raises(UsageError, match=f"Did you mean {nearest}") as caught:
        read_command(text)
    assert "blank" in caught.value.hint


@pytest.mark.parametrize("text", ["/", "/xyzzy"])
def test_where_none_is_near_all_are_named(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_command(text)
    assert all(f"/{command.name}" in caught.value.message for command in SLASH_COMMANDS)


@given(st.text())
def test_a_text_with_a_blank_in_front_is_always_a_question(text: str) -> None:
    assert read_command(f" {text}") is None


@given(st.text().map(lambda text: f"/{text}"))
def test_whatever_follows_a_slash_is_a_command_a_question_or_told(text: str) -> None:
    with suppress(UsageError):
        typed = read_command(text)
        assert typed is None or typed.name in {command.name for command in SLASH_COMMANDS}


def test_the_rest_of_a_name_is_offered() -> None:
    assert completion("/sur") == "vey "
    assert completion("/s") == "ummarize "
    assert completion("/survey") == " "
    assert completion("/") == completion("/survey x") == completion("sur") == completion("/q") == ""


def test_the_hint_narrows_as_the_name_is_typed() -> None:
    assert all(f"/{command.name}" in hint("/") for command in SLASH_COMMANDS)
    assert hint("/s") == "/summarize  /survey"
    assert hint("/survey").startswith("/survey topic: ")
    assert hint("/survey sparse att").startswith("/survey topic: ")
    assert hint("/sur x") == hint("what is it?") == hint("/nothing") == ""
