"""Steering by tokens: every allowed text can be written, in the longest tokens there are."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.steered import Vocabulary, allowed_tokens

WORDS = [b" the", b" th", b"the", b" authors", b" author", b"s", b"\xc3\xa9t\xc3\xa9"]
PIECES = [b"", *(bytes([value]) for value in range(256)), *WORDS]
END = 0
VOCABULARY = Vocabulary(pieces=PIECES, ends=frozenset([END]))


def allowed(written: bytes, *texts: str) -> set[bytes]:
    found = allowed_tokens(lambda _: texts, written, VOCABULARY)
    return {PIECES[token] for token in found}


def test_of_each_text_its_longest_token_may_follow() -> None:
    assert allowed(b"", " the authors", " author", "them") == {b" the", b" author", b"the"}


def test_texts_that_begin_alike_leave_no_choice() -> None:
    assert allowed(b"By", " the authors", " the authors of Falcon") == {b" the"}


def test_a_reply_ends_where_it_may_or_must() -> None:
    assert allowed(b"Yes", "", ".") == {b"", b"."}
    assert allowed(b"Yes.", "") == {b""}
    assert allowed(b"No") == {b""}


def test_a_letter_that_was_begun_is_finished() -> None:
    assert allowed(b"caf", "ö", "é") == {b"\xc3"}
    assert allowed(b"caf" + b"\xc3", "ö", "é", "e") == {b"\xb6", b"\xa9"}


def test_what_no_token_begins_is_left_out() -> None:
    letters = Vocabulary(pieces=[b"", b"a"], ends=frozenset([END]))
    assert allowed_tokens(lambda _: ["b", "ab"], b"", letters) == {1}
    assert allowed_tokens(lambda _: ["b"], b"", letters) == {END}


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4), st.randoms())
def test_whatever_is_chosen_one_of_the_texts_is_written(texts: list[str], random: Random) -> None:
    whole = [text.encode("utf-8", "replace").decode() for text in texts]

    def rest(written: str) -> Sequence[str]:
        return [text[len(written) :] for text in whole if text.startswith(written)]

    written = b""
    while True:
        tokens = sorted(allowed_tokens(rest, written, VOCABULARY))
        token = random.choice(tokens)
        if token == END:
            break
        written += PIECES[token]
    assert written.decode() in whole
