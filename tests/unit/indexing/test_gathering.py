"""Records come to the papers that they belong to, in whatever order they are told."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant.indexing import crowds, gathering
from assistant.indexing.sameness import contradict, grouped, identity_of
from assistant.types import Paper
from tests.unit.indexing.records import records
from tests.unit.indexing.shelf import Shelf, Told, record

TOLD = st.lists(st.tuples(st.sampled_from(["/a", "/b", "/c"]), records()), max_size=7, unique=True)


def components(told: list[Told]) -> list[set[Told]]:
    """Return what comes together if each pair of records that is the same does."""
    found: list[set[Told]] = []
    for one in told:
        same = [
            group
            for group in found
            if any(
                len(grouped([identity_of(one[1]), identity_of(other)])) == 1 for _, other in group
            )
        ]
        found = [group for group in found if group not in same] + [{one}.union(*same)]
    return found


def are_at_odds(told: set[Told]) -> bool:
    known = [identity_of(paper) for _, paper in told]
    return any(contradict(one, other) for one, other in itertools.combinations(known, 2))


@given(TOLD, st.randoms(use_true_random=False), st.sampled_from([1, 16]))
@settings(max_examples=60, deadline=None)
def test_any_order_gives_the_same_papers_unless_a_record_is_of_two(
    told: list[Told], order: random.Random, crowd: int
) -> None:
    expected = components(told)
    assume(not any(map(are_at_odds, expected)))
    order.shuffle(told)
    with pytest.MonkeyPatch.context() as patch, Shelf() as shelf:
        patch.setattr(gathering, "CROWD", crowd)
        shelf.add(told)
        assert shelf.papers == set(map(frozenset, expected))


@given(TOLD, st.randoms(use_true_random=False), st.sampled_from([1, 16]))
@settings(max_examples=60, deadline=None)
def test_no_paper_has_records_that_contradict_and_adding_again_changes_nothing(
    told: list[Told], order: random.Random, crowd: int
) -> None:
    with pytest.MonkeyPatch.context() as patch, Shelf() as shelf:
        patch.setattr(gathering, "CROWD", crowd)
        shelf.add(told)
        before = shelf.papers
        assert sorted(map(str, itertools.chain.from_iterable(before))) == sorted(map(str, told))
        assert not any(are_at_odds(set(paper)) for paper in before)
        order.shuffle(told)
        assert shelf.add(told).merged == []
        assert shelf.papers == before


@given(st.lists(records(), max_size=8))
def test_groups_hold_each_record_once_and_none_that_contradict(told: list[Paper]) -> None:
    known = [identity_of(paper) for paper in told]
    groups = grouped(known)
    assert sorted(itertools.chain.from_iterable(groups)) == list(range(len(told)))
    for group in groups:
        pairs = itertools.combinations([known[place] for place in group], 2)
        assert not any(contradict(one, other) for one, other in pairs)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_bare_title_goes_to_one_of_two_papers(order: tuple[int, ...]) -> None:
    told = [
        ("/a", record("On nets", authors=("Ann Lee",))),
        ("/b", record("On nets", authors=("Bo Chen",))),
        ("/c", record("On nets")),
    ]
    with Shelf() as shelf:
        shelf.add([told[place] for place in order])
        assert sorted(map(len, shelf.papers)) == [1, 2]


def test_a_bare_record_goes_where_the_abstract_is_its_own() -> None:
    told = [("/a", record("On nets", f"It is {n}.", doi=f"10.1000/{n}")) for n in range(5)]
    bare = ("/b", record("On nets", "It is 3."))
    with Shelf() as shelf:
        shelf.add([*told, bare])
        assert frozenset({told[3], bare}) in shelf.papers


@pytest.mark.parametrize(
    "shared",
    [
        [record("A survey", authors=(f"A. {'abcdefghij'[n % 10]}{n}son",)) for n in range(300)],
        [record("A survey", doi=f"10.1000/{n}") for n in range(300)],
        [record(f"Birds {n}", doi="10.1/b", authors=(f"A. Son{n}",)) for n in range(300)],
    ],
    ids=["title", "title and no author", "book"],
)
def test_papers_that_share_a_key_are_not_all_read_for_each(shared: list[Paper]) -> None:
    told = [("/a", paper) for paper in shared]
    with Shelf() as shelf:
        shelf.add(told, batch=64)
        shelf.add(told, batch=64)
        assert len(shelf.papers) == len(told)
        assert shelf.mirror.read < 10 * crowds.CROWD * len(told) // 4
        before = shelf.mirror.read
        shelf.add(told, batch=64)
        assert shelf.mirror.read - before < 6 * len(told)


def test_what_is_edited_away_from_a_crowd_is_taken_back() -> None:
    many = [("/a", record("A survey", f"It is {n}.", doi=f"10.1000/{n}")) for n in range(40)]
    whole = ("/b", record("A survey, longer", "Long.", doi="10.1000/7"))
    with Shelf() as shelf:
        shelf.add([*many, whole])
        assert len(shelf.papers) == 40
        edited = ("/b", record("A survey", "Long.", doi="10.1000/99"))
        new = ("/c", record("A survey", "New.", doi="10.1000/98"))
        shelf.add([new, edited])
        assert shelf.papers == {frozenset({told}) for told in [*many, new, edited]}
