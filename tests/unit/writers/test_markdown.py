"""Data shows as text in any Markdown, and the parts of an answer where they belong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from assistant.sessions import Exchange
from assistant.text.clean import normalise
from assistant.types import Answer, AnswerSentence, Citation, Hit
from assistant.writers import answer_markdown, escape_markdown, session_markdown


def with_plugins() -> MarkdownIt:
    parser = MarkdownIt("gfm-like", {"html": True})
    for plugin in (
        amsmath_plugin,
        attrs_block_plugin,
        attrs_plugin,
        deflist_plugin,
        dollarmath_plugin,
        footnote_plugin,
        tasklists_plugin,
    ):
        parser.use(plugin)
    return parser


RENDERERS = {
    "CommonMark": MarkdownIt("commonmark", {"html": True}),
    "CommonMark without HTML": MarkdownIt("commonmark", {"html": False}),
    "GFM": MarkdownIt("gfm-like", {"html": True}),
    "typographer": MarkdownIt("gfm-like", {"html": True}).enable("replacements"),
    "extensions": with_plugins(),
}
PLACES = {
    "a paragraph": "{}\n",
    "a heading": "## {}\n",
    "a list": "- {}\n",
    "a quotation": "> {}\n",
    "strong": "**{}**\n",
    "after a paragraph's line": "Before\\\n{}\n",
    "before a line": "{}\\\nAfter\n",
    "before a rule": "{}\n\n---\n",
    "a quote": "“{}”\n",
    "after a mark": "\\[1\\] **{}**\n\n> “x”\n",
}

SIGNS = r"""
<mask> </s> <!-- --> [x] [/ [red]x [a](b) ![a](b) [^1] [1]: ** __ ~~ == ++ -- ... ``` ~~~ $$ $x$ #
- + * 1. 12) iv. a) (c) : ::: > | |a| |-| --- === %% &amp; &#35; &lt :smile: https://a.example/x
www.a.example //a.example me@a.example a.example mailto:me@a.example ftp://b.example @me #1 {#id}
\ \\ snake_case_name 2*3*4 a^2^ x_{i} 1.5 e.g. Z . é 数据 😀 a
"""
PIECES = st.sampled_from([*SIGNS.split(), " ", "  ", "    ", "\n", "\t", "\x1b[31m", "\u202e"])
HOSTILE = st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join)


def text_of(tokens: list[Token]) -> str:
    """The text that a reader sees; an image, HTML, code or maths shows up as foreign."""
    shown = ""
    for token in tokens:
        if token.type == "inline":
            shown += text_of(token.children or []) + "\n"
        elif token.type in ("text", "text_special"):
            shown += token.content
        elif token.type in ("hardbreak", "softbreak"):
            shown += "\n"
        elif token.type not in STRUCTURE:
            shown += f"<{token.type}>"
    return shown


STRUCTURE = {
    f"{name}_{side}"
    for name in ("paragraph", "heading", "bullet_list", "list_item", "blockquote", "strong")
    for side in ("open", "close")
} | {"hr"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("renderer", RENDERERS)
@given(text=HOSTILE)
@example(text="<mask> *a* _b_ [x] `c` # d")
@example(text="- a")
@example(text="1. a")
@example(text="1986. A great year")
@example(text="=")
@example(text="Learning C #")
@example(text="a | b")
@example(text="{.class}")
@example(text="[^1]: x")
@example(text="~ a : b")
@example(text="https://a.example/?a=b&c=d and me@a.example www.b.example a.example")
@example(text="\\begin{equation}x\\end{equation}")
@example(text="a\\")
@example(text="a" * 10_000)
def test_escaped_text_shows_as_it_is(renderer: str, place: str, text: str) -> None:
    before, after = PLACES[place].split("{}")
    clean = normalise(text)
    if not clean:
        return
    parser = RENDERERS[renderer]
    shown = text_of(parser.parse(before + escape_markdown(text) + after))
    assert shown == text_of(parser.parse(f"{before}§{after}")).replace("§", clean)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "It scores 28.4 BLEU (i.e. 2 more), at $5 - or so.",
            "It scores 28.4 BLEU (i\\.e. 2 more), at \\$5 - or so.",
        ),
        (
            "BitNet: “We use R&D, 50% & more” [1][2].",
            "BitNet: “We use R&D, 50% & more” \\[1\\]\\[2\\].",
        ),
        ("BERT-Large, GPT-4 and C++ are fine!", "BERT-Large, GPT-4 and C\\++ are fine!"),
        ("<mask>", "\\<mask\\>"),
        ("  two\n lines\t", "two lines"),
        ("", ""),
    ],
)
def test_plain_text_stays_legible(text: str, written: str) -> None:
    assert escape_markdown(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a :smile: at 10:30", "a \\:smile: at 10:30"),
        ("x^2^ ==y==", "x\\^2\\^ \\==y\\=="),
        ("www.1.example", "www\\.1\\.example"),
        ("| a | b", "\\| a \\| b"),
        ("{{ x }} {% y %}", "\\{\\{ x \\}\\} \\{% y %\\}"),
        ("(i) one", "\\(i) one"),
        ("iv. one", "iv\\. one"),
        (": defined", "\\: defined"),
        ("% title", "\\% title"),
        ("!!! note", "\\!\\!! note"),
        ("%%hidden%%", "\\%%hidden\\%%"),
    ],
)
def test_what_other_dialects_act_on_is_escaped(text: str, written: str) -> None:
    assert escape_markdown(text) == written


ANSWER = Answer(
    question="How fast is it?",
    found=True,
    text="BitNet: “It is *fast*” [1]. It needs 2.5 times less [2].",
    sentences=(
        AnswerSentence(text="BitNet: “It is *fast*”.", citations=(1,), kind="quoted"),
        AnswerSentence(text="It needs 2.5 times less.", citations=(2,), kind="generated"),
    ),
    citations=(
        Citation(
            number=1,
            paper_id="a",
            title="BitNet: a <b>",
            quote="It is *fast*",
            start=0,
            end=12,
            score=1.0,
        ),
        Citation(
            number=2,
            paper_id="b",
            title="Other",
            quote="needs 2.5times less",
            start=3,
            end=9,
            score=0.5,
        ),
    ),
)
MISSING = Answer(
    question="What is [x]?",
    found=False,
    text="No abstract in the library answers this. “[x]” does not occur in it.",
    nearest=(Hit(paper_id="a", title="# One", score=0.3), Hit(paper_id="b", title="", score=0.2)),
)


def test_an_answer_is_followed_by_its_proofs() -> None:
    assert answer_markdown(ANSWER) == (
        "BitNet: “It is \\*fast\\*” \\[1\\]. It needs 2.5 times less \\[2\\].\n"
        "\n"
        "\\[1\\] **BitNet: a \\<b\\>**\n"
        "\n"
        "> “It is \\*fast\\*”\n"
        "\n"
        "\\[2\\] **Other**\n"
        "\n"
        "> “needs 2.5 times less”\n"
    )


def test_what_is_not_in_the_library_is_said_with_the_nearest_papers() -> None:
    assert answer_markdown(MISSING) == (
        "**Not in the library.**\n"
        "\n"
        "No abstract in the library answers this. “\\[x\\]” does not occur in it.\n"
        "\n"
        "Nearest papers:\n"
        "\n"
        "- \\# One\n"
        "- Untitled\n"
    )


def exchange(question: str = "How fast is it?", **fields: object) -> Exchange:
    return Exchange(question=question, asked_at="2026-01-01T00:00:00.000+00:00", **fields)  # type: ignore[arg-type]


def test_a_session_tells_each_question_and_how_it_ended() -> None:
    part = exchange(
        outcome="stopped", sentences=ANSWER.sentences[:1], citations=ANSWER.citations[:1]
    )
    follow_up = exchange("and on TPUs?", query="and on TPUs? (BitNet)", scope=("a",))
    written = session_markdown(
        "On *speed*",
        [
            exchange().with_answer(ANSWER),
            follow_up.with_answer(MISSING),
            part,
            replace(part, outcome="failed", error="The model <s> failed.", scope=("a", "b")),
            exchange(outcome="stopped"),
            exchange(outcome="failed"),
            exchange(),
        ],
    )
    blocks = written.split("\n\n")
    assert blocks[:3] == [
        "# On \\*speed\\*",
        "## 1. How fast is it?",
        answer_markdown(ANSWER).split("\n\n")[0],
    ]
    assert blocks[7:11] == [
        "## 2. and on TPUs?",
        "*Searched as:* and on TPUs? (BitNet)",
        "*Asked of 1 chosen paper only.*",
        "**Not in the library.**",
    ]
    assert blocks.count("*Stopped.* What stands here is a part of the answer.") == 1
    assert "*Asked of 2 chosen papers only.*" in blocks
    assert "*Failed:* The model \\<s\\> failed. What stands here is a part of the answer." in blocks
    assert blocks[-6:] == [
        "## 5. How fast is it?",
        "*Stopped.*",
        "## 6. How fast is it?",
        "*Failed:* no reason is known.",
        "## 7. How fast is it?",
        "*Not finished.*\n",
    ]


def test_a_question_of_several_lines_keeps_them() -> None:
    written = session_markdown("", [exchange("First *line*\n\n- second\nthird")])
    assert written.split("\n\n") == [
        "# Conversation",
        "## 1. First \\*line\\* - second third",
        "> First \\*line\\*\\\n> \\- second\\\n> third",
        "*Not finished.*\n",
    ]


def test_a_long_question_is_shortened_in_the_heading_only() -> None:
    question = "word " * 100
    heading, body = session_markdown("T", [exchange(question)]).split("\n\n")[1:3]
    assert len(heading) < 120
    assert body == f"> {question.strip()}"


@given(st.lists(HOSTILE, min_size=4, max_size=4))
def test_no_data_changes_the_structure_of_a_session(texts: list[str]) -> None:
    title, question, quote, said = (f"{text}x" for text in texts)
    citation = replace(ANSWER.citations[0], title=title, quote=quote)
    sentence = replace(ANSWER.sentences[0], text=said)
    part = exchange(question, citations=(citation,), sentences=(sentence,))
    told = session_markdown(
        title,
        [
            replace(part, query=said, outcome="failed", error=quote),
            exchange(question).with_answer(replace(MISSING, text=said)),
        ],
    )
    tokens = RENDERERS["GFM"].parse(told)
    kinds = {token.type for token in tokens}
    kinds |= {child.type for token in tokens for child in token.children or []}
    assert kinds <= STRUCTURE | {"inline", "text", "em_open", "em_close", "hardbreak"}
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h2"]
