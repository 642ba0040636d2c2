"""The keys of the chat: every binding has a name here, and its keys can be changed.

The name of a setting is the id of a binding in ``assistant.tui``; its value is a list of keys in
Textual's spelling, with commas between them. Names of one group share a place in the chat, and
their defaults differ; the same key may mean one thing in the prompt and another in a list.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from assistant.config.declaration import setting


def _keys(default: str, about: str) -> str:
    return setting(default, about, form="keys")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """The keys of the chat: one setting a binding."""

    # Everywhere. A text field takes plain characters, so these are not any.
    stop: str = _keys("escape", "stop the answer, or close what is open")
    copy: str = _keys("ctrl+c", "copy what is selected; twice: leave the chat")
    quit: str = _keys("ctrl+q", "leave the chat")
    commands: str = _keys("ctrl+p", "find a command by its name")
    help: str = _keys("f1", "show the keys of what has the focus")
    library: str = _keys("ctrl+b", "show or hide the library")
    source: str = _keys("ctrl+g", "show or hide the source")
    sessions: str = _keys("ctrl+r", "list the conversations")
    new_session: str = _keys("ctrl+n", "begin a new conversation")
    add: str = _keys("ctrl+o", "add papers")
    models: str = _keys("f2", "choose the model")
    # In the prompt.
    send: str = _keys("enter", "send the question")
    newline: str = _keys("shift+enter,ctrl+j", "break the line")
    # In the conversation.
    next_citation: str = _keys("n", "go to the next citation")
    previous_citation: str = _keys("p", "go to the citation before")
    open_source: str = _keys("enter", "open the source of the citation, or the paper")
    copy_answer: str = _keys("c", "copy the answer")
    follow: str = _keys("end", "go to the end and follow the answer")
    # In the conversation and in the source.
    copy_quote: str = _keys("y", "copy the quote with its reference")
    # In the library; ask_about and summarize also in the source, remove also in the list of
    # conversations.
    pin: str = _keys("space", "limit questions to the paper, or no longer")
    ask_about: str = _keys("a", "ask about this paper alone")
    summarize: str = _keys("m", "summarize this paper")
    compare: str = _keys("c", "compare the pinned papers")
    clear_pins: str = _keys("u", "ask about all papers again")
    sort: str = _keys("s", "sort by title, year or author")
    remove: str = _keys("delete", "remove the paper, or the conversation")
    # In the list of conversations.
    rename: str = _keys("r", "give the conversation another title")


def keymap(keys: KeySettings) -> dict[str, str]:
    """Return the keys of every binding by its id, as Textual's ``App.set_keymap`` takes them."""
    return {spec.name: getattr(keys, spec.name) for spec in fields(keys)}


def key_meanings() -> dict[str, str]:
    """Return what each binding does, in a few words, by its id."""
    return {spec.name: spec.metadata["about"] for spec in fields(KeySettings)}
