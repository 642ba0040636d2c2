"""A crowd leaves out nothing that may be the same."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from assistant.indexing.crowds import Crowds
from assistant.indexing.sameness import identity_of, why_same
from assistant.types import Paper
from tests.unit.indexing.records import records
from tests.unit.indexing.shelf import record


def crowd_of(papers: Iterable[Paper]) -> Crowds:
    known = [identity_of(paper) for paper in papers]
    crowd = Crowds(key for one in known for key in one.keys)
    for number, one in enumerate(known):
        crowd.put(str(number), one)
    return crowd


@given(records(), st.lists(records(), max_size=8))
def test_all_that_are_the_same_are_near(one: Paper, others: list[Paper]) -> None:
    near = set(crowd_of(others).near(identity_of(one)))
    same = {
        str(number)
        for number, other in enumerate(others)
        if why_same([identity_of(one)], [identity_of(other)])
    }
    assert same <= near


def test_papers_of_other_authors_or_other_identifiers_are_not_near() -> None:
    crowd = crowd_of(
        [record("On nets", authors=(f"A. {name}",)) for name in ("Lee", "Chen", "Kim")]
        + [record("Of nets", doi=f"10.1000/{n}") for n in range(3)]
        + [record(name, doi="10.1/b", authors=(f"A. {name}",)) for name in ("Birds", "Fish")]
    )
    assert crowd.near(identity_of(record("On nets", authors=("Lee, A.",)))) == ["0"]
    assert crowd.near(identity_of(record("Of nets", doi="10.1000/9"))) == []
    assert crowd.near(identity_of(record("Of nets", doi="10.1000/2"))) == ["5"]
    assert crowd.near(identity_of(record("Moss", doi="10.1/b", authors=("A. Moss",)))) == []


def test_a_paper_that_took_over_another_is_found_in_its_place() -> None:
    crowd = crowd_of([record("On nets", authors=("Ann Lee",)), record("Nets", doi="10.1/a")])
    crowd.rename("0", "1")
    assert list(crowd) == ["1"]
    assert crowd.near(identity_of(record("On nets", authors=("Ann Lee",)))) == ["1"]
