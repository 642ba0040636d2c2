"""Values of JSON records: whatever their shape, they have a text, or none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.json.values import people_of, text_of, text_of_inverted_index


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Nature", "Nature"),
        (["", "Nature", "Science"], "Nature"),
        ({"title": "Nature"}, "Nature"),
        ([{"value": {"display_name": "Nature"}}], "Nature"),
        (2021, "2021"),
        (2021.0, "2021"),
        (10**20, ""),
        (float("nan"), ""),
        (True, ""),
        (None, ""),
        ({}, ""),
        ([[[[[["deep"]]]]]], ""),
    ],
)
def test_a_text_is_found_in_its_usual_covers(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (["Ann Lee", {"name": "Bo Chen"}], ["Ann Lee", "Bo Chen"]),
        ({"author": {"text": "Ann Lee"}}, ["Ann Lee"]),
        ({"authors": [{"first": "Ann", "middle": ["M."], "last": "Lee"}]}, ["Lee, Ann M."]),
        ("Ann Lee; Bo Chen", ["Ann Lee", "Bo Chen"]),
        ({"fullName": "Lee A"}, ["Lee A"]),
        (None, []),
    ],
)
def test_people_come_as_texts_objects_and_lists(value: object, names: list[str]) -> None:
    assert people_of(value) == names


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ({"b": [1], "a": [0, 2]}, "a b a"),
        ({"b": [700], "a": [3]}, "a b"),
        ({"a": [10**18], "b": [-1]}, "b a"),
        ({"a": [0], "b": [0]}, "a b"),
        ({"a": 0, "b": ["1", None, True], "c": [2]}, "b c"),
        ({"IndexLength": 2, "InvertedIndex": {"a": [0], "b": [1]}}, "a b"),
        (json.dumps({"IndexLength": 1, "InvertedIndex": {"a": [0]}}), "a"),
        ("no JSON", ""),
        (None, ""),
        ([], ""),
    ],
)
def test_an_inverted_index_is_put_in_order(index: object, text: str) -> None:
    assert text_of_inverted_index(index) == text


@given(st.lists(st.text("ab.", min_size=1), max_size=30))
def test_any_text_comes_back_from_its_inverted_index(words: list[str]) -> None:
    index: dict[str, list[int]] = {}
    for position, word in enumerate(words):
        index.setdefault(word, []).append(position)
    assert text_of_inverted_index(index) == " ".join(words)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from(["name", "author", "family"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(VALUES)
def test_any_value_has_a_text(value: object) -> None:
    assert isinstance(text_of(value), str)
