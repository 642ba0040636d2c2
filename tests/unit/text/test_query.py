"""Queries are taken apart: what is a condition, what is text, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.text.query import (
    FILTER_FIELDS,
    FILTER_FORMS,
    MAX_CONDITIONS,
    NO_FILTER,
    Condition,
    Filter,
    as_filter,
    misspelt,
    nothing_matches,
    parse_query,
)

TEXT = [
    "",
    " what  is \n this ",
    "BERT: what is it?",
    "title:attention",
    "see https://arxiv.org/abs/1706.03762",
    "doi:10.1000/182 and arXiv:1706.03762",
    "at 10:30",
    "GPT-4 and state-of-the-art",
    "pre- and post-training",
    "fast - and slow",
    "-5 dB, -0.3, -2021, --limit, -, -- x, –word",
    'a 5" and a 6" pipe',
    '"worst"-case and "half"way',
    'an open "quote',
    '"" "?!" -"."',
    "author: year: -tag: author:?",
    "myauthor:hu x-author:hu",
    "(year:2020)",
]


@pytest.mark.parametrize("text", TEXT)
def test_what_is_no_condition_is_text_as_it_stands(text: str) -> None:
    query = parse_query(text)
    assert query.text == text
    assert not query.filter


@pytest.mark.parametrize(
    ("query", "text", "limit"),
    [
        ("attention year:2021..", "attention", "year:2021.."),
        ("year:2019..2021 attention", "attention", "year:2019..2021"),
        ("what is\nattention YEAR:..2018 for", "what is\nattention for", "year:..2018"),
        ("t-SNE author:vaswani", "t-SNE", "author:vaswani"),
        ('author:"van der Maaten" t-SNE', "t-SNE", 'author:"van der Maaten"'),
        ('x author:"van der Maa', "x", 'author:"van der Maa"'),
        ("x -survey -tag:read", "x", "-survey -tag:read"),
        ("x tag:c++ tag:cs.LG", "x", "tag:c++ tag:cs.LG"),
        ("x source:refs.bib.", "x", "source:refs.bib"),
        ('x "low rank" y', 'x "low rank" y', '"low rank"'),
        ('-"low rank" x', "x", '-"low rank"'),
        ("-state-of-the-art x", "x", "-state-of-the-art"),
        ("What is it author:hu, year:2020?", "What is it?", "author:hu year:2020"),
        ("What is it year:2021..? And how?", "What is it? And how?", "year:2021.."),
        ('What does "BERT" mean?', 'What does "BERT" mean?', '"BERT"'),
        ('Is it "fast"?', 'Is it "fast"?', '"fast"'),
        ("x tag:a tag:b tag:a", "x", "tag:a tag:b"),
        ("year:2020", "", "year:2020"),
        ("x -foo:bar", "x", "-foo:bar"),
    ],
)
def test_conditions_are_taken_out_of_the_text(query: str, text: str, limit: str) -> None:
    parsed = parse_query(query)
    assert (parsed.text, str(parsed.filter)) == (text, limit)


@pytest.mark.parametrize(
    ("value", "years"),
    [
        ("2020", (2020, 2020)),
        ("2019..2021", (2019, 2021)),
        ("2021..", (2021, 9999)),
        ("..2018", (1, 2018)),
        ("1900..1900", (1900, 1900)),
    ],
)
def test_years_are_one_or_a_range_with_both_ends(value: str, years: tuple[int, int]) -> None:
    assert Condition(field="year", value=value).years == years


@pytest.mark.parametrize(
    "value", ["abc", "..", "20202021", "2021-2023", ">2020", "2021..2019", "0", "2020...", "٢٠٢٠"]
)
def test_a_year_that_is_none_is_refused_with_the_form(value: str) -> None:
    for query in (f"x year:{value}", f"x -year:{value}"):
        with pytest.raises(UsageError) as caught:
            parse_query(query)
        assert f"year:{value}" in caught.value.message
        assert "year:2019..2021" in caught.value.hint


@pytest.mark.parametrize("query", ['author:""', 'venue:" "', "author:-", 'tag:"\u200b"'])
def test_a_value_that_says_nothing_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match="says nothing"):
        parse_query(query)


def test_more_conditions_than_anybody_writes_are_refused() -> None:
    query = " ".join(f"-w{letter * 2}{n}" for n in range(MAX_CONDITIONS) for letter in "a")
    assert len(parse_query(query).filter.conditions) == MAX_CONDITIONS
    with pytest.raises(UsageError, match="conditions"):
        parse_query(f"{query} -more")


def test_a_filter_text_holds_conditions_alone() -> None:
    limit = Filter.parse(' year:2021.. "low rank"  -survey ')
    assert str(limit) == 'year:2021.. "low rank" -survey'
    with pytest.raises(UsageError, match="'attention and' is no filter") as caught:
        Filter.parse("attention year:2021.. and")
    assert "year:2021.." in caught.value.hint


def test_the_forms_that_are_shown_are_all_conditions() -> None:
    fields = {condition.field for condition in Filter.parse(FILTER_FORMS).conditions}
    assert fields == {*FILTER_FIELDS, "text"}


def test_a_caller_gives_a_filter_its_text_or_nothing() -> None:
    limit = Filter.of({"author": ["van der Maaten"], "year": ["2021..", "..2023"]})
    assert str(limit) == 'author:"van der Maaten" year:2021.. year:..2023'
    assert as_filter(str(limit)) == as_filter(limit) == limit
    assert as_filter(None) == as_filter("") == NO_FILTER
    assert not NO_FILTER


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(UsageError, match="'colour'"):
        Filter.of({"colour": ["red"]})  # type: ignore[dict-item]


def test_two_filters_together_ask_for_all_of_both() -> None:
    both = Filter.parse("tag:a year:2020") & Filter.parse("-b tag:a")
    assert str(both) == "tag:a year:2020 -b"


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("year:1900..", "No paper of the library matches year:1900.."),
        ("tag:x", "No paper of the library matches tag:x."),
        ("-x", "No paper of the library matches -x."),
    ],
)
def test_it_is_said_in_plain_words_that_nothing_matches(limit: str, said: str) -> None:
    assert nothing_matches(Filter.parse(limit)) == said


def test_a_phrase_that_is_nowhere_may_have_been_meant_as_plain_words() -> None:
    assert "without quotation marks" in nothing_matches(Filter.parse('"cell competition"'))


FIELDS = st.sampled_from([*FILTER_FIELDS, "text"])
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    st.sampled_from('ab -."?,:\\1 '), max_size=12
)
YEARS = st.tuples(st.integers(1, 3000), st.integers(0, 99)).map(lambda y: f"{y[0]}..{sum(y)}")


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field = draw(FIELDS)
    value = draw(YEARS if field == "year" else VALUES.filter(lambda v: any(map(str.isalnum, v))))
    return Condition(field=field, value=value, negated=draw(st.booleans()))


@given(st.lists(conditions(), max_size=5))
def test_a_filter_is_read_as_it_is_written(parts: list[Condition]) -> None:
    limit = Filter(tuple(dict.fromkeys(parts)))
    assert Filter.parse(str(limit)) == limit


PIECES = st.sampled_from(
    [
        *('"', ' "', '" ', "-", " -", ":", "..", "?", "year:", "author:", "tag:", "2020", "x"),
        *(" ", "\n", "\u00a0", "é", "\u200b", "\\", "'"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=40))
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except UsageError:
        return
    if not query.filter:
        assert query.text == text
    # What is left holds no conditions but the phrases, which are kept in it.
    left = parse_query(query.text).filter.conditions
    assert all(part.field == "text" for part in left if part in query.filter.conditions)


@given(st.lists(st.sampled_from(["what", "is", "GPT-4", "10:30", "BERT:", "-", "a?"]), max_size=6))
def test_words_around_a_condition_are_kept_in_their_order(words: list[str]) -> None:
    for place in range(len(words) + 1):
        query = " ".join([*words[:place], "author:hu", *words[place:]])
        assert parse_query(query).text.split() == words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("x autor:hu", "author:"),
        ("x -yaer:2020", "year:"),
        ("Venu:acl", "venue:"),
        ("journal:nature", "venue:"),
        ("keywords:nlp", "tag:"),
        ("titel:attention", '"exact phrase"'),
    ],
)
def test_a_word_that_is_nearly_a_condition_is_pointed_out(text: str, meant: str) -> None:
    assert misspelt(text).endswith(f"did you mean {meant}?")


@pytest.mark.parametrize(
    "text",
    [
        "BERT: what is it?",
        "at 10:30",
        "near: x",
        "https://a.example",
        "doi:10.1/x",
        "BERT:base year:2020",
    ],
)
def test_other_text_is_not_pointed_at(text: str) -> None:
    assert misspelt(text) == ""
