"""The sidebar: quick with many papers, searched while one types, and never broken by a title."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from textual.pilot import Pilot

from assistant.errors import LibraryError
from assistant.library import Library
from assistant.tui.fields import SearchField
from assistant.tui.library_pane import MAX_ROWS, LibraryPane
from assistant.tui.paper_list import PaperList
from assistant.tui.source_pane import SourcePane
from assistant.types import Listing
from tests.tui.hosts import HOSTILE, Heard, Host, browse_in, paper
from tests.tui.waiting import dump, run, until

MANY = [paper(number, title=f"Paper {number:05}") for number in range(10_000)]
FEW = [
    paper(1, title="Zebra stripes", year=2001, authors=("Ada Lovelace",)),
    paper(2, title="Apple trees", year=2020, authors=("Zoe Zhang",)),
    paper(3, title="Mango fruit", year=2010, authors=("Bob Babbage",)),
]


def titles(pilot: Pilot[Any]) -> list[str]:
    """Return what the rows of the list begin with."""
    options = pilot.app.query_one(PaperList).options
    return [str(option.prompt).partition("\n")[0] for option in options]


async def shows(pilot: Pilot[Any], *expected: str) -> None:
    await until(pilot, lambda: titles(pilot) == list(expected), f"rows {expected}")


def highlighted(pilot: Pilot[Any]) -> str | None:
    found = pilot.app.query_one(LibraryPane).highlighted
    return found.title if found else None


async def focus_list(pilot: Pilot[Any]) -> None:
    pilot.app.query_one(PaperList).focus()
    await pilot.pause()


def test_a_large_library_shows_its_first_rows_and_how_many_more_there_are() -> None:
    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(MANY)))
        async with app.run_test() as pilot:
            await until(pilot, lambda: len(titles(pilot)) == MAX_ROWS + 1)
            assert titles(pilot)[-1] == "and 9,500 more: type to narrow"
            assert "10,000 papers" in dump(app)

    run(test())


def test_typing_narrows_the_list_and_escape_widens_it_again() -> None:
    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(MANY)))
        async with app.run_test() as pilot:
            await until(pilot, lambda: len(titles(pilot)) == MAX_ROWS + 1)
            app.query_one(SearchField).focus()
            await pilot.press(*"00042")
            await shows(pilot, "Paper 00042")
            assert "1 of 10,000" in dump(app)
            await pilot.press("escape")
            await until(pilot, lambda: len(titles(pilot)) == MAX_ROWS + 1)

    run(test())


def test_a_search_that_finds_nothing_says_so() -> None:
    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test() as pilot:
            app.query_one(SearchField).value = "[/nothing"
            await shows(pilot, "No paper matches.")

    run(test())


def test_an_overtaken_search_is_never_shown() -> None:
    release = threading.Event()

    def browse(text: str = "", **options: Any) -> Listing:
        if text == "slow":
            release.wait(20)
        found = (paper(1, title=text or "all"),)
        return Listing(papers=found, total=1)

    async def test() -> None:
        app = Host(LibraryPane(browse=browse))
        async with app.run_test() as pilot:
            await shows(pilot, "all")
            field = app.query_one(SearchField)
            field.value = "slow"
            await until(pilot, lambda: any(w.group == "browse" for w in app.workers))
            field.value = "quick"
            await shows(pilot, "quick")
            release.set()
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert titles(pilot) == ["quick"]

    run(test())


def test_the_order_goes_round_with_its_key_and_is_named() -> None:
    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test() as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            await focus_list(pilot)
            await pilot.press("s")
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            assert "by year" in dump(app)
            await pilot.press("s")
            await shows(pilot, "Zebra stripes", "Mango fruit", "Apple trees")
            assert "by author" in dump(app)
            await pilot.click("#library-order")
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            assert "by title" in dump(app)

    run(test())


def test_the_cursor_stays_on_its_paper_when_the_list_is_read_again() -> None:
    papers = list(FEW)

    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(papers)))
        async with app.run_test() as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            await focus_list(pilot)
            await pilot.press("down", "down")
            assert highlighted(pilot) == "Mango fruit"
            papers.insert(0, paper(4, title="Aardvark"))
            app.query_one(LibraryPane).reload()
            await shows(pilot, "Aardvark", "Apple trees", "Mango fruit", "Zebra stripes")
            assert highlighted(pilot) == "Mango fruit"

    run(test())


def test_pinned_papers_are_marked_counted_and_listed_when_they_do_not_match() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test(message_hook=heard.append) as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            await focus_list(pilot)
            await pilot.press("down", "space")
            await shows(pilot, "● Apple trees", "Mango fruit", "Zebra stripes")
            assert "3 papers  ● 1" in dump(app)
            assert [m.papers for m in heard.of(LibraryPane.Pinned)] == [(FEW[1],)]
            app.query_one(SearchField).value = "mango"
            await shows(pilot, "● Apple trees", "Mango fruit")
            await pilot.press("home", "space")
            await until(pilot, lambda: heard.of(LibraryPane.Pinned)[-1].papers == ())
            await shows(pilot, "Mango fruit")

    run(test())


def test_pins_set_from_outside_are_shown_and_not_reported() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test(message_hook=heard.append) as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            app.query_one(LibraryPane).pinned = (FEW[2],)
            await shows(pilot, "Apple trees", "● Mango fruit", "Zebra stripes")
            assert not heard.of(LibraryPane.Pinned)
            await focus_list(pilot)
            await pilot.press("u")
            await until(pilot, lambda: heard.of(LibraryPane.Pinned))
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")

    run(test())


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("enter", LibraryPane.Opened),
        ("delete", LibraryPane.RemoveAsked),
        ("a", SourcePane.AskAbout),
    ],
)
def test_the_keys_of_the_list_name_the_paper_under_the_cursor(key: str, kind: type[Any]) -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test(message_hook=heard.append) as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            await focus_list(pilot)
            await pilot.press("down", "down", key)
            await until(pilot, lambda: heard.of(kind))
            assert [message.paper for message in heard.of(kind)] == [FEW[2]]

    run(test())


def test_letters_typed_into_the_search_are_text_and_no_commands() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test(message_hook=heard.append) as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            app.query_one(SearchField).focus()
            await pilot.press("s", "a", "u", "space", "delete")
            assert app.query_one(SearchField).value == "sau "
            assert not heard.of(LibraryPane.RemoveAsked)
            assert "by title" in dump(app)

    run(test())


def test_down_and_up_walk_between_search_and_list() -> None:
    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test() as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            app.query_one(SearchField).focus()
            await pilot.press("down")
            assert isinstance(app.focused, PaperList)
            assert highlighted(pilot) == "Apple trees"
            await pilot.press("up")
            assert isinstance(app.focused, SearchField)

    run(test())


def test_a_paper_is_opened_with_a_click() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test(message_hook=heard.append) as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            await pilot.click(PaperList, offset=(3, 2))
            await until(pilot, lambda: heard.of(LibraryPane.Opened))
            assert heard.of(LibraryPane.Opened)[0].paper == FEW[2]

    run(test())


def test_a_failure_is_shown_in_the_list_and_the_next_search_works() -> None:
    broken = True

    def browse(*args: Any, **options: Any) -> Listing:
        if broken:
            raise LibraryError("The mirror [/] is gone.", hint="Open it again.")
        return browse_in(FEW)(*args, **options)

    async def test() -> None:
        nonlocal broken
        app = Host(LibraryPane(browse=browse))
        async with app.run_test() as pilot:
            await until(pilot, lambda: "The mirror [/] is gone." in dump(app))
            assert "Open it again." in dump(app)
            broken = False
            app.query_one(LibraryPane).reload()
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")

    run(test())


def test_it_waits_for_the_library_and_offers_to_add_papers_to_an_empty_one() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(LibraryPane(browse=None))
        async with app.run_test(message_hook=heard.append) as pilot:
            assert "Opening the library" in dump(app)
            app.query_one(LibraryPane).use(browse_in([]))
            await shows(pilot, "No papers yet.")
            assert "0 papers" in dump(app)
            row = next(y for y, line in enumerate(dump(app).split("\n")) if "Add papers" in line)
            await pilot.click(offset=(3, row))
            await until(pilot, lambda: heard.of(LibraryPane.AddAsked))

    run(test())


@pytest.mark.parametrize("width", [20, 60, 100])
def test_hostile_titles_and_names_are_rows_like_any_other(width: int) -> None:
    papers = [
        paper(number, title=text, authors=(text, text), year=None)
        for number, text in enumerate(HOSTILE)
    ]

    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(papers)))
        async with app.run_test(size=(width, 80)) as pilot:
            await until(pilot, lambda: len(titles(pilot)) == len(HOSTILE))
            await focus_list(pilot)
            app.query_one(LibraryPane).pinned = tuple(papers)
            for _ in papers:
                await pilot.press("down")
            await until(pilot, lambda: all(row.startswith("● ") for row in titles(pilot)))
            text = dump(app)
            assert "[red]x" in text
            assert "<mask> and <s>" in text
            assert "変換器" in text
            assert "\x1b" not in text

    run(test())


def test_no_row_takes_more_than_three_lines() -> None:
    papers = [paper(1, title="w" * 10_000), paper(2, title="many words " * 100)]

    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(papers)), css="#library { width: 32; }")
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: len(titles(pilot)) == 2)
            rows = [line for line in dump(app).split("\n")[3:] if line.strip(" ▕")]
            assert [row[:3] for row in rows[:6]] == [" ma", " wo", "   ", " ww", " ww", "   "]
            assert all("…" in rows[number] for number in (1, 4))

    run(test())


def test_it_lists_the_papers_of_a_real_library(sample_library: Library) -> None:
    async def test() -> None:
        app = Host(LibraryPane(browse=sample_library.browse))
        async with app.run_test() as pilot:
            await until(pilot, lambda: len(titles(pilot)) == sample_library.count())
            app.query_one(SearchField).value = "vaswani atten"
            await shows(pilot, "Attention Is All You Need")

    run(test())


def test_a_paper_without_a_title_still_has_a_row() -> None:
    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in([paper(1, title="\u200b")])))
        async with app.run_test() as pilot:
            await shows(pilot, "(no title)")

    run(test())


def test_the_cursor_is_seen_where_there_are_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test() as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            await focus_list(pilot)
            await pilot.press("down", "down")
            marked = "".join(
                segment.text
                for strip in app.screen._compositor.render_strips()
                for segment in strip
                if segment.style and segment.style.underline
            )
            assert "Mango fruit" in marked
            assert "Apple trees" not in marked

    run(test())


def test_the_keys_at_the_foot_appear_with_the_cursor() -> None:
    async def test() -> None:
        app = Host(LibraryPane(browse=browse_in(FEW)))
        async with app.run_test() as pilot:
            await shows(pilot, "Apple trees", "Mango fruit", "Zebra stripes")
            assert "space pin" not in dump(app)
            await focus_list(pilot)
            await pilot.press("down")
            await until(pilot, lambda: "space pin" in dump(app))
            assert "del remove" in dump(app)

    run(test())
