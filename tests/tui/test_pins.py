"""Pinned papers limit what is looked for by topic, and not what is named."""

from __future__ import annotations

from tests.tui.conftest import MakeChat, StagedModel
from tests.tui.flow import LORA, answered, exchanges, opened, shown_part, titled
from tests.tui.waiting import run


def test_what_is_looked_for_by_topic_comes_from_the_pinned_papers_alone(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(160, 50)) as pilot:
            app = await opened(pilot)
            pinned = tuple(titled(app, title) for title in (LORA, "Longformer", "Attention Is All"))
            about = {paper.paper_id for paper in pinned[1:]}
            app.chat.pin(pinned)
            app = await answered(pilot, "/survey attention")
            app = await answered(pilot, "/compare attention")
            survey, comparison = exchanges(app)
            assert survey.answer is not None
            assert survey.answer.text.startswith("2 papers of 3 pinned are about “attention”")
            for number, exchange in enumerate((survey, comparison)):
                assert {citation.paper_id for citation in exchange.citations} == about
                assert exchange.scope == tuple(paper.paper_id for paper in pinned)
                assert shown_part(app, number, "note") == "in 3 pinned papers"
            app.chat.action_clear_pins()
            app = await answered(pilot, "/compare LoRA; Longformer")
            assert shown_part(app, 2, "note") == ""

    run(check())


def test_papers_that_are_named_are_told_of_whatever_is_pinned(
    chat: MakeChat, model: StagedModel
) -> None:
    async def check() -> None:
        async with chat().run_test(size=(120, 50)) as pilot:
            app = await opened(pilot)
            app.chat.pin((titled(app, "Longformer"),))
            app = await answered(pilot, "/compare LoRA; Attention Is All")
            assert len({c.paper_id for c in exchanges(app)[0].citations}) == 2
            assert exchanges(app)[0].scope == ()
            assert shown_part(app, 0, "note") == ""

    run(check())
