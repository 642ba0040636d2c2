"""Several names in one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.people import split_names, split_words
from assistant.text.clean import normalise


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lee, Ann; Chen, Bo", ["Lee, Ann", "Chen, Bo"]),
        ("P. Kogge; J. Shalf", ["P. Kogge", "J. Shalf"]),
        ("Lee, Ann (57190000001); Chen, Bo (6600000)", ["Lee, Ann", "Chen, Bo"]),
        ("Lee A., Chen B.C.", ["Lee A.", "Chen B.C."]),
        ("Lee A, Chen BC, Diaz D.", ["Lee A", "Chen BC", "Diaz D"]),
        ("Lee A, Chen BC.", ["Lee A", "Chen BC"]),
        ("Lee, A., Chen, B. C.", ["Lee, A.", "Chen, B. C."]),
        ("Lee, A.", ["Lee, A."]),
        ("Lee, Ann", ["Lee, Ann"]),
        ("Ann Lee, Bo Chen and Cy Diaz", ["Ann Lee", "Bo Chen", "Cy Diaz"]),
        ("Ann Lee, Bo Chen, and Cy Diaz", ["Ann Lee", "Bo Chen", "Cy Diaz"]),
        ("Lee, Ann and Chen, Bo", ["Lee, Ann", "Chen, Bo"]),
        ("A Vaswani, N Shazeer, ...", ["A Vaswani", "N Shazeer"]),
        ("Ann Lee et al.", ["Ann Lee"]),
        ("['Lee, Ann', \"O'Neil, Bo\"]", ["Lee, Ann", "O'Neil, Bo"]),
        ('["Lee, Ann"]', ["Lee, Ann"]),
        ("[]", []),
        ("Ann Lee\nBo Chen", ["Ann Lee", "Bo Chen"]),
        ("Ann Lee | Bo Chen", ["Ann Lee", "Bo Chen"]),
        ("Lee, Ann;", ["Lee, Ann"]),
        ("Plato", ["Plato"]),
        ("Rand Corporation; Sandy Lee", ["Rand Corporation", "Sandy Lee"]),
        ("van der Maaten, L., Hinton, G.", ["van der Maaten, L.", "Hinton, G."]),
        ("", []),
        (" ; ", []),
    ],
)
def test_names_are_divided_where_that_is_certain(text: str, names: list[str]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rain; small models", ["rain", "small models"]),
        ("rain, small models", ["rain", "small models"]),
        ("cyst (diagnosis, surgery), adult", ["cyst (diagnosis, surgery)", "adult"]),
        ("a), b(c, d", ["a)", "b(c", "d"]),
        ("a, b; c", ["a, b", "c"]),
        ("rain|snow", ["rain", "snow"]),
        ("['rain', 'snow, ice']", ["rain", "snow, ice"]),
        ("rain", ["rain"]),
        ("", [""]),
    ],
)
def test_keywords_are_divided(text: str, words: list[str]) -> None:
    assert [word.strip() for word in split_words(text)] == words


NAME = st.from_regex(r"[A-Z][a-zé]{1,8}(?: [A-Z][a-z]{1,8}){1,2}", fullmatch=True)


@given(st.lists(NAME, min_size=1, max_size=6))
def test_a_list_of_names_comes_back_in_any_of_its_forms(names: list[str]) -> None:
    assert split_names("; ".join(names)) == names
    assert split_names(", ".join(names)) == names
    assert split_names(" and ".join(names)) == names
    assert split_names(repr(names)) == names


@given(st.text() | st.text(alphabet="aA ,;.'\"[]()&0\n"))
def test_any_text_gives_names_that_are_in_it(text: str) -> None:
    letters = "".join(filter(str.isalnum, normalise(text)))
    for name in split_names(text):
        assert "".join(filter(str.isalnum, name)) in letters


def test_a_long_run_of_commas_between_keywords_is_passed_over_at_once() -> None:
    assert set(split_words("rain (a, b)" + "," * 200_000)) == {"rain (a, b)", ""}
