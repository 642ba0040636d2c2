"""What is told of the reading of a library into its mirror, and when."""

from __future__ import annotations

import pytest

from assistant.errors import Cancelled
from assistant.store.filling import WORTH_TELLING, Filling
from assistant.store.stored import StoredPaper
from assistant.types import Cancellation, Paper


def stored(number: int, *, passages: int) -> StoredPaper:
    paper = Paper(paper_id=f"p{number}", title="Title", abstract="Text.")
    return StoredPaper(paper=paper, passages=passages, digest="d", origins={})


def told_of(papers: int, *, passages: int, total: int) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    filling = Filling(lambda *now: told.append(now))
    filling.begin(lambda: total)
    items = [stored(n, passages=passages) for n in range(papers)]
    assert list(filling.watch(items[:7])) + list(filling.watch(items[7:])) == items
    return told


def test_of_a_large_library_it_is_told_how_much_is_read_and_of_how_much() -> None:
    told = told_of(2000, passages=5, total=10_000)
    assert told[0] == (1000, 10_000)
    assert told[-1] == (10_000, 10_000)
    assert len(told) == 10


def test_what_others_add_meanwhile_never_makes_it_more_than_all() -> None:
    assert all(done <= total for done, total in told_of(3000, passages=3, total=WORTH_TELLING))


def test_of_what_is_soon_read_nothing_is_told() -> None:
    assert told_of(1000, passages=WORTH_TELLING // 1000, total=WORTH_TELLING - 1) == []


def test_nothing_is_counted_for_nobody() -> None:
    def count() -> int:
        raise AssertionError("nobody is told")

    Filling().begin(count)


def test_it_ends_when_that_is_asked_for() -> None:
    cancel = Cancellation()
    papers = Filling(cancel=cancel).watch(stored(n, passages=1) for n in range(10))
    assert next(papers).paper.paper_id == "p0"
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(papers)
