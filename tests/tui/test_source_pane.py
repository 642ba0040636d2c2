"""The cited paper: its proving sentence is lit, can be seen, and can be copied."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Static

from assistant.tui.source_pane import (
    SourcePane,
    SourceText,
    lit_abstract,
    lit_sentences,
    web_address,
)
from assistant.types import Citation, Paper
from tests.tui.hosts import HOSTILE, Heard, Host, citation, paper
from tests.tui.waiting import dump, run, until

PROOF = "It reaches 28.4 BLEU on the task."


def part(pilot: Pilot[Any], name: str) -> str:
    return str(pilot.app.query_one(f"#source-{name}", Static).render())


def show(pilot: Pilot[Any], of: Paper, *cited: Citation, current: Citation | None = None) -> None:
    pilot.app.query_one(SourcePane).show(of, citations=cited, current=current)


def long_paper() -> Paper:
    """Return a paper whose proof is far down."""
    before = " ".join(f"This is sentence number {number} of it." for number in range(80))
    return paper(1, abstract=f"{before} {PROOF} We end.")


def styles_of(content: Any, words: str) -> list[str]:
    at = content.plain.index(words)
    return [str(span.style) for span in content.spans if span.start <= at < span.end]


# What is lit.


def test_the_current_sentence_is_bold_and_the_others_are_underlined() -> None:
    of = paper(1)
    first, proof = citation(of, "We begin.", 1), citation(of, PROOF, 2)
    content, place = lit_abstract(of.abstract, lit_sentences(of, [first, proof], proof))
    assert content.plain == f"We begin. [1] {PROOF} [2] We end."
    assert styles_of(content, "We begin.") == ["underline"]
    assert "bold" in styles_of(content, PROOF)[0]
    assert styles_of(content, "We end.") == []
    assert place is not None
    assert content.plain[slice(*place)] == f"{PROOF} [2]"


def test_without_colours_the_current_sentence_is_in_reverse() -> None:
    of = paper(1)
    proof = citation(of, PROOF)
    content, _ = lit_abstract(of.abstract, lit_sentences(of, [proof], proof), colours=False)
    assert styles_of(content, PROOF) == ["bold reverse"]


def test_mended_text_before_the_sentence_does_not_move_the_light() -> None:
    quote = r"It gains 85\% and 2.5times the speed."
    of = paper(1, abstract=rf"We \emph{{begin}} at $x^{{2}}$. {quote} We end.")
    proof = citation(of, quote)
    content, place = lit_abstract(of.abstract, lit_sentences(of, [proof], proof))
    assert place is not None
    assert content.plain[slice(*place)] == "It gains 85% and 2.5 times the speed. [1]"
    assert content.plain.startswith("We begin at x^2. It gains")


def test_a_sentence_that_has_moved_is_found_and_one_that_is_gone_is_not_lit() -> None:
    old = paper(1)
    proof = citation(old, PROOF)
    moved = replace(old, abstract=f"A new beginning. {old.abstract}")
    (lit,) = lit_sentences(moved, [proof], proof)
    assert moved.abstract[lit.start : lit.end] == PROOF
    assert lit_sentences(replace(old, abstract="Nothing left."), [proof], proof) == []


def test_citations_of_other_papers_are_not_lit() -> None:
    of = paper(1)
    assert lit_sentences(of, [replace(citation(of, PROOF), paper_id="other")], None) == []


def test_two_citations_of_one_sentence_are_lit_once_with_both_numbers() -> None:
    of = paper(1)
    (lit,) = lit_sentences(of, [citation(of, PROOF, 1), citation(of, PROOF, 3)], None)
    assert lit.numbers == (1, 3)


def test_of_overlapping_sentences_the_current_one_stays() -> None:
    of = paper(1)
    wide, proof = citation(of, f"We begin. {PROOF}", 1), citation(of, PROOF, 2)
    (lit,) = lit_sentences(of, [wide, proof], proof)
    assert (lit.numbers, lit.current) == ((2,), True)


@given(
    st.text(alphabet="ab .$\\{}[]/~%2times", max_size=60),
    st.integers(0, 60),
    st.integers(0, 60),
    st.booleans(),
)
def test_no_span_of_any_abstract_breaks_the_light(
    abstract: str, one: int, other: int, current: bool
) -> None:
    start, end = sorted((one, other))
    of = paper(1, abstract=abstract)
    cited = Citation(
        number=1,
        paper_id=of.paper_id,
        title="",
        quote=abstract[start:end],
        start=start,
        end=end,
        score=1.0,
    )
    lit = lit_sentences(of, [cited], cited if current else None)
    content, place = lit_abstract(abstract, lit)
    assert (place is not None) == (bool(lit) and current)
    if place is not None:
        assert 0 <= place[0] <= place[1] <= len(content)
        assert content.plain[slice(*place)].endswith("[1]")


# The pane.


def test_it_shows_who_wrote_what_where_and_when() -> None:
    async def test() -> None:
        app = Host(SourcePane())
        async with app.run_test(size=(60, 24)) as pilot:
            assert "The paper behind a citation" in dump(app)
            authors = tuple(f"Author {number}" for number in range(20))
            show(pilot, paper(1, authors=authors, venue="NeurIPS", arxiv_id="1706.03762"))
            await until(pilot, lambda: "Paper number 1" in dump(app))
            assert part(pilot, "authors").endswith("Author 7 and 12 more")
            assert part(pilot, "where") == "1843 · NeurIPS"
            assert part(pilot, "link") == "arxiv.org/abs/1706.03762"
            assert not app.query_one("#source-note").display
            app.query_one(SourcePane).show(paper(2), note="Near [/].")
            await until(pilot, lambda: "Near [/]." in dump(app))
            show(pilot, paper(1))
            await until(pilot, lambda: "Near [/]." not in dump(app))
            app.query_one(SourcePane).show_nothing()
            await until(pilot, lambda: "The paper behind a citation" in dump(app))
            assert "Paper number 1" not in dump(app)

    run(test())


@pytest.mark.parametrize("size", [(60, 20), (100, 24), (160, 40)])
def test_the_proof_is_brought_into_view(size: tuple[int, int]) -> None:
    async def test() -> None:
        app = Host(SourcePane(), css="#source { width: 50%; }")
        async with app.run_test(size=size) as pilot:
            of = long_paper()
            proof = citation(of, PROOF)
            show(pilot, of, proof, current=proof)
            await until(pilot, lambda: "28.4" in dump(app) and "[1]" in dump(app))
            assert app.query_one(SourceText).scroll_y > 0

    run(test())


def test_the_proof_stays_in_view_when_the_pane_becomes_narrower() -> None:
    async def test() -> None:
        app = Host(SourcePane())
        async with app.run_test(size=(160, 20)) as pilot:
            of = long_paper()
            proof = citation(of, PROOF)
            show(pilot, of, proof, current=proof)
            await until(pilot, lambda: "28.4" in dump(app))
            await pilot.resize_terminal(60, 20)
            await until(pilot, lambda: "28.4" in dump(app) and "[1]" in dump(app))

    run(test())


def test_y_copies_the_quote_with_its_reference_and_a_asks_about_the_paper() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(SourcePane())
        async with app.run_test(message_hook=heard.append) as pilot:
            of = paper(1)
            proof = citation(of, PROOF)
            show(pilot, of, proof, current=proof)
            app.query_one(SourceText).focus()
            await pilot.press("y")
            await until(pilot, lambda: heard.of(SourcePane.QuoteCopied))
            (copied,) = heard.of(SourcePane.QuoteCopied)
            assert f"“{PROOF}”" in copied.text
            assert "Paper number 1" in copied.text
            await pilot.press("a")
            await until(pilot, lambda: heard.of(SourcePane.AskAbout))
            assert heard.of(SourcePane.AskAbout)[0].paper == of

    run(test())


def test_without_a_citation_there_is_no_quote_to_copy() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(SourcePane())
        async with app.run_test(message_hook=heard.append) as pilot:
            show(pilot, paper(1))
            app.query_one(SourceText).focus()
            await pilot.press("y")
            await until(pilot, lambda: "Ask about it" in dump(app))
            assert "Copy quote" not in dump(app)
            assert not heard.of(SourcePane.QuoteCopied)

    run(test())


def test_what_stands_at_the_foot_can_be_clicked() -> None:
    async def test() -> None:
        heard = Heard()
        app = Host(SourcePane())
        async with app.run_test(size=(60, 20), message_hook=heard.append) as pilot:
            of = paper(1, doi="10.1000/x")
            show(pilot, of, citation(of, PROOF))
            await until(pilot, lambda: "Copy quote" in dump(app))
            row = next(y for y, line in enumerate(dump(app).split("\n")) if "Copy quote" in line)
            await pilot.click(offset=(dump(app).split("\n")[row].index("Copy quote"), row))
            await until(pilot, lambda: heard.of(SourcePane.QuoteCopied))
            await pilot.click("#source-link", offset=(2, 0))
            await until(pilot, lambda: len(heard.of(SourcePane.QuoteCopied)) == 2)
            assert heard.of(SourcePane.QuoteCopied)[1].text == "https://doi.org/10.1000/x"

    run(test())


def test_a_quote_that_the_abstract_lost_is_shown_with_a_word_about_it() -> None:
    async def test() -> None:
        app = Host(SourcePane())
        async with app.run_test() as pilot:
            proof = citation(paper(1), PROOF)
            show(pilot, paper(1, abstract="Nothing left."), proof, current=proof)
            await until(pilot, lambda: "The abstract has changed." in dump(app))
            assert f"“{PROOF}”" in dump(app)

    run(test())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [30, 100])
def test_hostile_papers_are_shown_as_text(text: str, width: int) -> None:
    async def test() -> None:
        app = Host(SourcePane())
        async with app.run_test(size=(width, 30)) as pilot:
            quote = f"Cited {text}"
            of = paper(
                1,
                title=f"T {text}",
                abstract=f"Before {text}. {quote} After {text}.",
                authors=(text, text),
                venue=text,
                url=text,
            )
            proof = citation(of, quote)
            show(pilot, of, proof, current=proof)
            await until(pilot, lambda: part(pilot, "title").startswith("T"))
            assert "\x1b" not in dump(app)
            if text in ("[/", "[red]x", "[x=y"):
                assert part(pilot, "title") == f"T {text}"
                assert f"{quote} [1]" in part(pilot, "abstract")

    run(test())


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"doi": "10.1/a b\x1b[31m"}, "https://doi.org/10.1/a%20b%1B%5B31m"),
        ({"arxiv_id": "1706.03762"}, "https://arxiv.org/abs/1706.03762"),
        ({"pmid": "123"}, "https://pubmed.ncbi.nlm.nih.gov/123"),
        ({"url": "https://example.org/x"}, "https://example.org/x"),
        ({"url": "javascript:alert(1)"}, ""),
        ({"url": "https://example.org/\x1b]8;;"}, ""),
        ({}, ""),
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(fields: dict[str, str], address: str) -> None:
    assert web_address(paper(1, **fields)) == address


def test_the_light_is_seen_where_there_are_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def test() -> None:
        app = Host(SourcePane())
        async with app.run_test() as pilot:
            of = paper(1)
            proof = citation(of, PROOF)
            show(pilot, of, proof, current=proof)
            await until(pilot, lambda: "28.4" in dump(app))
            lit = [
                segment
                for strip in app.screen._compositor.render_strips()
                for segment in strip
                if "28.4" in segment.text
            ]
            assert all(segment.style and segment.style.reverse for segment in lit)

    run(test())
