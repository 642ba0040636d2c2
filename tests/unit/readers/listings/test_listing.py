"""Listings and plain text: which lines are titles, which abstracts, and which neither."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.limits import MAX_ABSTRACT_CHARS
from assistant.readers.lines import Line
from assistant.readers.listings.listing import read_listing
from assistant.types import Paper, Rejected

PAPERS = [
    (
        "RainNet: Predicting Rain with Small Networks",
        "Rain is hard to predict. Earlier networks need a map of the whole sky, which few "
        "stations have. We present RainNet, a network of two layers that reads the last ten "
        "minutes of one barometer. On the Puddle-5 data it is right in 84.2\\% of all hours, "
        "3times as often as a coin (i.e. at p < 0.01). The code is at https://rain.example/net",
    ),
    (
        "Is Fog All You Need?",
        "Fog has been called the better rain. This work asks whether it is. We measure fog in "
        "nine valleys over four years and find that crops do as well with it as with 200 mm of "
        "rain, vs. 310 mm without fog. Surprisingly, the effect is gone above a height of 900 "
        "m, and no model that we know of can tell why it is there at all below that height.",
    ),
    (
        "New and Old Clouds",
        "Clouds are counted by eye at most stations. We compare the counts of twelve observers "
        "with those of iCloudCounter, a camera with a small network behind it. iCloudCounter "
        "counts fewer clouds at dusk (4.1 vs. 6.0) but more at noon. Counting took observers 40 "
        "seconds on average; the camera needs two. Both agree on one thing: no two skies are "
        "the same.",
    ),
    (
        "snowformer: A Transformer for Snow on Mask$^2$Maps",
        "Snow maps have holes where clouds hide the ground. snowformer fills them. It is "
        "trained on maps that were masked twice, once by real and once by made-up clouds, and "
        "reaches an error of 0.3 cm on average. Trained on the Alps, it works in the Andes "
        "without a change. Maps of all winters since 1998 are given away freely and may be used "
        "by anybody for any purpose",
    ),
]


def read(text: str) -> list[Paper | Rejected]:
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    return list(read_listing(lines, file="some/list.txt"))


def pairs(text: str) -> list[tuple[str, str]]:
    records = read(text)
    assert [record for record in records if isinstance(record, Rejected)] == []
    return [(record.title, record.abstract) for record in records if isinstance(record, Paper)]


def joined(between: str, after: str) -> str:
    return after.join(title + between + abstract for title, abstract in PAPERS)


SPACED = joined("\n\n", "\n\n")
PACKED = joined("\n", "\n")
SPACED_HEAD = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\n"
    "byAK and the research community\n\nMay 21\n\n"
)
PACKED_HEAD = (
    "Get trending papers in your email inbox once a day!\n"
    "Get trending papers in your email inbox!\nSubscribe"
)


@pytest.mark.parametrize(
    "text",
    [
        SPACED,
        PACKED,
        joined("\n", "\n\n"),
        joined("\n \n\t\n", "\n\n\n\n") + "\n\n",
        SPACED_HEAD + SPACED,
        PACKED_HEAD + PACKED,
        SPACED_HEAD + PACKED,
        SPACED_HEAD.replace("\n\n", "\n") + PACKED,
        PACKED_HEAD + "\n" + PACKED,
        "# " + joined("\n\n", "\n\n# "),
    ],
    ids=["spaced", "packed", "tight", "wide", "spaced page", "packed page", "mixed page",
         "one block", "button on its own line", "markdown"],
)  # fmt: skip
def test_both_layouts_are_read_with_and_without_the_page_around(text: str) -> None:
    assert pairs(text) == PAPERS


def test_listings_one_after_the_other_are_read() -> None:
    text = SPACED_HEAD + SPACED + "\n" + PACKED_HEAD + PACKED + "\n" + SPACED_HEAD + SPACED
    assert pairs(text) == PAPERS * 3


def test_navigation_between_papers_is_passed_over() -> None:
    card = "Submitted by bob\n\n{}\n\n42\n\n12 upvotes\n\n{}\n\narXiv:2401.12345v2\n\n3 authors\n\n"
    text = "".join(card.format(title, abstract) for title, abstract in PAPERS)
    assert pairs(text) == PAPERS
    assert pairs(text.replace("\n\n", "\n")) == PAPERS


@pytest.mark.parametrize("title", ["New", "Daily Papers", "May 21", "1984", "Abstract"])
def test_a_title_that_looks_like_navigation_is_kept(title: str) -> None:
    assert pairs(f"{SPACED}\n\n{title}\n\n{PAPERS[0][1]}\n\n{SPACED}")[4] == (title, PAPERS[0][1])


@pytest.mark.parametrize("title", ["Subscribe to Rain", "SubscribeNet: Rain by Mail"])
def test_a_title_that_begins_like_a_button_is_kept(title: str) -> None:
    assert pairs(f"{title}\n{PAPERS[0][1]}\n{PACKED}")[0][0] == title
    assert pairs(f"{SPACED_HEAD}{title}\n\n{PAPERS[0][1]}\n\n{SPACED}")[0][0] == title


@pytest.mark.parametrize("width", [72, 80, 100])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_abstracts_of_a_fixed_width_are_joined(width: int, between: str) -> None:
    text = "\n\n".join(
        title + between + textwrap.fill(abstract, width, break_on_hyphens=False)
        for title, abstract in PAPERS
    )
    assert pairs(text) == PAPERS


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_title_of_two_lines_is_joined(between: str) -> None:
    title = "Snow, Ice and Hail over the Northern Valleys of\nthe Alps: A Survey"
    text = f"{title}{between}{textwrap.fill(PAPERS[0][1], 80)}\n\n{SPACED}"
    assert pairs(text)[0] == (title.replace("\n", " "), PAPERS[0][1])
    assert pairs(f"{title}\n{PAPERS[0][1]}\n{PACKED}")[0] == (
        title.replace("\n", " "),
        PAPERS[0][1],
    )


@pytest.mark.parametrize("wide", [False, True])
def test_paragraphs_of_an_abstract_are_joined(wide: bool) -> None:
    title, abstract = PAPERS[0]
    paragraphs = [abstract, PAPERS[1][1], "Code is at https://a.example/x"]
    shown = paragraphs if wide else [textwrap.fill(paragraph, 80) for paragraph in paragraphs]
    text = "\n\n".join([title, *shown, SPACED])
    assert pairs(text) == [(title, " ".join(paragraphs)), *PAPERS]


def test_a_list_within_an_abstract_belongs_to_it() -> None:
    title, abstract = PAPERS[0]
    text = f"{title}\n\n{abstract}\n- first\n- second\n\n{SPACED}"
    assert pairs(text) == [(title, f"{abstract} - first - second"), *PAPERS]


@pytest.mark.parametrize("end", ["\n\n", "\n"])
def test_a_title_with_a_full_stop_is_a_title(end: str) -> None:
    text = joined(end, end).replace("Old Clouds", "Old Clouds.")
    assert [title for title, _ in pairs(text)][2] == "New and Old Clouds."


@pytest.mark.parametrize("end", ["\n\n", "\n"])
def test_an_abstract_of_one_short_sentence_is_one(end: str) -> None:
    text = end.join(["One Title", "Rain falls.", "Another Title", "It stops.", "Third One", "Yes."])
    assert pairs(text) == [
        ("One Title", "Rain falls."),
        ("Another Title", "It stops."),
        ("Third One", "Yes."),
    ]


@pytest.mark.parametrize("end", ["\n\n", "\n"])
def test_a_title_without_abstract_is_rejected_at_its_line(end: str) -> None:
    text = f"{joined(end, end)}{end}A Lonely Title{end}{joined(end, end)}{end}The Last Title"
    records = read(text)
    rejected = [record for record in records if isinstance(record, Rejected)]
    assert [record.reason for record in rejected] == [
        'no abstract: "A Lonely Title"',
        'no abstract: "The Last Title"',
    ]
    assert [text.split("\n")[(record.line or 0) - 1] for record in rejected] == [
        "A Lonely Title",
        "The Last Title",
    ]
    assert len(records) - len(rejected) == 2 * len(PAPERS)


def test_an_abstract_without_title_is_rejected() -> None:
    first, *others = read(f"{PAPERS[0][1]}\n\n{SPACED}")
    assert isinstance(first, Rejected)
    assert (first.line, first.reason[:15]) == (1, 'no title: "Rain')
    assert len(others) == len(PAPERS)


def test_a_long_abstract_is_taken_and_one_beyond_the_limit_is_not() -> None:
    sentence = "It rains here. "
    fifty = (sentence * 4_000)[:50_000].strip()
    beyond = sentence * (MAX_ABSTRACT_CHARS // len(sentence) + 1)
    for end in ("\n", "\n\n"):
        records = read(
            f"{PACKED}\nLong One{end}{fifty}{end}Too Long{end}{beyond}{end}{joined(end, end)}"
        )
        papers = {record.title: record for record in records if isinstance(record, Paper)}
        assert papers["Long One"].abstract == fifty
        assert [(r.line, r.reason) for r in records if isinstance(r, Rejected)] == [
            (9 + 2 * len(end), 'an abstract of more than 100,000 characters: "Too Long"')
        ]
        assert len(papers) == len(PAPERS) + 1


def test_an_overlong_line_takes_only_its_own_paper_along() -> None:
    texts = [*SPACED.split("\n"), "", "A Title", "", None, "", *SPACED.split("\n")]
    records = list(read_listing([Line(i, t) for i, t in enumerate(texts, 1)], file="f"))
    assert [r.title for r in records if isinstance(r, Paper)] == [title for title, _ in PAPERS] * 2
    assert [(r.line, r.reason) for r in records if isinstance(r, Rejected)] == [
        (texts.index(None) + 1, "a line of more than 1,000,000 characters")
    ]


def test_papers_carry_the_name_of_their_file() -> None:
    assert {record.source for record in read(SPACED) if isinstance(record, Paper)} == {"list.txt"}


def test_the_same_paper_has_the_same_id_in_both_layouts() -> None:
    spaced, packed = read(SPACED_HEAD + SPACED), read(PACKED_HEAD + PACKED)
    assert [paper.paper_id for paper in spaced if isinstance(paper, Paper)] == [
        paper.paper_id for paper in packed if isinstance(paper, Paper)
    ]


SOME_LINES = st.sampled_from(
    [
        *("", "A Title", "of two lines", "A Title:", "# Heading", "May 21", "Subscribe", "."),
        *("Get trending papers in your email inbox!", "Short sentence.", "x" * 301),
        *(PAPERS[0][1], PAPERS[1][1]),
    ]
)


@given(st.lists(SOME_LINES, max_size=40))
def test_no_long_line_is_lost_whatever_is_around_it(lines: list[str]) -> None:
    records = read("\n".join(lines))
    abstracts = " ".join(record.abstract for record in records if isinstance(record, Paper))
    rejections = [record for record in records if isinstance(record, Rejected)]
    for text in (PAPERS[0][1], PAPERS[1][1]):
        if text in lines:
            assert text in abstracts or rejections


@given(st.text(alphabet=st.sampled_from("aA .\n:\u2028\r!"), max_size=800) | st.text())
def test_any_text_gives_papers_with_title_and_abstract(text: str) -> None:
    for record in read(text):
        assert isinstance(record, Rejected) or (record.title and record.abstract)


def test_a_file_without_papers_is_given_up_after_many_lines() -> None:
    records = read("a\n" * 150_000)
    assert isinstance(records[-1], Rejected)
    assert "100,000 lines without a paper" in records[-1].reason
    assert records[-1].line == 100_001


def test_papers_that_follow_each_other_are_read_to_the_end() -> None:
    assert len(read("Rain by Night\n\nRain falls by night.\n\n" * 30_000)) == 30_000
