"""The marks of an answer: walked, clicked, opened and copied."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from assistant.tui.app import ChatApp
from assistant.tui.conversation import Conversation
from assistant.tui.screen import NEAR
from assistant.types import Citation
from assistant.writers.text import quote_with_reference
from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import FACT, PROVED, UNKNOWN, answered, exchanges, opened, words
from tests.tui.waiting import dump, run, until

SEVERAL = "Which papers use attention?"


def current(app: ChatApp) -> tuple[int, int] | None:
    """Return the number of the exchange and of the citation that is lit."""
    found = app.chat.conversation.current
    if found is None:
        return None
    assert isinstance(found[1], Citation)
    return found[0], found[1].number


async def click_on(pilot: Pilot[Any], text: str) -> None:
    """Click on the first place of the screen where ``text`` stands."""
    rows = dump(pilot.app).splitlines()
    row = next(number for number, line in enumerate(rows) if text in line)
    await pilot.click(offset=(rows[row].index(text) + 1, row))


def test_n_and_p_walk_the_citations_from_answer_to_answer(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 60)) as pilot:
            await answered(pilot, FACT)
            app = await answered(pilot, FACT)
            last = len(exchanges(app)[0].citations)
            assert last >= 2
            app.chat.conversation.focus()
            seen = []
            for key in ("n", "n", "p", "p", "p", "n"):
                await pilot.press(key)
                seen.append(current(app))
            assert seen == [(1, 1), (1, 2), (1, 1), (0, last), (0, last - 1), (0, last)]

    run(check())


def test_p_begins_with_the_last_citation(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 60)) as pilot:
            app = await answered(pilot, FACT)
            app.chat.conversation.focus()
            await pilot.press("p")
            assert current(app) == (0, len(exchanges(app)[0].citations))

    run(check())


def test_the_current_mark_is_seen_without_colours(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 60)) as pilot:
            app = await answered(pilot, FACT)
            app.chat.conversation.focus()
            await pilot.press("n")
            await pilot.pause()
            lit = [
                segment.text
                for strip in app.screen._compositor.render_strips()
                for segment in strip
                if segment.style and segment.style.reverse and "[" in segment.text
            ]
            assert "".join(lit) == "[1]"

    run(check())


def test_enter_opens_the_source_with_the_sentence_lit(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            assert not app.chat.source_pane.display
            await pilot.press("tab", "n", "enter")
            await until(pilot, lambda: app.chat.source_pane.display, "the source")
            citation = exchanges(app)[0].citations[0]
            assert app.chat.source_pane.current == citation
            assert app.chat.source_pane.paper is not None
            assert app.chat.source_pane.paper.paper_id == citation.paper_id
            assert "Ashish Vaswani" in words(app)
            assert isinstance(app.focused, Conversation)

    run(check())


def test_a_click_on_a_mark_opens_its_source(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        model.draft = PROVED
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            await click_on(pilot, "[2]")
            await until(pilot, lambda: app.chat.source_pane.display, "the source")
            assert app.chat.source_pane.current == exchanges(app)[0].citations[1]
            assert current(app) == (0, 2)

    run(check())


def test_walking_shows_the_sources_where_they_stand_beside_the_conversation(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 40)) as pilot:
            app = await answered(pilot, FACT)
            citations = exchanges(app)[0].citations
            assert app.chat.source_pane.current == citations[0]
            app.chat.conversation.focus()
            await pilot.press("n", "n")
            await until(pilot, lambda: app.chat.source_pane.current == citations[1], "the second")

    run(check())


def test_on_a_narrow_screen_the_source_covers_the_conversation_until_escape(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(60, 20)) as pilot:
            app = await answered(pilot, FACT)
            await pilot.press("tab", "n")
            assert not app.chat.source_pane.display
            await pilot.press("enter")
            await until(pilot, lambda: app.chat.source_pane.has_focus_within, "the source")
            assert "Ashish Vaswani" in dump(app)
            await pilot.press("escape")
            await until(pilot, lambda: not app.chat.source_pane.display, "closed")
            assert isinstance(app.focused, Conversation)
            await pilot.press("escape")
            await until(pilot, lambda: app.focused is app.chat.prompt, "the prompt")

    run(check())


def test_y_copies_the_quote_with_its_reference_and_c_the_answer(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            await pilot.press("tab", "n", "n", "y")
            await pilot.pause()
            citation = exchanges(app)[0].citations[1]
            paper = app.chat.engine.paper(citation.paper_id)
            assert app.clipboard == quote_with_reference(citation, paper)
            await pilot.press("c")
            await pilot.pause()
            assert "28.4 BLEU" in app.clipboard
            assert f"[1] {citation.title}" in app.clipboard

    run(check())


def test_a_letter_in_the_prompt_is_a_letter(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            await pilot.press("n", "p", "y", "c", "space", "a")
            assert app.chat.prompt.text == "npyc a"
            assert current(app) is None

    run(check())


def test_the_answer_is_copied_as_markdown_and_with_bibtex(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await answered(pilot, FACT)
            app.chat.action_copy_answer_markdown()
            assert "**Attention Is All You Need**" in app.clipboard
            app.chat.action_copy_answer_bibtex()
            assert "@" in app.clipboard
            assert "Vaswani" in app.clipboard

    run(check())


def test_several_papers_answer_in_a_list(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 60)) as pilot:
            app = await answered(pilot, SEVERAL)
            citations = exchanges(app)[0].citations
            assert len({citation.paper_id for citation in citations}) > 1
            bullets = [line for line in dump(app).splitlines() if "• " in line]
            assert len(bullets) == len({citation.paper_id for citation in citations})

    run(check())


def test_the_source_of_a_paper_that_was_removed_still_shows_what_was_cited(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 40)) as pilot:
            app = await opened(pilot)
            gone = Citation(
                number=1,
                paper_id="gone",
                title="A title",
                quote="It was.",
                start=9,
                end=16,
                score=1.0,
            )
            app.chat.asking.session.ask("?")
            app.chat.show_source(0, gone)
            assert app.chat.source_pane.paper is not None
            assert app.chat.source_pane.paper.title == "A title"
            assert app.chat.source_pane.paper.abstract == "It was."

    run(check())


def test_beside_what_is_not_in_the_library_is_the_nearest_paper_and_no_proof(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 50)) as pilot:
            app = await answered(pilot, FACT)
            pane = app.chat.source_pane
            assert pane.current == exchanges(app)[0].citations[0]
            assert NEAR not in words(app)
            app = await answered(pilot, UNKNOWN)
            refused = exchanges(app)[1].answer
            assert refused is not None
            assert not refused.found
            assert pane.paper is not None
            assert pane.paper.paper_id == refused.nearest[0].paper_id
            assert pane.current is None
            await until(pilot, lambda: NEAR in words(app), "what it is")
            await answered(pilot, f"{UNKNOWN} year:1900")
            assert pane.paper is None
            await until(pilot, lambda: "The paper behind a citation" in words(app), "no paper")
            await answered(pilot, FACT)
            assert pane.current == exchanges(app)[3].citations[0]
            assert NEAR not in words(app)

    run(check())


def test_what_is_being_read_stays_whatever_is_answered(chat: MakeChat, model: StagedModel) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 50)) as pilot:
            app = await answered(pilot, FACT)
            app.chat.conversation.focus()
            await pilot.press("n")
            read = app.chat.source_pane.current
            await answered(pilot, UNKNOWN)
            assert app.chat.source_pane.current == read is not None

    run(check())
