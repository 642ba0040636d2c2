"""Family names are found in both usual orders."""

from __future__ import annotations

import pytest

from assistant.text.authors import family_name


@pytest.mark.parametrize(
    ("author", "family"),
    [
        ("Ashish Vaswani", "Vaswani"),
        ("Vaswani, Ashish", "Vaswani"),
        ("Laurens van der Maaten", "van der Maaten"),
        ("van der Maaten, Laurens", "van der Maaten"),
        ("Plato", "Plato"),
        ("de Moivre", "de Moivre"),
        ("  ", ""),
        ("", ""),
        ("李飞飞", "李飞飞"),
    ],
)
def test_a_family_name_has_its_particles_and_no_given_names(author: str, family: str) -> None:
    assert family_name(author) == family
