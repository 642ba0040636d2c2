"""The language model: repeatable, stoppable, and silent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.errors import ModelError, ModelMissing
from assistant.llm.llama import LlamaModel, vocabulary_counter
from assistant.llm.model import Message, Steer
from assistant.types import Cancellation

QUESTION = "Name three colours of the rainbow, please."


class StoppedAtLook(Cancellation):
    """Cancelled from the n-th time on that somebody asks, wherever the work then stands."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks_left = looks

    @property
    def cancelled(self) -> bool:
        self.looks_left -= 1
        return self.looks_left < 0


def pieces(
    model: LlamaModel,
    prompt: str = QUESTION,
    *,
    max_tokens: int = 16,
    stop: Sequence[str] = (),
    temperature: float = 0.0,
    cancel: Cancellation | None = None,
    steer: Steer | None = None,
) -> list[str]:
    messages = [Message(role="user", content=prompt)]
    return list(
        model.stream(
            messages,
            max_tokens=max_tokens,
            temperature=temperature,
            stop=stop,
            cancel=cancel,
            steer=steer,
        )
    )


def test_at_temperature_zero_the_reply_is_always_the_same(chat_model: LlamaModel) -> None:
    first = pieces(chat_model)
    assert len(first) > 3
    other = pieces(chat_model, "What is the capital of France?")
    assert pieces(chat_model) == first != other


def test_a_reply_ends_before_a_stop_text_and_at_its_longest(chat_model: LlamaModel) -> None:
    whole = "".join(pieces(chat_model))
    middle = whole.split()[2]
    assert middle not in "".join(pieces(chat_model, stop=[middle]))
    assert len(pieces(chat_model, max_tokens=3)) <= 3


def among(*texts: str) -> Steer:
    """Steer towards one of the texts."""
    return lambda written: [text[len(written) :] for text in texts if text.startswith(written)]


@pytest.mark.parametrize("wanted", ["Red, blue.", "Grün – 28.4 %, naïve 🙂 and 日本語.", ""])
def test_a_steered_model_writes_what_it_may(chat_model: LlamaModel, wanted: str) -> None:
    assert "".join(pieces(chat_model, max_tokens=64, steer=among(wanted))) == wanted
    assert "".join(pieces(chat_model)) != wanted


def test_a_steered_model_chooses(chat_model: LlamaModel) -> None:
    own = "".join(pieces(chat_model))
    other = f"Zebras {own} no no"
    assert "".join(pieces(chat_model, max_tokens=64, steer=among(other, own))) == own


@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_a_steered_model_chooses_between_forced_texts(
    chat_model: LlamaModel, temperature: float
) -> None:
    texts = {
        f"It is well known that {thing} is {colour}, and that is all that there is to say."
        for thing in ("grass in the open field", "blood – like a ripe tomato –")
        for colour in ("green", "red", "grün")
    }
    before = pieces(chat_model)
    for thing in ("grass", "blood"):
        question = f"What colour is {thing}?"
        steered = pieces(
            chat_model, question, max_tokens=64, temperature=temperature, steer=among(*texts)
        )
        assert "".join(steered) in texts
        # Which of the things it speaks of is plain from the question.
        assert temperature or f"that {thing} " in "".join(steered)
    assert pieces(chat_model) == before


def test_a_steered_reply_may_be_cancelled_in_a_forced_text(chat_model: LlamaModel) -> None:
    cancel = Cancellation()
    messages = [Message(role="user", content=QUESTION)]
    steer = among("There are red, blue, and many more colours.", "I see red, blue and yellow.")
    stream = chat_model.stream(messages, max_tokens=64, temperature=0.0, cancel=cancel, steer=steer)
    next(stream)
    cancel.cancel()
    assert list(stream) == []


@pytest.mark.parametrize("looks", [1, 20, 300, 600])
def test_a_steered_reply_may_be_cancelled_while_it_is_read(
    chat_model: LlamaModel, looks: int
) -> None:
    filler = "and more " * 40
    steer = among(*(f"{start}{filler}{end}" for start in ("Red ", "Blue ") for end in "ABC"))
    before = pieces(chat_model, max_tokens=200, steer=steer)
    cancel = StoppedAtLook(looks)
    assert pieces(chat_model, max_tokens=200, steer=steer, cancel=cancel) != before
    assert cancel.looks_left < 0
    assert pieces(chat_model, max_tokens=200, steer=steer) == before


def test_a_forced_text_is_no_longer_than_a_reply_may_be(chat_model: LlamaModel) -> None:
    steer = among("There are red, blue, and many more colours in it.")
    whole = pieces(chat_model, max_tokens=64, steer=steer)
    assert pieces(chat_model, max_tokens=5, steer=steer) == whole[:5]
    assert "".join(pieces(chat_model, steer=steer, stop=["blue,"])) == "There are red, "


def test_a_steered_reply_ends_where_the_context_does(chat_model: LlamaModel) -> None:
    steer = among(*("and so on " * 900 + end for end in "AB"))
    assert len(pieces(chat_model, "word " * 500, max_tokens=3000, steer=steer)) < 524


def test_a_run_stops_within_a_token_of_being_cancelled(chat_model: LlamaModel) -> None:
    cancel = Cancellation()
    messages = [Message(role="user", content=QUESTION)]
    stream = chat_model.stream(messages, max_tokens=64, temperature=0.0, cancel=cancel)
    next(stream)
    cancel.cancel()
    assert list(stream) == []
    assert len(pieces(chat_model)) > 3


def test_a_run_that_was_cancelled_before_it_began_writes_nothing(chat_model: LlamaModel) -> None:
    cancel = Cancellation()
    cancel.cancel()
    assert pieces(chat_model, cancel=cancel) == []


@pytest.mark.parametrize("looks", [1, 20, 300])
def test_reading_a_long_prompt_can_be_cancelled(chat_model: LlamaModel, looks: int) -> None:
    before = pieces(chat_model)
    cancel = StoppedAtLook(looks)
    assert pieces(chat_model, "long words " * 150, cancel=cancel) == []
    assert cancel.looks_left < 0
    assert pieces(chat_model) == before


def test_a_run_that_is_let_go_leaves_the_model_usable(chat_model: LlamaModel) -> None:
    messages = [Message(role="user", content=QUESTION)]
    stream = chat_model.stream(messages, max_tokens=64, temperature=0.0)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(pieces(chat_model)) > 3


def test_a_prompt_that_does_not_fit_is_an_error_with_a_way_out(chat_model: LlamaModel) -> None:
    before = pieces(chat_model)
    with pytest.raises(ModelError, match="exceed the context window of 1024") as caught:
        pieces(chat_model, "word " * 3_000)
    assert "[llm] context_tokens" in caught.value.hint
    assert pieces(chat_model) == before


@pytest.mark.parametrize("prompt", ["", "\0", "<|im_end|>" * 20, "😀" * 50, "{{ x }} {% end %}"])
def test_any_prompt_is_answered_or_not_without_an_error(
    chat_model: LlamaModel, prompt: str
) -> None:
    assert len(pieces(chat_model, prompt, max_tokens=4)) <= 4


def test_a_model_that_was_closed_says_so(gguf: Path) -> None:
    model = LlamaModel(gguf, name="starter", context_tokens=256, threads=1)
    model.close()
    with pytest.raises(ModelError, match="starter was closed"):
        pieces(model)
    model.close()


@pytest.mark.parametrize("missing_bytes", [1, 50_000_000, -1_000_000, -100])
def test_a_model_file_cut_short_is_refused(gguf: Path, tmp_path: Path, missing_bytes: int) -> None:
    """A negative number is how many bytes are left."""
    length = -missing_bytes if missing_bytes < 0 else gguf.stat().st_size - missing_bytes
    part = tmp_path / "part.gguf"
    with gguf.open("rb") as whole:
        part.write_bytes(whole.read(length))
    with pytest.raises(ModelError) as caught:
        LlamaModel(part, name="part", context_tokens=256)
    assert "Download it again" in caught.value.hint
    part.unlink()


def test_a_model_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        LlamaModel(tmp_path / "none.gguf", name="none", context_tokens=256)


def test_a_vocabulary_that_cannot_be_read_is_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUF" + bytes(500))
    with pytest.raises(ModelError, match="cannot be loaded"):
        vocabulary_counter(tmp_path / "x.gguf")


def test_nothing_is_written_to_the_screen(gguf: Path, tmp_path: Path, project: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(gguf.read_bytes()[:5_000_000])
    code = f"""
from pathlib import Path
from assistant.errors import ModelError
from assistant.llm.llama import LlamaModel, vocabulary_counter
from assistant.llm.model import Message, Steer
path = Path({str(gguf)!r})
assert vocabulary_counter(path)("a text") == 2
model = LlamaModel(path, name="m", context_tokens=256, threads=1)
question = [Message(role="user", content="Hello")]
assert list(model.stream(question, max_tokens=4, temperature=0.0))
model.close()
try:
    LlamaModel(Path({str(tmp_path / "bad.gguf")!r}), name="m", context_tokens=256)
except ModelError:
    pass
else:
    raise AssertionError
"""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
